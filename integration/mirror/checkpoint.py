"""Where a run begins: with nothing, with what the last one completed, or where one that was cut short left off."""

import time

from integration.disk.sqlite import Connection
from integration.mirror.clock import age, is_recent
from integration.mirror.rows import clear
from integration.mirror.tables import TABLES

_RESUMABLE = 86_400.0
"""Seconds after which a run that was cut short is begun anew."""


def open_run(database: Connection, tenant: str, *, fresh: bool) -> str:
    """Start a run inside a transaction, as ``Mirror.open`` says."""
    about = dict(database.execute("SELECT name, value FROM about").fetchall())
    if fresh or about.get("tenant") != tenant:
        for table in TABLES:
            database.execute(f"DELETE FROM {table}")
        about = {}
    resumed = about.get("run") == "open" and age(about.get("opened_on")) < _RESUMABLE
    if resumed:
        _ask_again(database, is_late=not is_recent(about.get("read_on")))
    else:
        _leave_complete(database)
        about["opened_on"] = str(time.time())
    about |= {"tenant": tenant, "run": "open"}
    database.executemany("INSERT OR REPLACE INTO about VALUES(?, ?)", about.items())
    known = database.execute("SELECT count(*) FROM collections").fetchone()[0]
    return ("resumed" if resumed else "updated") if known else "new"


def note_reading(database: Connection) -> None:
    """Note when the run was last at work, should it be cut short."""
    database.execute("INSERT OR REPLACE INTO about VALUES('read_on', ?)", (str(time.time()),))


def _ask_again(database: Connection, *, is_late: bool) -> None:
    """Have what a cut-short run has read asked for again: what changed since, or all where nothing tells that.

    What nothing tells of is left as it is where the run goes on soon, as if it had taken so long: some of it takes a
    request for each of many objects. Where it goes on late, that is read anew, also what is there by half.

    Args:
        database: the mirror.
        is_late: it is long since that run was at work.
    """
    database.execute(
        "UPDATE collections SET state = 'stale' WHERE state = 'complete' AND (? OR delta_link IS NOT NULL)", (is_late,)
    )
    half = "SELECT number FROM collections WHERE ? AND state = 'running' AND delta_link IS NULL"
    for (number,) in database.execute(half, (is_late,)).fetchall():
        clear(database, number)
        database.execute(
            "UPDATE collections SET state = 'stale', next_link = NULL, version = '' WHERE number = ?", (number,)
        )


def close_run(database: Connection) -> None:
    """Say that the run came to its end."""
    database.execute("UPDATE about SET value = 'closed' WHERE name = 'run'")
    database.execute("DELETE FROM removals WHERE number < (SELECT min(settled) FROM collections)")
    database.execute("DELETE FROM came")


def _leave_complete(database: Connection) -> None:
    """Leave what was read whole, as of earlier, and of what was not only which objects were there before."""
    for (number,) in database.execute("SELECT number FROM collections WHERE state = 'running'").fetchall():
        clear(database, number)
    database.execute(
        "DELETE FROM collections WHERE state = 'running' AND number NOT IN (SELECT collection FROM before)"
    )
    database.execute("UPDATE collections SET next_link = NULL, delta_link = NULL, version = '' WHERE state = 'running'")
    database.execute("DELETE FROM journal")
    database.execute("UPDATE collections SET state = 'stale', base = version")
