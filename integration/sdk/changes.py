"""What became of the graph's records since an earlier revision."""

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from integration.disk.sqlite import checked
from integration.sdk.step import Step

What = Literal["created", "updated", "deleted"]
SIGNS: Mapping[What, str] = {"created": "+", "updated": "~", "deleted": "-"}
"""The sign of each change, as people see it."""
_ROWS = 1000


def signed(counts: Mapping[What, int]) -> str:
    """Return how many records came, changed and went, such as ``+3 ~1``; empty where none did."""
    return " ".join(f"{sign}{counts[what]:,}" for what, sign in SIGNS.items() if counts.get(what))


@dataclass(slots=True)
class Change:
    """What became of one record.

    Attributes:
        what: ``created``, ``updated`` or ``deleted``.
        ends: its key in the graph: an entity's ``_key`` alone, or the keys of a relationship's two ends.
        before: its properties at the earlier revision, as JSON; ``None`` where it was not there.
        now: its properties, as JSON; ``None`` where it is not there.
    """

    what: What
    ends: tuple[str, ...]
    before: str | None
    now: str | None

    def properties(self) -> dict[str, tuple[Any, Any]]:
        """Return the properties that differ: old and new value by name, ``None`` for one that is not there."""
        old, new = (orjson.loads(text) if text else {} for text in (self.before, self.now))
        names = sorted(old.keys() | new.keys())
        return {name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)}


def changes_since(database: sqlite3.Connection, step: Step, revision: int) -> Iterator[Change]:
    """Yield the changes of a type's records since a revision, sorted by key.

    Args:
        database: the graph; nobody writes it meanwhile.
        step: the type.
        revision: the earlier one.
    """
    row = database.execute("SELECT number, loaded, bare FROM types WHERE name = ?", (step.name,)).fetchone()
    if row is None:
        return
    number, loaded, bare = row
    if loaded > revision:
        yield from _all(database, step, number, bare)
        return
    table = "edges" if step.is_relationship else "nodes"
    same = "source = touched.key AND there.target = touched.target" if step.is_relationship else "key = touched.key"
    cursor = database.execute(
        f"SELECT touched.key, touched.target, what, {checked('before')}, there.type IS NOT NULL,"
        f" {checked('there.properties')} FROM (SELECT key, target, what, properties AS before, min(revision)"
        " FROM changes WHERE type = ?1 AND revision > ?2"
        f" GROUP BY key, target) AS touched LEFT JOIN {table} AS there ON there.type = ?1 AND there.{same}"
        " ORDER BY touched.key, touched.target",
        (number, revision),
    )
    while rows := cursor.fetchmany(_ROWS):
        for key, target, first, old, is_there, new in rows:
            before = None if first == "created" else old or bare
            now = (new or bare) if is_there else None
            if before != now:
                what: What = "created" if before is None else "deleted" if now is None else "updated"
                yield Change(what, (key, target) if step.is_relationship else (key,), before, now)


def _all(database: sqlite3.Connection, step: Step, number: int, bare: str | None) -> Iterator[Change]:
    """Yield all records of a type as created."""
    table, keys = ("edges", "source, target") if step.is_relationship else ("nodes", "key")
    cursor = database.execute(
        f"SELECT {keys}, {checked('properties')} FROM {table} WHERE type = ? ORDER BY {keys}", (number,)
    )
    while rows := cursor.fetchmany(_ROWS):
        for row in rows:
            yield Change("created", row[:-1], None, row[-1] or bare)
