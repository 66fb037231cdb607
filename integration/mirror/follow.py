"""Reading a collection from the mirror while it grows."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import orjson

from integration.disk.sqlite import Connection
from integration.mirror.rows import bounded

_FEW, _ROWS = 16, 1_000
_FOUND, _PARSED = 500_000, 100_000
"""Bytes of pieces after which a statement finds no more, and after which they are parsed: those of a relation, which
are one for each parent, are small, and many at once take less time."""
_AS_THEY_CAME = ("{} > :last", "{}")
_TOGETHER = ("(parent, {0}) > (:parent, :last)", "parent, {0}")
"""Which pieces are left, and in which order they come; the number of that is named."""


def _wanted(word: str, part: str) -> Iterator[str]:
    """Yield conditions on pieces: only what is to be regarded, so that SQLite goes through nothing else."""
    yield "parent = :part" if part not in ("", "*") else "parent NOT IN (SELECT value FROM json_each(:without))"
    if word:
        yield "objects LIKE '%' || :word || '%'"


class Changed(NamedTuple):
    """What became of an object since the run began: its parent's id (empty without one), and its JSON then and now."""

    parent: str
    before: str | None
    now: str | None


class Pieces:
    """Reads a collection piece by piece, also while it grows.

    Args:
        database: the mirror, which nobody else reads by this connection.
        number: the collection.
        word: leave pieces out in which this does not occur in any case of letters.
        part: leave those of other parts out, where one is named; ``*`` is any.
        without: leave those of these parts out.
        together: give those of one part one after the other, for a collection that grows no more.
    """

    def __init__(
        self,
        database: Connection,
        number: int,
        word: str,
        part: str = "",
        without: Sequence[str] = (),
        *,
        together: bool = False,
    ) -> None:
        self._database = database
        self._given = {"number": number, "word": word, "part": part, "without": orjson.dumps(without).decode()}
        self._wanted, self._last, self._last_parent = " AND ".join(_wanted(word, part)), 0, ""
        (anew,) = database.execute("SELECT anew FROM collections WHERE number = ?", (number,)).fetchone()
        self._place = "place" if anew else "number"
        self._from = "came CROSS JOIN pieces ON number = piece WHERE came" if anew else "pieces WHERE pieces"
        self._left, self._order = (each.format(self._place) for each in (_TOGETHER if together else _AS_THEY_CAME))

    def more(self) -> Iterator[tuple[str, list[Any]]]:
        """Yield parent's id and objects of each piece that came since the last call."""
        while found := self._next():
            for some in bounded(found, 2, _PARSED):
                arrays = self._database.parsed_arrays([objects for _, _, objects in some])
                for (self._last, self._last_parent, _), objects in zip(some, arrays, strict=True):
                    yield self._last_parent, objects

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Yield how many objects each part has that has some, or is read, in the order of the parts' names."""
        found = self._database.execute(
            "SELECT part, sum(size) FROM (SELECT parent AS part, json_array_length(objects) AS size FROM current_pieces"
            " WHERE collection = :number UNION ALL SELECT id, 0 FROM current_parents WHERE collection = :number)"
            " GROUP BY part ORDER BY part",
            self._given,
        )
        while some := found.fetchmany(_ROWS):
            yield from some

    def _next(self) -> list[tuple[int, str, bytes]]:
        pieces = self._database.execute(
            f"SELECT {self._place}, parent, coalesce(CAST(objects AS BLOB), x'')"
            f" FROM {self._from}.collection = :number AND {self._left} AND {self._wanted} ORDER BY {self._order}",
            {**self._given, "last": self._last, "parent": self._last_parent},
        )
        found: list[tuple[int, str, bytes]] = []
        size = 0
        while size < _FOUND and (some := pieces.fetchmany(_FEW)):
            found += some
            size += sum(len(objects) for _, _, objects in some)
        pieces.close()
        return found
