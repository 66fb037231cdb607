"""Bringing a graph's records to Neo4j: which ones, and in what order."""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from integration.sdk.changes import Change
from integration.sdk.report import Report
from integration.sdk.sink import StoredGraph
from integration.sdk.step import Step
from integration.sinks.comparison import Ends, Held
from integration.sinks.fitting import fitting
from integration.sinks.neo4j.counts import RecordCounts
from integration.sinks.neo4j.records import LIMIT, Entities, Relationships
from integration.sinks.neo4j.scope import Scope
from integration.sinks.neo4j.session import ServerSession
from integration.sinks.neo4j.values import StoredRecord
from integration.text.discretion import logger

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

P = ParamSpec("P")
_CHARACTERS = 16_000_000
"""Most JSON that one transaction writes."""
_LONGEST_KEYS = 7_500
"""Bytes: an index of Neo4j takes some 8,000, with the scope and the type of a dangling relationship."""
_log = logger("integration")


def push_graph(session: ServerSession, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
    """Bring a database up to date.

    Args:
        session: with the server.
        graph: holds the records.
        steps: the types.
        report: its verdicts, and what it lets go.

    Raises:
        Interrupted: the run is to end.
        OutputError: another push to the same scope has begun meanwhile.
        neo4j.exceptions.Neo4jError: the server refused a statement.
        neo4j.exceptions.DriverError: the server does not answer.
    """
    scope = Scope(session, graph)
    there = scope.read(RecordCounts, graph.scope)
    for step in steps:
        revisions = scope.revisions(step)
        known = revisions and all(map(graph.remembers, revisions))
        if report.compare_all or (known and not there.is_as_left(graph, step, revisions)):
            scope.forget(step)
    behind = [step for step in steps if scope.revisions(step) != [graph.revision]]
    if behind:
        scope.claim()
        _Push(scope, graph, there, steps, report).run(behind)


class _Push:
    """Nodes come before relationships, and go after them."""

    def __init__(
        self, scope: Scope, graph: StoredGraph, there: RecordCounts, steps: Sequence[Step], report: Report
    ) -> None:
        self._scope, self._graph, self._steps = scope, graph, {step.name: step for step in steps}
        self._there = there
        self._report, self._kept = report, dict[str, int]()

    def run(self, steps: Sequence[Step]) -> None:
        doomed = {step: self._push_entities(step) for step in steps if not step.is_relationship}
        dangling = self._scope.dangling()
        for step in steps:
            if step.is_relationship:
                self._push_relationships(step, dangling)
        for step, names in doomed.items():
            self._delete_entities(step, names)
        self._scope.flush()
        for name, count in self._scope.dangling().items():
            _log.info(
                "%s: %d relationships lack an end, and are nodes DanglingRelationship until it is there", name, count
            )
        for name, count in self._kept.items():
            _log.warning("%s: %d records stay at the destination although the graph has them no more", name, count)

    def _push_entities(self, step: Step) -> Held:
        """Create and update nodes, and return the names of those to delete."""
        records, doomed = Entities(step, self._graph.scope), Held()
        for rows, gone, _ in self._batches(step, records):
            doomed.add((name, b"") for name in gone)
            if rows:
                self._scope.write(records.upsert, rows)
        if not doomed:
            self._end(step)
        return doomed

    def _push_relationships(self, step: Step, dangling: Container[str]) -> None:
        records = Relationships(step, self._graph.scope, from_target=self._has_more_targets(step))
        if step.name in dangling:
            self._until_done(records.tie)
        if self._scope.has_former(step) and step.name not in self._report.incomplete:
            self._until_done(records.delete_former)
        for rows, gone, fresh in self._batches(step, records):
            if gone:
                self._scope.write(records.delete, gone)
            if rows:
                self._scope.write(records.upsert, rows, fresh=fresh)
        self._end(step)

    def _delete_entities(self, step: Step, doomed: Held) -> None:
        if doomed:
            records, names = Entities(step, self._graph.scope), (name for name, _ in doomed)
            while batch := list(islice(names, LIMIT)):
                self._until_done(records.delete, batch)
            self._end(step)

    def _batches(
        self, step: Step, records: Entities | Relationships
    ) -> Iterator[tuple[list[StoredRecord], list[Ends], bool]]:
        """Yield records to write, names of those to delete, and whether the database held none of the type."""
        revisions, fresh = self._scope.revisions(step), False
        if revisions and all(map(self._graph.remembers, revisions)):
            sources: list[Callable[[], Iterable[Change]]]
            sources = [partial(self._graph.changes, step, revision) for revision in revisions]
            self._judge(step, self._there.of(step), [source() for source in sources])
        else:
            self._scope.forget(step)
            held = self._scope.read(records.held)
            fresh, there = not held, len(held)
            if self._there.of(step) > there:
                self._until_done(records.delete_doubles)
            sources = [lambda: held.differences(self._graph.changes(step, 0), records.digest)]
            if fresh:
                sources = [partial(self._graph.changes, step, 0)]
            else:
                self._judge(step, there, [held.differences(self._graph.changes(step, 0), lambda _: b"")])
        for source in sources:
            for rows, gone in self._split(step, records, fitting(step, source(), _LONGEST_KEYS)):
                self._scope.changing(step)
                yield rows, gone, fresh

    def _judge(self, step: Step, there: int, sources: Sequence[Iterable[Change]]) -> None:
        """Find out whether what the graph has no more may go, of so many that are there."""
        doomed = Held((each.ends, b"") for source in sources for each in source if each.now is None)
        if (gone := len(doomed)) and not self._report.may_delete(step.name, there, gone):
            self._kept[step.name] = gone

    def _split(
        self, step: Step, records: Entities | Relationships, changes: Iterable[Change]
    ) -> Iterator[tuple[list[StoredRecord], list[Ends]]]:
        rows, gone, characters = list[StoredRecord](), list[Ends](), 0
        for change in changes:
            if change.now is not None:
                rows.append(records.row(change))
                characters += len(change.now)
            elif step.name not in self._kept:
                gone.append(change.ends)
            if len(rows) + len(gone) == LIMIT or characters > _CHARACTERS:
                yield rows, gone
                rows, gone, characters = [], [], 0
        if rows or gone:
            yield rows, gone

    def _end(self, step: Step) -> None:
        if step.name not in self._kept:
            self._scope.changed(step)

    def _has_more_targets(self, step: Step) -> bool:
        source, target = (
            self._graph.count(self._steps[name]) if name in self._steps else 0 for name in step.ends or ()
        )
        return target >= source

    def _until_done(
        self, work: "Callable[Concatenate[ManagedTransaction, P], bool]", *arguments: P.args, **named: P.kwargs
    ) -> None:
        while not self._scope.write(work, *arguments, **named):
            pass
