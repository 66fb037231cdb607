"""Recordings: what is written, what is played back, and what is said of one that does not fit."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from integration import CassetteError, Context, Entity, Record, Replay, Step, load, plan, run
from integration.config.settings import Config
from integration.recording.review import foreign
from integration.tapes.cassette import Interaction, RecordedAnswer, read
from integration.tapes.cassette import write as write_cassette
from integration.tapes.tapes import Tape
from tests.support import write

GRAPH = "https://graph.microsoft.com"
USERS = f"{GRAPH}/v1.0/users?$select=id"
INTERACTION = """
- request: {{body: {body}, headers: {{}}, method: {method}, uri: '{uri}'}}
  response:
    body: {{string: '{answer}'}}
    headers: {{Content-Type: [application/json]}}
    status: {{code: {status}, message: OK}}
"""
TOKEN = "token-that-nobody-may-see"


def interaction(
    uri: str = USERS, *, method: str = "GET", body: str = "null", status: int = 200, answer: str = "{}"
) -> str:
    return INTERACTION.format(uri=uri, method=method, body=body, status=status, answer=answer)


def cassette(name: str, *interactions: str) -> Path:
    """Write a cassette of these interactions, and return its path."""
    path = Path(name)
    path.write_text("interactions:" + ("".join(interactions) or " []\n") + "version: 1\n")
    return path


@contextmanager
def playing(tape: Tape) -> Iterator[requests.Session]:
    """A session whose answers come from the tape."""
    with requests.Session() as session:
        for scheme in ("https://", "http://"):
            session.mount(scheme, tape.adapter())
        yield session
    tape.close()


def ask(tape: Tape, url: str = USERS, *, method: str = "GET", body: Any = None) -> requests.Response:
    with playing(tape) as session:
        return session.request(method, url, json=body)


class Handler(BaseHTTPRequestHandler):
    """Answers with what a recording must and must not keep."""

    def do_GET(self) -> None:
        link = f"http://{self.headers['Host']}/v1.0/users?$skiptoken=two"
        self._answer(200, {"value": [{"id": "user-1", "displayName": "Zoë"}], "@odata.nextLink": link})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        inner = {"Retry-After": "3", "Set-Cookie": "cookie-that-nobody-may-see", "client-request-id": "diagnostic"}
        answer = {"id": "0", "status": 429, "headers": inner, "body": {"error": {"code": "TooManyRequests"}}}
        self._answer(200, {"responses": [answer]})

    def _answer(self, status: int, body: Any) -> None:
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(raw)),
            "Set-Cookie": "cookie-that-nobody-may-see",
            "x-ms-ags-diagnostic": "diagnostic",
            "request-id": "diagnostic",
            "x-ms-resource-unit": "2",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """The root of a small server on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_what_is_recorded_is_played_back(server: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Cookie": "cookie-that-nobody-may-see", "Prefer": "return=minimal"}
    batch = {"requests": [{"id": "0", "method": "GET", "url": "/users/user-1"}]}
    path = Path("recorded/users.yaml")
    with playing(Record(path)) as session:
        got = session.get(f"{server}/v1.0/users?$select=id", headers=headers)
        posted = session.post(f"{server}/v1.0/$batch", json=batch, headers=headers)
    assert server in got.text
    assert not path.with_suffix(".partial").exists()

    text = path.read_text()
    for word in (TOKEN, "authorization", "cookie", "diagnostic", "127.0.0.1"):
        assert word not in text.lower()
    recorded = yaml.safe_load(text)["interactions"]
    assert [each["request"]["uri"] for each in recorded] == [USERS, f"{GRAPH}/v1.0/users/user-1"]
    assert recorded[0]["request"]["headers"]["Prefer"] == ["return=minimal"]
    assert recorded[0]["response"]["headers"]["x-ms-resource-unit"] == ["2"]

    with playing(Replay(path)) as session:
        played = session.get(USERS)
        played_batch = session.post(f"{GRAPH}/v1.0/$batch", json=batch)
    assert played.status_code == got.status_code
    assert played.json() == json.loads(got.text.replace(server, GRAPH))
    assert played.headers["x-ms-resource-unit"] == "2"
    (asked,), (again,) = json.loads(posted.text.replace(server, GRAPH))["responses"], played_batch.json()["responses"]
    assert again == {**asked, "headers": {"Content-Type": "application/json", "x-ms-resource-unit": "2"}}


def test_a_recording_that_nobody_can_review_is_refused(server: str) -> None:
    tape = Record(Path("users.yaml"))
    with playing(Replay(cassette("unused.yaml", interaction()))), requests.Session() as session:
        session.mount("http://", tape.adapter())
        for number in range(101):
            session.get(f"{server}/v1.0/users?number={number}")
    with pytest.raises(CassetteError, match=r"^users\.yaml: 101 requests, but 100 at most: keep fewer objects "):
        tape.close()
    assert not Path("users.yaml").exists()


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        ('{"value": []}', False),
        ('{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users", "value": []}', False),
        ('{"value": [{"id": "user-0001"}]}', True),
        ('{"value": [], "nextLink": "https://management.azure.com/next"}', True),
        ('{"value": {}}', True),
        ("[]", True),
        ("", True),
    ],
)
def test_empty_lists_are_seen_at_a_glance_and_do_not_count(body: str, counts: bool) -> None:
    path = Path("users.yaml")
    answer = RecordedAnswer(200, "OK", {"Content-Type": "application/json"}, body.encode())
    asked = [Interaction("GET", f"{GRAPH}/v1.0/users?number={number}", {}, None, answer) for number in range(101)]
    if counts:
        with pytest.raises(CassetteError, match=r"^users\.yaml: 101 requests, but 100 at most: keep fewer objects "):
            write_cassette(path, asked)
        return
    write_cassette(path, asked)
    assert list(foreign(path)) == []
    assert len(read(path)) == 101


@pytest.mark.parametrize(
    ("method", "url", "body", "shown"),
    [
        ("GET", f"{GRAPH}/v1.0/groups", None, r"GET /v1\.0/groups"),
        ("GET", f"{GRAPH}/v1.0/users?$select=id,mail", None, r"GET /v1\.0/users"),
        ("GET", "https://contoso.example/v1.0/users?$select=id", None, r"GET https://contoso\.example/v1\.0/users"),
        ("DELETE", USERS, None, r"DELETE /v1\.0/users"),
        ("POST", USERS, {"id": "1"}, r"POST /v1\.0/users"),
    ],
)
def test_a_request_that_a_cassette_lacks_is_named_with_it(method: str, url: str, body: Any, shown: str) -> None:
    tape = Replay(cassette("azure_user.yaml", interaction()), cassette("azure_user_group.yaml", interaction(USERS)))
    expected = rf"^azure_user\.yaml, azure_user_group\.yaml: {shown} is not there: record the cassette again"
    with pytest.raises(CassetteError, match=expected) as raised:
        ask(tape, url, method=method, body=body)
    assert url.partition("?")[2] in str(raised.value)


def test_the_order_of_properties_says_nothing_of_what_is_asked() -> None:
    tape = Replay(cassette("azure_user.yaml", interaction(f"{GRAPH}/v1.0/users?$select=id,mail&$filter=x")))
    assert ask(tape, f"{GRAPH}/v1.0/users?$select=mail,id&$filter=x").status_code == 200


def test_of_a_path_that_was_asked_otherwise_both_ways_are_told() -> None:
    tape = Replay(cassette("azure_user.yaml", interaction(f"{GRAPH}/v1.0/users?$select=id,mail,userType")))
    with pytest.raises(CassetteError, match=r"asked with \$select=id,mail; recorded with \$select=id,mail,userType\)$"):
        ask(tape, f"{GRAPH}/v1.0/users?$select=id,mail")


def test_of_many_cassettes_the_first_are_named() -> None:
    tape = Replay(*(cassette(f"{name}.yaml", interaction()) for name in "abcde"))
    with pytest.raises(CassetteError, match=r"^a\.yaml, b\.yaml, c\.yaml and 2 more: GET /v1\.0/groups is not there"):
        ask(tape, f"{GRAPH}/v1.0/groups")


def test_a_request_is_played_as_often_as_it_was_recorded() -> None:
    answers = ('{"value": [1]}', '{"value": [2]}')
    tape = Replay(cassette("azure_user.yaml", *(interaction(answer=answer) for answer in answers)))
    assert [ask(tape).json()["value"] for _ in answers] == [[1], [2]]
    with pytest.raises(CassetteError, match=r"azure_user\.yaml: GET /v1\.0/users.* was played already: record"):
        ask(tape)


def test_of_two_cassettes_with_a_request_the_first_is_played() -> None:
    first = cassette("azure_a.yaml", interaction(answer='{"value": [1]}'))
    second = cassette("azure_b.yaml", interaction(answer='{"value": [2]}'))
    tape = Replay.folder(Path())
    assert ask(Replay(second, first)).json() == {"value": [2]}
    assert ask(tape).json() == {"value": [1]}
    with pytest.raises(CassetteError, match="was played already"):
        ask(tape)


def test_of_several_cassettes_with_a_request_that_of_its_own_module_is_played() -> None:
    """A type that was recorded by itself holds what it needs of others, in a smaller file and of another tenant."""

    def declared(name: str, *needs: str) -> Step:
        def run(ctx: Context) -> Iterator[Entity]:
            """A type in a module of its own."""
            return iter(())

        run.__module__ = name
        return Step(name=name, class_name="Record", run=run, needs=needs)

    cassette("contoso_door.yaml", interaction(answer='{"value": [1]}'))
    cassette("contoso_user.yaml", interaction(answer='{"value": [2]}'), interaction(f"{GRAPH}/v1.0/groups"))
    assert ask(Replay.folder(Path(), [declared("contoso_door", "contoso_user"), declared("contoso_user")])).json() == {
        "value": [2]
    }
    assert ask(Replay.folder(Path())).json() == {"value": [1]}


@pytest.mark.parametrize("body", ['{"b": 1, "a": [2]}', '{"a":[2],"b":1}'])
def test_a_body_is_compared_as_json(body: str) -> None:
    posted = interaction(f"{GRAPH}/v1.0/$batch", method="POST", body=f"'{body}'", answer='{"responses": []}')
    tape = Replay(cassette("azure_user.yaml", posted))
    assert ask(tape, f"{GRAPH}/v1.0/$batch", method="POST", body={"a": [2], "b": 1}).json() == {"responses": []}


@pytest.mark.parametrize("status", [200, 403, 429, 500])
def test_an_answer_keeps_its_status(status: int) -> None:
    assert ask(Replay(cassette("azure_user.yaml", interaction(status=status)))).status_code == status


def with_(old: str, new: str) -> bytes:
    """Return a cassette with one thing in it replaced."""
    whole = f"interactions:{interaction()}version: 1\n"
    assert old in whole
    return whole.replace(old, new).encode()


NO_CASSETTES = {
    "text": b"not a cassette",
    "list": b"- a list\n",
    "json": b'{"value": []}',
    "nothing": b"interactions:\n",
    "unclosed": b"interactions: [\n",
    "tab": b"\tinteractions: []\n",
    "binary": b"\xff\xfe\x00",
    "python": b"interactions: []\nversion: 1\nevil: !!python/object/apply:os.getcwd []\n",
    "no request": b"interactions:\n- response: {}\nversion: 1\n",
    "empty request": b"interactions:\n- request: {}\n  response: {}\nversion: 1\n",
    "no URI": with_("uri:", "url:"),
    "a body that is not JSON": with_("body: null", "body: 'not JSON'"),
    "no answer": with_("response:", "answer:"),
    "no answer's body": with_("string: '{}'", "string: null"),
    "no status": with_("status:", "code:"),
    "brackets": b"interactions: " + b"[" * 100_000 + b"]" * 100_000,
    "dashes": b"interactions:\n" + b"- " * 100_000 + b"a\n",
}


@pytest.mark.parametrize("content", NO_CASSETTES.values(), ids=NO_CASSETTES)
def test_a_file_that_is_no_cassette_is_named(content: bytes) -> None:
    write(Path(), {"azure_user.yaml": content})
    with pytest.raises(CassetteError, match=r"^azure_user\.yaml: not a cassette"):
        Replay(Path("azure_user.yaml"))


@pytest.mark.parametrize("files", [{}, {"azure_user.yaml": ""}], ids=["missing", "empty"])
def test_a_cassette_that_was_never_recorded_is_named(files: dict[str, str]) -> None:
    write(Path(), files)
    with pytest.raises(CassetteError, match=r"^azure_user\.yaml: no such cassette: record it$"):
        Replay(Path("azure_user.yaml"))


@pytest.mark.parametrize("files", [{}, {"azure_user.yml": "", "README.md": ""}])
def test_a_folder_without_cassettes_is_named(files: dict[str, str]) -> None:
    Path("cassettes").mkdir()
    write(Path("cassettes"), files)
    with pytest.raises(CassetteError, match=r"^cassettes: no cassettes there: name a folder with \.yaml files$"):
        Replay.folder(Path("cassettes"))


def test_a_step_whose_cassette_lacks_a_request_fails_by_name() -> None:
    path = cassette("azure_user.yaml", interaction())
    manager = load()
    report = run(manager, plan(manager, only=["azure_user"]), Config(), out="out", tape=Replay(path))
    result = report.of("azure_user")
    assert (result.verdict, result.count) == ("failed", 0)
    assert "azure_user.yaml: GET /v1.0/users" in result.reason
    assert "is not there: record the cassette again" in result.reason
    assert report.exit_code() == 1
