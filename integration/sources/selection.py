"""What is kept of the objects of a source: what was asked for, whatever else a server gives.

A server may ignore ``$select``. What comes with an object then may be secret, or be none of this program's business.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

_ALWAYS = ("@odata.type", "@removed")
_Row = Mapping[str, Any]


class Selection:
    """Leaves of objects what was asked for, and what is said about it (annotations, with an ``@`` in their names).

    Args:
        properties: names of what was asked for; everything where ``None``.
    """

    def __init__(self, properties: Sequence[str] | None) -> None:
        self._names = None if properties is None else frozenset((*properties, *_ALWAYS))

    def of(self, row: _Row) -> _Row:
        """Return an object with what was asked for alone."""
        names = self._names
        if names is None or row.keys() <= names:
            return row
        return {name: value for name, value in row.items() if name in names or "@" in name}

    def of_each(self, rows: Sequence[_Row]) -> Sequence[_Row]:
        """Return objects with what was asked for alone."""
        names = self._names
        return rows if names is None or names.issuperset(chain.from_iterable(rows)) else [*map(self.of, rows)]
