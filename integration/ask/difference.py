"""What changed in the graph, in words that a person reads."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import Any

import orjson

from integration.sdk.changes import SIGNS, Change
from integration.sdk.model import relationship_key
from integration.sdk.step import Step
from integration.store.read import ReadableStore
from integration.text.visible import brief, visible

_NAMES = 10_000
_LONG = 60
Alike = Callable[[str, str], bool]
"""Tells whether two properties of a type say the same in every record."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that is not what it was.

    Attributes:
        step: its type.
        change: what became of it.
        plain_names: display names of the entity, or of both ends of the relationship; a key where no name is known.
        names: the same, with user principal name or key where several are called so.
        is_membership: it says that something belongs to a group.
        alike: properties that say the same as another one of the type, in every record.
    """

    step: Step
    change: Change
    plain_names: tuple[str, ...]
    names: tuple[str, ...]
    is_membership: bool = False
    alike: "Alike" = field(default=lambda first, second: False)

    @property
    def key(self) -> str:
        """The record's ``_key``."""
        ends = self.change.ends
        return relationship_key(ends[0], self.step.class_name, ends[1]) if len(ends) > 1 else ends[0]

    def sentence(self) -> str:
        """Return what happened on one line, such as ``Ada Example joined sg-finance``; nothing in it moves a cursor."""
        return visible(self._said())

    def _said(self) -> str:
        what = self.change.what
        names = [brief(name) for name in self.names]
        if len(names) > 1:
            source, target = names
            if self.is_membership and what != "updated":
                return f"{target} {'joined' if what == 'created' else 'left'} {source}"
            plain = f"{source} {self.step.class_name} {target}"
        else:
            plain = names[0]
        return f"{SIGNS[what]} {plain}{self._properties() if what == 'updated' else ''}"

    def as_json(self) -> dict[str, Any]:
        """Return the same as JSON values; of an updated record old and new value of each property that differs."""
        found: dict[str, Any] = {"type": self.step.name, "change": self.change.what, "_key": self.key}
        found |= {"names": list(self.plain_names), "sentence": self.sentence()}
        if self.change.what == "updated":
            found["properties"] = {
                name: {"before": old, "now": new} for name, (old, new) in self.change.properties().items()
            }
        return found

    def _properties(self) -> str:
        """Return the properties that differ; of several that always say the same, the first."""
        told: dict[str, tuple[Any, Any]] = {}
        for name, values in self.change.properties().items():
            if not any(values == others and self.alike(first, name) for first, others in told.items()):
                told[name] = values
        return f": {', '.join(f'{name} {_shown(old)} → {_shown(new)}' for name, (old, new) in told.items())}"


def differences(graph: ReadableStore, step: Step, since: int, classes: Mapping[str, str]) -> Iterator[Difference]:
    """Yield the differences of a type since a revision, sorted by key.

    Args:
        graph: the graph.
        step: the type.
        since: number of the revision.
        classes: JupiterOne class of each type.
    """
    teller = Teller(graph, since, classes)
    for change in graph.changes(step, since):
        yield teller.tell(step, change)


class Teller:
    """Tells changes since a revision, with the names of what changed.

    Args:
        graph: the graph.
        since: number of the revision.
        classes: JupiterOne class of each type.
    """

    def __init__(self, graph: ReadableStore, since: int, classes: Mapping[str, str]) -> None:
        self._graph, self._since, self._classes = graph, since, classes
        self._name_of = lru_cache(_NAMES)(lambda key: graph.name_of(key, since))
        self._always_alike = lru_cache(_NAMES)(graph.always_alike)

    def tell(self, step: Step, change: Change) -> Difference:
        """Return a change of a type as it is told."""
        if step.is_relationship:
            plain = tuple(self._name_of(key) or key for key in change.ends)
        else:
            plain = (orjson.loads(change.now or change.before or "{}").get("displayName", change.ends[0]),)
        names = tuple(self._told_apart(key, name) for key, name in zip(change.ends, plain, strict=True))
        group = step.ends[0] if step.ends and step.class_name == "HAS" else ""
        is_membership = self._classes.get(group) == "UserGroup"
        return Difference(step, change, plain, names, is_membership, partial(self._always_alike, step))

    def _told_apart(self, key: str, name: str) -> str:
        """Return an entity's display name; where others have it, with its user principal name or key."""
        if name not in self._shared:
            return name
        own = self._graph.name_of(key, self._since, "userPrincipalName") or key
        return name if own == name else f"{name} ({own})"

    @cached_property
    def _shared(self) -> set[str]:
        return self._graph.shared_names(self._since)


def _shown(value: object) -> str:
    text = "nothing" if value is None else orjson.dumps(value).decode()
    return brief(text, _LONG)
