"""The graph in JupiterOne's form: what is outside of it stands in the relationships that lead there.

Another integration may have the same address, or another tenant's account. So JupiterOne is not given an entity, but a
mapped relationship, with what it finds that entity by, and makes it where there is none. Source: JupiterOne's
integration SDK, createMappedRelationship.

JupiterOne holds one relationship of a key, and applies no job in which two have the same. A relationship that may lead
to any type can be there beside one of a type of its own, such as a machine's to the identity that it acts as, between
the same entities and in the same class. Source: JupiterOne, Sync jobs API reference, ignoreDuplicates.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from integration.sdk.ends import area_of
from integration.sdk.sink import StoredGraph
from integration.sdk.step import Step
from integration.text.exact_json import exact_json


def ends_of(mapping: Any) -> list[Any]:
    """Return the keys of the entities that a mapped relationship leads from and to."""
    try:
        ends = [mapping["sourceEntityKey"], mapping["targetEntity"]["_key"]]
        return ends if mapping["relationshipDirection"] == "FORWARD" else ends[::-1]
    except (TypeError, LookupError):
        return [None]


class MappedGraph:
    """The graph as those destinations read it that take JupiterOne's form.

    Args:
        graph: holds the records.
        steps: their types.

    Attributes:
        steps: the types whose records there are in that form: without entities that are outside.
    """

    def __init__(self, graph: StoredGraph, steps: Sequence[Step]) -> None:
        self._graph = graph
        self._outside = {step.name: step for step in steps if step.target_filter_keys}
        self.steps = [step for step in steps if step.name not in self._outside]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._graph, name)

    def changed(self, step: Step) -> int:
        """Return the revision that last changed the type's records, or an outside entity that they may lead to."""
        return max(map(self._graph.changed, [step, *self._ends(step)]))

    def records(self, step: Step) -> Iterator[bytes]:
        """Yield the type's whole JupiterOne objects as JSON, in the order of what names them in the graph."""
        found = self._graph.records(step)
        if step.areas:
            found = (_of_its_own(step, record) for record in found)
        return map(self._mapped, found) if self._ends(step) else found

    def _ends(self, step: Step) -> list[Step]:
        """Return the types of outside entities that a relationship may lead to or from."""
        ends = step.ends or ()
        if any(area_of(end) for end in ends):
            return list(self._outside.values())
        return [self._outside[end] for end in ends if end in self._outside]

    def _mapped(self, record: bytes) -> bytes:
        """Return a relationship as a mapped one, if one of its ends is outside."""
        found = orjson.loads(record)
        source, target = found["_fromEntityKey"], found["_toEntityKey"]
        for direction, inner, outer in (("FORWARD", source, target), ("REVERSE", target, source)):
            if entity := self._entity(outer):
                filters = self._outside[entity["_type"]].target_filter_keys
                mapping = {
                    "relationshipDirection": direction,
                    "sourceEntityKey": inner,
                    "targetFilterKeys": [filters],
                    "targetEntity": entity,
                    "skipTargetCreation": False,
                }
                others = {name: of for name, of in found.items() if name not in ("_fromEntityKey", "_toEntityKey")}
                return exact_json({**others, "_mapping": mapping})
        return record

    def _entity(self, key: str) -> dict[str, Any] | None:
        """Return an outside entity; ``None`` where there is none with that key."""
        type, properties = self._graph.entity(key) or ("", "")
        if type not in self._outside:
            return None
        own = {name: value for name, value in orjson.loads(properties).items() if name != "_rawData"}
        return {"_key": key, "_type": type, "_class": self._outside[type].classes, **own}


def _of_its_own(step: Step, record: bytes) -> bytes:
    """Return a relationship that may lead to any type with its type in its key, in the place of the class."""
    found = orjson.loads(record)
    return exact_json({**found, "_key": f"{found['_fromEntityKey']}|{step.name}|{found['_toEntityKey']}"})
