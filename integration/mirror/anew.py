"""Reading a collection anew over what an earlier reading left, inside a transaction.

What comes again as it was stays where it is: most of a tenant has not changed since the last run, and to write it again
takes time, and makes other pages of the file, all of which whoever keeps copies of it has to send.
"""

from collections.abc import Sequence

from integration.disk.inserting import insert
from integration.disk.sqlite import Connection
from integration.mirror.rows import append, clear, last_piece
from integration.mirror.tables import Known

_UNSEEN = "NOT EXISTS (SELECT 1 FROM came WHERE piece = {})"


def begin_over(database: Connection, known: Known) -> None:
    """Have what is there of a collection count no more until it comes again; what is only half there goes."""
    number = known.number
    if known.state == "running" and not known.anew:
        clear(database, number)
        return
    if known.anew:
        for table, column in (("pieces", "number"), ("answers", "first")):
            database.execute(f"DELETE FROM {table} WHERE collection = ? AND {column} >= ?", (number, known.anew))
    for table in ("journal", "aside", "deleted_before", "unusable", "came", "parents_came"):
        database.execute(f"DELETE FROM {table} WHERE collection = ?", (number,))
    database.execute("DELETE FROM places WHERE collection = ? AND parent <> ''", (number,))
    database.execute("UPDATE collections SET anew = ? WHERE number = ?", (last_piece(database) + 1, number))


def add_came(
    database: Connection, known: Known, pieces: Sequence[tuple[str, bytes]], ids: Sequence[bytes] = ()
) -> None:
    """Add pieces to a collection that is being read, as ``append`` does, but for those that are there already."""
    if not known.anew:
        append(database, known.number, pieces, ids)
        return
    same = [_same(database, known, *piece, ids[at] if ids else None) for at, piece in enumerate(pieces)]
    new = [at for at, number in enumerate(same) if number is None]
    first = append(database, known.number, [pieces[at] for at in new], [ids[at] for at in new] if ids else ())
    numbers = dict(zip(new, range(first, first + len(new)), strict=True))
    note_came(database, known.number, [numbers.get(at) or number for at, number in enumerate(same)])


def add_new(database: Connection, known: Known, pieces: Sequence[tuple[str, bytes]]) -> int:
    """Add pieces to a collection that is being read, and return the number of the first, as ``append`` does."""
    first = append(database, known.number, pieces)
    if known.anew:
        note_came(database, known.number, range(first, first + len(pieces)))
    return first


def note_came(database: Connection, number: int, pieces: Sequence[int | None]) -> None:
    """Note that pieces came, the next after those that did before."""
    insert(database, "INSERT OR IGNORE INTO came(collection, piece)", [(number, piece) for piece in pieces])


def advance(database: Connection, known: Known, progress: Sequence[tuple[str, str | None]]) -> None:
    """Note how far parents are read: id, and the link of the next page where one is left."""
    insert(
        database,
        "INSERT INTO parents",
        [(known.number, *parent) for parent in progress],
        then="ON CONFLICT DO UPDATE SET next_link = excluded.next_link WHERE next_link IS NOT excluded.next_link",
    )
    if known.anew:
        insert(database, "INSERT OR IGNORE INTO parents_came", [(known.number, parent) for parent, _ in progress])


def take_back(database: Connection, known: Known, parent: str) -> None:
    """Take back that a parent came with its children."""
    of_parent = (known.number, parent)
    database.execute(
        "DELETE FROM came WHERE piece IN (SELECT number FROM pieces WHERE collection = ? AND parent = ?)", of_parent
    )
    database.execute("DELETE FROM pieces WHERE collection = ? AND parent = ? AND number >= ?", (*of_parent, known.anew))
    database.execute("DELETE FROM parents_came WHERE collection = ? AND id = ?", of_parent)
    database.execute("DELETE FROM aside WHERE collection = ? AND parent = ?", of_parent)


def forget_version(database: Connection, number: int) -> None:
    """Forget the version of a collection of which pieces are not any more as the reading before left them.

    Should this reading be given up, the next one has them come again as they are now, which is no sign that nothing
    has changed.
    """
    database.execute("UPDATE collections SET version = '' WHERE number = ?", (number,))


def drop_unseen(database: Connection, known: Known) -> bool:
    """Drop what has not come again when all has come, and tell whether anything else is there than was before.

    Which objects were there before stays known, of those that were in a piece that has not come.
    """
    number, unseen = known.number, _UNSEEN.format("pieces.number")
    is_another = (
        database.execute(
            f"SELECT 1 FROM pieces WHERE collection = ? AND (number >= ? OR {unseen}) LIMIT 1", (number, known.anew)
        ).fetchone()
        is not None
    )
    if is_another:
        gone = "FROM places WHERE collection = ? AND " + _UNSEEN.format("places.piece")
        database.execute(f"INSERT OR IGNORE INTO before SELECT collection, id {gone}", (number,))
        database.execute(f"DELETE {gone}", (number,))
        database.execute(f"DELETE FROM pieces WHERE collection = ? AND {unseen}", (number,))
        database.execute(f"DELETE FROM answers WHERE collection = ? AND {_UNSEEN.format('first')}", (number,))
    database.execute(
        "DELETE FROM parents WHERE collection = ?1 AND id NOT IN (SELECT id FROM parents_came WHERE collection = ?1)",
        (number,),
    )
    database.execute("DELETE FROM parents_came WHERE collection = ?", (number,))
    database.execute("UPDATE collections SET anew = 0 WHERE number = ?", (number,))
    return is_another


def _same(database: Connection, known: Known, parent: str, objects: bytes, ids: bytes | None) -> int | None:
    """Return the number of a piece that has not come yet and holds the same; ``None`` where there is none."""
    if ids is None:
        where, given = "collection = ? AND parent = ?", (known.number, parent)
    else:
        where = (
            "number = (SELECT piece FROM places WHERE collection = ? AND parent = '' AND id = json_extract(?, '$[0]'))"
        )
        given = (known.number, ids.decode())
    found = database.execute(
        f"SELECT number FROM pieces WHERE {where} AND objects = CAST(? AS TEXT)"
        f" AND {_UNSEEN.format('pieces.number')} ORDER BY number LIMIT 1",
        (*given, objects),
    ).fetchone()
    return int(found[0]) if found else None
