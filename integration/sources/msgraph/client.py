"""Sending requests to Graph.

Sources: Microsoft Graph throttling guidance; Best practices for working with Microsoft Graph.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from integration.http.client import Client
from integration.http.transport import Received
from integration.sources.body import unrepeated
from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.discretion import drop_secrets
from integration.sources.msgraph.lanes import LIMITS, lane_of
from integration.sources.msgraph.links import VERSION, path_of, relative


class GraphClient(Client[Answer]):
    """Sends requests to one Graph root, such as ``https://graph.microsoft.com``, which is given without version.

    Attributes:
        has_answered: Graph has given something that it was asked for.
        takes_batches: no batch was refused as such.
    """

    api = "Graph"
    has_answered = False
    takes_batches = True

    limits = LIMITS

    def lane_of(self, url: str) -> str:
        """Return which limit requests for a URL fall under."""
        return lane_of(self.path_of(url), urlsplit(url).query)

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
        self.has_answered |= received.status == 200
        body = unrepeated(received.body, path)
        drop_secrets(body)
        return Answer(path, received.status, received.headers, body, received.turn)

    def relative_link(self, link: str) -> str:
        """Return a link of this root as a batch takes it: relative to the version, its query as it is.

        Raises:
            PagingError: the link leads to another host.
        """
        self.check_host(link)
        return f"{self.path_of(link)}?{urlsplit(link).query}"
