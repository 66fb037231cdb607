"""What a destination holds of a type, compared with the graph: on disk, so that neither side has to fit into memory."""

import sqlite3
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from integration.sdk.changes import Change
from integration.sdk.sink import StoredGraph
from integration.sdk.step import Step

Ends = tuple[str, ...]
"""What names a record, as in ``Change``: an entity's key, or the keys of a relationship's two ends."""
_ROWS = 1000
_OLD = 25
"""Revisions after which what is held is noted anew, long before the graph forgets what changed since."""


def is_current(graph: StoredGraph, step: Step, revision: int) -> bool:
    """Tell whether a type is as a revision had it, so that a destination which holds that has nothing to write."""
    return graph.changed(step) <= revision <= graph.revision and graph.revision - revision < _OLD


def held_then(graph: StoredGraph, step: Step, revision: int) -> tuple[int, int]:
    """Return of how many records a type was at a revision that the graph remembers, and how many of them still are.

    Where a destination that a push left at that revision holds others, somebody else has had a hand in it. Of a type
    with records that no index takes it holds fewer: all of it is compared each time.
    """
    if graph.changed(step) <= revision:
        return (graph.count(step),) * 2
    since = Counter(change.what for change in graph.changes(step, revision))
    lasting = graph.count(step) - since["created"]
    return lasting + since["deleted"], lasting


class Held:
    """Names and digests of records, in a temporary file that goes with the object.

    Args:
        records: names, and digests of properties; in any order.
    """

    def __init__(self, records: Iterable[tuple[Ends, bytes]] = ()) -> None:
        self._database = sqlite3.connect("", check_same_thread=False)
        weakref.finalize(self, self._database.close)
        self._database.execute(
            "CREATE TABLE held(source TEXT NOT NULL, target TEXT NOT NULL, digest BLOB NOT NULL,"
            " PRIMARY KEY(source, target)) WITHOUT ROWID"
        )
        self.add(records)

    def add(self, records: Iterable[tuple[Ends, bytes]]) -> None:
        """Add records."""
        self._database.executemany(
            "INSERT OR REPLACE INTO held VALUES(?, ?, ?)",
            ((ends[0], ends[1] if len(ends) > 1 else "", digest) for ends, digest in records),
        )

    def __bool__(self) -> bool:
        return self._database.execute("SELECT 1 FROM held LIMIT 1").fetchone() is not None

    def __len__(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM held").fetchone()[0])

    def __iter__(self) -> Iterator[tuple[Ends, bytes]]:
        """Yield the records, sorted by name."""
        cursor = self._database.execute("SELECT source, target, digest FROM held ORDER BY source, target")
        while rows := cursor.fetchmany(_ROWS):
            for source, target, digest in rows:
                yield ((source, target) if target else (source,)), digest

    def differences(self, graph: Iterable[Change], digest: Callable[[Change], bytes]) -> Iterator[Change]:
        """Yield what the destination lacks or has otherwise, as the graph has it, and what only the destination has.

        Args:
            graph: all records of the type, sorted by name.
            digest: makes the digest that the destination's record would have.
        """
        held = iter(self)
        ends, theirs = next(held, _NONE)
        for record in graph:
            while ends and ends < record.ends:
                yield Change("deleted", ends, None, None)
                ends, theirs = next(held, _NONE)
            if ends != record.ends:
                yield record
            else:
                if theirs != digest(record):
                    yield record
                ends, theirs = next(held, _NONE)
        while ends:
            yield Change("deleted", ends, None, None)
            ends, theirs = next(held, _NONE)


_NONE: tuple[Ends, bytes] = ((), b"")
