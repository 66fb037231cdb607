"""One fact of the tenant may change several records of the graph: which of them say again what another one says.

Two types may hold the same pairs of entities, in one direction or in both; and an entity that comes or goes takes with
it that the account has it. Both are seen from the graph and its changes: a pair that changed in one of two such types
alone is no echo.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from integration.sdk.changes import Change
from integration.sdk.step import Step
from integration.store.read import ReadableStore


class Echoes:
    """Tells echoes from what is said for the first time, while the changes of types are gone through in ``order``.

    Args:
        graph: the graph, as it is now.
        steps: the types whose changes are told.
        classes: JupiterOne class of each type.

    Attributes:
        order: the types, each after those that it may echo.
    """

    def __init__(self, graph: ReadableStore, steps: Sequence[Step], classes: Mapping[str, str]) -> None:
        self._classes = classes
        self._holds_same_pairs = lru_cache(graph.holds_same_pairs)
        by_pair: dict[frozenset[str], list[Step]] = {}
        for step in steps:
            if step.ends is not None:
                by_pair.setdefault(frozenset(step.ends), []).append(step)
        self._original: dict[str, Step] = {}
        for twins in by_pair.values():
            first = min(twins, key=lambda step: not self._is_membership(step))
            self._original |= {step.name: first for step in twins if step is not first}
        names = {step.name for step in steps}
        self._owned = {
            step.name: step.ends[1]
            for step in steps
            if step.ends
            and step.class_name == "HAS"
            and classes.get(step.ends[0]) == "Account"
            and step.ends[1] in names
        }
        originals = {step.name for step in self._original.values()}
        self._heard = {name: set[int]() for name in (*originals, *self._owned.values())}
        self.order = sorted(steps, key=lambda step: (step.is_relationship, step.name in self._original))

    def echoed_by(self, step: Step) -> str:
        """Return the type that a type's changes may say again; an empty text where there is none."""
        original = self._original.get(step.name)
        return self._owned.get(step.name) or (original.name if original else "")

    def is_echo(self, step: Step, change: Change) -> bool:
        """Tell whether a change says what another one has said, and remember it."""
        fact = hash((change.what, tuple(sorted(change.ends))))
        if step.name in self._heard:
            self._heard[step.name].add(fact)
        if change.what == "updated":
            return False
        if owned := self._owned.get(step.name):
            return hash((change.what, change.ends[1:])) in self._heard[owned]
        original = self._original.get(step.name)
        return original is not None and fact in self._heard[original.name] and self._holds_same_pairs(original, step)

    def _is_membership(self, step: Step) -> bool:
        return step.ends is not None and step.class_name == "HAS" and self._classes.get(step.ends[0]) == "UserGroup"
