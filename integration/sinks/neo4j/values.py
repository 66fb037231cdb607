"""Records as properties of Neo4j, and as they go over the wire."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import orjson

from integration.sinks.comparison import Ends

StoredRecord = tuple[Ends, Mapping[str, Any]]
"""What names a record, and its properties as they are stored."""
_SCALARS = {str, bool, int, float}
_INTEGERS = range(-(2**63), 2**63)


class Columns:
    """Rows without the names of their properties, which the statement says once: that halves the cost of sending them.

    Args:
        rows: at least one; each name once.

    Attributes:
        parameters: ``$rows``, each a list of keys and values, and ``$same``: text that is the same in all rows.
    """

    def __init__(self, rows: Sequence[StoredRecord]) -> None:
        self._keys = len(rows[0][0])
        columns = {
            name: [properties.get(name) for _, properties in rows]
            for name in sorted(set[str]().union(*(properties for _, properties in rows)))
        }
        same = {
            name: column[0]
            for name, column in columns.items()
            if type(column[0]) is str and column.count(column[0]) == len(column)
        }
        self._same, self._others = list(same), [name for name in columns if name not in same]
        keys = zip(*(ends for ends, _ in rows), strict=True)
        values = zip(*keys, *(columns[name] for name in self._others), strict=True)
        self.parameters = {"rows": list(map(list, values)), "same": same}

    def properties(self, *stamps: str) -> str:
        """Return a map in Cypher: ``stamps``, such as ``_key: row[0]``, and the properties of ``row``."""
        others = (f"{_quoted(name)}: row[{place}]" for place, name in enumerate(self._others, self._keys))
        return (
            f"{{{', '.join([*stamps, *(f'{_quoted(name)}: $same.{_quoted(name)}' for name in self._same), *others])}}}"
        )


def stored(text: str) -> dict[str, Any]:
    """Return the properties of a record as they are stored, from their JSON."""
    return {
        name: value if type(value) is str or type(value) is bool else storable(value)
        for name, value in orjson.loads(text).items()
    }


def storable(value: Any) -> Any:
    """Return a value as a property can have it: a scalar or a list of scalars of one kind as it is, others as JSON."""
    values = value if type(value) is list else [value]
    kinds = set(map(type, values))
    if len(kinds) < 2 and kinds <= _SCALARS and (int not in kinds or all(each in _INTEGERS for each in values)):
        return value
    return orjson.dumps(value).decode()


def digest(properties: Mapping[str, Any]) -> bytes:
    """Return a digest of a record's properties."""
    return blake2b(orjson.dumps(properties, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
