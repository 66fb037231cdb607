"""Whether a listing told something twice: then it shifted while it was read, and may have passed something over.

An object that moves over the edge of a page comes twice where others came before it, and not at all where others went.
Sources: OData Version 4.01 Protocol, server-driven paging; Azure Resource Manager, paging of lists.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from integration.errors import BadAnswer

_SHARES = 8
"""What is counted at once is one of so many shares of all, since numbers that are counted take the room of objects."""


Came = tuple[int, int]
"""What came of a listing, each object once: how many, and a number that tells these from others."""


class CameTwice(BadAnswer):
    """Objects came twice, so that others may have been passed over.

    Attributes:
        came: all that came, as ``Repeats`` takes it when the same is read once more.
        twice: what came more than once, as hashes of ids, which are others in another process.
    """

    came: Came = (0, 0)
    twice: frozenset[int] = frozenset()


class Repeats:
    """Which objects of a listing came several times, by their ids; what has none is not told from others.

    Eight bytes are kept of each, since a group may have a million members.

    Args:
        before: what came when the same was read before: where it is the same again, nothing was passed over, and the
            service tells some objects twice.
    """

    def __init__(self, before: Came | None = None) -> None:
        self._before = before
        self._hashes = array("q")

    def add(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Take note of objects, and return how many of them have an id."""
        before = len(self._hashes)
        self._hashes.extend(hash(key) for row in rows if isinstance(key := row.get("id"), str))
        return len(self._hashes) - before

    def distinct(self) -> int:
        """Return how many objects with an id came, each counted once."""
        return self._came()[0]

    def error(self, path: str) -> CameTwice | None:
        """Return the error where some came twice, and others came before; ``None`` where nothing is in doubt.

        Args:
            path: the collection.
        """
        came = self._came()
        twice = len(self._hashes) - came[0]
        if not twice or came == self._before:
            return None
        objects = "1 object" if twice == 1 else f"{twice:,} objects"
        what = f"{objects} came twice while the listing was read, so that others may have been passed over"
        error = CameTwice(what, path=path, status=200)
        error.came, error.twice = came, self._again()
        return error

    def _again(self) -> frozenset[int]:
        again: list[int] = []
        for share in range(_SHARES):
            counts = Counter(number for number in self._hashes if number % _SHARES == share)
            again.extend(number for number, count in counts.items() if count > 1)
        return frozenset(again)

    def _came(self) -> Came:
        count = total = 0
        for share in range(_SHARES):
            distinct = {number for number in self._hashes if number % _SHARES == share}
            count, total = count + len(distinct), total + sum(distinct)
        return count, total
