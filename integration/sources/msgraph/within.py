"""Lists that come within objects (``$expand``), and may go on elsewhere: what is left of them is read, or told.

Where a list has just as many objects as Graph expands at most, nothing says whether there are more: so it is asked for
by itself. A list that Graph refuses to give to its end keeps the link to what is left, and its type is no more than
partial.

Sources: Known issues with Microsoft Graph; OData JSON Format Version 4.01, control information ``nextLink``.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from integration.errors import BadAnswer, GraphError
from integration.mirror.mirror import Mirror
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.habits import MOST_EXPANDED
from integration.sources.msgraph.paging import REFUSALS, pages
from integration.sources.repeats import Came, CameTwice
from integration.sources.request import Request

_Object = dict[str, Any]
_EXPANSION = re.compile(r"(\w+)(?:\(((?:[^()]|\([^()]*\))*)\))?(?:,|$)")
_LINK = re.compile(r"(.+)@(?:odata\.)?nextlink", re.IGNORECASE)
_WORD = "nextlink"


def may_be_cut(request: Request) -> bool:
    """Tell whether what a request gives may be objects with lists of others: expanded ones, or whole objects."""
    return bool(request.expand) or (request.kind != "relation" and request.select is None)


def read_rest(client: GraphClient, request: Request, row: _Object) -> None:
    """Read what is left of the lists within an object, into it.

    Args:
        client: sends the requests.
        request: what the object was asked for by.
        row: the object, as Graph gave it.

    Raises:
        PagingError: a link leads to another host.
        GraphError: what is left could not be read, for another reason than that Graph refuses it.
    """
    for path in dict.fromkeys([*_expansions(request.expand), *((name,) for name in _links(row))]):
        holder, name = _holder(row, path), path[-1]
        found, link = holder.get(name), _links(holder).get(name)
        if not isinstance(found, list) or (link is None and len(found) != MOST_EXPANDED):
            continue
        if link is None:
            url = client.url("/".join([_path_of(request, row), *path]))
        else:
            url = _url(client, holder.pop(link), request.path)
        try:
            came = _all(client, url)
        except (*REFUSALS, CameTwice):
            holder[link or f"{name}@odata.nextLink"] = url
        else:
            holder[name] = [*found, *came] if link else max(found, came, key=len)


def _all(client: GraphClient, url: str, before: Came | None = None) -> list[_Object]:
    """Return what is left of a list, which is read once more where something of it came twice."""
    try:
        return [each for page in pages(client, url, before=before) for each in list(page.rows)]
    except CameTwice as error:
        if before:
            raise
        return _all(client, url, error.came)


def cut_short(mirror: Mirror, request: Request) -> Iterator[GraphError]:
    """Yield what the objects of a collection lack of the lists within them, as the mirror has them."""
    if not may_be_cut(request):
        return

    def count() -> dict[str, int]:
        found: dict[str, int] = {}
        with mirror.pieces(request.name, _WORD) as pieces:
            for _, rows in pieces.more():
                for row in rows:
                    for path in ((), *_expansions(request.expand)):
                        for name in _links(_holder(row, (*path, ""))):
                            found[name] = found.get(name, 0) + 1
        return found

    for name, number in mirror.fact(request.name, "cut short", "", count).items():
        yield BadAnswer(f"{number:,} of them came with some of their {name} alone", path=request.path, status=200)


def _expansions(text: str, *above: str) -> Iterator[tuple[str, ...]]:
    """Yield the way to each thing that an expansion names: ``a($expand=b)`` names ``a``, and ``b`` within it."""
    for name, options in _EXPANSION.findall(text):
        yield (*above, name)
        for option in options.split(";"):
            if option.startswith("$expand="):
                yield from _expansions(option.removeprefix("$expand="), *above, name)


def _holder(row: _Object, path: tuple[str, ...]) -> _Object:
    """Return the object within another one that has the last of some names; an empty one where there is none."""
    for name in path[:-1]:
        found = row.get(name)
        row = found if isinstance(found, dict) else {}
    return row


def _links(holder: _Object) -> dict[str, str]:
    """Return the names of the lists that go on elsewhere, and under which name each one's link is."""
    return {of[1]: key for key, link in holder.items() if link is not None and (of := _LINK.fullmatch(key))}


def _path_of(request: Request, row: _Object) -> str:
    if request.kind == "object":
        return request.path
    path = request.relation if request.kind == "relation" else request.path
    return f"{path}/{quote(str(row.get(request.key)), safe='')}"


def _url(client: GraphClient, link: object, path: str) -> str:
    if not isinstance(link, str) or not link:
        raise BadAnswer("the next link of a list within an object is no URL", path=path, status=200)
    return client.resolved(link, path)
