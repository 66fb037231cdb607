"""Reading a collection page by page. Source: Paging Microsoft Graph data in your app."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from integration.errors import BadAnswer, PagingError
from integration.msgraph.answers import Answer
from integration.msgraph.client import Client, path_of


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a collection.

    Attributes:
        rows: the objects; may be empty although more pages follow.
        next_link: URL of the next page; ``None`` on the last.
    """

    rows: list[dict[str, Any]]
    next_link: str | None


def pages(client: Client, url: str, headers: Mapping[str, str] | None = None) -> Iterator[Page]:
    """Yield the pages of a collection until there is no ``@odata.nextLink``.

    Args:
        client: sends the requests.
        url: first page.
        headers: sent with every page, since next links do not carry them.

    Raises:
        PagingError: a next link leads to another host or has been followed before.
        GraphError: as ``Client.get`` raises.
    """
    seen = {url}
    link: str | None = url
    while link is not None:
        page = page_of(client, client.get(link, headers))
        yield page
        link = page.next_link
        if link in seen:
            raise PagingError("a next link leads back to a page that was read already", path=path_of(url))
        if link is not None:
            seen.add(link)


def page_of(client: Client, answer: Answer) -> Page:
    """Return the page that an answer holds.

    Raises:
        BadAnswer: it holds no list of objects.
        PagingError: its next link leads to another host.
    """
    rows = answer.body.get("value")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadAnswer("the answer has no list of objects named value", path=answer.path, status=answer.status)
    link = answer.body.get("@odata.nextLink")
    if link is not None:
        client.check_host(link)
    return Page(rows, link)
