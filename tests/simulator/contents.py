"""What a tenant has besides directory objects: rows of collections, and single objects, by path.

Rows are kept as JSON text, a third of what they take as objects.
"""

from collections.abc import Iterator, Sequence

import orjson

from tests.simulator.properties import Json


class Contents:
    """Rows by path, such as ``/domains`` or ``/applications/{an id}/federatedIdentityCredentials``.

    A row that was taken leaves a hole, so that pages that are being read shift nothing.
    """

    def __init__(self) -> None:
        self._rows: dict[str, list[bytes | None]] = {}
        self._places: dict[str, dict[str, int]] = {}
        self._single: dict[str, bytes] = {}

    def put(self, path: str, *rows: Json, key: str = "id") -> None:
        """Add rows to a collection, or replace those whose ``key`` is there. Without rows: the collection is empty."""
        kept, places = self._rows.setdefault(path, []), self._places.setdefault(path, {})
        for row in rows:
            place = places.setdefault(str(row[key]), len(kept))
            text = bytes(memoryview(orjson.dumps(row)))
            if place < len(kept):
                kept[place] = text
            else:
                kept.append(text)

    def take(self, path: str, key: str) -> None:
        """Remove a row. Raises KeyError where there is none."""
        self._rows[path][self._places[path].pop(key)] = None

    def clear(self, path: str) -> None:
        """Remove all rows of a collection."""
        self._rows.pop(path, None)
        self._places.pop(path, None)

    def rows(self, path: str) -> Sequence[bytes | None]:
        """The rows of a collection as JSON text, ``None`` for a hole; empty where nothing was put."""
        return self._rows.get(path, ())

    def values(self, path: str) -> Iterator[Json]:
        """The rows of a collection."""
        return (orjson.loads(text) for text in self.rows(path) if text is not None)

    def row(self, path: str, key: str) -> bytes | None:
        """One row as JSON text, or None."""
        place = self._places.get(path, {}).get(key)
        return None if place is None else self._rows[path][place]

    def keys(self, path: str) -> list[str]:
        """The keys of a collection's rows."""
        return list(self._places.get(path, ()))

    def paths(self) -> list[str]:
        """The collections that something was put in."""
        return list(self._rows)

    def set(self, path: str, value: Json) -> None:
        """Set the object that a path gives which is no collection, such as ``/policies/authorizationPolicy``."""
        self._single[path] = orjson.dumps(value)

    def single(self, path: str) -> Json | None:
        """The object that was set, or None."""
        return orjson.loads(self._single[path]) if path in self._single else None
