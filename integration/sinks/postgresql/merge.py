"""How records get into the tables of PostgreSQL: by COPY, right into a table, or beside it and from there."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier

from integration.sdk.changes import Change
from integration.sdk.step import Step

_BLOCK = 1000
"""Lines sent at once."""
_MANY = 10_000
"""Lines after which the server looks at a table anew, lest it plan for what was there before."""
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""U+0000 in JSON; not a backslash that stands before ``u0000``."""
_ESCAPES = str.maketrans({"\0": "\ufffd", "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

_COPY = SQL("COPY {table} ({columns}) FROM STDIN (NULL '')")
_STAGE = SQL("CREATE TEMPORARY TABLE {staged} ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA")
_GONE = SQL(
    "FROM {table} AS there WHERE _scope = %s AND _type = ANY(%s)"
    " AND NOT EXISTS (SELECT FROM {staged} AS staged WHERE {same} AND staged.properties IS NOT NULL)"
)
_TOLD = SQL(
    "WHERE _scope = %s AND {same} AND staged._type = there._type AND staged.properties IS NULL"
    " AND staged._type <> ALL(%s)"
)
_COUNT_TOLD = SQL("SELECT there._type, count(*) FROM {table} AS there, {staged} AS staged ")
_DELETE_TOLD = SQL("DELETE FROM {table} AS there USING {staged} AS staged ")
_COUNT = SQL("SELECT count(*) FROM {table} WHERE _scope = %s AND _type = %s")
_UPSERT = SQL(
    "INSERT INTO {table} (_scope, {columns}) SELECT %s, {staged_columns} FROM {staged} AS staged"
    " LEFT JOIN {table} AS there ON _scope = %s AND {same}"
    " WHERE staged.properties IS NOT NULL AND ({there_others}) IS DISTINCT FROM ({staged_others})"
    " ON CONFLICT ({keys}, _scope) DO UPDATE SET ({others}) = ROW ({new_others})"
)
"""Looks at the rows first: ON CONFLICT alone would write to those that are right already."""
_HASH = "SET LOCAL enable_nestloop = {0}; SET LOCAL enable_mergejoin = {0}"
"""How all records are compared: what the server does not know yet may let it choose a way that takes their square."""


@dataclass(frozen=True)
class RecordTable:
    """Entities or relationships.

    Attributes:
        table: where they are.
        keys: columns that tell those of one graph apart.
        others: its other columns.
    """

    table: str
    keys: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All that is sent but the scope, in the order of ``copy_lines``."""
        return self.keys + self.others

    @property
    def staged(self) -> str:
        """The table that stands beside it while records are merged."""
        return f"staged_{self.table}"

    def sql(self, statement: SQL) -> Composed:
        """Return a statement with the names of the tables and columns in it."""
        return statement.format(
            table=Identifier(self.table),
            staged=Identifier(self.staged),
            columns=_names(self.columns),
            keys=_names(self.keys),
            others=_names(self.others),
            new_others=_names(self.others, "excluded"),
            staged_columns=_names(self.columns, "staged"),
            staged_others=_names(self.others, "staged"),
            there_others=_names(self.others, "there"),
            same=SQL("({}) = ({})").format(_names(self.keys, "staged"), _names(self.keys, "there")),
        )


KINDS = (
    RecordTable("entities", ("_key",), ("_type", "_class", "properties")),
    RecordTable("relationships", ("_fromEntityKey", "_toEntityKey", "_type"), ("_class", "properties")),
)


def copy_lines(step: Step, changes: Iterable[Change], *before: str) -> Iterator[str]:
    """Yield changes of a type as lines of COPY's text format.

    A NUL character (U+0000), which PostgreSQL holds neither in text nor in jsonb, becomes U+FFFD, the character that
    stands for one that cannot be represented.

    Args:
        step: the type.
        changes: what became of its records; the properties of one that was deleted are null.
        before: columns before those of ``RecordTable.columns``, the same in each line.
    """
    class_name = step.class_name if step.is_relationship else f"{{{','.join(step.classes)}}}"
    first, then = "".join(f"{each}\t" for each in before), f"\t{step.name}\t{class_name}\t"
    for change in changes:
        keys, now = "\t".join(change.ends), change.now or ""
        if not "".join(change.ends).isprintable() or "\\" in keys:
            keys = "\t".join(key.translate(_ESCAPES) for key in change.ends)
        if "\\" in now:
            now = _NUL.sub(r"\1\\ufffd", now).replace("\\", "\\\\")
        yield f"{first}{keys}{then}{now}\n"


def insert_all(connection: Connection, kind: RecordTable, lines: Iterator[str]) -> None:
    """Send records into a table that has none of their scope; each line has the scope before the other columns."""
    count = _copy(connection, kind.table, ("_scope", *kind.columns), lines)
    _look_anew(connection, kind, count)


def merge(
    connection: Connection,
    kind: RecordTable,
    scope: str,
    lines: Iterator[str],
    *,
    compared: Collection[str],
    may_delete: Callable[[str, int, int], bool],
) -> set[str]:
    """Send records beside a table, and bring them into it.

    Args:
        connection: in a transaction.
        kind: the table.
        scope: the graph.
        lines: what changed; of the types that are ``compared`` all there is.
        compared: types whose other records are deleted.
        may_delete: asked before records of a type are deleted: its name, how many there are, and how many would go.

    Returns:
        Those of the types that keep records which the graph has no more.
    """
    first = next(lines, None)
    if first is None and not compared:
        return set()
    connection.execute(kind.sql(_STAGE))
    count = _copy(connection, kind.staged, kind.columns, chain([first] if first else [], lines))
    connection.execute(SQL("ANALYZE {}").format(Identifier(kind.staged)))
    hash_joins = bool(compared)
    if hash_joins:
        connection.execute(_HASH.format("off").encode())
    gone = _counts(connection, SQL("SELECT there._type, count(*) ") + kind.sql(_GONE), scope, [*compared])
    told = _counts(connection, kind.sql(_COUNT_TOLD) + kind.sql(_TOLD), scope, [])
    late = set()
    for name, going in {**gone, **told}.items():
        (there,) = connection.execute(kind.sql(_COUNT), [scope, name]).fetchone() or (0,)
        if not may_delete(name, there, going):
            late.add(name)
    connection.execute(SQL("DELETE ") + kind.sql(_GONE), [scope, [*(gone.keys() - late)]])
    connection.execute(kind.sql(_DELETE_TOLD) + kind.sql(_TOLD), [scope, [*late]])
    connection.execute(kind.sql(_UPSERT), [scope, scope])
    if hash_joins:
        connection.execute(_HASH.format("on").encode())
    _look_anew(connection, kind, count)
    return late


def rehearse_merge(connection: Connection, kind: RecordTable) -> None:
    """Have the server plan the statements of ``merge``, which it then would refuse, if it does; nothing is written."""
    connection.execute(kind.sql(_STAGE))
    connection.execute(SQL("EXPLAIN DELETE ") + kind.sql(_GONE), ["", []])
    connection.execute(SQL("EXPLAIN ") + kind.sql(_UPSERT), ["", ""])


def _counts(connection: Connection, statement: Composed, scope: str, types: list[str]) -> dict[str, int]:
    """Return how many records of each type a statement finds."""
    return dict(connection.execute(statement + SQL(" GROUP BY there._type"), [scope, types]).fetchall())


def _copy(connection: Connection, table: str, columns: Sequence[str], lines: Iterator[str]) -> int:
    """Send lines into a table, and return how many."""
    statement = _COPY.format(table=Identifier(table), columns=_names(columns))
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            while block := "".join(islice(lines, _BLOCK)):
                copy.write(block)
        return cursor.rowcount


def _look_anew(connection: Connection, kind: RecordTable, count: int) -> None:
    if count >= _MANY:
        connection.execute(SQL("ANALYZE {}").format(Identifier(kind.table)))


def _names(columns: Sequence[str], table: str = "") -> Composed:
    return SQL(", ").join(Identifier(*filter(None, [table]), column) for column in columns)
