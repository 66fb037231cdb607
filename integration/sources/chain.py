"""The pages of a listing, each of which names the next one."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from integration.errors import PagingError

_WITHOUT_NEWS = 1_000


class Chain:
    """The pages that follow from a first one: one that does not end has to be left.

    Source: endless rounds of a delta query are known from Graph (microsoft-graph-docs, issue 4263).

    Args:
        url: of the first page.
        path: of the listing, for messages.
    """

    def __init__(self, url: str, path: str) -> None:
        self._path = path
        self._links = {url}
        self._contents: set[int] = set()
        self._without_news = 0

    def lead_to(self, link: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Take note of a page that leads to another one.

        Raises:
            PagingError: the link has been followed before, or a thousand pages in a row held nothing new.
        """
        if link in self._links:
            raise PagingError("a next link leads back to a page that was read already", path=self._path)
        self._links.add(link)
        names = hash(tuple(map(_name, rows)))
        content = hash(tuple(map(_content, rows))) if names in self._contents else names
        self._without_news = self._without_news + 1 if content in self._contents else 0
        self._contents |= {names, content}
        if self._without_news >= _WITHOUT_NEWS:
            raise PagingError(f"{_WITHOUT_NEWS} pages in a row hold nothing new", path=self._path)


def _name(row: Mapping[str, Any]) -> str | bytes:
    """Return what tells an object from others."""
    key = row.get("id")
    return key if isinstance(key, str) else orjson.dumps(row)


def _content(row: Mapping[str, Any]) -> str | bytes:
    """Return what is new of an object that came before: not another state of it, but more of its children.

    Changes tell of the children of one object on as many pages as they take.
    """
    return orjson.dumps(row) if any(name.endswith("@delta") for name in row) else _name(row)
