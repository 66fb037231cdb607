"""What the page's own program works with: selected entities, their relationships, true totals."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from integration.disk.sqlite import checked
from integration.html.kinds import Kind
from integration.text.visible import visible

_ENTITIES = (
    f"SELECT embedded.number, nodes.key, {checked('nodes.properties')} FROM embedded"
    " CROSS JOIN nodes ON nodes.key = embedded.key WHERE nodes.type = ? ORDER BY embedded.number"
)
_AMONG = (
    "SELECT here.number, there.number FROM embedded AS here"
    " CROSS JOIN edges ON edges.type = ? AND source = here.key"
    " CROSS JOIN embedded AS there ON there.key = target ORDER BY here.number LIMIT ?"
)
_OUT = (
    "SELECT number, count(*) FROM embedded CROSS JOIN edges ON edges.type = ? AND source = embedded.key GROUP BY number"
)
_IN = (
    "SELECT number, edges.type, count(*) FROM embedded CROSS JOIN edges ON target = embedded.key"
    " GROUP BY number, edges.type"
)
_EDGES_PER_ENTITY = 30


def contents(database: sqlite3.Connection, kinds: Sequence[Kind], descriptions: Mapping[str, str]) -> dict[str, Any]:
    """Return the part of the graph that ``select`` chose, as JSON values.

    Entities are rows of their type's table; relationships name them by their place, counted through all types. Beside
    them stand the numbers of relationships that the whole graph has, so that none of the part passes for the whole.

    Args:
        database: the graph.
        kinds: its types.
        descriptions: what each type is, by name.
    """
    places: dict[int, int] = {}
    types = [_type(database, kind, places) for kind in kinds if not kind.is_relationship]
    relationships = [kind for kind in kinds if kind.is_relationship]
    ends = _ends(database, relationships, places)
    found = [
        {
            **_named(kind),
            **dict(zip(("from", "to"), kind.ends or ("unknown", "unknown"), strict=True)),
            "isMembership": kind.is_membership,
            "ends": ends[kind.number],
        }
        for kind in relationships
    ]
    for each in [*types, *found]:
        each["description"] = descriptions.get(each["name"], "")
    return {"types": types, "relationships": found, "totals": _totals(database, relationships, places)}


def _named(kind: Kind) -> dict[str, Any]:
    return {"name": kind.name, "class": kind.class_name, "count": kind.count}


def _type(database: sqlite3.Connection, kind: Kind, places: dict[int, int]) -> dict[str, Any]:
    """Return a type with a row for each of its entities, which are given the next places."""
    columns: dict[str, None] = {"_key": None}
    records = []
    for number, key, text in database.execute(_ENTITIES, (kind.number,)):
        places[number] = len(places)
        properties = {name: _seen(value) for name, value in orjson.loads(text).items() if not name.startswith("_")}
        columns |= dict.fromkeys(properties)
        records.append({"_key": visible(key), **properties})
    rows = [[record.get(name) for name in columns] for record in records]
    return {**_named(kind), "isContainer": kind.is_container, "columns": list(columns), "rows": rows}


def _seen(value: Any) -> Any:
    """Return a property's value with nothing in it that turns text around or cannot be seen."""
    if isinstance(value, list):
        return [_seen(each) for each in value]
    return visible(value) if isinstance(value, str) else value


def _ends(
    database: sqlite3.Connection, relationships: Sequence[Kind], places: Mapping[int, int]
) -> dict[int, list[int]]:
    """Return the places of both ends of each relationship, by type; memberships come first where there are too many."""
    room = _EDGES_PER_ENTITY * len(places)
    ends = {}
    for kind in sorted(relationships, key=lambda kind: not kind.is_membership):
        found = [places[end] for pair in database.execute(_AMONG, (kind.number, room)) for end in pair]
        room -= len(found) // 2
        ends[kind.number] = found
    return ends


def _totals(
    database: sqlite3.Connection, relationships: Sequence[Kind], places: Mapping[int, int]
) -> list[dict[str, list[int]]]:
    """Return for each type of relationships how many of them start from, and lead to, each entity that has any."""
    totals: dict[int, dict[str, list[int]]] = {kind.number: {"out": [], "in": []} for kind in relationships}
    for kind in relationships:
        for number, count in database.execute(_OUT, (kind.number,)):
            totals[kind.number]["out"] += [places[number], count]
    for number, type, count in database.execute(_IN):
        totals[type]["in"] += [places[number], count]
    return list(totals.values())
