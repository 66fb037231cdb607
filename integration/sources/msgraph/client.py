"""Sending requests to Graph.

Sources: Microsoft Graph throttling guidance; Best practices for working with Microsoft Graph.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from integration.http.client import Client
from integration.http.decoding import decode
from integration.http.pace import Lane, Pace
from integration.http.transport import Received
from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.lanes import LIMITS, lane_of
from integration.sources.msgraph.links import VERSION, path_of, relative


class GraphClient(Client[Answer]):
    """Sends requests to one Graph root, such as ``https://graph.microsoft.com``, which is given without version."""

    api = "Graph"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._lanes = {name: Lane(*limit) for name, limit in LIMITS.items()}

    def pace_of(self, url: str) -> Pace:
        """Return what lets requests for a URL through."""
        name = lane_of(self.path_of(url), urlsplit(url).query)
        return self._lanes[name] if name else self.pace

    def tell_waits(self, tell: Callable[[float], None]) -> None:
        """Have a function called with the seconds of each wait before it begins."""
        for pace in (self.pace, *self._lanes.values()):
            pace.tell = tell

    @property
    def waited(self) -> float:
        """Seconds for which requests were held back because Graph asked for it."""
        return self.pace.waited + sum(lane.waited for lane in self._lanes.values())

    def stop(self) -> None:
        """Make every request raise ``Interrupted``: those that wait, and those in flight."""
        for lane in self._lanes.values():
            lane.stop()
        super().stop()

    def url(self, path: str, options: Mapping[str, str] | None = None) -> str:
        """Return the URL of a path below the version, with OData options such as ``{"$select": "id"}``."""
        return f"{self.root}{VERSION}{relative(path, options)}"

    def path_of(self, url: str) -> str:
        """Return the path of a URL below the version."""
        return path_of(url, self._root_path)

    def kind_of(self, path: str) -> str:
        """Return ``batch``, ``delta`` or ``get``."""
        return {"$batch": "batch", "delta": "delta"}.get(path.rpartition("/")[2], "get")

    def understood(self, path: str, received: Received) -> Answer:
        """Return what was received as an answer of Graph."""
        return Answer(path, received.status, received.headers, decode(received.body), received.turn)

    def relative_link(self, link: str) -> str:
        """Return a link of this root as a batch takes it: relative to the version, its query as it is.

        Raises:
            PagingError: the link leads to another host.
        """
        self.check_host(link)
        return f"{self.path_of(link)}?{urlsplit(link).query}"
