"""Relationships of which an end was not collected: found once, then kept up to date by what changes."""

import sqlite3

_CACHE = 8_000
_MISSING = "NOT EXISTS (SELECT 1 FROM nodes WHERE key = {0}.{1})"
_OF_ANOTHER_TYPE = (
    "NOT EXISTS (SELECT 1 FROM nodes INDEXED BY nodes_by_type"
    " WHERE type = (SELECT number FROM types WHERE name = {2}) AND key = {0}.{1})"
)
"""The keys of a type are beside each other in its index, where those of all types are pages apart."""


def find_dangling(database: sqlite3.Connection, type: int, ends: tuple[str, str]) -> None:
    """Look at all relationships of a type.

    Their sources come in order, and each is looked for once; their targets come in none. Where they are not of the type
    that they should be of, it takes a cache that holds the keys of all entities.

    Args:
        database: the graph.
        type: number of the type.
        ends: types of the entities that they start from and lead to, as the step names them.
    """
    database.execute("DELETE FROM loose_edges WHERE type = ?", (type,))
    sources = "(SELECT DISTINCT source FROM edges WHERE type = ?1) AS sources"
    source, target = (
        f"{_OF_ANOTHER_TYPE.format(table, end, name)} AND {_MISSING.format(table, end)}"
        for table, end, name in (("sources", "source", "?2"), ("edges", "target", "?3"))
    )
    (cache,) = database.execute("PRAGMA cache_size").fetchone()
    database.execute(f"PRAGMA cache_size = -{_CACHE}")
    database.execute(
        "INSERT INTO loose_edges SELECT type, source, target FROM edges WHERE type = ?1"
        f" AND (source IN (SELECT source FROM {sources} WHERE {source}) OR ({target}))",
        (type, *ends),
    )
    database.execute(f"PRAGMA cache_size = {cache}")


def refresh_dangling(database: sqlite3.Connection, type: int, revision: int) -> None:
    """Look at the relationships of a type that a revision may have taken an end from, or given one to.

    Args:
        database: the graph.
        type: number of the type.
        revision: what it changed is noted already.
    """
    source, target = _MISSING.format("edges", "source"), _MISSING.format("edges", "target")
    database.execute(
        "DELETE FROM loose_edges WHERE type = ?1 AND NOT EXISTS (SELECT 1 FROM edges WHERE type = ?1"
        f" AND source = loose_edges.source AND target = loose_edges.target AND ({source} OR {target}))",
        (type,),
    )
    created = (
        "SELECT edges.type, edges.source, edges.target FROM changes CROSS JOIN edges ON edges.type = changes.type"
        " AND edges.source = changes.key AND edges.target = changes.target"
        f" WHERE changes.type = ?1 AND changes.revision = ?2 AND what = 'created' AND ({source} OR {target})"
    )
    gone = (
        "(SELECT key FROM types CROSS JOIN changes ON changes.type = types.number AND revision = ?2"
        " WHERE bare IS NULL AND what = 'deleted')"
    )
    of_the_type = "SELECT type, source, target FROM edges WHERE type = ?1 AND"
    statements = (
        created,
        f"{of_the_type} source IN {gone} AND {source}",
        f"{of_the_type} target IN {gone} AND {target}",
    )
    database.execute(f"INSERT OR IGNORE INTO loose_edges {' UNION '.join(statements)}", (type, revision))


def count_dangling(database: sqlite3.Connection, type: int, most: int) -> tuple[int, tuple[str, ...]]:
    """Return how many relationships of a type lack an end, and the keys of some of the missing ends."""
    (count,) = database.execute("SELECT count(*) FROM loose_edges WHERE type = ?", (type,)).fetchone()
    if not count:
        return 0, ()
    source, target = _MISSING.format("loose_edges", "source"), _MISSING.format("loose_edges", "target")
    keys = database.execute(
        f"SELECT source FROM loose_edges WHERE type = ?1 AND {source}"
        f" UNION SELECT target FROM loose_edges WHERE type = ?1 AND {target} LIMIT {most}",
        (type,),
    )
    return count, tuple(key for (key,) in keys)
