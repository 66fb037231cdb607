"""Which entities of a graph a page holds, where it cannot hold them all."""

import sqlite3
from collections.abc import Sequence

import orjson

from integration.html.kinds import Kind

_TABLE = "CREATE TEMP TABLE embedded(number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE)"
_ADD = (
    "INSERT OR IGNORE INTO embedded(key) SELECT nodes.key FROM ({}) AS found CROSS JOIN nodes ON nodes.key = found.key"
    " WHERE nodes.key NOT IN (SELECT key FROM embedded) LIMIT ?"
)
_ASKED = "SELECT value AS key FROM json_each(?)"
_ABOVE = (
    "WITH RECURSIVE above(key) AS (SELECT value FROM json_each(?) UNION SELECT source FROM above CROSS JOIN edges"
    " ON target = above.key AND edges.type IN (SELECT value FROM json_each(?))) SELECT key FROM above"
)
_AROUND = (
    "SELECT source AS key FROM json_each(?1) AS here CROSS JOIN edges ON target = here.value UNION ALL"
    " SELECT target FROM json_each(?1) AS here CROSS JOIN edges"
    " ON source = here.value AND edges.type IN (SELECT value FROM json_each(?2))"
)
_CHANGED = (
    "SELECT key FROM changes WHERE type = ?1 AND revision = ?2 UNION"
    " SELECT target FROM changes WHERE type = ?1 AND revision = ?2"
)
_WHOLE = "SELECT key FROM nodes WHERE type = ? ORDER BY key"
_CONNECTED = (
    "SELECT key FROM nodes LEFT JOIN degrees USING (key) WHERE nodes.type = ? ORDER BY degrees.relationships DESC, key"
)
_DEGREES = (
    "CREATE TEMP TABLE degrees AS SELECT key, sum(relationships) AS relationships FROM"
    " (SELECT source AS key, count(*) AS relationships FROM edges GROUP BY type, source UNION ALL"
    " SELECT target, count(*) FROM edges GROUP BY target) GROUP BY key"
)
_DEGREES_BY_KEY = "CREATE UNIQUE INDEX degrees_by_key ON degrees(key)"
_FEW = 20
_RECENT = 4


def select(
    database: sqlite3.Connection, kinds: Sequence[Kind], *, limit: int, about: Sequence[str], revision: int
) -> None:
    """Note in a temporary table, ``embedded``, the keys of the entities that a page holds.

    These are, as far as there is room: the entities that were asked for, and the groups that lead to them; types that
    have few entities, whole; the neighbours of those that were asked for, of the one with the fewest first; what the
    last run changed, in a quarter of the room; and of every other type as many as of the next, those with the most
    relationships first.

    Args:
        database: the graph.
        kinds: its types.
        limit: how many entities at most.
        about: keys of the entities that were asked for.
        revision: number of the graph.
    """
    database.execute(_TABLE)
    entities = sorted((kind for kind in kinds if not kind.is_relationship), key=lambda kind: (kind.count, kind.name))
    relationships = [kind.number for kind in kinds if kind.is_relationship]
    memberships = [kind.number for kind in kinds if kind.is_membership]
    if about:
        _add(database, limit, _ASKED, _json(about))
        _add(database, limit, _ABOVE, _json(about), _json(memberships))
    for kind in entities:
        if kind.count <= limit // _FEW:
            _add(database, limit, _WHOLE, kind.number)
    around = [(_json([key]), _json(relationships)) for key in about]
    for values in sorted(around, key=lambda values: sum(1 for _ in database.execute(_AROUND, values))):
        _add(database, limit, _AROUND, *values)
    if sum(kind.count for kind in entities) <= limit:
        for kind in entities:
            _add(database, limit, _WHOLE, kind.number)
        return
    for kind in kinds:
        _add(database, _chosen(database) + limit // _RECENT // len(kinds), _CHANGED, kind.number, revision)
    database.execute(_DEGREES)
    database.execute(_DEGREES_BY_KEY)
    for place, kind in enumerate(entities):
        share = (limit - _chosen(database)) // (len(entities) - place)
        _add(database, _chosen(database) + share, _CONNECTED, kind.number)


def _add(database: sqlite3.Connection, limit: int, query: str, *values: object) -> None:
    """Add the keys that a query finds, in its order, until there are ``limit`` in all."""
    database.execute(_ADD.format(query), (*values, max(0, limit - _chosen(database))))


def _chosen(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM embedded").fetchone()[0])


def _json(values: Sequence[object]) -> str:
    return orjson.dumps(values).decode()
