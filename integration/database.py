"""SQLite as this project uses it: a write-ahead log, explicit transactions, connections shared by threads.

Python's ``executemany`` lets go of the interpreter's lock for every row, which costs more than the row where other
threads work too. So what is many here is handed over as one JSON array, which SQLite takes apart by itself, and what is
read comes back as few rows.
"""

import sqlite3
import threading
from pathlib import Path

_CHECKPOINT_PAGES = 8_000


def connect(path: Path) -> sqlite3.Connection:
    """Open a file: readers see the last commit while a writer works, and a killed writer loses only what it had open.

    Raises:
        sqlite3.DatabaseError: the file is not SQLite, or cannot be opened.
    """
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=60)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


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
