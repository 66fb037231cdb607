"""A file of another form among the cassettes is told with the place and a remedy, and never by what it holds."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from integration import CassetteError, Replay

GRAPH = "https://graph.microsoft.com/v1.0"
SECRET = "hush-hush-hush"


def document(**changed: Any) -> dict[str, Any]:
    """A cassette of one interaction, of which parts are named as ``response__status``."""
    request: dict[str, Any] = {"body": None, "headers": {}, "method": "GET", "uri": f"{GRAPH}/users"}
    response = {
        "body": {"string": json.dumps({"value": [{"id": SECRET}]})},
        "headers": {"Content-Type": ["application/json"]},
        "status": {"code": 200, "message": "OK"},
    }
    whole: dict[str, Any] = {"interactions": [{"request": request, "response": response}], "version": 1}
    for name, value in changed.items():
        part, _, of = name.partition("__")
        (whole["interactions"][0][part] if of else whole)[of or name] = value
    return whole


def replayed(content: str | bytes) -> Replay:
    Path("odd.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    return Replay("odd.yaml")


WHOLE = yaml.safe_dump(document())
STATUS, HEADERS = "its response has no status: code from 100 to 599", "the headers of its response are no mapping"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (SECRET, "it is no mapping of version and interactions"),
        (yaml.safe_dump([SECRET]), "it is no mapping of version and interactions"),
        (yaml.safe_dump({SECRET: SECRET}), "it has no list of interactions"),
        (yaml.safe_dump(document(version=2)), "its version is not 1"),
        (yaml.safe_dump(document(interactions=[SECRET])), "interaction 1: it is no mapping of request and response"),
        (yaml.safe_dump(document(request__method=None)), "interaction 1: its request has no method"),
        (yaml.safe_dump(document(request__uri=SECRET)), "interaction 1: its request has no uri that begins with"),
        (yaml.safe_dump(document(request__headers=[SECRET])), "interaction 1: the headers of its request"),
        (yaml.safe_dump(document(request__body=SECRET)), "interaction 1: the body of its request is not JSON"),
        (yaml.safe_dump(document(response__body=SECRET)), "interaction 1: its response has no body: string"),
        (yaml.safe_dump(document(response__body={"string": 5})), "interaction 1: its response has no body: string"),
        (yaml.safe_dump(document(response__status=SECRET)), STATUS),
        (yaml.safe_dump(document(response__status={"code": "200"})), STATUS),
        (yaml.safe_dump(document(response__status={"code": 99_999})), STATUS),
        (yaml.safe_dump(document(response__headers={"a": SECRET})), HEADERS),
        (yaml.safe_dump(document(response__headers={"a": [5]})), HEADERS),
        (WHOLE + WHOLE.replace("version: 1\n", ""), "it names interactions twice"),
        (f"a: {SECRET}\n\tb: c\n", "line 2: "),
        (f"a: !!python/object/apply:os.getenv [{SECRET}]\n", "line 1: could not determine a constructor"),
        (WHOLE + "\0", "it holds characters that YAML has not"),
        (WHOLE.encode("utf-16"), "it is not in UTF-8"),
    ],
)
def test_a_file_of_another_form_is_told_with_its_place_and_a_remedy(content: str | bytes, told: str) -> None:
    with pytest.raises(CassetteError) as caught:
        replayed(content)
    assert str(caught.value).startswith("odd.yaml: not a cassette of vcrpy: ")
    assert told in str(caught.value)
    assert str(caught.value).endswith(": record it again, or take it out of the folder")
    assert SECRET not in str(caught.value)


def test_what_vcrpy_writes_otherwise_is_a_cassette_too() -> None:
    body = json.dumps({"value": []}).encode()
    binary = yaml.safe_dump(document(response__body={"string": body}))
    assert "!!binary" in binary
    for content in (binary, "\ufeff" + WHOLE, WHOLE.replace("\n", "\r\n"), WHOLE.replace("version: 1\n", "")):
        assert replayed(content).next("GET", f"{GRAPH}/users", None).status == 200


def test_what_vcrpy_wrote_in_earlier_versions_is_a_cassette_too() -> None:
    older = WHOLE.replace("method: GET", "method: !!python/unicode 'GET'").replace("OK", "!!python/str 'OK'")
    assert older.count("!!python/") == 2
    assert replayed(older).next("GET", f"{GRAPH}/users", None).reason == "OK"


def test_an_answer_that_is_no_json_stands_in_a_batch_as_a_text() -> None:
    tape = replayed(yaml.safe_dump(document(response__body={"string": "<html>"})))
    asked = json.dumps({"requests": [{"id": "0", "method": "GET", "url": "/users"}]})
    request = requests.Request("POST", f"{GRAPH}/$batch", data=asked).prepare()
    (part,) = json.loads(tape.play(request).body)["responses"]
    assert (part["status"], part["body"]) == (200, "<html>")


def test_answers_of_another_host_are_told_to_be_such() -> None:
    other = "https://graph.microsoft.us/v1.0/users"
    tape = replayed(yaml.safe_dump(document(request__uri=other)))
    with pytest.raises(CassetteError, match=r"the answers are of graph\.microsoft\.us, which nobody asks here$"):
        tape.next("GET", f"{GRAPH}/users", None)
