"""SQLite as this project uses it: a write-ahead log, explicit transactions, connections shared by threads.

Python's ``executemany`` lets go of the interpreter's lock for every row, which costs more than the row where other
threads work too. So many rows are written by one statement here, and what is read comes back as few rows.
"""

import sqlite3
import threading
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

_PAGE = 16_384
_CHECKPOINT_PAGES = 2_000


def connect(path: Path) -> sqlite3.Connection:
    """Open a file: readers see the last commit while a writer works, and a killed writer loses only what it had open.

    Raises:
        sqlite3.DatabaseError: the file is not SQLite, or cannot be opened.
    """
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=60)
    try:
        connection.execute(f"PRAGMA page_size = {_PAGE}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def insert(database: sqlite3.Connection, into: str, rows: Sequence[Sequence[object]]) -> None:
    """Insert rows by one statement.

    Args:
        database: the connection.
        into: how the statement begins, such as ``INSERT INTO parents``.
        rows: values, as many in each row; in all at most 32,766, which is SQLite's limit.
    """
    if rows:
        row = f"({', '.join('?' * len(rows[0]))})"
        values = list(chain.from_iterable(rows))
        database.execute(f"{into} VALUES {', '.join([row] * len(rows))}", values)


class Transaction:
    """A lock and a transaction in one ``with``: committed at its end, undone by an exception.

    Args:
        database: the connection that the lock guards.
        lock: held from beginning to end.
    """

    def __init__(self, database: sqlite3.Connection, lock: threading.Lock) -> None:
        self._database, self._lock = database, lock

    def __enter__(self) -> sqlite3.Connection:
        self._lock.acquire()
        try:
            self._database.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._lock.release()
            raise
        return self._database

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self._database.execute("ROLLBACK" if kind else "COMMIT")
        finally:
            self._lock.release()
