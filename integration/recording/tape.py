"""The tape that records: what it is answered becomes a cassette."""

import io
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from integration.config.clouds import GLOBAL_GRAPH
from integration.http.bodies import read
from integration.http.room import MOST
from integration.sources.msgraph.links import VERSION
from integration.tapes import cassette
from integration.tapes.cassette import Answer, Interaction


class Record:
    """A tape that writes a cassette: what is recorded is what its source answers.

    Args:
        path: the cassette; replaced when the run ends.
        source: answers the requests; Graph itself where ``None``, with pseudonyms in place of what is the tenant's own.
    """

    offline = False
    one_by_one = True

    def __init__(self, path: Path, source: HTTPAdapter | None = None) -> None:
        self._path, self._source = path, source
        self.offline = source is not None
        self._taken: list[Interaction] = []

    def adapter(self) -> BaseAdapter:
        """Return an adapter that asks the source, and keeps what was asked and answered."""
        from integration.recording.survey import scrubbing

        return _Recorder(self._taken, self._source or scrubbing(self._path))

    def close(self) -> None:
        """Write the cassette.

        Raises:
            CassetteError: it would hold more interactions than a person can review.
        """
        cassette.write(self._path, self._taken)


class _Recorder(HTTPAdapter):
    def __init__(self, taken: list[Interaction], source: HTTPAdapter) -> None:
        super().__init__()
        self._taken, self._source = taken, source

    def send(self, request: requests.PreparedRequest, *arguments: Any, **named: Any) -> requests.Response:
        response = self._source.send(request, *arguments, **named)
        raw = bytes(read(response, MOST))
        root = str(request.url).partition(VERSION)[0]
        body = raw.replace(root.encode(), GLOBAL_GRAPH.encode())
        answer = Answer(response.status_code, response.reason, response.headers, body)
        url = str(request.url).replace(root, GLOBAL_GRAPH, 1)
        self._taken.append(Interaction(str(request.method), url, request.headers, request.body, answer))
        response.raw = HTTPResponse(io.BytesIO(raw), preload_content=False)
        return response
