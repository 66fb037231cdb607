"""The tables of the mirror, and what is done to them inside a transaction."""

import hashlib
import sqlite3
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from integration.database import connect

FORMAT = 1
_ROWS = 1000
SCHEMA = f"""
PRAGMA user_version = {FORMAT};
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
TABLES = ("collections", "items", "links", "parents", "before", "removed")
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


def put_items(database: sqlite3.Connection, number: int, rows: Sequence[tuple[str, bytes]]) -> None:
    """Add objects, as id and JSON, replacing those of the same id; who was deleted is there again."""
    database.executemany("INSERT OR REPLACE INTO items VALUES(?, ?, ?)", [(number, key, body) for key, body in rows])
    restored = database.executemany("DELETE FROM removed WHERE id = ?", [(key,) for key, _ in rows]).rowcount
    hidden(database, restored)


def hidden(database: sqlite3.Connection, changes: int) -> None:
    """Note that other children are hidden now, because they were deleted or restored."""
    if changes > 0:
        database.execute("INSERT OR REPLACE INTO about VALUES('hidden', ?)", (uuid.uuid4().hex,))


def changed(database: sqlite3.Connection, number: int, changes: int, link: str) -> None:
    """Note where changes go on, and that there were some."""
    database.execute("UPDATE collections SET delta_link = ? WHERE number = ?", (link, number))
    if changes:
        database.execute("UPDATE collections SET version = ? WHERE number = ?", (uuid.uuid4().hex, number))


def forget_parent(database: sqlite3.Connection, number: int, parent: str) -> int:
    """Drop a parent's children, and return how many there were."""
    database.execute("DELETE FROM parents WHERE collection = ? AND id = ?", (number, parent))
    return database.execute("DELETE FROM links WHERE collection = ? AND parent = ?", (number, parent)).rowcount


def clear(database: sqlite3.Connection, number: int) -> None:
    """Drop what is there of a collection."""
    for table in _CONTENT:
        database.execute(f"DELETE FROM {table} WHERE collection = ?", (number,))


def version(database: sqlite3.Connection, number: int) -> str:
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


def discard_unusable(path: Path) -> bool:
    """Remove a file that is not a mirror of this version, and tell whether there was one."""
    if not path.is_file() or not path.stat().st_size:
        return False
    try:
        with closing(connect(path)) as database:
            (version,) = database.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError:
        version = None
    if version == FORMAT:
        return False
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    return True
