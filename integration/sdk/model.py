"""Entities, relationships, and JupiterOne's rules for their keys and types."""

from typing import Any

import orjson


class Entity:
    """One thing of the tenant.

    Args:
        key: becomes ``_key``: stable, and unique in the whole graph (Graph object ids are). GUIDs in it get small
            letters, as ``integration.values.guid_key`` gives them.
        source: the object that the entity is made from: the properties of the schema that have an ``x-from`` are copied
            out of it. It becomes ``_rawData`` where the run asks for raw data.
        properties: JupiterOne properties that the step computes: scalars and flat lists; ``None`` is left out. They win
            over what the schema copies. ``_rawData`` takes another object than the source.
    """

    __slots__ = ("_json", "_properties", "key", "source")

    def __init__(self, key: str, source: dict[str, Any] | None = None, /, **properties: Any) -> None:
        self.key = key
        self.source = source
        self._properties: dict[str, Any] | None = properties
        self._json = ""

    @classmethod
    def from_json(cls, key: str, text: str) -> "Entity":
        """Return an entity whose properties are taken out of their JSON when somebody asks for one."""
        entity = cls(key)
        entity._properties, entity._json = None, text
        return entity

    @property
    def properties(self) -> dict[str, Any]:
        """JupiterOne properties by name."""
        if self._properties is None:
            self._properties = orjson.loads(self._json)
        return self._properties

    def __repr__(self) -> str:
        return f"Entity({self.key!r}, {', '.join(self.properties)})"


class Relationship:
    """One connection between two entities, named by their keys.

    Args:
        from_key: ``_key`` of the entity that the relationship starts from.
        to_key: ``_key`` of the entity that it leads to.
        properties: scalars only; ``None`` is left out.
    """

    __slots__ = ("from_key", "properties", "to_key")

    def __init__(self, from_key: str, to_key: str, /, **properties: Any) -> None:
        self.from_key = from_key
        self.to_key = to_key
        self.properties = properties

    def __repr__(self) -> str:
        return f"Relationship({self.from_key!r}, {self.to_key!r})"


def relationship_type(from_type: str, verb: str, to_type: str) -> str:
    """Return the ``_type`` of a relationship as JupiterOne derives it.

    The leading segments that ``to_type`` shares with ``from_type`` are left out, its last segment never
    (integration-sdk-core, createIntegrationRelationship; a single shared segment, which becomes empty there, stays).
    """
    source, target = from_type.split("_"), to_type.split("_")
    shared = 0
    while shared < min(len(source), len(target) - 1) and source[shared] == target[shared]:
        shared += 1
    return "_".join([from_type, verb.lower(), *target[shared:]])


def relationship_key(from_key: str, verb: str, to_key: str) -> str:
    """Return the ``_key`` of a relationship: both ends and the class in lower case, joined by ``|``."""
    return f"{from_key}|{verb.lower()}|{to_key}"


def raw_data(source: object) -> list[dict[str, object]]:
    """Return ``_rawData`` in JupiterOne's form: one entry named ``default``."""
    return [{"name": "default", "rawData": source}]
