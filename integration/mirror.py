"""The mirror: a tenant's raw Graph collections on disk, written page by page and read without holding them.

It is at once the cache (what several steps read is fetched once), the checkpoint (a killed run goes on from its last
page) and the base of incremental runs (delta queries bring it up to date).
"""

import hashlib
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integration.database import Transaction, connect

Link = tuple[str, str, str, bytes | None]
"""Id of the parent, id of the child, its ``@odata.type``, and its JSON where it has more than these two."""

_FORMAT = 1
_RESUMABLE = 86_400.0
_ROWS = 1000
_SCHEMA = f"""
PRAGMA user_version = {_FORMAT};
CREATE TABLE IF NOT EXISTS about(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collections(
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, state TEXT NOT NULL, next_link TEXT, delta_link TEXT,
    delta_on REAL NOT NULL, full_on REAL NOT NULL, version TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS items(
    collection INTEGER NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY(collection, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS links(
    collection INTEGER NOT NULL, parent TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, body BLOB,
    PRIMARY KEY(collection, parent, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parents(
    collection INTEGER NOT NULL, id TEXT NOT NULL, next_link TEXT, PRIMARY KEY(collection, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS before(
    collection INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY(collection, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS removed(id TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_TABLES = ("collections", "items", "links", "parents", "before", "removed")
_CONTENT = ("items", "links", "parents")


@dataclass(frozen=True, slots=True)
class Collection:
    """What the mirror knows of a collection.

    Attributes:
        number: its key in the file.
        name: its path and ``$select``.
        state: ``running``: some pages are missing; ``complete``: as Graph has it now; ``stale``: as it was earlier.
        next_link: URL of the next page, while ``running``.
        delta_link: URL that tells what changed since ``delta_on``; ``None`` where nobody asked for one.
        delta_on: when ``delta_link`` was got, epoch seconds.
        full_on: when the collection was last read whole, epoch seconds.
        version: another string whenever the content is another.
    """

    number: int
    name: str
    state: str
    next_link: str | None
    delta_link: str | None
    delta_on: float
    full_on: float
    version: str


class Mirror:
    """Collections of objects, and links from parents to children, in one SQLite file; safe for many threads.

    Args:
        path: the file; made where it is missing, and made anew where it is not of this version.

    Attributes:
        rebuilt: the file was not of this version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.rebuilt = _discard_unusable(path)
        self._writer = connect(path)
        self._writer.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._writer.close()

    def open(self, tenant: str, *, fresh: bool) -> str:
        """Start a run, or go on with one that was cut short less than a day ago.

        Args:
            tenant: names the tenant and where it is read from; what the mirror has of another one goes.
            fresh: keep nothing.

        Returns:
            ``"resumed"`` where the run goes on with what a cut-short one left, ``"updated"`` where there is a complete
            mirror to bring up to date, ``"new"`` where there is nothing.
        """
        with self._transaction() as database:
            about = dict(database.execute("SELECT name, value FROM about").fetchall())
            if fresh or about.get("tenant") != tenant:
                for table in _TABLES:
                    database.execute(f"DELETE FROM {table}")
                about = {}
            age = time.time() - float(about.get("opened_on", 0))
            resumed = about.get("run") == "open" and age < _RESUMABLE
            if not resumed:
                for (number,) in database.execute("SELECT number FROM collections WHERE state = 'running'").fetchall():
                    self._clear(database, number)
                database.execute("DELETE FROM collections WHERE state = 'running'")
                database.execute("UPDATE collections SET state = 'stale'")
                about["opened_on"] = str(time.time())
            about |= {"tenant": tenant, "run": "open"}
            database.executemany("INSERT OR REPLACE INTO about VALUES(?, ?)", about.items())
            known = database.execute("SELECT count(*) FROM collections").fetchone()[0]
        return ("resumed" if resumed else "updated") if known else "new"

    def finish(self) -> None:
        """Say that the run came to its end."""
        with self._transaction() as database:
            database.execute("UPDATE about SET value = 'closed' WHERE name = 'run'")

    def find(self, name: str) -> Collection | None:
        """Return what is known of a collection; ``None`` where it is absent."""
        with self._lock:
            row = self._writer.execute("SELECT * FROM collections WHERE name = ?", (name,)).fetchone()
        return Collection(*row) if row else None

    def version(self, name: str) -> str:
        """Return another string whenever what the collection yields is another; empty where it is absent."""
        with self._lock:
            row = self._writer.execute(
                "SELECT version, (SELECT value FROM about WHERE name = 'hidden') FROM collections WHERE name = ?",
                (name,),
            ).fetchone()
        return f"{row[0]} {row[1] or ''}" if row else ""

    def begin(self, name: str, delta_link: str | None) -> None:
        """Start to read a collection whole: what is there of it goes.

        Args:
            name: the collection.
            delta_link: tells later what changed from now on.
        """
        with self._transaction() as database:
            number = self._number(database, name)
            database.execute(
                "INSERT OR IGNORE INTO before SELECT collection, id FROM items WHERE collection = ?", (number,)
            )
            self._clear(database, number)
            database.execute(
                "INSERT INTO collections VALUES(NULL, ?1, 'running', NULL, ?2, ?3, 0, '') ON CONFLICT(name) DO UPDATE"
                " SET state = 'running', next_link = NULL, delta_link = ?2, delta_on = ?3",
                (name, delta_link, time.time()),
            )

    def add_items(self, name: str, rows: Sequence[tuple[str, bytes]], next_link: str | None) -> None:
        """Add a page of objects, as id and JSON; an id that is there already is replaced."""
        with self._transaction() as database:
            number = self._number(database, name)
            self._put_items(database, number, rows)
            database.execute("UPDATE collections SET next_link = ? WHERE number = ?", (next_link, number))

    def add_links(self, name: str, links: Sequence[Link], progress: Sequence[tuple[str, str | None]]) -> None:
        """Add links, and how far their parents are read: id, and the link of the next page where one is left."""
        with self._transaction() as database:
            number = self._number(database, name)
            database.executemany(
                "INSERT OR REPLACE INTO links VALUES(?, ?, ?, ?, ?)", [(number, *link) for link in links]
            )
            database.executemany(
                "INSERT OR REPLACE INTO parents VALUES(?, ?, ?)", [(number, *parent) for parent in progress]
            )

    def forget_parent(self, name: str, parent: str) -> None:
        """Drop what is there of one parent's children, so that they are read again."""
        with self._transaction() as database:
            self._forget_parent(database, self._number(database, name), parent)

    def complete(self, name: str) -> None:
        """Say that a collection has been read whole."""
        with self._transaction() as database:
            number = self._number(database, name)
            version = self._version(database, number)
            database.execute(
                "UPDATE collections SET state = 'complete', next_link = NULL, version = ?, full_on = ?"
                " WHERE number = ?",
                (version, time.time(), number),
            )
            vanished = database.execute(
                "INSERT OR IGNORE INTO removed SELECT id FROM before WHERE collection = ?1"
                " AND id NOT IN (SELECT id FROM items WHERE collection = ?1)",
                (number,),
            ).rowcount
            database.execute("DELETE FROM before WHERE collection = ?", (number,))
            self._hidden(database, vanished)

    def change_items(self, name: str, rows: Sequence[tuple[str, bytes]], gone: Sequence[str], link: str) -> int:
        """Apply a page of changes to a collection of objects, and return how many made a difference.

        Args:
            name: the collection.
            rows: id and JSON of objects that are new or changed.
            gone: ids of objects that were deleted.
            link: where the changes go on.
        """
        with self._transaction() as database:
            number = self._number(database, name)
            changes = 0
            known = "SELECT body FROM items WHERE collection = ? AND id = ?"
            rows = [row for row in rows if database.execute(known, (number, row[0])).fetchone() != (row[1],)]
            self._put_items(database, number, rows)
            for key in gone:
                self._hidden(database, database.execute("INSERT OR IGNORE INTO removed VALUES(?)", (key,)).rowcount)
                changes += database.execute("DELETE FROM items WHERE collection = ? AND id = ?", (number, key)).rowcount
            self._changed(database, number, changes + len(rows), link)
            return changes + len(rows)

    def change_links(
        self, name: str, links: Sequence[Link], gone: Sequence[tuple[str, str]], parents: Sequence[str], link: str
    ) -> int:
        """Apply a page of changes to links, and return how many made a difference.

        Children of a parent that the mirror has not read are left out: they are read with that parent.

        Args:
            name: the relation.
            links: links that are new.
            gone: parent and child of links that were deleted.
            parents: ids of parents that were deleted.
            link: where the changes go on.
        """
        with self._transaction() as database:
            number = self._number(database, name)
            changes = 0
            for parent in parents:
                changes += self._forget_parent(database, number, parent)
            for parent, child, kind, _ in links:
                changes += database.execute(
                    "INSERT OR IGNORE INTO links SELECT ?1, ?2, ?3, ?4, NULL"
                    " WHERE EXISTS (SELECT 1 FROM parents WHERE collection = ?1 AND id = ?2)",
                    (number, parent, child, kind),
                ).rowcount
            for parent, child in gone:
                changes += database.execute(
                    "DELETE FROM links WHERE collection = ? AND parent = ? AND id = ?", (number, parent, child)
                ).rowcount
            self._changed(database, number, changes, link)
            return changes

    def current(self, name: str, *, changed: bool) -> None:
        """Say that a collection has all changes up to now.

        Args:
            name: the collection.
            changed: its content is not what it was.
        """
        with self._transaction() as database:
            database.execute(
                "UPDATE collections SET state = 'complete', delta_on = ? WHERE name = ?", (time.time(), name)
            )
            if changed:
                database.execute("UPDATE collections SET version = ? WHERE name = ?", (uuid.uuid4().hex, name))

    def pending(self, name: str, parents: str) -> list[tuple[str, str | None]]:
        """Return the parents whose children are not read to the end: id, and the link to go on with.

        Args:
            name: the relation.
            parents: name of the parents' collection.
        """
        with self._lock:
            return self._writer.execute(
                "SELECT items.id, parents.next_link FROM items LEFT JOIN parents"
                " ON parents.collection = ?1 AND parents.id = items.id"
                " WHERE items.collection = ?2 AND (parents.id IS NULL OR parents.next_link IS NOT NULL)"
                " ORDER BY items.id",
                (self._number(self._writer, name), self._number(self._writer, parents)),
            ).fetchall()

    def items(self, name: str) -> Iterator[bytes]:
        """Yield the JSON of a collection's objects, in order of their ids."""
        for (body,) in self._read("SELECT body FROM items WHERE collection = ? ORDER BY id", name):
            yield body

    def links(self, name: str) -> Iterator[Link]:
        """Yield a relation's links, in order of parent and child; without children that were deleted meanwhile."""
        return self._read(
            "SELECT parent, id, kind, body FROM links WHERE collection = ? AND id NOT IN (SELECT id FROM removed)"
            " ORDER BY parent, id",
            name,
        )

    def childless(self, name: str, parents: str) -> Iterator[bytes]:
        """Yield the JSON of the parents without any child.

        Args:
            name: the relation.
            parents: name of the parents' collection.
        """
        relation = self._number(self._writer, name)
        for (body,) in self._read(
            f"SELECT body FROM items WHERE collection = ? AND id NOT IN"
            f" (SELECT parent FROM links WHERE collection = {relation}) ORDER BY id",
            parents,
        ):
            yield body

    def sample(self, name: str, kind: str, most: int) -> list[str]:
        """Return ids of some children of a kind."""
        statement = f"SELECT DISTINCT id FROM links WHERE collection = ? AND kind = '{kind}' LIMIT {most}"
        return [key for (key,) in self._read(statement, name)]

    def kinds(self, name: str) -> dict[str, int]:
        """Return how many links lead to each ``@odata.type``."""
        statement = (
            "SELECT kind, count(*) FROM links WHERE collection = ? AND id NOT IN (SELECT id FROM removed)"
            " GROUP BY kind ORDER BY kind"
        )
        return dict(self._read(statement, name))

    def _put_items(self, database: sqlite3.Connection, number: int, rows: Sequence[tuple[str, bytes]]) -> None:
        database.executemany(
            "INSERT OR REPLACE INTO items VALUES(?, ?, ?)", [(number, key, body) for key, body in rows]
        )
        restored = database.executemany("DELETE FROM removed WHERE id = ?", [(key,) for key, _ in rows]).rowcount
        self._hidden(database, restored)

    def _hidden(self, database: sqlite3.Connection, changes: int) -> None:
        """Note that other children are hidden now, because they were deleted or restored."""
        if changes > 0:
            database.execute("INSERT OR REPLACE INTO about VALUES('hidden', ?)", (uuid.uuid4().hex,))

    def _changed(self, database: sqlite3.Connection, number: int, changes: int, link: str) -> None:
        database.execute("UPDATE collections SET delta_link = ? WHERE number = ?", (link, number))
        if changes:
            database.execute("UPDATE collections SET version = ? WHERE number = ?", (uuid.uuid4().hex, number))

    def _forget_parent(self, database: sqlite3.Connection, number: int, parent: str) -> int:
        database.execute("DELETE FROM parents WHERE collection = ? AND id = ?", (number, parent))
        return database.execute("DELETE FROM links WHERE collection = ? AND parent = ?", (number, parent)).rowcount

    def _clear(self, database: sqlite3.Connection, number: int) -> None:
        for table in _CONTENT:
            database.execute(f"DELETE FROM {table} WHERE collection = ?", (number,))

    def _version(self, database: sqlite3.Connection, number: int) -> str:
        """Return a digest where the collection is read whole each time, so that equal content is seen to be equal."""
        (tracked,) = database.execute(
            "SELECT delta_link IS NOT NULL FROM collections WHERE number = ?", (number,)
        ).fetchone()
        if tracked:
            return uuid.uuid4().hex
        digest = hashlib.blake2b(digest_size=16)
        for statement in (
            "SELECT body FROM items WHERE collection = ? ORDER BY id",
            "SELECT parent, id, kind, body FROM links WHERE collection = ? ORDER BY parent, id",
        ):
            cursor = database.execute(statement, (number,))
            while rows := cursor.fetchmany(_ROWS):
                digest.update(repr(rows).encode())
        return digest.hexdigest()

    def _read(self, statement: str, name: str) -> Iterator[Any]:
        reader = connect(self._path)
        try:
            cursor = reader.execute(statement, (self._number(reader, name),))
            while rows := cursor.fetchmany(_ROWS):
                yield from rows
        finally:
            reader.close()

    def _number(self, database: sqlite3.Connection, name: str) -> int:
        row = database.execute("SELECT number FROM collections WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def _transaction(self) -> Transaction:
        return Transaction(self._writer, self._lock)


def _discard_unusable(path: Path) -> bool:
    """Remove a file that is not a mirror of this version, and tell whether there was one."""
    if not path.is_file() or not path.stat().st_size:
        return False
    try:
        with closing(connect(path)) as database:
            (version,) = database.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError:
        version = None
    if version == _FORMAT:
        return False
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    return True
