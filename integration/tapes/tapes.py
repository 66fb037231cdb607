"""Where answers come from: live, or a recording played back.

A tape is an adapter of the run's ``requests`` session, so everything above it is the same in all cases.
"""

import io
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from http.client import responses
from pathlib import Path
from typing import Any, Protocol, runtime_checkable
from urllib.parse import unquote, urlsplit

import orjson
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from integration.config.clouds import GLOBAL_GRAPH
from integration.config.handed import FOLDER, check_handed
from integration.errors import CassetteError
from integration.http.connections import Adapter
from integration.sdk.step import Step
from integration.tapes import cassette
from integration.tapes.batches import BATCH, Part, answered, is_batch
from integration.tapes.cassette import Key, RecordedAnswer, key_of
from integration.tapes.places import cassettes_in

_CASSETTE = (str | Path, "name a cassette")
_NAMED = 3
"""How many cassettes an error names: a step plays its own first, and then those of all that it needs."""


@runtime_checkable
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
        return Adapter()

    def close(self) -> None:
        """Do nothing: the session closes its connections."""


class Replay:
    """Recorded answers: cassettes, played back together without a network.

    A batch is answered from the single requests that it holds.

    Args:
        paths: the cassettes; a request that several of them hold is played from the first.

    Raises:
        CassetteError: one of them cannot be read.
    """

    offline = True
    one_by_one = True

    def __init__(self, *paths: Path | str) -> None:
        check_handed("Replay", **{f"path {number}": (path, *_CASSETTE) for number, path in enumerate(paths, 1)})
        self._paths = tuple(map(Path, paths))
        self._answers: dict[Key, deque[RecordedAnswer]] = {}
        self._lock = threading.Lock()
        for path in self._paths:
            for key, answers in cassette.read(path).items():
                self._answers.setdefault(key, answers)

    @classmethod
    def folder(cls, folder: Path | str, steps: Sequence[Step] = ()) -> "Replay":
        """Return a tape of all cassettes in a folder and below it.

        Args:
            folder: of the cassettes.
            steps: the types that are known: they tell whose own is what several cassettes hold.

        Raises:
            CassetteError: the folder has no cassette, or one that cannot be read.
        """
        check_handed("Replay.folder", folder=(folder, *FOLDER), steps=(steps, Sequence, "give a list of declarations"))
        given = {f"step {number}": (step, Step, "give a declaration") for number, step in enumerate(steps, 1)}
        check_handed("Replay.folder", **given)
        paths = cassettes_in(Path(folder), steps)
        if not paths:
            raise CassetteError(f"{folder}: no cassettes there: name a folder with .yaml files")
        return cls(*paths)

    def adapter(self) -> BaseAdapter:
        """Return an adapter that answers from the cassettes."""
        return _Player(self)

    def close(self) -> None:
        """Do nothing."""

    def play(self, request: requests.PreparedRequest) -> RecordedAnswer:
        """Return the next recorded answer to a request.

        Raises:
            CassetteError: there is none, or none left.
        """
        url = str(request.url)
        if not is_batch(url):
            return self.next(str(request.method), url, request.body)
        root = url.partition(BATCH)[0]
        body = answered(request.body, lambda inner: self._part(f"{root}{inner}"))
        return RecordedAnswer(200, "OK", {"Content-Type": "application/json"}, body)

    def holds(self, method: str, url: str, body: Any) -> bool:
        """Tell whether there is an answer left to a single request."""
        with self._lock:
            return bool(self._answers.get(key_of(method, url, body)))

    def next(self, method: str, url: str, body: Any) -> RecordedAnswer:
        """Return the next recorded answer to a single request.

        Raises:
            CassetteError: there is none, or none left.
        """
        with self._lock:
            answers = self._answers.get(key_of(method, url, body))
            if answers:
                return answers.popleft()
        state = "was played already" if answers is not None else "is not there"
        names = ", ".join(path.name for path in self._paths[:_NAMED])
        more = f" and {len(self._paths) - _NAMED} more" if len(self._paths) > _NAMED else ""
        path, _, options = url.removeprefix(GLOBAL_GRAPH).partition("?")
        asked = f" (asked with {options}{self._otherwise(method, url)})" if options else ""
        hint = f"record the cassette again{asked}{self._elsewhere(url)}"
        raise CassetteError(f"{names}{more}: {method} {path} {state}: {hint}")

    def _elsewhere(self, url: str) -> str:
        """Return of which hosts the answers are, where none is of the host that is asked."""
        hosts = sorted({urlsplit(known).netloc for _, known, _ in self._answers})
        if not hosts or urlsplit(url).netloc in hosts:
            return ""
        return f"; the answers are of {', '.join(hosts)}, which nobody asks here"

    def _otherwise(self, method: str, url: str) -> str:
        """Return with which other options a path was recorded: a step that asks with these needs no new cassette."""
        path, _, options = key_of(method, url, None)[1].partition("?")
        recorded = (known.partition("?") for sent, known, _ in self._answers if sent == method)
        others = sorted({other for where, _, other in recorded if where == path and other and other != options})
        return f"; recorded with {unquote(others[0])}" if others else ""

    def _part(self, url: str) -> Part:
        answer = self.next("GET", url, None)
        try:
            body = orjson.loads(answer.body) if answer.body else None
        except ValueError:  # what is no JSON stands in a batch as a text
            body = answer.body.decode(errors="replace")
        return Part(answer.status, answer.headers, body)


class _Player(HTTPAdapter):
    def __init__(self, tape: Replay) -> None:
        super().__init__()
        self._tape = tape

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        answer = self._tape.play(request)
        return response_to(self, request, answer.status, answer.headers, answer.body, answer.reason)


def response_to(
    adapter: HTTPAdapter,
    request: requests.PreparedRequest,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    reason: str = "",
) -> requests.Response:
    """Return the response that an adapter makes of an answer which did not come from the network."""
    reason = reason or responses.get(status, "")
    raw = HTTPResponse(io.BytesIO(body), headers=dict(headers), status=status, reason=reason, preload_content=False)
    return adapter.build_response(request, raw)
