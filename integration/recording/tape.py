"""The tape that records: what it is answered becomes a cassette."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from integration.config.clouds import GLOBAL_AZURE, GLOBAL_GRAPH
from integration.http.bodies import read_body
from integration.http.room import MOST
from integration.sources.msgraph.links import VERSION
from integration.tapes import cassette
from integration.tapes.batches import Part, answered, is_batch
from integration.tapes.cassette import Interaction, RecordedAnswer
from integration.tapes.tapes import Replay, response_to


class Record:
    """A tape that writes a cassette: what is recorded is what its source answers, one request at a time.

    Args:
        path: the cassette; replaced when the run ends, where anything was recorded.
        source: answers the requests; the APIs themselves, scrubbed, where ``None``.
        beside: what other cassettes hold, which this one then need not.
        taken: what the cassette begins with.

    Attributes:
        taken: what the cassette holds.
    """

    offline = False
    one_by_one = True

    def __init__(
        self,
        path: Path,
        source: HTTPAdapter | None = None,
        beside: Replay | None = None,
        taken: Sequence[Interaction] = (),
    ) -> None:
        self._path, self._source, self._beside = path, source, beside
        self.offline = source is not None
        self.taken = list(taken)

    def adapter(self) -> BaseAdapter:
        """Return an adapter that asks the source, and keeps what was asked and answered."""
        from integration.recording.apis import scrubbing

        return _Recorder(self.taken, self._source or scrubbing(self._path), self._beside)

    def close(self) -> None:
        """Write the cassette.

        Raises:
            CassetteError: it would hold more interactions than a person can review.
        """
        if self.taken:
            cassette.write(self._path, self.taken)


class _Recorder(HTTPAdapter):
    def __init__(self, taken: list[Interaction], source: HTTPAdapter, beside: Replay | None) -> None:
        super().__init__()
        self._taken, self._source, self._beside = taken, source, beside

    def send(self, request: requests.PreparedRequest, *arguments: Any, **named: Any) -> requests.Response:
        url = str(request.url)
        if is_batch(url):
            return self._send_batch(request, *arguments, **named)
        known, home = _homes(url)
        asked = url.replace(known, home, 1)
        if self._beside and self._beside.holds(str(request.method), asked, request.body):
            found = self._beside.next(str(request.method), asked, request.body)
            body = found.body.replace(home.encode(), known.encode())
            return response_to(self, request, found.status, found.headers, body, found.reason)
        response = self._source.send(request, *arguments, **named)
        raw = bytes(read_body(response, MOST))
        answer = RecordedAnswer(
            response.status_code, response.reason, response.headers, raw.replace(known.encode(), home.encode())
        )
        self._taken.append(Interaction(str(request.method), asked, request.headers, request.body, answer))
        response.raw = HTTPResponse(io.BytesIO(raw), preload_content=False)
        return response

    def _send_batch(self, request: requests.PreparedRequest, *arguments: Any, **named: Any) -> requests.Response:
        """Ask for what a batch holds one by one, and answer it from that."""
        root = str(request.url).removesuffix("/$batch")

        def ask(url: str) -> Part:
            single = requests.Request("GET", f"{root}{url}", headers=dict(request.headers)).prepare()
            single.headers.pop("Content-Type", None)
            response = self.send(single, *arguments, **named)
            raw = bytes(read_body(response, MOST))
            return Part(response.status_code, dict(response.headers), orjson.loads(raw) if raw else None)

        body = answered(request.body, ask)
        return response_to(self, request, 200, {"Content-Type": "application/json"}, body)


def _homes(url: str) -> tuple[str, str]:
    """Return the root of the API that a URL is of, and that of the global cloud which a cassette names instead."""
    root, version, _ = url.partition(f"{VERSION}/")
    if version:
        return root, GLOBAL_GRAPH
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", GLOBAL_AZURE
