"""What changed since a revision, as a person reads it: counts, each fact once, and no more lines than are read."""

from collections.abc import Iterator, Mapping, Sequence

from integration.ask.difference import Teller
from integration.ask.echoes import Echoes
from integration.sdk.changes import Change
from integration.sdk.step import Step
from integration.store.read import ReadableStore

_COUNTED = ("created", "updated", "deleted")


class Digest:
    """The changes of some types since a revision.

    Args:
        graph: the graph.
        steps: the types.
        since: number of the revision.
        classes: JupiterOne class of each type.
        most: how many lines ``first_lines`` gives.

    Attributes:
        counts: how many records of each type were created, updated and deleted, echoes too.
        echoes: how many changes of one type say again what those of another one say.
    """

    def __init__(
        self, graph: ReadableStore, steps: Sequence[Step], since: int, classes: Mapping[str, str], *, most: int
    ) -> None:
        self._graph, self._steps, self._since, self._most = graph, steps, since, most
        self._teller = Teller(graph, since, classes)
        self._echoes = Echoes(graph, steps, classes)
        self.counts: dict[str, dict[str, int]] = {step.name: dict.fromkeys(_COUNTED, 0) for step in steps}
        self.echoes: dict[tuple[str, str], int] = {}
        self._told = {step.name: 0 for step in steps}
        self._first: dict[str, list[Change]] = {step.name: [] for step in steps}
        for step in self._echoes.order:
            self._count(step)

    @property
    def told(self) -> int:
        """How many changes are no echoes."""
        return sum(self._told.values())

    def first_lines(self) -> Iterator[str]:
        """Yield a line for each of the first changes: of each type some, where not all have room."""
        shares = _shares(self._told, self._most)
        for step in self._steps:
            for change in self._first[step.name][: shares[step.name]]:
                yield self._line(step, change)

    def all_lines(self) -> Iterator[str]:
        """Yield a line for each change that is no echo."""
        for step in self._steps:
            for change in self._graph.changes(step, self._since):
                if not self._echoes.is_echo(step, change):
                    yield self._line(step, change)

    def _count(self, step: Step) -> None:
        for change in self._graph.changes(step, self._since):
            self.counts[step.name][change.what] += 1
            if self._echoes.is_echo(step, change):
                pair = step.name, self._echoes.echoed_by(step)
                self.echoes[pair] = self.echoes.get(pair, 0) + 1
                continue
            self._told[step.name] += 1
            if len(self._first[step.name]) < self._most:
                self._first[step.name].append(change)

    def _line(self, step: Step, change: Change) -> str:
        return f"{step.name}: {self._teller.tell(step, change).sentence()}"


def _shares(wanted: Mapping[str, int], room: int) -> dict[str, int]:
    """Return how many of each may be had so that the smallest are whole and the others alike."""
    shares: dict[str, int] = {}
    for left, name in zip(range(len(wanted), 0, -1), sorted(wanted, key=lambda name: wanted[name]), strict=True):
        shares[name] = min(wanted[name], room // left)
        room -= shares[name]
    return shares
