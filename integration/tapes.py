"""Where answers come from: live Graph, live and recorded, or a recording played back.

A tape is an adapter of the run's ``requests`` session, so everything above it is the same in all three cases. Cassettes
are vcrpy's files; they hold requests and answers without tokens, cookies and Microsoft's diagnostic headers, and name
the global cloud's host whatever host they were recorded from.
"""

import io
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from integration.errors import CassetteError
from integration.msgraph.auth import GLOBAL_GRAPH
from integration.msgraph.connections import Adapter

_MOST = 100
_CONNECTIONS = 64
_REQUEST_HEADERS = ("accept", "consistencylevel", "content-type", "prefer")
_ANSWER_HEADERS = (
    "content-type",
    "location",
    "odata-version",
    "retry-after",
    "x-ms-resource-unit",
    "x-ms-throttle-limit-percentage",
)

Key = tuple[str, str, bytes]


def demo_folder() -> Path:
    """Return the folder of the demo's cassettes: the wheel carries a copy of those that the tests play."""
    package = Path(__file__).parent
    carried = package / "cassettes"
    return carried if carried.is_dir() else package.parent / "tests" / "cassettes"


class Tape(Protocol):
    """Where a run's answers come from.

    Attributes:
        offline: no request leaves this machine, so nobody signs in.
        one_by_one: the order of requests matters, so there is one at a time, and each run reads everything anew.
    """

    offline: bool
    one_by_one: bool

    def adapter(self) -> BaseAdapter:
        """Return the adapter that sends the run's requests."""

    def close(self) -> None:
        """Called once, when the run has ended."""


class Live:
    """Graph itself."""

    offline = False
    one_by_one = False

    def adapter(self) -> BaseAdapter:
        """Return an adapter that keeps a connection for each request in flight."""
        return Adapter(_CONNECTIONS)

    def close(self) -> None:
        """Do nothing: the session closes its connections."""


class Record:
    """Graph itself, recorded into one cassette.

    Args:
        path: the cassette; replaced when the run ends.
    """

    offline = False
    one_by_one = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self._taken: list[tuple[Any, dict[str, Any]]] = []

    def adapter(self) -> BaseAdapter:
        """Return an adapter that sends, and keeps what was asked and answered."""
        return _Recorder(self._taken)

    def close(self) -> None:
        """Write the cassette.

        Raises:
            CassetteError: it would hold more interactions than a person can review.
        """
        from vcr.persisters.filesystem import FilesystemPersister
        from vcr.serializers import yamlserializer

        if len(self._taken) > _MOST:
            count = len(self._taken)
            raise CassetteError(f"{self._path}: {count} requests, but {_MOST} at most: record a smaller tenant")
        kept = {"requests": [taken[0] for taken in self._taken], "responses": [taken[1] for taken in self._taken]}
        FilesystemPersister.save_cassette(self._path, kept, yamlserializer)


class Replay:
    """Recorded answers: cassettes, played back without a network.

    Args:
        folder: holds ``<type>.yaml``; a request that several of them hold is played from the first.

    Raises:
        CassetteError: the folder has no cassette, or one that cannot be read.
    """

    offline = True
    one_by_one = True

    def __init__(self, *cassettes: Path) -> None:
        self._cassettes = cassettes
        self._answers: dict[Key, deque[dict[str, Any]]] = {}
        self._lock = threading.Lock()
        for path in cassettes:
            for key, answers in _load(path).items():
                self._answers.setdefault(key, answers)

    @classmethod
    def folder(cls, folder: Path) -> "Replay":
        """Return a tape of all cassettes of a folder.

        Raises:
            CassetteError: the folder has no cassette, or one that cannot be read.
        """
        cassettes = sorted(folder.glob("*.yaml"))
        if not cassettes:
            raise CassetteError(f"{folder}: no cassettes there: name a folder with <type>.yaml files")
        return cls(*cassettes)

    def adapter(self) -> BaseAdapter:
        """Return an adapter that answers from the cassettes."""
        return _Player(self)

    def close(self) -> None:
        """Do nothing."""

    def play(self, request: requests.PreparedRequest) -> dict[str, Any]:
        """Return the next recorded answer to a request.

        Raises:
            CassetteError: there is none, or none left.
        """
        with self._lock:
            answers = self._answers.get(_key(str(request.method), str(request.url), request.body))
            if answers:
                return answers.popleft()
        state = "was played already" if answers is not None else "is not there"
        names = ", ".join(path.name for path in self._cassettes)
        asked = str(request.url).removeprefix(GLOBAL_GRAPH)
        raise CassetteError(f"{names}: {request.method} {asked} {state}: record the cassette again")


class _Recorder(HTTPAdapter):
    def __init__(self, taken: list[tuple[Any, dict[str, Any]]]) -> None:
        super().__init__()
        self._taken = taken

    def send(self, request: requests.PreparedRequest, *arguments: Any, **named: Any) -> requests.Response:
        from vcr.request import Request

        response = super().send(request, *arguments, **named)
        raw = response.raw.read(decode_content=True)
        parts = urlsplit(str(request.url))
        root = f"{parts.scheme}://{parts.netloc}"
        asked = Request(
            str(request.method),
            str(request.url).replace(root, GLOBAL_GRAPH, 1),
            request.body,
            _only(request.headers, _REQUEST_HEADERS),
        )
        headers = {name: [value] for name, value in _only(response.headers, _ANSWER_HEADERS).items()}
        body = _scrubbed(raw.replace(root.encode(), GLOBAL_GRAPH.encode()))
        status = {"code": response.status_code, "message": response.reason}
        self._taken.append((asked, {"status": status, "headers": headers, "body": {"string": body}}))
        response.raw = HTTPResponse(io.BytesIO(raw), preload_content=False)
        return response


class _Player(HTTPAdapter):
    def __init__(self, tape: Replay) -> None:
        super().__init__()
        self._tape = tape

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        answer = self._tape.play(request)
        raw = HTTPResponse(
            io.BytesIO(answer["body"]),
            headers=answer["headers"],
            status=answer["status"],
            reason=answer["reason"],
            preload_content=False,
        )
        return self.build_response(request, raw)


def _load(path: Path) -> dict[Key, "deque[dict[str, Any]]"]:
    from vcr.persisters.filesystem import CassetteDecodeError, CassetteNotFoundError, FilesystemPersister
    from vcr.serializers import yamlserializer
    from yaml import YAMLError

    answers: dict[Key, deque[dict[str, Any]]] = {}
    try:
        asked, answered = FilesystemPersister.load_cassette(path, yamlserializer)
        for request, answer in zip(asked, answered, strict=True):
            kept = {
                "status": int(answer["status"]["code"]),
                "reason": answer["status"]["message"],
                "headers": {name: value for name, values in answer["headers"].items() for value in values},
                "body": _bytes(answer["body"]["string"]),
            }
            answers.setdefault(_key(request.method, request.uri, request.body), deque()).append(kept)
    except CassetteNotFoundError:
        raise CassetteError(f"{path}: no such cassette: record it") from None
    except (CassetteDecodeError, YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CassetteError(f"{path}: not a cassette of vcrpy: {type(error).__name__}: {error}") from None
    return answers


def _bytes(body: object) -> bytes:
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes):
        return body
    raise TypeError("an answer has no body")


def _key(method: str, url: str, body: Any) -> Key:
    """Return what a request is found by: its method, its URL as requests writes it, and its JSON body."""
    written = requests.Request(method, url).prepare().url or url
    raw = body.encode() if isinstance(body, str) else (body or b"")
    return method, written, orjson.dumps(orjson.loads(raw), option=orjson.OPT_SORT_KEYS) if raw else b""


def _scrubbed(raw: bytes) -> bytes:
    """Return a body whose inner answers, where it is a batch's, have no headers but those that matter."""
    if not raw.startswith(b'{"responses"'):
        return raw
    batch = orjson.loads(raw)
    for answer in batch["responses"]:
        answer["headers"] = _only(answer.get("headers") or {}, _ANSWER_HEADERS)
    return orjson.dumps(batch)


def _only(headers: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() in names}
