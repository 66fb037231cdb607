"""The mirror: a tenant's raw Graph collections on disk, written page by page and read without holding them.

It is at once the cache (what several steps read is fetched once), the checkpoint (a killed run goes on from its last
page) and the base of incremental runs (delta queries bring it up to date).
"""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from integration import content
from integration.content import Collection
from integration.database import Transaction, connect

Link = tuple[str, str, str, bytes | None]
"""Id of the parent, id of the child, its ``@odata.type``, and its JSON where it has more than these two."""

_RESUMABLE = 86_400.0
_ROWS = 1000


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
        self.rebuilt = content.discard_unusable(path)
        self._writer = connect(path)
        self._writer.executescript(content.SCHEMA)

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
                for table in content.TABLES:
                    database.execute(f"DELETE FROM {table}")
                about = {}
            age = time.time() - float(about.get("opened_on", 0))
            resumed = about.get("run") == "open" and age < _RESUMABLE
            if not resumed:
                for (number,) in database.execute("SELECT number FROM collections WHERE state = 'running'").fetchall():
                    content.clear(database, number)
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
            content.clear(database, number)
            database.execute(
                "INSERT INTO collections VALUES(NULL, ?1, 'running', NULL, ?2, ?3, 0, '') ON CONFLICT(name) DO UPDATE"
                " SET state = 'running', next_link = NULL, delta_link = ?2, delta_on = ?3",
                (name, delta_link, time.time()),
            )

    def add_items(self, name: str, rows: Sequence[tuple[str, bytes]], next_link: str | None) -> None:
        """Add a page of objects, as id and JSON; an id that is there already is replaced."""
        with self._transaction() as database:
            number = self._number(database, name)
            content.put_items(database, number, rows)
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
            content.forget_parent(database, self._number(database, name), parent)

    def complete(self, name: str) -> None:
        """Say that a collection has been read whole."""
        with self._transaction() as database:
            number = self._number(database, name)
            version = content.version(database, number)
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
            content.hidden(database, vanished)

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
            content.put_items(database, number, rows)
            for key in gone:
                content.hidden(database, database.execute("INSERT OR IGNORE INTO removed VALUES(?)", (key,)).rowcount)
                changes += database.execute("DELETE FROM items WHERE collection = ? AND id = ?", (number, key)).rowcount
            content.changed(database, number, changes + len(rows), link)
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
                changes += content.forget_parent(database, number, parent)
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
            content.changed(database, number, changes, link)
            return changes

    def current(self, name: str) -> None:
        """Say that a collection has all changes up to now."""
        with self._transaction() as database:
            database.execute(
                "UPDATE collections SET state = 'complete', delta_on = ? WHERE name = ?", (time.time(), name)
            )

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
            "SELECT body FROM items WHERE collection = ? AND id NOT IN"
            " (SELECT parent FROM links WHERE collection = ?) ORDER BY id",
            parents,
            relation,
        ):
            yield body

    def sample(self, name: str, kind: str, most: int) -> list[str]:
        """Return ids of some children of a kind."""
        statement = "SELECT DISTINCT id FROM links WHERE collection = ? AND kind = ? LIMIT ?"
        return [key for (key,) in self._read(statement, name, kind, most)]

    def kinds(self, name: str) -> dict[str, int]:
        """Return how many links lead to each ``@odata.type``."""
        statement = (
            "SELECT kind, count(*) FROM links WHERE collection = ? AND id NOT IN (SELECT id FROM removed)"
            " GROUP BY kind ORDER BY kind"
        )
        return dict(self._read(statement, name))

    def _read(self, statement: str, name: str, *values: str | int) -> Iterator[Any]:
        reader = connect(self._path)
        try:
            cursor = reader.execute(statement, (self._number(reader, name), *values))
            while rows := cursor.fetchmany(_ROWS):
                yield from rows
        finally:
            reader.close()

    def _number(self, database: sqlite3.Connection, name: str) -> int:
        row = database.execute("SELECT number FROM collections WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def _transaction(self) -> Transaction:
        return Transaction(self._writer, self._lock)
