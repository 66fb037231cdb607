"""What destinations were given that cannot say themselves what they hold."""

import sqlite3

from integration.sdk.step import Step


def delivered(database: sqlite3.Connection, destination: str, name: str) -> int:
    """Return the revision of a type's records that was noted for a destination; 0 for none."""
    row = database.execute(
        "SELECT revision FROM deliveries JOIN types ON type = number WHERE destination = ? AND name = ?",
        (destination, name),
    ).fetchone()
    return int(row[0]) if row else 0


def note_delivery(database: sqlite3.Connection, destination: str, name: str, revision: int) -> None:
    """Note that a destination was given a type's records of a revision; of a type that never had any, nothing is."""
    database.execute(
        "INSERT OR REPLACE INTO deliveries SELECT ?, number, ? FROM types WHERE name = ?", (destination, revision, name)
    )


def count_gone(database: sqlite3.Connection, step: Step, first: int, last: int) -> int:
    """Return how many of the type's records that were there at a revision, or one up to another, are not now.

    Args:
        database: the graph; what went before the revisions that it remembers is not counted.
        step: the type.
        first: the earlier one.
        last: the later one, or the same.
    """
    ends = "source = key AND there.target = was.target" if step.is_relationship else "key = was.key"
    table = "edges" if step.is_relationship else "nodes"
    (count,) = database.execute(
        "SELECT count(*) FROM (SELECT type, key, target, what, min(revision) AS since FROM changes"
        " WHERE type = (SELECT number FROM types WHERE name = ?1 AND loaded <= ?3) AND revision > ?2"
        " GROUP BY key, target) AS was"
        " WHERE (what <> 'created' OR since <= ?3)"
        f" AND NOT EXISTS (SELECT 1 FROM {table} AS there WHERE there.type = was.type AND there.{ends})",
        (step.name, first, last),
    ).fetchone()
    return int(count)
