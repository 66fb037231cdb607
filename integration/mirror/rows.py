"""The objects of a collection in the mirror: added and found, inside a transaction."""

from collections import defaultdict
from collections.abc import Collection as Ids
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, TypeVar

import orjson

from integration.disk.inserting import insert
from integration.disk.sqlite import Connection
from integration.mirror.tables import OF_A_COLLECTION

PIECE = 100
"""Objects in one piece of a collection that is no relation: what a change of one of them rewrites."""
VERSIONS = "versions of parts"
"""The fact that tells the digests of a collection's parts."""
_PARTS = 1_000
"""Of more parts, which are the parents of a relation, no digests are kept: nobody asks for a part of it."""
_AT_ONCE = 8_000_000
"""Bytes of pieces after which another statement inserts the next ones: SQLite copies what one inserts."""
RawRow = Mapping[str, Any]
_AnyPiece = TypeVar("_AnyPiece", bound=tuple[Any, ...])


def append(database: Connection, number: int, pieces: Sequence[tuple[str, bytes]], ids: Sequence[bytes] = ()) -> int:
    """Add pieces: the parent, and a JSON array of its objects, none of which is there yet.

    Args:
        database: the mirror.
        number: the collection.
        pieces: what to add.
        ids: of the objects of each piece, as a JSON array; they find their places when the collection is complete.

    Returns:
        The number of the first piece; the others follow it.
    """
    last = last_piece(database)
    texts: Sequence[str | None] = [each.decode() for each in ids] or [None] * len(pieces)
    rows = [
        (place, number, parent, objects, text)
        for place, ((parent, objects), text) in enumerate(zip(pieces, texts, strict=True), last + 1)
    ]
    for some in bounded(rows, 3, _AT_ONCE):
        insert(database, "INSERT INTO pieces", some, text=3)
    return last + 1


def last_piece(database: Connection) -> int:
    """Return the highest number that a piece ever had, which may be gone; 0 before the first.

    No number is given again (``AUTOINCREMENT``): by it a collection that is read tells what is new from what was there,
    also where another one, which is read at the same time, took back what was written last.
    """
    found = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'pieces'").fetchone()
    return int(found[0]) if found else 0


def bounded(rows: Sequence[_AnyPiece], column: int, limit: int) -> Iterator[Sequence[_AnyPiece]]:
    """Yield rows in groups, each of which ends when its texts are longer than a limit.

    Args:
        rows: what is told of pieces.
        column: where the text is.
        limit: bytes.
    """
    first = size = 0
    for place, row in enumerate(rows, 1):
        size += len(row[column])
        if size > limit:
            yield rows[first:place]
            first, size = place, 0
    if first < len(rows):
        yield rows[first:]


def find_places(database: Connection, number: int, since: int) -> bool:
    """Note in which piece each object is of a collection that was read whole, and tell whether some came again.

    They stay in the last piece that has them: an object that moves to a later page was changed meanwhile.

    Args:
        database: the mirror.
        number: the collection.
        since: the lowest number of the pieces of which the places are not noted yet.
    """
    (count,) = database.execute(
        "SELECT coalesce(sum(json_array_length(ids)), 0) FROM pieces WHERE collection = ? AND number >= ?",
        (number, since),
    ).fetchone()
    placed = database.execute(
        "INSERT OR IGNORE INTO places SELECT collection, '', value, number FROM pieces, json_each(ids)"
        " WHERE collection = ? AND number >= ? ORDER BY value",
        (number, since),
    ).rowcount
    if placed == count:
        return False
    _keep_last(database, number, "")
    database.execute("DELETE FROM places WHERE collection = ? AND parent = ''", (number,))
    database.execute(
        "INSERT INTO places SELECT collection, '', json_extract(value, '$.id'), number FROM pieces, json_each(objects)"
        " WHERE collection = ?",
        (number,),
    )
    return True


def drop_repeats(database: Connection, number: int, parents: Sequence[str]) -> bool:
    """Look for children that came again among the pieces of parents that were read whole, and tell whether some did.

    They stay in the last piece that has them.
    """
    of_parent = "FROM current_pieces AS pieces, json_each(objects) WHERE collection = ? AND pieces.parent = ?"
    repeated = [
        parent
        for (parent,) in database.execute(
            "SELECT parent FROM current_pieces WHERE collection = ? AND parent IN (SELECT value FROM json_each(?))"
            " GROUP BY parent HAVING count(*) > 1",
            (number, orjson.dumps(parents).decode()),
        ).fetchall()
        if database.execute(
            f"SELECT 1 {of_parent} GROUP BY json_extract(value, '$.id') HAVING count(*) > 1 LIMIT 1", (number, parent)
        ).fetchone()
    ]
    for parent in repeated:
        _keep_last(database, number, parent)
    return bool(repeated)


def _keep_last(database: Connection, number: int, parent: str) -> None:
    """Leave each object of a parent in the last piece that has it."""
    seen: set[str] = set()
    for piece, objects in database.execute(
        "SELECT number, objects FROM current_pieces LEFT JOIN came ON piece = number"
        " WHERE current_pieces.collection = ? AND parent = ? ORDER BY coalesce(place, number) DESC",
        (number, parent),
    ).fetchall():
        rows = database.parsed_objects(objects)
        last = [row for key, row in {row["id"]: row for row in rows}.items() if key not in seen]
        if len(last) < len(rows):
            rewrite(database, piece, last)
        seen.update(row["id"] for row in rows)


def clear(database: Connection, number: int) -> None:
    """Drop what is there of a collection; which objects it had before it was read anew stays known."""
    database.execute(
        "INSERT OR IGNORE INTO before SELECT collection, id FROM places WHERE collection = ? AND parent = ''", (number,)
    )
    database.execute("UPDATE collections SET anew = 0 WHERE number = ?", (number,))
    for table in OF_A_COLLECTION:
        database.execute(f"DELETE FROM {table} WHERE collection = ?", (number,))


def rows_lost(database: Connection, number: int) -> int:
    """Return how many rows of a collection could not be kept when it was read whole, since they have no id."""
    found = database.execute("SELECT rows FROM unusable WHERE collection = ?", (number,)).fetchone()
    return int(found[0]) if found else 0


def version(database: Connection, number: int, digests: Mapping[str, str]) -> str:
    """Return a digest where the collection is read whole each time, so that equal content is seen to be equal.

    The digests of its parts are kept with it.
    """
    found = sum_of(digests.values())
    if len(digests) <= _PARTS:
        kept = (number, VERSIONS, f"{found} ", orjson.dumps(digests).decode())
        database.execute("INSERT OR REPLACE INTO facts VALUES(?, ?, ?, ?)", kept)
    return found


def digests_of(database: Connection, number: int, seen: set[int] | None = None) -> tuple[dict[str, str], int]:
    """Return digests of the objects of each part of a collection, whatever their order, and how many objects there are.

    Args:
        database: the mirror.
        number: the collection.
        seen: takes a number for each object that is not the same as another one of its part.
    """
    totals: defaultdict[str, int] = defaultdict(int)
    count = 0
    for parent, objects in database.execute("SELECT parent, objects FROM pieces WHERE collection = ?", (number,)):
        for row in database.parsed_objects(objects):
            text = orjson.dumps([parent, row], option=orjson.OPT_SORT_KEYS)
            totals[parent] += int.from_bytes(blake2b(text, digest_size=16).digest(), "big")
            count += 1
            if seen is not None:
                seen.add(hash((parent, row["id"])))
    return {parent: f"{total % 2**128:032x}" for parent, total in totals.items()}, count


def sum_of(digests: Iterable[str]) -> str:
    """Return the digest of parts together."""
    return f"{sum(int(digest, 16) for digest in digests) % 2**128:032x}"


def place(database: Connection, number: int, parent: str, piece: int, rows: Sequence[RawRow]) -> None:
    """Note that objects of a parent are in a piece."""
    database.execute(
        "INSERT OR REPLACE INTO places SELECT ?, ?, value, ? FROM json_each(?)",
        (number, parent, piece, orjson.dumps([row["id"] for row in rows]).decode()),
    )


def place_all(database: Connection, number: int, parent: str) -> None:
    """Note the places of a parent's objects, where that has not been done."""
    if not has_places(database, number, parent):
        for piece, objects in database.execute(
            "SELECT number, objects FROM pieces WHERE collection = ? AND parent = ?", (number, parent)
        ).fetchall():
            place(database, number, parent, piece, database.parsed_objects(objects))


def has_places(database: Connection, number: int, parent: str) -> bool:
    """Tell whether it is noted where the objects of a parent are."""
    return (
        database.execute(
            "SELECT 1 FROM places WHERE collection = ? AND parent = ? LIMIT 1", (number, parent)
        ).fetchone()
        is not None
    )


def places(database: Connection, number: int, parent: str, ids: Ids[str]) -> dict[str, int]:
    """Return in which piece each of some objects of a parent is; without those that are in none."""
    return dict(
        database.execute(
            "SELECT id, piece FROM places WHERE collection = ? AND parent = ?"
            " AND id IN (SELECT value FROM json_each(?))",
            (number, parent, orjson.dumps(list(ids)).decode()),
        )
    )


def rewrite(database: Connection, piece: int, objects: Sequence[RawRow]) -> None:
    """Replace the objects of a piece."""
    database.execute("UPDATE pieces SET objects = ? WHERE number = ?", (orjson.dumps(objects).decode(), piece))
