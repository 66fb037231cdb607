"""Reading a collection whole, inside a transaction: it begins with nothing, grows by pages, and ends complete."""

import time
import uuid
from collections.abc import Sequence

import orjson

from integration.disk.sqlite import Connection
from integration.mirror import anew, answers
from integration.mirror.changes import changed, forget_parent, put_undeleted, remove
from integration.mirror.checkpoint import note_reading
from integration.mirror.rows import (
    PIECE,
    RawRow,
    digests_of,
    drop_repeats,
    find_places,
    rows_lost,
    version,
)
from integration.mirror.tables import Known, find, find_there
from integration.text.exact_json import exact_json


def begin(
    database: Connection, name: str, delta_link: str | None, deleted: Sequence[str], before: Sequence[str]
) -> None:
    """Start to read a collection whole, as ``Mirror.begin`` says."""
    if known := find(database, name):
        anew.begin_over(database, known)
    remove(database, orjson.dumps(deleted).decode(), removed=True)
    database.execute(
        "INSERT INTO collections VALUES(NULL, ?1, 'running', NULL, ?2, ?3, 0, '', '',"
        " (SELECT coalesce(max(number), 0) FROM removals), 0) ON CONFLICT(name) DO UPDATE SET state = 'running',"
        " next_link = NULL, delta_link = ?2, delta_on = ?3, base = '', settled = excluded.settled",
        (name, delta_link, time.time()),
    )
    number = find_there(database, name).number
    add = "INSERT OR IGNORE INTO before SELECT ?, value FROM json_each(?)"
    database.execute(add, (number, orjson.dumps(before).decode()))
    go_on(database, number, deleted)


def go_on(database: Connection, number: int, deleted: Sequence[str]) -> None:
    """Note which objects are deleted by now: what is left is read without links to them, as ``Mirror.go_on`` says."""
    listed = orjson.dumps(deleted).decode()
    remove(database, listed, removed=True)
    database.execute("INSERT OR IGNORE INTO deleted_before SELECT ?, value FROM json_each(?)", (number, listed))


class EncodedPage:
    """A page of objects of a collection, made into JSON where it came in, so that the writing thread need not.

    Args:
        rows: the objects.
        next_link: URL of the next page.
        unusable: how many rows of the page are left out, since they have no id.
        decides: whether an object that is listed exists, as ``Mirror.add`` says.

    Attributes:
        size: bytes of JSON.
    """

    def __init__(self, rows: Sequence[RawRow], next_link: str | None, unusable: int, *, decides: bool) -> None:
        parts = [rows[at : at + PIECE] for at in range(0, len(rows), PIECE)]
        self._pieces = [("", exact_json(part)) for part in parts]
        self._ids_of_pieces = [exact_json([row["id"] for row in part]) for part in parts]
        self._ids = orjson.dumps([row["id"] for row in rows]).decode()
        self._next_link, self._unusable, self._decides = next_link, unusable, decides
        self.size = sum(len(piece) for _, piece in self._pieces)

    def write(self, database: Connection, name: str) -> None:
        """Add the page to its collection."""
        known = find_there(database, name)
        anew.add_came(database, known, self._pieces, self._ids_of_pieces)
        if self._decides:
            remove(database, self._ids, removed=False)
        if self._unusable:
            database.execute(
                "INSERT INTO unusable VALUES(?, ?) ON CONFLICT DO UPDATE SET rows = rows + excluded.rows",
                (known.number, self._unusable),
            )
        database.execute("UPDATE collections SET next_link = ? WHERE number = ?", (self._next_link, known.number))
        note_reading(database)


def add_children(
    database: Connection, name: str, pieces: Sequence[tuple[str, bytes]], progress: Sequence[tuple[str, str | None]]
) -> bool:
    """Add children of some parents, as ``Mirror.add_children`` says, and tell whether some came again."""
    known, repeated = find_there(database, name), False
    if known.state == "running":
        anew.add_came(database, known, pieces)
        repeated = drop_repeats(database, known.number, [parent for parent, link in progress if link is None])
        if repeated:
            anew.forget_version(database, known.number)
    else:
        changes = sum(
            put_undeleted(database, known.number, parent, {row["id"]: row for row in orjson.loads(objects)})
            for parent, objects in pieces
        )
        changed(database, known.number, changes)
    _go_on_after(database, known, progress)
    return repeated


def add_answer(
    database: Connection,
    name: str,
    digest: str,
    pieces: Sequence[tuple[str, bytes]] | None,
    progress: Sequence[tuple[str, str | None]],
) -> None:
    """Add what was made of an answer, as ``Mirror.add_answer`` says."""
    known = find_there(database, name)
    if pieces is None:
        answers.take_over(database, known, digest)
    else:
        answers.add(database, known, digest, pieces)
    _go_on_after(database, known, progress)


def _go_on_after(database: Connection, known: Known, progress: Sequence[tuple[str, str | None]]) -> None:
    anew.advance(database, known, progress)
    note_reading(database)


def replace_part(database: Connection, name: str, part: str, objects: bytes) -> None:
    """Replace the objects of a part, as ``Mirror.replace_part`` says."""
    known = find_there(database, name)
    database.execute("DELETE FROM pieces WHERE collection = ? AND parent = ?", (known.number, part))
    anew.add_new(database, known, [(part, objects)])
    anew.forget_version(database, known.number)
    answers.forget_digests(database, known.number)


def forget_parts(database: Connection, name: str, parts: Sequence[str]) -> None:
    """Take parts out of a collection, as ``Mirror.forget`` says."""
    known, gone = find_there(database, name), 0
    for part in parts:
        if known.anew:
            anew.take_back(database, known, part)
        else:
            gone += forget_parent(database, known.number, part)
    changed(database, known.number, gone if known.state == "complete" else 0)
    answers.forget_digests(database, known.number)


def complete(database: Connection, name: str, *, decides: bool) -> bool:
    """Say that a collection has been read whole, as ``Mirror.complete`` says.

    Returns:
        Whether objects came again, of which the last were kept.
    """
    known = find_there(database, name)
    number = known.number
    is_another = anew.drop_unseen(database, known) if known.anew else True
    repeated = find_places(database, number, known.anew)
    cut = database.execute(
        "SELECT DISTINCT parent FROM pieces WHERE collection = ?1 AND parent <> '' AND parent NOT IN"
        " (SELECT id FROM parents WHERE collection = ?1 AND next_link IS NULL)",
        (number,),
    ).fetchall()
    parents = [parent for (parent,) in cut]
    if known.delta_link is not None:
        repeated |= bool(cut) and drop_repeats(database, number, parents)
        is_same = known.version and not (is_another or repeated)
        found = known.version if is_same else uuid.uuid4().hex
    elif known.version and not (is_another or repeated or cut):
        found = known.version
    else:
        seen = set[int]() if cut else None
        digests, count = digests_of(database, number, seen)
        if seen is not None and len(seen) < count and drop_repeats(database, number, parents):
            repeated, (digests, _) = True, digests_of(database, number)
        found = version(database, number, digests)
    if repeated:
        answers.forget_digests(database, number)
    database.execute(
        "UPDATE collections SET state = 'complete', next_link = NULL, version = ?, full_on = ? WHERE number = ?",
        (found, time.time(), number),
    )
    if not rows_lost(database, number):
        vanished = database.execute(
            "DELETE FROM before WHERE collection = ?1 RETURNING id, id IN"
            " (SELECT id FROM places WHERE collection = ?1 AND parent = '')",
            (number,),
        ).fetchall()
        if decides:
            gone = [key for key, is_there in vanished if not is_there]
            remove(database, orjson.dumps(gone).decode(), removed=True)
    return repeated
