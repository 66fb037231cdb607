"""What is done to a SQLite file as one: committed whole, or undone whole."""

import sqlite3
import threading

from integration.disk.sqlite import Connection


class Transaction:
    """A lock and a transaction in one ``with``: committed at its end, undone by an exception.

    Args:
        database: the connection that the lock guards.
        lock: held from beginning to end.
    """

    def __init__(self, database: Connection, lock: threading.Lock) -> None:
        self._database, self._lock = database, lock

    def __enter__(self) -> Connection:
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


class Savepoint:
    """What a ``with`` does to a database, inside a transaction, is undone by an exception.

    Args:
        database: the connection; nobody else uses it meanwhile.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("SAVEPOINT here")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind:
            self._database.execute("ROLLBACK TO here")
        self._database.execute("RELEASE here")
