"""Whether what came of a listing is all of it, as far as counting tells.

Source: OData JSON Format Version 4.01, ``count``.
"""

from collections.abc import Sequence
from typing import Any

from integration.errors import BadAnswer
from integration.sources.repeats import Came, CameTwice, Repeats


class Miscounted(BadAnswer):
    """Fewer objects came than Graph has counted.

    Args:
        count: ``@odata.count`` of the first page.
        got: how many came.
        path: the collection.
    """

    def __init__(self, count: int, got: int, path: str) -> None:
        super().__init__(f"Graph counts {count:,} objects, of which {got:,} came", path=path, status=200)


class Headcount:
    """How many objects came, each counted once; more may than Graph has counted, where some are added meanwhile.

    Args:
        count: how many Graph has counted; ``None`` where it does not tell, so that what comes twice is in doubt.
        before: what came when the same was read before, as ``Repeats`` takes it.
    """

    def __init__(self, count: int | None, before: Came | None = None) -> None:
        self._count = count
        self._named, self._others = Repeats(before), 0

    def add(self, rows: Sequence[dict[str, Any]], odd: int = 0) -> None:
        """Take note of what came on a page: objects, and how many values that are none."""
        self._others += len(rows) - self._named.add(rows) + odd

    def error(self, path: str) -> Miscounted | CameTwice | None:
        """Return what is wrong with all that came; ``None`` where nothing is.

        Args:
            path: the collection.
        """
        if self._count is None:
            return self._named.error(path)
        got = self._named.distinct() + self._others
        return Miscounted(self._count, got, path) if got < self._count else None
