"""Changing what the mirror holds of a collection, inside a transaction, so that the journal tells what changed."""

import uuid
from collections.abc import Collection as Ids
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from integration.disk.sqlite import Connection
from integration.mirror.rows import RawRow, append, has_places, place, place_all, places, rewrite
from integration.mirror.tables import Known
from integration.text.exact_json import exact_json


def put(database: Connection, number: int, parent: str, rows: Mapping[str, RawRow]) -> int:
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
        rewrite(database, piece, objects)
    if missing:
        if (
            parent
            and database.execute(
                "SELECT 1 FROM pieces WHERE collection = ? AND parent = ?", (number, parent)
            ).fetchone()
        ):
            place_all(database, number, parent)
        added = list(missing.values())
        piece = append(database, number, [(parent, exact_json(added))])
        if not parent or has_places(database, number, parent):
            place(database, number, parent, piece, added)
        for key, row in missing.items():
            _note(database, number, parent, key, None, row)
    return changes + len(missing)


def drop(database: Connection, number: int, parent: str, ids: Ids[str]) -> list[RawRow]:
    """Remove objects, note that in the journal, and return what they were."""
    dropped: list[RawRow] = []
    for piece, objects in _pieces_with(database, number, parent, ids):
        gone = [row for row in objects if row["id"] in ids]
        if gone:
            rewrite(database, piece, [row for row in objects if row["id"] not in ids])
        for row in gone:
            _note(database, number, parent, row["id"], row, None)
            database.execute(
                "DELETE FROM places WHERE collection = ? AND parent = ? AND id = ?", (number, parent, row["id"])
            )
        dropped += gone
    return dropped


def forget_parent(database: Connection, number: int, parent: str) -> int:
    """Drop a parent with all of its children, and return how many there were."""
    pieces = database.execute(
        "SELECT objects FROM pieces WHERE collection = ? AND parent = ?", (number, parent)
    ).fetchall()
    held = [{row["id"] for row in database.parsed_objects(piece)} for (piece,) in pieces]
    count = sum(len(drop(database, number, parent, ids)) for ids in held)
    database.execute("DELETE FROM pieces WHERE collection = ? AND parent = ?", (number, parent))
    database.execute("DELETE FROM parents WHERE collection = ? AND id = ?", (number, parent))
    database.execute("DELETE FROM aside WHERE collection = ? AND parent = ?", (number, parent))
    return count


def changed(database: Connection, number: int, changes: int) -> None:
    """Note that a collection's content is another, where there were changes."""
    if changes:
        database.execute("UPDATE collections SET version = ? WHERE number = ?", (uuid.uuid4().hex, number))


def remove(database: Connection, listed: str, *, removed: bool) -> None:
    """Note which objects, a JSON array of ids, were deleted, or that deleted ones are there again."""
    which = "SELECT value FROM json_each(?1) WHERE {} (SELECT 1 FROM removed WHERE id = value)"
    which = which.format("NOT EXISTS" if removed else "EXISTS")
    database.execute(f"INSERT INTO removals(id, removed) SELECT value, ?2 FROM ({which})", (listed, removed))
    if removed:
        database.execute("INSERT OR IGNORE INTO removed SELECT value FROM json_each(?)", (listed,))
    else:
        database.execute("DELETE FROM removed WHERE id IN (SELECT value FROM json_each(?))", (listed,))


def set_aside(database: Connection, number: int, ids: set[str]) -> int:
    """Take the links to some children out of a relation, and keep them apart."""
    count = 0
    touched: set[str] = set()
    held = "SELECT parent, objects FROM current_pieces WHERE collection = ?"
    for parent, objects in database.execute(held, (number,)):
        if not ids.isdisjoint(row["id"] for row in database.parsed_objects(objects)):
            touched.add(parent)
    for parent in sorted(touched):
        dropped = drop(database, number, parent, ids)
        count += len(dropped)
        database.executemany(
            "INSERT OR REPLACE INTO aside VALUES(?, ?, ?, ?)",
            [(number, parent, row["id"], orjson.dumps(row).decode()) for row in dropped],
        )
    return count


def leave_deleted(database: Connection, number: int) -> int:
    """Set aside the links to all objects that are known to be deleted, and return how many these are."""
    gone = {key for (key,) in database.execute("SELECT id FROM removed")}
    count = set_aside(database, number, gone) if gone else 0
    changed(database, number, count)
    return count


def put_undeleted(database: Connection, number: int, parent: str, rows: Mapping[str, RawRow]) -> int:
    """Put children into a relation as ``put`` does, without those that are known to be deleted.

    Links to these are set aside: they come back when the child is restored.
    """
    listed = orjson.dumps(list(rows)).decode()
    deleted = database.execute(
        "SELECT id FROM removed WHERE id IN (SELECT value FROM json_each(?))", (listed,)
    ).fetchall()
    for (key,) in deleted:
        kept = (number, parent, key, orjson.dumps(rows[key]).decode())
        database.execute("INSERT OR REPLACE INTO aside VALUES(?, ?, ?, ?)", kept)
    gone = {key for (key,) in deleted}
    return put(database, number, parent, {key: row for key, row in rows.items() if key not in gone})


def relink(
    database: Connection,
    number: int,
    found: Mapping[str, Mapping[str, RawRow]],
    gone: Mapping[str, set[str]],
    parents: Ids[str],
) -> int:
    """Apply changes to a relation, as ``Mirror.change_children`` says, and return how many made a difference."""
    changes = sum(forget_parent(database, number, parent) for parent in parents)
    read = "SELECT 1 FROM parents WHERE collection = ? AND id = ?"
    for parent, rows in found.items():
        if database.execute(read, (number, parent)).fetchone():
            changes += put_undeleted(database, number, parent, rows)
        else:
            kept = [(number, parent, key, orjson.dumps(row).decode()) for key, row in rows.items()]
            database.executemany("INSERT OR REPLACE INTO aside VALUES(?, ?, ?, ?)", kept)
    for parent, ids in gone.items():
        changes += len(drop(database, number, parent, ids))
        listed = orjson.dumps(list(ids)).decode()
        dropped = "DELETE FROM aside WHERE collection = ? AND parent = ? AND id IN (SELECT value FROM json_each(?))"
        database.execute(dropped, (number, parent, listed))
    return changes


def put_back(database: Connection, number: int, key: str) -> int:
    """Put the links to a child back into a relation."""
    kept = database.execute(
        "SELECT parent, object FROM aside WHERE collection = ? AND id = ?", (number, key)
    ).fetchall()
    database.execute("DELETE FROM aside WHERE collection = ? AND id = ?", (number, key))
    return sum(put(database, number, parent, {key: database.parsed(row, dict)}) for parent, row in kept)


def settle(database: Connection, relation: Known) -> int:
    """Make a relation agree with what was deleted and restored since it was last settled, as ``Mirror.settle`` says."""
    number = relation.number
    log = database.execute(
        "SELECT number, id, removed FROM removals WHERE number > ? ORDER BY number", (relation.settled,)
    ).fetchall()
    if not log:
        return 0
    last = {key: bool(removed) for _, key, removed in log}
    gone = {key for key, removed in last.items() if removed}
    back = last.keys() - gone
    changes = set_aside(database, number, gone) if gone else 0
    for key in back:
        changes += put_back(database, number, key)
    changed(database, number, changes)
    restored = orjson.dumps(list(back)).decode()
    database.execute(
        "INSERT OR IGNORE INTO deleted_before SELECT ?1, id FROM removed WHERE EXISTS"
        " (SELECT 1 FROM parents WHERE collection = ?1 AND id IN (SELECT value FROM json_each(?2)))",
        (number, restored),
    )
    database.execute("UPDATE collections SET settled = ? WHERE number = ?", (log[-1][0], number))
    unknown = database.execute(
        "DELETE FROM deleted_before WHERE collection = ? AND id IN (SELECT value FROM json_each(?))",
        (number, restored),
    ).rowcount
    if unknown:
        database.execute("UPDATE collections SET delta_link = NULL, state = 'stale' WHERE number = ?", (number,))
    return unknown


def _pieces_with(database: Connection, number: int, parent: str, ids: Ids[str]) -> Iterator[tuple[int, list[Any]]]:
    """Yield the pieces that may hold some of a parent's objects."""
    numbers = set(places(database, number, parent, ids).values())
    if not numbers and not has_places(database, number, parent):
        numbers = {
            piece
            for (piece,) in database.execute(
                "SELECT number FROM current_pieces WHERE collection = ? AND parent = ?", (number, parent)
            )
        }
    for piece in sorted(numbers):
        (objects,) = database.execute("SELECT objects FROM pieces WHERE number = ?", (piece,)).fetchone()
        yield piece, database.parsed_objects(objects)


def _note(database: Connection, number: int, parent: str, key: str, before: RawRow | None, now: RawRow | None) -> None:
    """Keep what an object was when the run began, and what it is now."""
    texts = [None if row is None else orjson.dumps(row).decode() for row in (before, now)]
    database.execute(
        "INSERT INTO journal VALUES(?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET now = excluded.now",
        (number, parent, key, *texts),
    )
