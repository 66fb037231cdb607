"""How a collection, or a single object, is asked for."""

from collections.abc import Sequence

from integration.errors import GraphError
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.delta import latest
from integration.sources.request import Request


def first_page(client: GraphClient, request: Request, properties: Sequence[str], top: int | None) -> str:
    """Return the URL of the first page.

    Args:
        client: knows Graph's root.
        request: what is asked for.
        properties: those of its ``select`` that Graph knows.
        top: objects on a page; as many as Graph likes where ``None``.
    """
    options = {}
    if request.select is not None:
        options["$select"] = ",".join(properties)
    if request.filter:
        options["$filter"] = request.filter
    if request.expand:
        options["$expand"] = request.expand
    if request.kind == "collection" and top is not None:
        options["$top"] = str(top)
    return client.url(request.path, options)


def knows(client: GraphClient, request: Request, name: str, top: int | None) -> bool:
    """Tell whether Graph knows a property of a collection by now, in changes and in the listing.

    Args:
        client: sends the requests.
        request: the collection.
        name: of the property.
        top: ``None`` where the collection takes no size of a page.
    """
    first = {"$select": f"id,{name}", **({} if top is None else {"$top": "1"})}
    try:
        latest(client, request.path, ("id", name))
        client.get(client.url(request.path, first))
    except GraphError:
        return False
    return True
