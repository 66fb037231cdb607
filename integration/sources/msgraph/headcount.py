"""Whether what came of a listing is all of it, as far as counting tells.

Pages of what changes meanwhile may shift: an object that moves over an edge comes twice, and another one not at all.
Sources: OData JSON Format Version 4.01, ``count``; OData Version 4.01 Protocol, server-driven paging.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from integration.errors import BadAnswer

_SHARES = 8
"""What is counted at once is one of so many shares of all, since numbers that are counted take the room of objects."""


class Miscounted(BadAnswer):
    """Fewer objects came than Graph has counted.

    Args:
        count: ``@odata.count`` of the first page.
        got: how many came.
        path: the collection.
    """

    def __init__(self, count: int, got: int, path: str) -> None:
        super().__init__(f"Graph counts {count:,} objects, of which {got:,} came", path=path, status=200)


class CameTwice(BadAnswer):
    """Objects came twice, and Graph counts none, so that others may have been passed over.

    Args:
        repeats: tell which ones.
        path: the collection.

    Attributes:
        repeats: as given.
    """

    def __init__(self, repeats: frozenset[int], path: str) -> None:
        self.repeats = repeats
        objects = "1 object" if len(repeats) == 1 else f"{len(repeats):,} objects"
        super().__init__(
            f"{objects} came twice while the listing was read, so that others may have been passed over",
            path=path,
            status=200,
        )


class Headcount:
    """How many objects came, each counted once.

    More may come than Graph has counted, where some are added meanwhile. Eight bytes are kept of each, since a group
    may have a million members. What has no id is not told from others.

    Args:
        count: how many Graph has counted; ``None`` where it does not tell, so that what comes twice is in doubt.
        known: what came twice when the same was read before: where it does so again, Graph has it twice.
    """

    def __init__(self, count: int | None, known: frozenset[int] = frozenset()) -> None:
        self._count, self._known = count, known
        self._hashes = array("q")
        self._others = 0

    def add(self, rows: Sequence[dict[str, Any]], odd: int = 0) -> None:
        """Take note of what came on a page: objects, and how many values that are none."""
        hashes = [hash(key) for row in rows if isinstance(key := row.get("id"), str)]
        self._hashes.extend(hashes)
        self._others += len(rows) - len(hashes) + odd

    def error(self, path: str) -> Miscounted | CameTwice | None:
        """Return what is wrong with all that came; ``None`` where nothing is.

        Args:
            path: the collection.
        """
        distinct = sum(len({*share}) for share in self._shares())
        if self._count is not None:
            got = distinct + self._others
            return Miscounted(self._count, got, path) if got < self._count else None
        if distinct == len(self._hashes):
            return None
        counts = (Counter(share) for share in self._shares())
        repeats = frozenset(each for count in counts for each, times in count.items() if times > 1)
        return None if repeats <= self._known else CameTwice(repeats, path)

    def _shares(self) -> Iterator[Iterator[int]]:
        for share in range(_SHARES):
            yield (number for number in self._hashes if number % _SHARES == share)
