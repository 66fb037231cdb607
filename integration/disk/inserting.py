"""Inserting many rows into SQLite.

Python's ``executemany`` lets go of the interpreter's lock for every row, which costs more than the row where other
threads work too. So one statement inserts many rows. For SQLite to understand a statement costs more than to insert its
rows, too: the same few texts serve again and again.
"""

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

from integration.disk.sqlite import STATEMENTS

_AT_ONCE = (64, 16, 4, 1)
"""Rows of one statement."""


def insert(
    database: sqlite3.Connection,
    into: str,
    rows: Sequence[Sequence[object]],
    text: int | None = None,
    *,
    then: str = "",
) -> None:
    """Insert rows, as many values in each.

    Args:
        database: where.
        into: how the statements begin, such as ``INSERT INTO parents``.
        rows: the values.
        text: the place of a column whose values are UTF-8 as bytes, to be stored as text: none need be decoded first.
        then: how the statements end, such as with what to do about a conflict.
    """
    at = 0
    for size in _AT_ONCE:
        while len(rows) - at >= size:
            some = rows[at : at + size]
            database.execute(_statement(into, size, len(some[0]), text, then), list(chain.from_iterable(some)))
            at += size


@lru_cache(STATEMENTS)
def _statement(into: str, rows: int, columns: int, text: int | None, then: str) -> str:
    row = ", ".join("CAST(? AS TEXT)" if column == text else "?" for column in range(columns))
    return f"{into} VALUES {', '.join([f'({row})'] * rows)} {then}"
