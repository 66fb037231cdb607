"""From what a step yields to the rows of the graph: stamped, validated, counted.

A key that is a GUID, or made of GUIDs, is in small letters in the graph, however its source wrote it: so what leads to
an entity meets it, whoever wrote the one and the other (``integration.values.guid_key``).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from integration.errors import RecordError, SchemaMismatch
from integration.sdk.mapping import OddValue
from integration.sdk.model import Entity, Relationship, raw_data, relationship_key
from integration.sdk.schema import Schema
from integration.sdk.step import Step
from integration.store.publication import RecordRow
from integration.text.exact_json import exact_json
from integration.text.visible import line, without_nul
from integration.values import guid_key

_ENTITY_STAMPS = 3
_RELATIONSHIP_STAMPS = 5
_UNCARRIED = re.compile(r"[\x00\ud800-\udfff]")
"""What a text of a database, or UTF-8, does not hold; in a property it is replaced, where no two become one by that."""


@dataclass
class Records:
    """Makes the rows of one step.

    Attributes:
        step: the declaration.
        schema: what each record must be like.
        strict: raise on the first record that is not, instead of leaving it out and counting it.
        keep_raw_data: keep ``_rawData``.
        rejected: how many records were left out.
        example: the first of them, explained.
        unread: the first part of an object that the step left out of its record, explained; empty where it took all.
    """

    step: Step
    schema: Schema
    strict: bool = False
    keep_raw_data: bool = False
    rejected: int = 0
    example: str = ""
    unread: str = ""

    def rows(self, items: Iterator[Any]) -> Iterator[RecordRow]:
        """Yield a row for each item that the schema accepts.

        Raises:
            RecordError: an item is neither an entity nor a relationship, or not the one that the step declares.
            SchemaMismatch: in strict mode, the schema rejects an item.
        """
        return self._relationships(items) if self.step.is_relationship else self._entities(items)

    def _entities(self, items: Iterator[Any]) -> Iterator[RecordRow]:
        stamps = {"_type": self.step.name, "_class": [*self.step.classes]}
        accepts = self.schema.accepts
        for item in items:
            if type(item) is not Entity:
                raise self._not_a(Entity, item)
            try:
                key, properties = guid_key(item.key), self._properties(item)
                record = {**properties, "_key": key, **stamps}
                if not accepts(record) or len(record) != len(properties) + _ENTITY_STAMPS:
                    self.reject(self._problem(record, properties))
                elif key.isprintable() or not _UNCARRIED.search(key):
                    yield key, without_nul(exact_json(properties))
                else:
                    self.reject(self._uncarried(key))
            except OddValue as error:
                self.reject(f"{self.step.name} {item.key}: {error}")
            except (TypeError, ValueError, RecursionError) as error:
                self.reject(self._not_json(item.key, error))

    def _properties(self, item: Entity) -> dict[str, Any]:
        """Return the properties that the schema copies, and those that the step computed.

        Nulls are left out, but where the schema requires a property that may be null.
        """
        source, computed = item.source, item.properties
        if source is None:
            properties = {name: value for name, value in computed.items() if value is not None}
        else:
            if not isinstance(source, dict):
                raise self._not_a_source(source)
            properties = self.schema.mapping.values(source)
            for name, value in computed.items():
                if value is not None:
                    properties[name] = value
                else:
                    properties.pop(name, None)
        raw = properties.pop("_rawData", source)
        if raw is not None and self.keep_raw_data:
            properties["_rawData"] = raw_data(dict(raw))
        if "displayName" not in properties and "name" in properties:
            properties["displayName"] = properties["name"]
        for name in self.schema.nullable:
            properties.setdefault(name, None)
        return properties

    def _relationships(self, items: Iterator[Any]) -> Iterator[RecordRow]:
        """Yield source, target and properties; a relationship without properties of its own is checked by its ends."""
        bare = self._accepts_bare()
        for item in items:
            if type(item) is not Relationship:
                raise self._not_a(Relationship, item)
            source, target = item.from_key, item.to_key
            plain = type(source) is str and type(target) is str
            if plain:
                both = source + target
                if "{" in both or not both.islower():
                    source, target = guid_key(source), guid_key(target)
                plain = both.isascii() and "\0" not in both
            if bare and plain and not item.properties and source and target:
                yield source, target
            else:
                row = self._relationship(source, target, item.properties)
                if row:
                    yield row

    def _accepts_bare(self) -> bool:
        """Tell whether all relationships without properties of their own are as the schema says.

        A validator of its own for each of hundreds of types takes longer than a small tenant's records.
        """
        if self.schema.is_bare:
            return True
        record = self._stamped("from", "to", {"displayName": self.step.class_name})
        return self.schema.keys_are_plain and self.schema.accepts(record)

    def _relationship(self, source: Any, target: Any, own: Mapping[str, Any]) -> RecordRow | None:
        given = {name: value for name, value in own.items() if value is not None}
        properties = {"displayName": self.step.class_name, **given}
        record = self._stamped(source, target, properties)
        try:
            if not self.schema.accepts(record) or len(record) != len(properties) + _RELATIONSHIP_STAMPS:
                self.reject(self._problem(record, properties))
            elif _UNCARRIED.search(record["_key"]):
                self.reject(self._uncarried(record["_key"]))
            else:
                return (source, target, without_nul(exact_json(properties))) if given else (source, target)
        except (TypeError, ValueError, RecursionError) as error:
            self.reject(self._not_json(record["_key"], error))
        return None

    def _stamped(self, source: Any, target: Any, properties: Mapping[str, Any]) -> dict[str, Any]:
        key = relationship_key(source, self.step.class_name, target)
        ends = {"_key": key, "_fromEntityKey": source, "_toEntityKey": target}
        return {**properties, **ends, "_type": self.step.name, "_class": self.step.class_name}

    def _problem(self, record: dict[str, Any], properties: Mapping[str, Any]) -> str:
        forged = [name for name in properties if name.startswith("_") and name != "_rawData"]
        if forged:
            return f"{self.step.name} {record['_key']}: {', '.join(forged)}: stamped by the runner, not set by a step"
        return self.schema.explain(record)

    def reject(self, problem: str) -> None:
        """Leave a record out, and count it.

        Raises:
            SchemaMismatch: in strict mode.
        """
        if self.strict:
            raise SchemaMismatch(problem)
        self.rejected += 1
        self.example = self.example or line(problem)

    def leave_unread(self, problem: str) -> None:
        """Note that a record lacks a part of its object.

        Raises:
            SchemaMismatch: in strict mode.
        """
        told = line(f"{self.step.name} {problem}")
        if self.strict:
            raise SchemaMismatch(told)
        self.unread = self.unread or told

    def _uncarried(self, key: str) -> str:
        return f"{self.step.name} {key}: its _key holds a character that not every output can carry"

    def _not_json(self, key: object, error: Exception) -> str:
        return f"{self.step.name} {key}: not JSON: {error}"

    def _not_a_source(self, found: object) -> RecordError:
        what = f"gave Entity {type(found).__name__} as its second argument, which is the object that it is made from"
        return RecordError(f"{self.step.source}: {self.step.name} {what}")

    def _not_a(self, expected: type, found: object) -> RecordError:
        kinds = f"yielded {type(found).__name__}, not {expected.__name__}"
        return RecordError(f"{self.step.source}: {self.step.name} {kinds}")
