"""One push of the graph into PostgreSQL: what it sends of each type, and what is noted of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from psycopg import Connection
from psycopg.errors import LockNotAvailable
from psycopg.sql import SQL

from integration.sdk.report import Report
from integration.sdk.sink import StoredGraph
from integration.sdk.step import Step
from integration.sinks.comparison import held_then, is_current
from integration.sinks.fitting import fitting
from integration.sinks.postgresql.layout import enter, lock, make_indexes
from integration.sinks.postgresql.merge import KINDS, RecordTable, copy_lines, insert_all, merge, rehearse_merge
from integration.sinks.postgresql.remedies import at
from integration.sinks.postgresql.tenants import note_tenant
from integration.sinks.postgresql.views import make_views, table_of

_LONGEST_KEYS = 2_500
"""Bytes: an index of PostgreSQL takes 2,704 (a third of a page), with the scope and the type of a relationship."""
_NOTE_REVISION = (
    "INSERT INTO revisions VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (_scope, _type) DO UPDATE SET"
    " (_class, lineage, revision, behind) ="
    " ROW (excluded._class, excluded.lineage, excluded.revision, excluded.behind)"
)
_NOTE_VERDICT = "INSERT INTO verdicts VALUES (%s, %s, %s, %s, %s, %s)"
_THERE = SQL("SELECT _type, count(*) FROM {table} WHERE _scope = %s GROUP BY _type")


def rehearse(connection: Connection) -> None:
    """Have the server plan what a push does to tables that are there: it does nothing, but says what it would refuse.

    Where another program holds the tables, as a first push does that makes their indexes, it says nothing: the push
    comes much later, and waits.

    Raises:
        psycopg.Error: somebody has changed the tables, or may not write them.
    """
    connection.execute("SET LOCAL lock_timeout = '1s'")
    with suppress(LockNotAvailable):
        for kind in KINDS:
            with at(kind.table):
                rehearse_merge(connection, kind)
        for table, statement in (("revisions", _NOTE_REVISION), ("verdicts", _NOTE_VERDICT)):
            with at(table):
                connection.execute(f"EXPLAIN {statement}".encode(), [None] * 6)


class _Held(NamedTuple):
    """What the tables hold of a type, as in ``revisions``."""

    class_names: str
    lineage: str
    revision: int
    behind: bool


@dataclass
class _Part:
    """What a push does about one type.

    Attributes:
        step: the type.
        since: the revision that the tables hold; 0 where all records are sent and compared.
        behind: whether records that are gone are still there.
        is_changed: whether the graph has changed the type since.
    """

    step: Step
    since: int
    behind: bool
    is_changed: bool = True


class Push:
    """One push.

    Args:
        connection: in no transaction; the caller commits.
        schema: where the tables are.
        graph: holds the records.
        steps: the types that are pushed.
        report: their verdicts.
    """

    def __init__(
        self, connection: Connection, schema: str, graph: StoredGraph, steps: Sequence[Step], report: Report
    ) -> None:
        self._connection, self._schema, self._graph = connection, schema, graph
        self._steps, self._report, self._scope = steps, report, graph.scope
        # Asked for each of many types, of few revisions.
        self._trusts = not report.compare_all
        self._incomplete, self._mark, self._remembers = {*report.incomplete}, cache(graph.mark), cache(graph.remembers)

    def run(self) -> None:
        """Bring the tables up to date.

        Raises:
            OutputError: they are not ours.
            psycopg.Error: the server refused, or went away.
        """
        lock(self._connection, self._schema, self._scope)
        new = enter(self._connection, self._schema)
        held, there = self._held(), self._there()
        parts = [self._part(step, held.get(step.name), there.get(step.name, 0)) for step in self._steps]
        bring = self._merge if there else self._load
        for kind in KINDS:
            with at(kind.table):
                bring(kind, [part for part in parts if table_of(part.step) == kind.table])
        if new:
            make_indexes(self._connection)
        with at("revisions"):
            self._note_revisions(held, parts)
        with at("verdicts"):
            self._note_verdicts()
        note_tenant(self._connection, self._schema, self._scope, self._graph.tenant, self._steps)
        make_views(self._connection, self._steps)

    def _held(self) -> dict[str, _Held]:
        statement = "SELECT _type, _class, lineage, revision, behind FROM revisions WHERE _scope = %s"
        return {name: _Held(*held) for name, *held in self._connection.execute(statement, [self._scope])}

    def _there(self) -> dict[str, int]:
        """Return how many records of each type are there."""
        there = dict[str, int]()
        for kind in KINDS:
            there |= self._connection.execute(kind.sql(_THERE), [self._scope]).fetchall()
        return there

    def _part(self, step: Step, held: _Held | None, there: int) -> _Part:
        """Find out whether what changed is enough. A type that is behind may hold what came and went since."""
        keeps = step.name in self._incomplete
        marks = (self._graph.lineage, self._mark(held.revision)) if held else ()
        known = held and held.class_names == ",".join(step.classes) and held.lineage in marks and self._trusts
        if held and known and self._remembers(held.revision) and (keeps or not held.behind):
            left, _ = held_then(self._graph, step, held.revision)
            if there == left or (held.behind and there > left):
                return _Part(step, held.revision, held.behind, self._graph.changed(step) > held.revision)
        return _Part(step, 0, False)

    def _load(self, kind: RecordTable, parts: Sequence[_Part]) -> None:
        for part in parts:
            part.since, part.behind = 0, False
        insert_all(self._connection, kind, (line for part in parts for line in self._lines(part, self._scope)))

    def _merge(self, kind: RecordTable, parts: Sequence[_Part]) -> None:
        late = merge(
            self._connection,
            kind,
            self._scope,
            (line for part in parts if part.is_changed for line in self._lines(part)),
            compared=[part.step.name for part in parts if not part.since],
            may_delete=self._report.may_delete,
        )
        for part in parts:
            part.behind |= part.step.name in late

    def _lines(self, part: _Part, *before: str) -> Iterator[str]:
        changes = self._graph.changes(part.step, part.since)
        return copy_lines(part.step, fitting(part.step, changes, _LONGEST_KEYS, nul=False), *before)

    def _note_revisions(self, held: Mapping[str, _Held], parts: Sequence[_Part]) -> None:
        lineage, revision = self._graph.mark(self._graph.revision), self._graph.revision
        now = {
            part.step.name: _Held(",".join(part.step.classes), lineage, revision, part.behind)
            for part in parts
            if part.behind or not part.since or not is_current(self._graph, part.step, part.since)
        }
        self._insert_many(
            _NOTE_REVISION,
            [(name, *noted) for name, noted in now.items() if held.get(name) != noted],
        )

    def _note_verdicts(self) -> None:
        verdicts = {
            (result.type, result.verdict, result.reason.replace("\0", "\ufffd"), result.count): result.seconds
            for result in self._report.results
        }
        statement = "SELECT _type, verdict, reason, count FROM verdicts WHERE _scope = %s"
        if set(self._connection.execute(statement, [self._scope])) != verdicts.keys():
            self._connection.execute("DELETE FROM verdicts WHERE _scope = %s", [self._scope])
            self._insert_many(
                _NOTE_VERDICT,
                [(*verdict, seconds) for verdict, seconds in verdicts.items()],
            )

    def _insert_many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(statement, [(self._scope, *row) for row in rows])
