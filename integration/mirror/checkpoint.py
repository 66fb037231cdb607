"""Where a run begins: with nothing, with what the last one completed, or where one that was cut short left off."""

import time

import orjson

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
        _ask_again(database)
    else:
        _leave_complete(database)
        about["opened_on"] = str(time.time())
    about |= {"tenant": tenant, "run": "open"}
    database.executemany("INSERT OR REPLACE INTO about VALUES(?, ?)", about.items())
    known = database.execute("SELECT count(*) FROM collections").fetchone()[0]
    return ("resumed" if resumed else "updated") if known else "new"


def _ask_again(database: Connection) -> None:
    """Have what a cut-short run has read asked for again: what changed since, or all where nothing tells that.

    What nothing tells of is left as it is for a while, as in a run that takes so long: some of it takes a request for
    each of many objects. Of what is half read that is each parent by itself.
    """
    whole = "SELECT number, delta_link IS NOT NULL, full_on FROM collections WHERE state = 'complete'"
    for number, is_tracked, full_on in database.execute(whole).fetchall():
        if is_tracked or not is_recent(full_on):
            database.execute("UPDATE collections SET state = 'stale' WHERE number = ?", (number,))
    half = (
        "SELECT number, next_link IS NOT NULL, delta_on FROM collections WHERE state = 'running' AND delta_link IS NULL"
    )
    for number, is_listing, delta_on in database.execute(half).fetchall():
        if not is_listing:
            _forget_parents(database, number)
        elif not is_recent(delta_on):
            clear(database, number)
            database.execute(
                "UPDATE collections SET state = 'stale', next_link = NULL, version = '' WHERE number = ?", (number,)
            )


def _forget_parents(database: Connection, number: int) -> None:
    """Take those parents out of a half-read collection that were read too long ago, as if they had not been."""
    read = database.execute("SELECT id, read_on FROM parents WHERE collection = ?", (number,)).fetchall()
    old = orjson.dumps([parent for parent, read_on in read if not is_recent(read_on)]).decode()
    for table, parent in (("pieces", "parent"), ("places", "parent"), ("aside", "parent"), ("parents", "id")):
        gone = f"DELETE FROM {table} WHERE collection = ? AND {parent} IN (SELECT value FROM json_each(?))"
        database.execute(gone, (number, old))


def close_run(database: Connection) -> None:
    """Say that the run came to its end."""
    database.execute("UPDATE about SET value = 'closed' WHERE name = 'run'")
    database.execute("DELETE FROM removals WHERE number < (SELECT min(settled) FROM collections)")


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
