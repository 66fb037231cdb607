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
        content = hash(tuple(map(_known_by, rows)))
        self._without_news = self._without_news + 1 if content in self._contents else 0
        self._contents.add(content)
        if self._without_news >= _WITHOUT_NEWS:
            raise PagingError(f"{_WITHOUT_NEWS} pages in a row hold nothing new", path=self._path)


def _known_by(row: Mapping[str, Any]) -> int:
    """Return a number for an object, of which another state is nothing new; but more of its children is.

    Changes tell of the children of one object on as many pages as they take.
    """
    key = row.get("id")
    is_told_in_parts = any(name.endswith("@delta") for name in row)
    return hash(orjson.dumps(row) if is_told_in_parts or not isinstance(key, str) else key)
