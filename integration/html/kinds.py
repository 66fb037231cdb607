"""The types of a graph: what each is, how many records it has, and which relationships mean membership."""

import sqlite3
from dataclasses import dataclass

import orjson

CONTAINERS = {"Group", "UserGroup"}
"""JupiterOne classes of entities whose HAS says who belongs to them."""
_TYPES = """
SELECT number, name, class, bare IS NOT NULL, iif(bare IS NULL, (SELECT count(*) FROM nodes WHERE type = types.number),
    (SELECT count(*) FROM edges WHERE type = types.number))
FROM types WHERE content > 0 ORDER BY name
"""
_ENDS = (
    "SELECT (SELECT name FROM types WHERE number = source.type), (SELECT name FROM types WHERE number = target.type)"
    " FROM edges CROSS JOIN nodes AS source ON source.key = edges.source"
    " CROSS JOIN nodes AS target ON target.key = edges.target WHERE edges.type = ? LIMIT 1"
)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One type of the graph.

    Attributes:
        number: what stands for it in the graph's tables.
        name: its name.
        class_name: its JupiterOne class.
        is_relationship: whether its records are relationships.
        count: how many records it has.
        ends: for relationships, the types that one of them leads from and to; ``None`` where none has both its ends.
        is_container: whether its entities have members.
        is_membership: whether its relationships lead from such an entity to a member.
    """

    number: int
    name: str
    class_name: str
    is_relationship: bool
    count: int
    ends: tuple[str, str] | None
    is_container: bool = False
    is_membership: bool = False


def kinds_of(database: sqlite3.Connection) -> list[Kind]:
    """Return the types that the graph has, or had, records of, by name."""
    rows = [(*row[:2], _class(row[2]), *row[3:]) for row in database.execute(_TYPES).fetchall()]
    containers = {name for _, name, class_name, is_edge, _ in rows if not is_edge and class_name in CONTAINERS}
    found = []
    for number, name, class_name, is_edge, count in rows:
        ends = database.execute(_ENDS, (number,)).fetchone() if is_edge else None
        kind = Kind(
            number=number,
            name=name,
            class_name=class_name,
            is_relationship=bool(is_edge),
            count=count,
            ends=ends,
            is_container=name in containers,
            is_membership=class_name == "HAS" and ends is not None and ends[0] in containers,
        )
        found.append(kind)
    return found


def _class(text: str) -> str:
    found = orjson.loads(text)
    return ", ".join(found) if isinstance(found, list) else str(found)
