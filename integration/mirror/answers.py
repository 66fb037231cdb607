"""Answers that are the same as the last time: what was made of them then is taken over, and not made again.

A collection that is read whole in each run is asked for by the same queries. What the reading before made of an answer
is there until the next one has ended; an answer is known by a digest that whoever reads the collection has chosen.
"""

from collections.abc import Sequence

from integration.disk.sqlite import Connection
from integration.mirror.anew import add_new, note_came
from integration.mirror.tables import Known, find


def digests_before(database: Connection, name: str) -> set[str]:
    """Return the digests of the answers that the reading before left in a collection, while it is read anew."""
    known = find(database, name)
    rows = database.execute(
        "SELECT digest FROM answers WHERE collection = ? AND first < ?", (known and known.number, known and known.anew)
    )
    return {digest for (digest,) in rows}


def add(database: Connection, known: Known, digest: str, pieces: Sequence[tuple[str, bytes]]) -> None:
    """Add the pieces that were made of an answer, and keep its digest where it has one."""
    first = add_new(database, known, pieces)
    if digest and pieces:
        kept = (known.number, digest, first, len(pieces))
        database.execute("INSERT OR REPLACE INTO answers VALUES(?, ?, ?, ?)", kept)


def take_over(database: Connection, known: Known, digest: str) -> None:
    """Have what was made of the same answer in the reading before count again.

    Where it does already, another query had the same answer.
    """
    found = database.execute(
        "SELECT number FROM pieces, answers WHERE answers.collection = ?1 AND digest = ?2 AND pieces.collection = ?1"
        " AND number BETWEEN first AND first + count - 1 AND number < ?3 ORDER BY number",
        (known.number, digest, known.anew),
    ).fetchall()
    note_came(database, known.number, [piece for (piece,) in found])


def forget_digests(database: Connection, number: int) -> None:
    """Forget what a collection's pieces were made of, since some are not any more what was answered."""
    database.execute("DELETE FROM answers WHERE collection = ?", (number,))
