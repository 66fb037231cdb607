"""Whether a listing told something twice: then it shifted while it was read, and may have passed something over.

An object that moves over the edge of a page comes twice where others came before it, and not at all where others went.
Sources: OData Version 4.01 Protocol, server-driven paging; Azure Resource Manager, paging of lists.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from integration.errors import BadAnswer

_SHARES = 8
"""What is counted at once is one of so many shares of all, since numbers that are counted take the room of objects."""


class CameTwice(BadAnswer):
    """Objects came twice, so that others may have been passed over.

    Attributes:
        repeats: tell which ones, as ``Repeats`` takes it when the same is read once more.
    """

    repeats: frozenset[int] = frozenset()


class Repeats:
    """Which objects of a listing came several times, by their ids; what has none is not told from others.

    Eight bytes are kept of each, since a group may have a million members.

    Args:
        known: what came twice when the same was read before: where it does so again, the service has it twice.
    """

    def __init__(self, known: frozenset[int] = frozenset()) -> None:
        self._known = known
        self._hashes = array("q")

    def add(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Take note of objects, and return how many of them have an id."""
        before = len(self._hashes)
        self._hashes.extend(hash(key) for row in rows if isinstance(key := row.get("id"), str))
        return len(self._hashes) - before

    def distinct(self) -> int:
        """Return how many objects with an id came, each counted once."""
        return sum(len({*share}) for share in self._shares())

    def error(self, path: str) -> CameTwice | None:
        """Return the error where some came twice that did not before; ``None`` where none did.

        Args:
            path: the collection.
        """
        if self.distinct() == len(self._hashes):
            return None
        counts = (Counter(share) for share in self._shares())
        repeats = frozenset(each for count in counts for each, times in count.items() if times > 1)
        if repeats <= self._known:
            return None
        objects = "1 object" if len(repeats) == 1 else f"{len(repeats):,} objects"
        what = f"{objects} came twice while the listing was read, so that others may have been passed over"
        error = CameTwice(what, path=path, status=200)
        error.repeats = repeats
        return error

    def _shares(self) -> Iterator[Iterator[int]]:
        for share in range(_SHARES):
            yield (number for number in self._hashes if number % _SHARES == share)
