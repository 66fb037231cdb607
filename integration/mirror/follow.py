"""Reading a collection from the mirror while it grows."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from integration.disk.sqlite import Connection
from integration.mirror.tables import connect_to

_AT_ONCE = 16


class Pieces:
    """Reads a collection piece by piece, also while it grows; a context manager.

    Args:
        path: the mirror.
        number: the collection.
        word: leave pieces out in which this does not occur in any case of letters.
        part: leave those of other parts out, where one is named; ``*`` is any.
        without: leave those of these parts out.
    """

    def __init__(self, path: Path, number: int, word: str, part: str = "", without: Sequence[str] = ()) -> None:
        self._database: Connection = connect_to(path)
        self._database.execute("PRAGMA cache_size = -1000")
        self._number, self._word, self._part, self._last = number, word, part, 0
        self._without = orjson.dumps(without).decode()

    def __enter__(self) -> "Pieces":
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def more(self) -> Iterator[tuple[str, list[Any]]]:
        """Yield parent's id and objects of each piece that came since the last call."""
        while found := self._next():
            for number, parent, objects in found:
                self._last = number
                yield parent, self._database.parsed_objects(objects)

    def _next(self) -> list[tuple[int, str, bytes]]:
        return self._database.execute(
            "SELECT number, parent, CAST(objects AS BLOB) FROM pieces"
            " WHERE collection = ?1 AND number > ?2 AND (?3 = '' OR objects LIKE '%' || ?3 || '%')"
            " AND (?5 IN ('', '*') OR parent = ?5) AND parent NOT IN (SELECT value FROM json_each(?6))"
            " ORDER BY number LIMIT ?4",
            (self._number, self._last, self._word, _AT_ONCE, self._part, self._without),
        ).fetchall()
