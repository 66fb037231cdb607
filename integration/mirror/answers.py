"""Answers that are the same as the last time: what was made of them then is taken over, and not made again.

A collection that is read whole in each run is asked for by the same queries. What the reading before made of an answer
is kept until the next one has ended; an answer is known by a digest that whoever reads the collection has chosen.
"""

from collections.abc import Sequence

from integration.disk.sqlite import Connection
from integration.mirror.rows import append, clear
from integration.mirror.tables import find

_BEFORE = " (before)"
"""Ends the name of what is kept of a collection that is read anew."""


def keep_earlier(database: Connection, name: str) -> None:
    """Keep what is there of a collection that begins to be read anew, where something was answered; else it goes."""
    known = find(database, name)
    if known and digests_kept(database, name):
        let_go_of_earlier(database, name)
        database.execute("UPDATE collections SET name = ? WHERE number = ?", (name + _BEFORE, known.number))


def let_go_of_earlier(database: Connection, name: str) -> None:
    """Drop what was kept of the reading before."""
    before = find(database, name + _BEFORE)
    if before:
        clear(database, before.number)
        database.execute("DELETE FROM before WHERE collection = ?", (before.number,))
        database.execute("DELETE FROM collections WHERE number = ?", (before.number,))


def digests_kept(database: Connection, name: str, *, before: bool = False) -> set[str]:
    """Return the digests of the answers that a collection, or what the reading ``before`` left of it, was made of."""
    known = find(database, name + _BEFORE if before else name)
    if known is None:
        return set()
    rows = database.execute("SELECT digest FROM answers WHERE collection = ?", (known.number,))
    return {digest for (digest,) in rows}


def add(database: Connection, number: int, digest: str, pieces: Sequence[tuple[str, bytes]]) -> None:
    """Add the pieces that were made of an answer, and keep its digest where it has one."""
    first = append(database, number, pieces)
    if digest and pieces:
        _note(database, number, digest, first, len(pieces))


def take_over(database: Connection, name: str, number: int, digest: str) -> None:
    """Move what was made of the same answer in the reading before to a collection; it comes as if made now.

    Where it is not there any more, another query had the same answer, and its objects are there already.
    """
    before = find(database, name + _BEFORE)
    found = database.execute(
        "DELETE FROM answers WHERE collection = ? AND digest = ? RETURNING first, count",
        (before and before.number, digest),
    ).fetchone()
    if found:
        first, count = found
        (last,) = database.execute("SELECT max(number) FROM pieces").fetchone()
        database.execute(
            "UPDATE pieces SET collection = ?, number = number + ? WHERE number BETWEEN ? AND ?",
            (number, last + 1 - first, first, first + count - 1),
        )
        _note(database, number, digest, last + 1, count)


def forget_digests(database: Connection, number: int) -> None:
    """Forget what a collection's pieces were made of, since some are not any more what was answered."""
    database.execute("DELETE FROM answers WHERE collection = ?", (number,))


def _note(database: Connection, number: int, digest: str, first: int, count: int) -> None:
    database.execute("INSERT OR REPLACE INTO answers VALUES(?, ?, ?, ?)", (number, digest, first, count))
