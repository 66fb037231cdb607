"""What changed since the last time. Source: Use delta query to track changes in Microsoft Graph data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from integration.errors import BadAnswer
from integration.sources.chain import Chain
from integration.sources.controls import control
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.habits import TRACKED, TRACKED_RELATIONS, UNTRACKED_PROPERTIES
from integration.sources.msgraph.kinds import are_members
from integration.sources.msgraph.objects import spell_alike
from integration.sources.msgraph.paging import page_of
from integration.sources.request import Request

IDS = ("id",)
"""The ``$select`` of children of which only id and kind are of interest."""
LIFETIME = 6.5 * 86_400
"""Seconds after which a token is not worth trying: Graph keeps those of directory objects for seven days."""

_FURTHER = "skiptoken="
"""In lower case: in the query of a link to a further page; to the next round leads a delta token (Delta query)."""
_REASONS = ("changed", "deleted")
"""In lower case: what is in the recycle bin, or does not belong there any more, and what is gone."""


def tracked(request: Request) -> tuple[str, ...] | None:
    """Return the properties whose changes a delta query tells of; ``None`` where Graph tracks none of it."""
    if request.path not in TRACKED or request.select is None or request.filter or request.expand or request.among:
        return None
    if request.kind == "relation":
        is_told = request.select == IDS and (request.path, request.relation) in TRACKED_RELATIONS
        return ("id", request.relation) if is_told else None
    return None if UNTRACKED_PROPERTIES.intersection(request.select) else request.select


def is_part_of_tracked(request: Request) -> bool:
    """Tell whether a listing has by a filter some of the objects of which Graph tells whole what changed."""
    return request.kind == "collection" and request.filter != "" and request.path in TRACKED


@dataclass(frozen=True, slots=True)
class Changes:
    """One page of changes.

    Attributes:
        rows: objects that are new, changed or deleted; the same one may come again, and later ones win.
        link: URL of the next page, or of the next round where ``last``.
        last: no more pages follow now.
    """

    rows: list[dict[str, Any]]
    link: str
    last: bool


def is_removed(row: Mapping[str, Any], path: str) -> bool:
    """Tell whether an object among changes is one that is gone, as its ``@removed`` says.

    Args:
        row: an object, or a child of one.
        path: what was asked for.

    Raises:
        BadAnswer: its ``@removed`` gives no reason that Graph has; nothing is deleted on such a word.
    """
    if "@removed" not in row:
        return False
    removed = row["@removed"]
    if not isinstance(removed, dict) or str(removed.get("reason")).lower() not in _REASONS:
        raise BadAnswer("an object is marked as removed without a reason", path=path, status=200)
    return True


def children_in(row: Mapping[str, Any], relation: str, path: str) -> Sequence[dict[str, Any]]:
    """Return the children that an object among changes names, those that went too (``members@delta``).

    Args:
        row: the object.
        relation: such as ``members``.
        path: what was asked for.

    Raises:
        BadAnswer: what it names are not all objects with an id, and of a kind.
    """
    listed = row.get(f"{relation}@delta", ())
    if not isinstance(listed, list | tuple) or not are_members(listed):
        raise BadAnswer("a child has no id, or no kind that is text", path=path, status=200)
    spell_alike(listed)
    return listed


def latest(client: GraphClient, path: str, select: Sequence[str]) -> str:
    """Return a link that tells what will have changed from now on.

    Args:
        client: sends the request.
        path: the collection, such as ``/users``.
        select: properties to track, and relationships such as ``members``.

    Raises:
        GraphError: Graph does not track the collection, or did not answer.
    """
    url = client.url(f"{path}/delta", {"$select": ",".join(select), "$deltatoken": "latest"})
    for page in changes(client, url):
        if page.last:
            return page.link
    raise BadAnswer("the changes have no end", path=path, status=200)


def changes(client: GraphClient, link: str) -> Iterator[Changes]:
    """Yield the pages of changes that a link tells of.

    A link to a further page is one that a run was cut short at. Its round tells what had changed when that run asked,
    so the next round is read too.

    Raises:
        DeltaTokenExpired: Graph does not know any more what changed; only reading everything helps.
        PagingError: a link leads to another host or back.
        GraphError: as ``Client.get`` raises.
    """
    chain = Chain(link, client.path_of(link))
    last, is_of_another_run = False, _FURTHER in urlsplit(link).query.lower()
    while not last:
        answer = client.get(link)
        page = page_of(client, answer)
        if page.odd:
            page.done()
            raise BadAnswer("not all of the changes are objects", path=answer.path, status=answer.status)
        last = page.next_link is None
        following = page.next_link or control(answer.body, "deltaLink")
        if not isinstance(following, str):
            page.done()
            raise BadAnswer("the changes end without a delta link", path=answer.path, status=answer.status)
        following = client.resolved(following, answer.path)
        if last and is_of_another_run:
            last = is_of_another_run = False
        if not last:
            chain.lead_to(following, page.rows)
        link = following
        yield Changes(page.rows, link, last)
        page.done()
