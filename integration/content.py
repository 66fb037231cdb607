"""The tables of the mirror, and what is done to them inside a transaction.

The objects of a collection are kept in pieces: JSON arrays, as they came. A relation is one such collection for each
parent. Where a collection or a parent has several pieces, ``places`` says in which one an object is.
"""

import sqlite3
import uuid
from collections.abc import Collection as Ids
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from integration.database import connect, insert

FORMAT = 2
PIECE = 100
"""Objects in one piece of a collection that is no relation: what a change of one of them rewrites."""
SCHEMA = f"""
PRAGMA user_version = {FORMAT};
CREATE TABLE IF NOT EXISTS about(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collections(
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, state TEXT NOT NULL, next_link TEXT, delta_link TEXT,
    delta_on REAL NOT NULL, full_on REAL NOT NULL, version TEXT NOT NULL, base TEXT NOT NULL, settled INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS pieces(
    number INTEGER PRIMARY KEY, collection INTEGER NOT NULL, parent TEXT NOT NULL, objects TEXT NOT NULL, ids TEXT
);
CREATE INDEX IF NOT EXISTS pieces_by_collection ON pieces(collection);
CREATE INDEX IF NOT EXISTS pieces_by_parent ON pieces(collection, parent);
CREATE TABLE IF NOT EXISTS places(
    collection INTEGER NOT NULL, parent TEXT NOT NULL, id TEXT NOT NULL, piece INTEGER NOT NULL,
    PRIMARY KEY(collection, parent, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parents(
    collection INTEGER NOT NULL, id TEXT NOT NULL, next_link TEXT, PRIMARY KEY(collection, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal(
    collection INTEGER NOT NULL, parent TEXT NOT NULL, id TEXT NOT NULL, before TEXT, now TEXT,
    PRIMARY KEY(collection, parent, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS before(
    collection INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY(collection, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS removed(id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS removals(number INTEGER PRIMARY KEY, id TEXT NOT NULL, removed INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS aside(
    collection INTEGER NOT NULL, parent TEXT NOT NULL, id TEXT NOT NULL, object TEXT NOT NULL,
    PRIMARY KEY(collection, id, parent)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts(collection INTEGER NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
    value TEXT NOT NULL, PRIMARY KEY(collection, name)
) WITHOUT ROWID;
"""
"""``journal``: what became of objects since the run began. ``removed``: ids of objects that were deleted, ``removals``
in which order; ``aside``: links to them, which come back when they are restored. ``before``: ids that a collection had
when it began to be read anew. ``facts``: what was found out about a version of a collection."""
TABLES = (
    "collections", "pieces", "places", "parents", "journal", "before", "removed", "removals", "aside", "facts",
)  # fmt: skip
_OF_A_COLLECTION = ("pieces", "places", "parents", "journal", "aside", "facts")

Row = Mapping[str, Any]


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
        base: the version when the run began; empty where the journal does not tell what changed since.
        settled: number of the last removal that a relation takes into account.
    """

    number: int
    name: str
    state: str
    next_link: str | None
    delta_link: str | None
    delta_on: float
    full_on: float
    version: str
    base: str
    settled: int


def append(
    database: sqlite3.Connection, number: int, pieces: Sequence[tuple[str, bytes]], ids: Sequence[bytes] = ()
) -> int:
    """Add pieces: the parent, and a JSON array of its objects, none of which is there yet.

    Args:
        database: the mirror.
        number: the collection.
        pieces: what to add.
        ids: of the objects of each piece, as a JSON array; they find their places when the collection is complete.

    Returns:
        The number of the first piece; the others follow it.
    """
    (last,) = database.execute("SELECT coalesce(max(number), 0) FROM pieces").fetchone()
    texts: Sequence[str | None] = [each.decode() for each in ids] or [None] * len(pieces)
    insert(
        database,
        "INSERT INTO pieces",
        [
            (place, number, parent, objects.decode(), text)
            for place, ((parent, objects), text) in enumerate(zip(pieces, texts, strict=True), last + 1)
        ],
    )
    return int(last) + 1


def find_places(database: sqlite3.Connection, number: int) -> bool:
    """Note in which piece each object of a collection is that was read whole, and tell whether some came again.

    They stay in the first piece that has them.
    """
    every = "FROM pieces, json_each(ids) WHERE collection = ?"
    (count,) = database.execute(
        "SELECT coalesce(sum(json_array_length(ids)), 0) FROM pieces WHERE collection = ?", (number,)
    ).fetchone()
    placed = database.execute(
        f"INSERT OR IGNORE INTO places SELECT collection, '', value, number {every} ORDER BY value, number", (number,)
    ).rowcount
    if placed == count:
        return False
    again = database.execute(
        f"SELECT DISTINCT number {every} AND number <> (SELECT piece FROM places WHERE places.collection = "
        "pieces.collection AND parent = '' AND id = value)"
        f" UNION SELECT number {every} GROUP BY number, value HAVING count(*) > 1 ORDER BY number",
        (number, number),
    ).fetchall()
    for (piece,) in again:
        (objects,) = database.execute("SELECT objects FROM pieces WHERE number = ?", (piece,)).fetchone()
        rows = {row["id"]: row for row in orjson.loads(objects)}
        own = _places(database, number, "", rows)
        _rewrite(database, piece, [row for key, row in rows.items() if own[key] == piece])
    return True


def append_more(database: sqlite3.Connection, number: int, found: Mapping[str, Sequence[Row]]) -> None:
    """Add children by parent, some of which may be there already: these stay as they are."""
    begun = {
        parent
        for (parent,) in database.execute(
            "SELECT DISTINCT parent FROM pieces WHERE collection = ? AND parent IN (SELECT value FROM json_each(?))",
            (number, orjson.dumps(list(found)).decode()),
        )
    }
    fresh = {parent: {row["id"]: row for row in rows} for parent, rows in found.items() if rows}
    new = [(parent, orjson.dumps(list(rows.values()))) for parent, rows in fresh.items() if parent not in begun]
    append(database, number, new)
    for parent in begun & fresh.keys():
        _place_all(database, number, parent)
        known = _places(database, number, parent, fresh[parent])
        added = [row for key, row in fresh[parent].items() if key not in known]
        if added:
            piece = append(database, number, [(parent, orjson.dumps(added))])
            _place(database, number, parent, piece, added)


def put(database: sqlite3.Connection, number: int, parent: str, rows: Mapping[str, Row]) -> int:
    """Add objects or replace those of the same id, note that in the journal, and return how many made a difference."""
    changes = 0
    missing = dict(rows)
    for piece, objects in _pieces_with(database, number, parent, rows):
        for index, old in enumerate(objects):
            new = missing.pop(old["id"], None)
            if new is not None and new != old:
                objects[index] = new
                _note(database, number, parent, old["id"], old, new)
                changes += 1
        _rewrite(database, piece, objects)
    if missing:
        if (
            parent
            and database.execute(
                "SELECT 1 FROM pieces WHERE collection = ? AND parent = ?", (number, parent)
            ).fetchone()
        ):
            _place_all(database, number, parent)
        added = list(missing.values())
        piece = append(database, number, [(parent, orjson.dumps(added))])
        if not parent or _has_places(database, number, parent):
            _place(database, number, parent, piece, added)
        for key, row in missing.items():
            _note(database, number, parent, key, None, row)
    return changes + len(missing)


def drop(database: sqlite3.Connection, number: int, parent: str, ids: Ids[str]) -> list[Row]:
    """Remove objects, note that in the journal, and return what they were."""
    dropped: list[Row] = []
    for piece, objects in _pieces_with(database, number, parent, ids):
        gone = [row for row in objects if row["id"] in ids]
        if gone:
            _rewrite(database, piece, [row for row in objects if row["id"] not in ids])
        for row in gone:
            _note(database, number, parent, row["id"], row, None)
            database.execute(
                "DELETE FROM places WHERE collection = ? AND parent = ? AND id = ?", (number, parent, row["id"])
            )
        dropped += gone
    return dropped


def forget_parent(database: sqlite3.Connection, number: int, parent: str) -> int:
    """Drop a parent with all of its children, and return how many there were."""
    pieces = database.execute(
        "SELECT objects FROM pieces WHERE collection = ? AND parent = ?", (number, parent)
    ).fetchall()
    count = sum(len(drop(database, number, parent, {row["id"] for row in orjson.loads(piece)})) for (piece,) in pieces)
    database.execute("DELETE FROM pieces WHERE collection = ? AND parent = ?", (number, parent))
    database.execute("DELETE FROM parents WHERE collection = ? AND id = ?", (number, parent))
    database.execute("DELETE FROM aside WHERE collection = ? AND parent = ?", (number, parent))
    return count


def changed(database: sqlite3.Connection, number: int, changes: int) -> None:
    """Note that a collection's content is another, where there were changes."""
    if changes:
        database.execute("UPDATE collections SET version = ? WHERE number = ?", (uuid.uuid4().hex, number))


def remove(database: sqlite3.Connection, listed: str, *, removed: bool) -> None:
    """Note which objects, a JSON array of ids, were deleted, or that deleted ones are there again."""
    which = "SELECT value FROM json_each(?1) WHERE {} (SELECT 1 FROM removed WHERE id = value)"
    which = which.format("NOT EXISTS" if removed else "EXISTS")
    database.execute(f"INSERT INTO removals(id, removed) SELECT value, ?2 FROM ({which})", (listed, removed))
    if removed:
        database.execute("INSERT OR IGNORE INTO removed SELECT value FROM json_each(?)", (listed,))
    else:
        database.execute("DELETE FROM removed WHERE id IN (SELECT value FROM json_each(?))", (listed,))


def clear(database: sqlite3.Connection, number: int) -> None:
    """Drop what is there of a collection."""
    for table in _OF_A_COLLECTION:
        database.execute(f"DELETE FROM {table} WHERE collection = ?", (number,))


def version(database: sqlite3.Connection, number: int) -> str:
    """Return a digest where the collection is read whole each time, so that equal content is seen to be equal."""
    (tracked,) = database.execute(
        "SELECT delta_link IS NOT NULL FROM collections WHERE number = ?", (number,)
    ).fetchone()
    if tracked:
        return uuid.uuid4().hex
    total = 0
    for parent, objects in database.execute("SELECT parent, objects FROM pieces WHERE collection = ?", (number,)):
        for row in orjson.loads(objects):
            text = orjson.dumps([parent, row], option=orjson.OPT_SORT_KEYS)
            total += int.from_bytes(blake2b(text, digest_size=16).digest(), "big")
    return f"{total % 2**128:032x}"


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


def _place(database: sqlite3.Connection, number: int, parent: str, piece: int, rows: Sequence[Row]) -> None:
    database.execute(
        "INSERT OR REPLACE INTO places SELECT ?, ?, value, ? FROM json_each(?)",
        (number, parent, piece, orjson.dumps([row["id"] for row in rows]).decode()),
    )


def _place_all(database: sqlite3.Connection, number: int, parent: str) -> None:
    """Note the places of a parent's objects, where that has not been done."""
    if not _has_places(database, number, parent):
        for piece, objects in database.execute(
            "SELECT number, objects FROM pieces WHERE collection = ? AND parent = ?", (number, parent)
        ).fetchall():
            _place(database, number, parent, piece, orjson.loads(objects))


def _has_places(database: sqlite3.Connection, number: int, parent: str) -> bool:
    return (
        database.execute(
            "SELECT 1 FROM places WHERE collection = ? AND parent = ? LIMIT 1", (number, parent)
        ).fetchone()
        is not None
    )


def _places(database: sqlite3.Connection, number: int, parent: str, ids: Ids[str]) -> dict[str, int]:
    return dict(
        database.execute(
            "SELECT id, piece FROM places WHERE collection = ? AND parent = ?"
            " AND id IN (SELECT value FROM json_each(?))",
            (number, parent, orjson.dumps(list(ids)).decode()),
        )
    )


def _pieces_with(
    database: sqlite3.Connection, number: int, parent: str, ids: Ids[str]
) -> Iterator[tuple[int, list[Any]]]:
    """Yield the pieces that may hold some of a parent's objects."""
    numbers = set(_places(database, number, parent, ids).values())
    if not numbers and not _has_places(database, number, parent):
        numbers = {
            piece
            for (piece,) in database.execute(
                "SELECT number FROM pieces WHERE collection = ? AND parent = ?", (number, parent)
            )
        }
    for piece in sorted(numbers):
        (objects,) = database.execute("SELECT objects FROM pieces WHERE number = ?", (piece,)).fetchone()
        yield piece, orjson.loads(objects)


def _rewrite(database: sqlite3.Connection, piece: int, objects: Sequence[Row]) -> None:
    database.execute("UPDATE pieces SET objects = ? WHERE number = ?", (orjson.dumps(objects).decode(), piece))


def _note(
    database: sqlite3.Connection, number: int, parent: str, key: str, before: Row | None, now: Row | None
) -> None:
    """Keep what an object was when the run began, and what it is now."""
    texts = [None if row is None else orjson.dumps(row).decode() for row in (before, now)]
    database.execute(
        "INSERT INTO journal VALUES(?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET now = excluded.now",
        (number, parent, key, *texts),
    )
