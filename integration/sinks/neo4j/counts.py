"""How many records of each type a database holds, which tells whether somebody else has removed or added some."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from integration.sdk.sink import StoredGraph
from integration.sdk.step import Step
from integration.sinks.comparison import held_then
from integration.sinks.neo4j.records import DANGLING, NODES, TIED

if TYPE_CHECKING:
    from neo4j import ManagedTransaction


class RecordCounts:
    """The counts of one graph's records, from one reading transaction.

    Neo4j's count store knows labels and types of relationships, but neither ``_scope`` nor ``_type``, so each record is
    gone through, from the index of the constraint; nothing is sent but the counts.

    Args:
        transaction: of the driver.
        scope: of the graph.
    """

    def __init__(self, transaction: "ManagedTransaction", scope: str) -> None:
        self._counts = Counter[tuple[str, ...]]()
        for labels, count in transaction.run(f"{NODES.format('')} RETURN labels(n), count(*)", scope=scope):
            self._counts.update({(label,): count for label in labels})
        for statement in (
            f"{TIED.format('')} RETURN type(r), r._type, count(*)",
            f"{DANGLING} RETURN d._class, d._type, count(*)",
        ):
            for *names, count in transaction.run(statement, scope=scope):
                self._counts[tuple(names)] += count

    def of(self, step: Step) -> int:
        """Return how many records of a type are there, dangling relationships too."""
        return self._counts[(step.class_name, step.name) if step.is_relationship else (step.name,)]

    def is_as_left(self, graph: StoredGraph, step: Step, revisions: Sequence[int]) -> bool:
        """Tell whether there may be what pushes have left there.

        Args:
            graph: remembers the revisions.
            step: the type.
            revisions: that the database holds of it. Where there are several, what came since the first may be there,
                and what went: only what was there all the time must be.
        """
        left, lasting = held_then(graph, step, revisions[0])
        return self.of(step) == left if len(revisions) == 1 else self.of(step) >= lasting
