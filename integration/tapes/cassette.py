"""Cassettes: requests and answers in a file of vcrpy's form.

They hold no tokens, cookies and diagnostic headers, name the global cloud's host whatever host they were recorded from,
and show JSON as a person reads it, one property a line.
"""

import json
import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import requests

from integration.errors import CassetteError
from integration.http.warned import of_missing_data
from integration.tapes.form import OddForm, interactions_in

MOST = 100
"""Answers of one cassette that a person can review."""
_REQUEST_HEADERS = ("accept", "consistencylevel", "content-type", "prefer")
_ANSWER_HEADERS = (
    "content-type",
    "odata-version",
    "retry-after",
    "x-ms-resource-unit",
    "x-ms-throttle-limit-percentage",
)

_REMEDY = ": record it again, or take it out of the folder"
_MISSING = '199 - "some of it is missing"'
_AT_ONCE = re.compile(r"([?&])(?:\$|%24)(?:top|count)=[^&]*&?")
_SELECT = re.compile(r"((?:\$|%24)select=)([^&]*)")

Key = tuple[str, str, bytes]


@dataclass(frozen=True)
class RecordedAnswer:
    """A recorded answer: HTTP status and reason phrase, headers by name, and the body."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Interaction:
    """A request, and the answer to it; bodies are JSON or empty."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | str | None
    answer: RecordedAnswer


def read(path: Path) -> dict[Key, deque[RecordedAnswer]]:
    """Return the answers of a cassette in the order of their recording, by what ``key_of`` returns for a request.

    Raises:
        CassetteError: there is no such file, or it is no cassette.
    """
    answers: dict[Key, deque[RecordedAnswer]] = {}
    try:
        text = path.read_text(encoding="utf-8")
        if not text.strip():
            raise FileNotFoundError
        for key, answer in _answers_in(text):
            answers.setdefault(key, deque()).append(answer)
    except (FileNotFoundError, IsADirectoryError):
        raise CassetteError(f"{path}: no such cassette: record it") from None
    except OSError as error:
        raise CassetteError(f"{path}: cannot be read: {error.strerror}: look who may read it") from None
    except UnicodeDecodeError:
        raise CassetteError(f"{path}: not a cassette of vcrpy: it is not in UTF-8{_REMEDY}") from None
    except OddForm as odd:
        raise CassetteError(f"{path}: not a cassette of vcrpy: {odd}{_REMEDY}") from None
    return answers


@lru_cache(maxsize=512)
def _answers_in(text: str) -> Sequence[tuple[Key, RecordedAnswer]]:
    """Return the answers of a cassette; tests play those of an area once for each of its types."""
    return tuple(
        (_key(number, each["request"]), _answer(each["response"]))
        for number, each in enumerate(interactions_in(text), 1)
    )


def _answer(response: Mapping[str, Any]) -> RecordedAnswer:
    return RecordedAnswer(
        response["status"]["code"],
        str(response["status"].get("message") or ""),
        {name: value for name, values in response["headers"].items() for value in values},
        _bytes(response["body"]["string"]),
    )


def _key(number: int, request: Mapping[str, Any]) -> Key:
    try:
        return key_of(request["method"], request["uri"], request.get("body"))
    except (ValueError, TypeError):
        raise OddForm(f"interaction {number}: the body of its request is not JSON, or its uri is none") from None


def write(path: Path, interactions: Sequence[Interaction]) -> None:
    """Write a cassette.

    Raises:
        CassetteError: it would hold more interactions than a person can review.
    """
    from vcr.request import Request
    from vcr.serialize import serialize

    if (count := to_review(each.answer for each in interactions)) > MOST:
        raise CassetteError(
            f"{path}: {count} requests, but {MOST} at most: keep fewer objects (--keep), or make two types of this one"
        )
    requests, responses = [], []
    for each in interactions:
        headers = _only(each.headers, _REQUEST_HEADERS)
        requests.append(Request(each.method, each.url, _readable(each.body), headers))
        responses.append(
            {
                "status": {"code": each.answer.status, "message": each.answer.reason},
                "headers": {name: [value] for name, value in answer_headers(each.answer.headers).items()},
                "body": {"string": _readable(each.answer.body) or ""},
            }
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(serialize({"requests": requests, "responses": responses}, _Readable), encoding="utf-8")


def to_review(answers: Iterable[RecordedAnswer]) -> int:
    """Return how many answers a person has to review.

    An empty list is seen at a glance: a type that asks each resource of many kinds has hundreds of these, since few
    resources have what it asks for.
    """
    return sum(not _is_empty(answer.body) for answer in answers)


def _is_empty(body: bytes) -> bool:
    """Tell whether an answer is a whole list without entries, which has no next link either."""
    try:
        told = orjson.loads(body)
    except ValueError:
        return False
    return isinstance(told, dict) and told.keys() - {"@odata.context"} == {"value"} and told["value"] == []


def key_of(method: str, url: str, body: Any) -> Key:
    """Return what a request is found by: its method, its URL as requests writes it, and its JSON body.

    How much it asks for at once says nothing of what it asks for: ``$top`` and ``$count`` are left out. Nor does the
    order in which it names properties.
    """
    sent = requests.PreparedRequest()
    sent.prepare_url(url, None)
    written = _AT_ONCE.sub(r"\1", sent.url or url).rstrip("?&")
    written = _SELECT.sub(lambda found: found[1] + ",".join(sorted(found[2].replace("%2C", ",").split(","))), written)
    raw = body.encode() if isinstance(body, str) else (body or b"")
    return method, written, orjson.dumps(orjson.loads(raw), option=orjson.OPT_SORT_KEYS) if raw else b""


def answer_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return those headers of an answer that say something about it, and nothing of who asked.

    That something is missing is said in other words, since Graph's may name anybody.
    """
    kept = _only(headers, _ANSWER_HEADERS)
    if any(of_missing_data(value) for value in _only(headers, ("warning",)).values()):
        kept["Warning"] = _MISSING
    return kept


_ESCAPED = r"\U000"
"""With this libyaml, which is a hundred times faster, begins a letter beyond U+FFFF, where a person would read it."""


class _Readable:
    """vcrpy's serializer of YAML, with each text of several lines written as such."""

    @staticmethod
    def serialize(cassette: Any) -> str:
        import yaml

        text = _dumped(cassette, getattr(yaml, "CSafeDumper", yaml.SafeDumper))
        return _dumped(cassette, yaml.SafeDumper) if _ESCAPED in text else text


def _dumped(cassette: Any, base: Any) -> str:
    import yaml

    dumper: Any = type("Dumper", (base,), {})
    dumper.add_representer(str, _represented)
    return str(yaml.dump(cassette, Dumper=dumper, sort_keys=False, allow_unicode=True))


def _represented(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _readable(raw: bytes | str | None) -> str | None:
    """Return a JSON body as a person reads it, letters as letters.

    Raises:
        ValueError: it is not JSON.
    """
    if not raw:
        return None
    text = json.dumps(orjson.loads(raw), indent=1, ensure_ascii=False)
    return "".join(letter if letter.isprintable() or letter == "\n" else json.dumps(letter)[1:-1] for letter in text)


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


def _only(headers: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() in names}
