"""What changed in the graph, in words that a person reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from integration.changes import Change
from integration.model import relationship_key
from integration.step import Step
from integration.stored import Stored
from integration.text import visible

_NAMES = 10_000
_LONG = 60
_SIGNS = {"created": "+", "updated": "~", "deleted": "-"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that is not what it was.

    Attributes:
        step: its type.
        change: what became of it.
        names: display names of the entity, or of both ends of the relationship; a key where no name is known.
        is_membership: it says that something belongs to a group.
    """

    step: Step
    change: Change
    names: tuple[str, ...]
    is_membership: bool = False

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
        if len(self.names) > 1:
            source, target = self.names
            if self.is_membership and what != "updated":
                return f"{target} {'joined' if what == 'created' else 'left'} {source}"
            plain = f"{source} {self.step.class_name} {target}"
        else:
            plain = self.names[0]
        return f"{_SIGNS[what]} {plain}{self._properties() if what == 'updated' else ''}"

    def as_json(self) -> dict[str, Any]:
        """Return the same as JSON values; of an updated record old and new value of each property that differs."""
        found: dict[str, Any] = {"type": self.step.name, "change": self.change.what, "_key": self.key}
        found |= {"names": list(self.names), "sentence": self.sentence()}
        if self.change.what == "updated":
            found["properties"] = {
                name: {"before": old, "now": new} for name, (old, new) in self.change.properties().items()
            }
        return found

    def _properties(self) -> str:
        changed = (f"{name} {_shown(old)} → {_shown(new)}" for name, (old, new) in self.change.properties().items())
        return f": {', '.join(changed)}"


def counts(graph: Stored, step: Step, since: int) -> dict[str, int]:
    """Return how many records of a type were created, updated and deleted since a revision."""
    found = dict.fromkeys(_SIGNS, 0)
    for change in graph.changes(step, since):
        found[change.what] += 1
    return found


def differences(graph: Stored, step: Step, since: int, classes: Mapping[str, str]) -> Iterator[Difference]:
    """Yield the differences of a type since a revision, sorted by key.

    Args:
        graph: the graph.
        step: the type.
        since: number of the revision.
        classes: JupiterOne class of each type.
    """
    name_of = lru_cache(_NAMES)(lambda key: graph.name_of(key, since) or key)
    is_membership = step.ends is not None and step.class_name == "HAS" and classes.get(step.ends[0]) == "UserGroup"
    for change in graph.changes(step, since):
        if step.is_relationship:
            names: Sequence[str] = [name_of(key) for key in change.ends]
        else:
            names = [orjson.loads(change.now or change.before or "{}").get("displayName", change.ends[0])]
        yield Difference(step, change, tuple(names), is_membership)


def _shown(value: object) -> str:
    text = "nothing" if value is None else orjson.dumps(value).decode()
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"
