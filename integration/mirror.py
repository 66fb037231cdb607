"""The mirror: a tenant's raw Graph collections on disk, written page by page and read without holding them."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Link = tuple[str, str, str, bytes | None]
"""Id of the parent, id of the child, its ``@odata.type``, and its JSON where it has more than these two."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS collections(
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, state TEXT NOT NULL, next_link TEXT
);
CREATE TABLE IF NOT EXISTS items(
    collection INTEGER NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY(collection, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS links(
    collection INTEGER NOT NULL, parent TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, body BLOB,
    PRIMARY KEY(collection, parent, id)
) WITHOUT ROWID;
"""
_ROWS = 1000


class Mirror:
    """Collections and parent → child links in one SQLite file; safe for use from many threads.

    A collection is named by its path and ``$select``; it is absent, ``running`` or ``complete``.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._writer = self._connect()
        self._writer.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file; iterators that are still open become unusable."""
        self._writer.close()

    def is_complete(self, name: str) -> bool:
        """Tell whether every page of the collection has been read."""
        return self._state(name) == "complete"

    def named(self, path: str) -> str | None:
        """Return the name of a complete collection of this path, whatever its ``$select``; ``None`` without one."""
        with self._lock:
            row = self._writer.execute(
                "SELECT name FROM collections WHERE (name = ?1 OR name LIKE ?1 || '?%') AND state = 'complete'"
                " ORDER BY name",
                (path,),
            ).fetchone()
        return row[0] if row else None

    def begin(self, name: str) -> None:
        """Start a collection anew: what is there of it goes."""
        with self._transaction() as database:
            row = database.execute("SELECT number FROM collections WHERE name = ?", (name,)).fetchone()
            if row:
                database.execute("DELETE FROM items WHERE collection = ?", row)
                database.execute("DELETE FROM links WHERE collection = ?", row)
            database.execute(
                "INSERT INTO collections(name, state) VALUES(?, 'running')"
                " ON CONFLICT(name) DO UPDATE SET state = 'running', next_link = NULL",
                (name,),
            )

    def add_items(self, name: str, rows: Iterable[tuple[str, bytes]], next_link: str | None) -> None:
        """Add one page of objects, as id and JSON; an id that is there already is replaced.

        Without ``next_link`` the collection is complete.
        """
        with self._transaction() as database:
            number = self._number(database, name)
            database.executemany(
                "INSERT OR REPLACE INTO items VALUES(?, ?, ?)", ((number, key, body) for key, body in rows)
            )
            state = "complete" if next_link is None else "running"
            database.execute(
                "UPDATE collections SET state = ?, next_link = ? WHERE number = ?", (state, next_link, number)
            )

    def add_links(self, name: str, links: Iterable[Link]) -> None:
        """Add children of some parents; a link that is there already is replaced."""
        with self._transaction() as database:
            number = self._number(database, name)
            rows = ((number, *link) for link in links)
            database.executemany("INSERT OR REPLACE INTO links VALUES(?, ?, ?, ?, ?)", rows)

    def complete(self, name: str) -> None:
        """Say that every page of the collection has been read."""
        with self._transaction() as database:
            database.execute("UPDATE collections SET state = 'complete', next_link = NULL WHERE name = ?", (name,))

    def ids(self, name: str) -> Iterator[str]:
        """Yield the ids of a collection's objects, in order."""
        for (key,) in self._read("SELECT id FROM items WHERE collection = ? ORDER BY id", name):
            yield key

    def items(self, name: str) -> Iterator[bytes]:
        """Yield the JSON of a collection's objects, in order of their ids."""
        for (body,) in self._read("SELECT body FROM items WHERE collection = ? ORDER BY id", name):
            yield body

    def links(self, name: str) -> Iterator[Link]:
        """Yield a relation's links, in order of parent and child."""
        yield from self._read("SELECT parent, id, kind, body FROM links WHERE collection = ? ORDER BY parent, id", name)

    def _read(self, statement: str, name: str) -> Iterator[Any]:
        reader = self._connect()
        try:
            cursor = reader.execute(statement, (self._number(reader, name),))
            while rows := cursor.fetchmany(_ROWS):
                yield from rows
        finally:
            reader.close()

    def _state(self, name: str) -> str | None:
        with self._lock:
            row = self._writer.execute("SELECT state FROM collections WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def _number(self, database: sqlite3.Connection, name: str) -> int:
        row = database.execute("SELECT number FROM collections WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None, timeout=60)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _transaction(self) -> "Transaction":
        return Transaction(self._writer, self._lock)


class Transaction:
    """A lock and a transaction in one ``with``: committed at its end, undone by an exception."""

    def __init__(self, database: sqlite3.Connection, lock: threading.Lock) -> None:
        self._database, self._lock = database, lock

    def __enter__(self) -> sqlite3.Connection:
        self._lock.acquire()
        self._database.execute("BEGIN")
        return self._database

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self._database.execute("ROLLBACK" if kind else "COMMIT")
        finally:
            self._lock.release()
