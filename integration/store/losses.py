"""What the types of the graph lost in a run: destinations keep it where it is too much, until it is said to be right.

A graph in a new folder has no run before: there the destinations' own guard looks at what they hold.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from integration.sdk.mass_deletion import LEAST, UNTIL, is_mass

if TYPE_CHECKING:
    from integration.store.store import Store


def note_losses(store: "Store", percent: float) -> None:
    """Note which types the run took too much from, and which have got back what they had lost.

    Args:
        store: the graph that is being made; all types are published.
        percent: of a type's records, that it may lose at once.
    """
    for name, (before, lost) in store.losses(LEAST).items():
        if is_mass(before, lost, percent):
            store.withhold(name, before)
    for name, before in store.withheld().items():
        if store.count_of(name) >= before * (1 - percent / 100):
            store.withhold(name, None)


def withhold(store: "Store", *, allow: bool) -> Mapping[str, str]:
    """Return the reason for each type of which destinations must delete nothing.

    Args:
        store: the graph.
        allow: the losses are right, also those of earlier runs.
    """
    reasons = {}
    for name, before in store.withheld().items():
        if allow:
            store.withhold(name, None)
        else:
            gone = f"it lost {before - store.count_of(name):,} of {before:,} records"
            reasons[name] = f"{gone}: destinations keep them {UNTIL}"
    return reasons


def lost(database: sqlite3.Connection, revision: int, least: int) -> dict[str, tuple[int, int]]:
    """Return for each type of which a revision deleted so many records how many it deleted, and how many it created."""
    rows = database.execute(
        "SELECT name, sum(what = 'deleted'), sum(what = 'created') FROM types JOIN changes ON type = number"
        " WHERE revision = ? GROUP BY name HAVING sum(what = 'deleted') >= ?",
        (revision, least),
    )
    return {name: (deleted, created) for name, deleted, created in rows}


def moved(database: sqlite3.Connection, revision: int, type: str, yielding: Sequence[str]) -> int:
    """Return how many records a revision took from a type that are there as of another type.

    That is so where entities of the types that are ``yielding`` gave way, and where relationships of these did.
    """
    entity = "bare IS NULL AND key IN (SELECT key FROM nodes)"
    other = "SELECT number FROM types AS other WHERE content = ?1 AND class = types.class AND number <> types.number"
    edge = f"edges.type IN ({other}) AND edges.source = changes.key AND edges.target = changes.target"
    count = (
        "SELECT count(*) FROM types JOIN changes ON type = number WHERE revision = ?1 AND name = ?2"
        f" AND what = 'deleted' AND ({entity} OR EXISTS (SELECT 1 FROM edges WHERE {edge}))"
    )

    def count_of(name: str) -> int:
        return int(database.execute(count, (revision, name)).fetchone()[0])

    return count_of(type) if any(map(count_of, yielding)) else 0
