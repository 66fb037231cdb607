"""Reading a collection page by page. Source: Paging Microsoft Graph data in your app."""

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from integration.errors import (
    BadAnswer,
    BadRequest,
    FeatureAbsent,
    Forbidden,
    GraphError,
    NotFound,
    PageTokenExpired,
)
from integration.http.room import Turn
from integration.sources.chain import Chain
from integration.sources.controls import control
from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.headcount import Headcount
from integration.sources.msgraph.objects import spell_alike
from integration.sources.repeats import Came
from integration.text.whose import carried
from integration.threads import Threads

REFUSALS = (BadRequest, FeatureAbsent, Forbidden, NotFound)
"""What tells of a collection where its first page is answered so, and of the link where a further one is."""
_COUNT = re.compile(r"\d{1,15}(\.0)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a collection.

    Attributes:
        rows: the objects; may be empty although more pages follow.
        next_link: URL of the next page; ``None`` on the last.
        turn: what a large page holds as long as it is in memory.
        count: how many objects there are on all pages (``@odata.count``); ``None`` where Graph does not tell.
        odd: how many values that are no objects stood among them.
    """

    rows: list[dict[str, Any]]
    next_link: str | None
    turn: Turn | None = field(default=None, repr=False, compare=False)
    count: int | None = None
    odd: int = 0

    def done(self) -> None:
        """Make room for other large pages, because whoever was given this one is through with it.

        A loop's variable names it until the next page is there: so its objects go now.
        """
        if self.turn is not None:
            self.rows.clear()
            self.turn.end()


def pages(
    client: GraphClient,
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    before: Came | None = None,
) -> Iterator[Page]:
    """Yield the pages of a collection until there is no ``@odata.nextLink``; each is fetched while the last is in use.

    Args:
        client: sends the requests.
        url: first page.
        headers: sent with every page, since next links do not carry them.
        before: what came when the same was read before, as ``CameTwice`` told.

    Raises:
        PagingError: a next link leads to another host or has been followed before, or there is no end.
        PageTokenExpired: a page that a next link names is not there, or is refused.
        Miscounted: fewer objects came than Graph counts; all pages were given by then.
        CameTwice: objects came twice, and others before; likewise.
        GraphError: as ``Client.get`` raises.
    """
    page = page_of(client, client.get(url, headers))
    link, headcount = page.next_link, Headcount(page.count, before)
    headcount.add(page.rows, page.odd)
    chain = Chain(url, client.path_of(url))
    with Threads(1, thread_name_prefix="pages") as ahead:
        while link is not None:
            chain.lead_to(link, page.rows)
            following = ahead.submit(carried(client.get), link, headers)
            yield page
            page.done()
            del page
            page = page_of(client, _found(following))
            headcount.add(page.rows, page.odd)
            link = page.next_link
        yield page
    if error := headcount.error(client.path_of(url)):
        raise error


def _found(following: "Future[Answer]") -> Answer:
    """Return the answer to a next link.

    Graph named it itself, so where it says that there is nothing there, or nothing for us, this tells of the link and
    not of the collection: its first page came.
    """
    try:
        return following.result()
    except REFUSALS as error:
        if error.too_much or (isinstance(error, BadRequest) and error.unknown):
            raise
        raise PageTokenExpired(
            f"a page that Graph named is not to be had: {error.problem}",
            path=error.path,
            status=error.status,
            code=error.code,
            request_id=error.request_id,
        ) from None


def page_of(client: GraphClient, answer: Answer) -> Page:
    """Return the page that an answer holds.

    Raises:
        BadAnswer: it holds no list of objects, or its next link is no URL.
        PagingError: its next link leads to another host.
    """
    rows, link = answer.body.get("value"), control(answer.body, "nextLink")
    turn, path, status, count = answer.turn, answer.path, answer.status, control(answer.body, "count")
    del answer  # whoever keeps an error keeps no answer by it
    if not isinstance(rows, list):
        del rows, turn
        raise BadAnswer("the answer has no list of objects named value", path=path, status=status)
    objects = rows if {*map(type, rows)} <= {dict} else [row for row in rows if isinstance(row, dict)]
    odd = len(rows) - len(objects)
    del rows
    spell_alike(objects)
    try:
        link = _followed(client, link, path, status)
    except GraphError:
        del objects, turn
        raise
    return Page(objects, link, turn, _number(count), odd)


def _number(count: object) -> int | None:
    """Return a count, which may be text where numbers of 64 bits are (OData JSON, ``IEEE754Compatible``)."""
    text = str(count).strip() if isinstance(count, str | float) else ""
    if _COUNT.fullmatch(text):
        return int(float(text))
    return count if type(count) is int else None


def _followed(client: GraphClient, link: object, path: str, status: int) -> str | None:
    """Return the URL of the next page; ``None`` where none is named."""
    if link is None:
        return None
    if not isinstance(link, str) or not link:
        raise BadAnswer("the next link is no URL", path=path, status=status)
    return client.resolved(link, path)
