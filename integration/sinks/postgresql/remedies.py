"""What to do about what PostgreSQL refuses, by its SQLSTATE, be it a push or a question.

Source: PostgreSQL documentation, appendix A, "PostgreSQL Error Codes".
"""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Error

_CHANGED = (
    "somebody has changed the tables: undo that, or drop the table with CASCADE, and pushes make all of them anew"
)
_ADDED = "a constraint or a trigger that somebody has added refuses it: take it away from the tables"
_ROOM = "give the server more of it, then try again"
_TIME = "let it take longer, by the role's settings or in the URL with ?options=-c{}%3D0, then try again"
_ASKS = "\tIs the server running"
"""How the line begins in which libpq asks what nobody answers in a log: whether the server runs."""
_REMEDIES = {
    "23": _ADDED,
    "P0": _ADDED,
    "25006": "the server or the database is read-only by now: name the one that takes writes",
    "25P03": _TIME.format("idle_in_transaction_session_timeout"),
    "25P04": _TIME.format("transaction_timeout"),
    "40": "another program was writing the same: try again",
    "42501": "grant it to the user of the URL, or push as the owner of the tables",
    "42601": _CHANGED,
    "42703": _CHANGED,
    "42804": _CHANGED,
    "42809": _CHANGED,
    "42883": _CHANGED,
    "42P01": _CHANGED,
    "42P10": _CHANGED,
    "53": _ROOM,
    "53100": "make room on the server's disk, then try again",
    "55P03": f"another program holds the tables: end it, or {_TIME.format('lock_timeout')}",
    "57014": f"try again; where that ends likewise, {_TIME.format('statement_timeout')}",
}
"""By the whole code, or by its class: the first two characters."""


@contextmanager
def at(table: str) -> Iterator[None]:
    """Have an error say at which table it was, which PostgreSQL leaves out of most."""
    try:
        yield
    except Error as error:
        error.add_note(f"at the table {table}")
        raise


def with_remedy(error: Error) -> str:
    """Return what the server or libpq said, without the details, which may hold data, then where, and what to do."""
    told = f"{error.diag.message_primary or error}".splitlines()
    said = " ".join(each for each in told if not each.startswith(_ASKS))
    where = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    remedy = _REMEDIES.get(error.sqlstate or "") or _REMEDIES.get((error.sqlstate or "")[:2])
    if said != " ".join(told):
        remedy = "see that it runs there, then try again"
    return said + where + (f": {remedy}" if remedy else "")
