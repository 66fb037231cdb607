"""What the last run changed, as the page shows it: all counts, and as many records as a person reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import orjson

from integration.ask.difference import Difference, differences
from integration.sdk.changes import Change, What
from integration.sdk.step import Step
from integration.store.read import ReadableStore

_LISTED = 100


@dataclass(frozen=True, kw_only=True)
class TypeChanges:
    """What became of one type.

    Attributes:
        name: the type.
        counts: how many records were created, updated and deleted; only what is not 0.
        is_new: the graph had none of it before, so that all of it counts as created.
        listed: what happened and a sentence for it, for the first records by key.
    """

    name: str
    counts: Mapping[What, int]
    is_new: bool
    listed: tuple[tuple[str, str], ...]

    @property
    def left_out(self) -> int:
        """How many changes are not listed."""
        return 0 if self.is_new else sum(self.counts.values()) - len(self.listed)


def last_changes(graph: ReadableStore, steps: Sequence[Step], new: set[str]) -> list[TypeChanges]:
    """Return what the last run changed, by type; a type that did not change is left out.

    Args:
        graph: the graph.
        steps: all declarations.
        new: names of the types that the last run read for the first time.
    """
    declared = {step.name: step for step in steps}
    classes = {step.name: step.class_name for step in steps}
    return [
        TypeChanges(
            name=name,
            counts=counts,
            is_new=name in new,
            listed=tuple(_sentences(graph, declared[name], classes)) if name in declared and name not in new else (),
        )
        for name, counts in sorted(graph.counts_of_changes().items())
        if sum(counts.values())
    ]


def _sentences(graph: ReadableStore, step: Step, classes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for difference in islice(differences(graph, step, graph.revision - 1, classes), _LISTED):
        yield difference.change.what, _without_raw_data(difference).sentence()


def _without_raw_data(difference: Difference) -> Difference:
    change = difference.change
    bare = Change(change.what, change.ends, _bare(change.before), _bare(change.now))
    return replace(difference, change=bare)


def _bare(text: str | None) -> str | None:
    if text is None or '"_rawData"' not in text:
        return text
    properties: dict[str, Any] = orjson.loads(text)
    return orjson.dumps({name: value for name, value in properties.items() if name != "_rawData"}).decode()
