"""One push of the graph into PostgreSQL: what it sends, and how that becomes what the tables hold."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier

from integration.report import Report
from integration.sinks import Graph
from integration.sinks.postgresql_layout import enter, lock, make_indexes, make_views, table_of
from integration.step import Step

_BLOCK = 1000
"""Lines sent at once."""
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""U+0000 in JSON; not a backslash that stands before ``u0000``."""
_ESCAPES = str.maketrans({"\0": "\ufffd", "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
"""How a key is written in COPY's text format. JSON escapes control characters by itself."""


@dataclass(frozen=True)
class _Kind:
    """Entities or relationships: their table, the columns that tell those of one graph apart, and the other columns."""

    table: str
    keys: tuple[str, ...]
    others: tuple[str, ...]


_KINDS = (
    _Kind("entities", ("_key",), ("_type", "_class", "properties")),
    _Kind("relationships", ("_fromEntityKey", "_toEntityKey", "_type"), ("_class", "properties")),
)
_COPY = SQL("COPY {table} ({columns}) FROM STDIN (NULL '')")
_STAGE = SQL("CREATE TEMPORARY TABLE {staged} ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA")
_GONE = SQL(
    "FROM {table} AS there WHERE _scope = %s AND _type = ANY(%s)"
    " AND NOT EXISTS (SELECT FROM {staged} AS staged WHERE {same} AND staged._type = there._type)"
)
_DELETE_TOLD = SQL(
    "DELETE FROM {table} AS there USING {staged} AS staged"
    " WHERE _scope = %s AND {same} AND staged._type = there._type AND staged.properties IS NULL"
)
_UPSERT = SQL(
    "INSERT INTO {table} (_scope, {columns}) SELECT %s, {staged_columns} FROM {staged} AS staged"
    " LEFT JOIN {table} AS there ON _scope = %s AND {same}"
    " WHERE staged.properties IS NOT NULL AND ({there_others}) IS DISTINCT FROM ({staged_others})"
    " ON CONFLICT ({keys}, _scope) DO UPDATE SET ({others}) = ROW ({new_others})"
)
"""Looks at the rows first: ON CONFLICT alone would write to those that are right already."""


class _Held(NamedTuple):
    """What the tables hold of a type, as in ``revisions``."""

    class_name: str
    lineage: str
    revision: int
    behind: bool


@dataclass
class _Part:
    """What a push does about one type.

    Attributes:
        step: the type.
        keeps: whether records that are gone stay, as the type is not complete.
        since: the revision that the tables hold; 0 where all records are sent and compared.
        behind: whether records that are gone are still there.
    """

    step: Step
    keeps: bool
    since: int
    behind: bool


class Push:
    """One push.

    A NUL character (U+0000), which PostgreSQL holds neither in text nor in jsonb, becomes U+FFFD, the character that
    stands for one that cannot be represented.

    Args:
        connection: in no transaction; the caller commits.
        schema: where the tables are.
        graph: holds the records.
        steps: the types that are pushed.
        report: their verdicts.
    """

    def __init__(
        self, connection: Connection, schema: str, graph: Graph, steps: Sequence[Step], report: Report
    ) -> None:
        self._connection, self._schema, self._graph = connection, schema, graph
        self._steps, self._report, self._scope = steps, report, graph.scope

    def run(self) -> None:
        """Bring the tables up to date.

        Raises:
            OutputError: they are not ours.
            psycopg.Error: the server refused, or went away.
        """
        lock(self._connection, self._schema, self._scope)
        new = enter(self._connection, self._schema)
        held = self._held()
        parts = [self._part(step, held.get(step.name)) for step in self._steps]
        bring = self._load if new or self._holds_nothing() else self._merge
        for kind in _KINDS:
            bring(kind, [part for part in parts if table_of(part.step) == kind.table])
        if new:
            make_indexes(self._connection)
        self._note_revisions(held, parts)
        self._note_verdicts()
        make_views(self._connection, self._steps)

    def _held(self) -> dict[str, _Held]:
        statement = "SELECT _type, _class, lineage, revision, behind FROM revisions WHERE _scope = %s"
        return {name: _Held(*held) for name, *held in self._connection.execute(statement, [self._scope])}

    def _part(self, step: Step, held: _Held | None) -> _Part:
        """Find out whether a push of the type can do with what changed.

        Where it is behind, that would leave records that came and went since.
        """
        keeps = step.name in self._report.incomplete
        known = held and (held.class_name, held.lineage) == (step.class_name, self._graph.lineage)
        if held and known and self._graph.remembers(held.revision) and (keeps or not held.behind):
            return _Part(step, keeps, held.revision, held.behind)
        return _Part(step, keeps, 0, False)

    def _holds_nothing(self) -> bool:
        found = self._connection.execute(
            "SELECT FROM entities WHERE _scope = %(scope)s UNION ALL SELECT FROM relationships"
            " WHERE _scope = %(scope)s LIMIT 1",
            {"scope": self._scope},
        )
        return found.fetchone() is None

    def _load(self, kind: _Kind, parts: list[_Part]) -> None:
        """Send all records into a table that has none of this graph."""
        for part in parts:
            part.since, part.behind = 0, False
        lines = (line for part in parts for line in self._lines(part, self._scope))
        self._copy(kind.table, ("_scope", *kind.keys, *kind.others), lines)

    def _merge(self, kind: _Kind, parts: list[_Part]) -> None:
        """Send what changed, or all there is where that is not known, beside the table, and then into it."""
        compared = [part for part in parts if not part.since]
        lines = (line for part in parts for line in self._lines(part))
        first = next(lines, None)
        if first is None and not compared:
            return
        sql = _statements(kind)
        self._connection.execute(sql["stage"])
        self._copy(f"staged_{kind.table}", kind.keys + kind.others, chain([first] if first else [], lines))
        if compared:
            staying = [part.step.name for part in compared if part.keeps]
            gone = self._connection.execute(SQL("SELECT DISTINCT _type ") + sql["gone"], [self._scope, staying])
            late = {name for (name,) in gone}
            for part in compared:
                part.behind = part.step.name in late
            going = [part.step.name for part in compared if not part.keeps]
            self._connection.execute(SQL("DELETE ") + sql["gone"], [self._scope, going])
        self._connection.execute(sql["delete told"], [self._scope])
        self._connection.execute(sql["upsert"], [self._scope, self._scope])

    def _lines(self, part: _Part, *first: str) -> Iterator[str]:
        """Yield what is sent of a type, as lines of COPY's text format: keys, type, class, and properties.

        Properties are empty, which COPY takes for null, where the record is gone. Other columns can come before.
        """
        step = part.step
        class_name = step.class_name if step.is_relationship else f"{{{step.class_name}}}"
        before, after = "".join(f"{each}\t" for each in first), f"\t{step.name}\t{class_name}\t"
        for change in self._graph.changes(step, part.since):
            keys, now = "\t".join(change.ends), change.now or ""
            if not now and part.keeps:
                part.behind = True
                continue
            if not "".join(change.ends).isprintable() or "\\" in keys:
                keys = "\t".join(key.translate(_ESCAPES) for key in change.ends)
            if "\\" in now:
                now = _NUL.sub(r"\1\\ufffd", now).replace("\\", "\\\\")
            yield f"{before}{keys}{after}{now}\n"

    def _copy(self, table: str, columns: Sequence[str], lines: Iterator[str]) -> None:
        statement = _COPY.format(table=Identifier(table), columns=_names(columns))
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            while block := "".join(islice(lines, _BLOCK)):
                copy.write(block)

    def _note_revisions(self, held: Mapping[str, _Held], parts: Sequence[_Part]) -> None:
        lineage, revision = self._graph.lineage, self._graph.revision
        now = {part.step.name: _Held(part.step.class_name, lineage, revision, part.behind) for part in parts}
        self._insert_many(
            "INSERT INTO revisions VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (_scope, _type) DO UPDATE SET"
            " (_class, lineage, revision, behind) ="
            " ROW (excluded._class, excluded.lineage, excluded.revision, excluded.behind)",
            [(name, *noted) for name, noted in now.items() if held.get(name) != noted],
        )

    def _note_verdicts(self) -> None:
        verdicts = {
            (result.type, result.verdict, result.reason.replace("\0", "\ufffd"), result.count, result.seconds)
            for result in self._report.results
        }
        statement = "SELECT _type, verdict, reason, count, seconds FROM verdicts WHERE _scope = %s"
        if set(self._connection.execute(statement, [self._scope])) != verdicts:
            self._connection.execute("DELETE FROM verdicts WHERE _scope = %s", [self._scope])
            self._insert_many("INSERT INTO verdicts VALUES (%s, %s, %s, %s, %s, %s)", verdicts)

    def _insert_many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(statement, [(self._scope, *row) for row in rows])


def _statements(kind: _Kind) -> dict[str, Composed]:
    """Return the statements that bring staged records into the table of their kind."""
    names = {
        "table": Identifier(kind.table),
        "staged": Identifier(f"staged_{kind.table}"),
        "columns": _names(kind.keys + kind.others),
        "keys": _names(kind.keys),
        "others": _names(kind.others),
        "new_others": _names(kind.others, "excluded"),
        "staged_columns": _names(kind.keys + kind.others, "staged"),
        "staged_others": _names(kind.others, "staged"),
        "there_others": _names(kind.others, "there"),
        "same": SQL("({}) = ({})").format(_names(kind.keys, "staged"), _names(kind.keys, "there")),
    }
    statements = {"stage": _STAGE, "gone": _GONE, "delete told": _DELETE_TOLD, "upsert": _UPSERT}
    return {name: statement.format(**names) for name, statement in statements.items()}


def _names(columns: Sequence[str], table: str = "") -> Composed:
    return SQL(", ").join(Identifier(*filter(None, [table]), column) for column in columns)
