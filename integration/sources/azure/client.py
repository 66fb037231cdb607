"""Sending requests to Azure Resource Manager, of which Azure Resource Graph is a part."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

import requests

from integration.errors import BadAnswer, NotFound
from integration.http.auth import Tokens
from integration.http.client import Client
from integration.http.patience import Patience
from integration.http.transport import Received
from integration.sources.azure.answers import AzureAnswer
from integration.sources.azure.lanes import LIMITS, QUERIES, provider_lane
from integration.sources.azure.names import type_in
from integration.sources.azure.versions import ApiVersions
from integration.sources.body import unrepeated
from integration.sources.chain import Chain
from integration.sources.controls import control
from integration.sources.repeats import Came, CameTwice, Repeats
from integration.text.secret import Secret

QUERIED_AT = "/providers/Microsoft.ResourceGraph/resources"
"""Where Azure Resource Graph takes queries."""
_QUERIED_IN = ("2024-04-01", "2022-10-01", "2021-03-01")
"""Versions of its API that take our queries, the newest first; a cloud may lack it."""
_AT_ONCE = 32
"""Requests in flight in all lanes together: connections, and answers in memory."""
_LONGEST_WINDOW = 60.0
"""Seconds for which nothing is asked unless Azure refuses: its windows are of five. Source: guidance for throttling."""


class AzureClient(Client[AzureAnswer]):
    """Sends requests to one root of Azure Resource Manager, such as ``https://management.azure.com``."""

    api = "Azure"
    limits = LIMITS

    def __init__(
        self,
        root: str,
        tokens: Tokens,
        session: requests.Session,
        patience: Patience | None = None,
        in_flight: int = 16,
    ) -> None:
        super().__init__(root, tokens, session, patience, in_flight)
        self._room = threading.BoundedSemaphore(_AT_ONCE)
        self._versions = ApiVersions()

    def url(self, path: str, options: Mapping[str, str] | None = None) -> str:
        """Return the URL of a path, with options such as ``{"api-version": "2022-12-01"}``."""
        query = "&".join(f"{name}={quote(value, safe='$')}" for name, value in (options or {}).items())
        return f"{self.root}{path}?{query}" if query else f"{self.root}{path}"

    def kind_of(self, path: str) -> str:
        """Return ``resourceGraph`` for a query, ``arm`` for anything else."""
        return "resourceGraph" if path == QUERIED_AT else "arm"

    def lane_of(self, url: str) -> str:
        """Return the lane of requests for a URL: of queries, or of a provider of resources in a subscription."""
        path = self.path_of(url)
        return QUERIES if path == QUERIED_AT else provider_lane(path)

    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, token: Secret, ends: float
    ) -> AzureAnswer:
        with self._room:
            return super()._exchange(method, url, headers, body, token, ends)

    def understood(self, path: str, received: Received) -> AzureAnswer:
        """Return what was received as an answer of Azure."""
        digest = blake2b(received.body, digest_size=16).hexdigest() if path == QUERIED_AT else ""
        answer = AzureAnswer(path, received.status, received.headers, unrepeated(received.body, path), digest)
        if received.turn is not None:
            received.turn.end()
        if answer.quota_is_spent and answer.quota_resets_after:
            self.pace_of(self.url(path)).spent(min(answer.quota_resets_after, _LONGEST_WINDOW))
        return answer

    def query(self, body: Mapping[str, Any], *, first: bool = False) -> AzureAnswer:
        """Ask Azure Resource Graph, before others that wait or after them; raises as ``post`` does."""

        def ask(version: str) -> AzureAnswer:
            return self.post(self.url(QUERIED_AT, {"api-version": version}), body, first=first)

        return self._versions.asked(type_in(QUERIED_AT), _QUERIED_IN, ask)

    def list(self, path: str, version: str) -> Sequence[Mapping[str, Any]]:
        """Return the objects of a listing of Azure Resource Manager, to its last page; raises as ``pages`` does.

        Where a later page is not there, that is a ``BadAnswer``: what is listed is there, or no page would have come.
        One that shifted while it was read is read once more.
        """
        try:
            return self._listed(path, version)
        except CameTwice as error:
            return self._listed(path, version, error.came)

    def _listed(self, path: str, version: str, before: Came | None = None) -> Sequence[Mapping[str, Any]]:
        pages = self.pages(path, version, before=before)
        found = [*next(pages, ([], None))[0]]
        try:
            for rows, _ in pages:
                found.extend(rows)
        except NotFound as error:
            raise BadAnswer("a page that follows is not there", path=path, status=error.status) from None
        return found

    def pages(
        self, path: str, version: str, link: str | None = None, *, before: Came | None = None
    ) -> Iterator[tuple[Sequence[Mapping[str, Any]], str | None]]:
        """Yield each page of a listing of Azure Resource Manager, and the link of the next one.

        What answers with one object, and no list, is a page with that. Where Azure has no such version, and names
        others, the first page is asked for in the nearest one, and says by its link how the others are.

        Args:
            path: of the listing.
            version: of the API.
            link: of the page to begin with; ``None``: the first.
            before: what came when the same was read before, as ``CameTwice`` told.

        Raises:
            BadAnswer: a page is no list of objects.
            CameTwice: objects came twice, and others before; the last page is not given then.
            PagingError: a next link leads to another host or back, or there is no end.
            GraphError: as ``get`` raises.
        """

        def first(version: str) -> tuple[str, Mapping[str, Any]]:
            url = self.url(path, {"api-version": version})
            return url, self.get(url).body

        url, body = (link, self.get(link).body) if link else self._versions.asked(type_in(path), [version], first)
        chain, seen = Chain(url, path), Repeats(before)
        while True:
            rows, link = body.get("value", [body] if "id" in body else None), control(body, "nextLink")
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise BadAnswer("the answer has no list of objects named value", path=path, status=200)
            if link is not None and not isinstance(link, str):
                raise BadAnswer("the next link is no URL", path=path, status=200)
            url = self.resolved(link, path) if link else ""
            seen.add(rows)
            if url:
                chain.lead_to(url, rows)
            elif error := seen.error(path):
                raise error
            yield rows, url or None
            if not url:
                return
            body = self.get(url).body
