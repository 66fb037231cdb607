"""Reading a collection from the mirror while it grows."""

from pathlib import Path
from typing import Any

import orjson

from integration.database import connect


class Pieces:
    """Reads a collection from its first piece on, also while it grows; a context manager."""

    def __init__(self, path: Path, number: int, most: int, word: str) -> None:
        self._database = connect(path)
        self._database.execute("PRAGMA cache_size = -1000")
        self._number, self._most, self._word, self._last = number, most, word, 0

    def __enter__(self) -> "Pieces":
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def next(self) -> list[Any]:
        """Return parent's id and objects in turn, of the pieces that come next; nothing where no more are there now."""
        last, text = self._database.execute(
            "SELECT max(number), CAST('[' || group_concat(json_quote(parent) || ',' || objects) || ']' AS BLOB) FROM"
            " (SELECT number, parent, objects FROM pieces WHERE collection = ? AND number > ? AND instr(objects, ?)"
            " ORDER BY number LIMIT ?)",
            (self._number, self._last, self._word, self._most),
        ).fetchone()
        if last is None:
            return []
        self._last = last
        found: list[Any] = orjson.loads(text)
        return found
