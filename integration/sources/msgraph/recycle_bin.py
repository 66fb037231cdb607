"""Objects that are deleted and can be restored. Sources: List deletedItems (directory objects); group delta."""

import threading
from collections.abc import Sequence

from integration.errors import GraphError
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.objects import object_id
from integration.sources.msgraph.paging import pages

_RESTORABLE = ("user", "group")


class RecycleBin:
    """The objects that Graph can restore, read once a run.

    When Graph restores one, its memberships come back without an entry in a delta query. A relation that is read now
    must therefore remember that it missed them. Where Graph does not show the bin, links to restored objects come with
    the next full read.

    Args:
        client: sends the requests.

    Attributes:
        refused: why Graph did not show some of it.
    """

    def __init__(self, client: GraphClient) -> None:
        self.refused: list[str] = []
        self._client = client
        self._ids: Sequence[str] | None = None
        self._reading = threading.Lock()

    def ids(self) -> Sequence[str]:
        """Return the ids of the objects in it."""
        with self._reading:
            if self._ids is None:
                found: list[str] = []
                for kind in _RESTORABLE:
                    url = self._client.url(f"/directory/deletedItems/microsoft.graph.{kind}", {"$select": "id"})
                    try:
                        found.extend(object_id(row, url) for page in pages(self._client, url) for row in page.rows)
                    except GraphError as error:
                        self.refused.append(str(error))
                self._ids = found
            return self._ids
