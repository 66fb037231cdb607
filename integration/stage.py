"""A step's records on their way into the graph: all of them, or none."""

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from integration.errors import DanglingEnd, DuplicateKey
from integration.step import Step

SYSTEM = {
    "entities": ("_key", "_type", "_class"),
    "relationships": ("_key", "_type", "_class", "_fromEntityKey", "_toEntityKey"),
}
"""The columns that each table has beside ``properties``."""

Row = tuple[str, ...]
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a step's records.

    Attributes:
        count: records that are in the graph now.
        duplicates: records left out because another one has their key.
        duplicate_examples: some of these keys.
        dangling: relationships that start from or lead to an entity that was not collected.
        dangling_examples: keys of some of these entities.
        changed: the graph's records of the type are not what they were.
        rekeyed: records came or went.
    """

    count: int
    duplicates: int = 0
    duplicate_examples: tuple[str, ...] = ()
    dangling: int = 0
    dangling_examples: tuple[str, ...] = ()
    changed: bool = False
    rekeyed: bool = False


class Stage:
    """A table of a step's records, apart from the graph until they are published.

    A row is the key, for relationships the keys of both ends, and the properties as JSON.
    """

    def __init__(self, database: sqlite3.Connection, lock: threading.RLock, step: Step) -> None:
        self._database, self._lock, self._step = database, lock, step
        self._table = table_of(step)
        self._columns = [name for name in SYSTEM[self._table] if name not in ("_type", "_class")] + ["properties"]
        self._name = f'temp."{step.name} staged"'
        with lock:
            database.execute(f"CREATE TABLE {self._name}({', '.join(self._columns)})")
        self._insert = f"INSERT INTO {self._name} VALUES({', '.join('?' * len(self._columns))})"

    def add(self, rows: Sequence[Row]) -> None:
        """Add rows."""
        with self._lock:
            self._database.executemany(self._insert, rows)

    def discard(self) -> None:
        """Drop the rows."""
        with self._lock:
            self._database.execute(f"DROP TABLE {self._name}")

    def publish(self, *, complete: bool, strict: bool) -> Published:
        """Move the rows into the graph.

        Args:
            complete: the rows are all there is of the type, so what the graph has beyond them goes; otherwise it stays.
            strict: publish nothing where a key is there twice or an end is missing.

        Raises:
            DuplicateKey: in strict mode, two records have the same key.
            DanglingEnd: in strict mode, a relationship's end was not collected.
        """
        with self._lock:
            self._database.execute("SAVEPOINT publish")
            try:
                published = self._publish(complete)
                if strict:
                    self._refuse(published)
            except BaseException:
                self._database.execute("ROLLBACK TO publish")
                raise
            finally:
                self._database.execute("RELEASE publish")
            return published

    def _publish(self, complete: bool) -> Published:
        staged = self._count(f"SELECT count(*) FROM {self._name}")
        in_graph = f"SELECT count(*) FROM {self._table} WHERE _type = ?"
        before = self._count(in_graph, self._step.name)
        deleted = self._delete_unseen() if complete and before else 0
        merged = self._merge()
        after = self._count(in_graph, self._step.name)
        rekeyed = bool(deleted) or after != before
        count = after
        if not complete:
            count = self._count(f"{in_graph} AND _key IN (SELECT _key FROM {self._name})", self._step.name)
        duplicates = self._duplicates() if staged > count else ()
        missing = dangling(self._database, self._step, self._name)
        return Published(count, staged - count, duplicates, *missing, bool(deleted or merged), rekeyed)

    def _delete_unseen(self) -> int:
        return self._database.execute(
            f"DELETE FROM {self._table} WHERE _type = ? AND _key NOT IN (SELECT _key FROM {self._name})",
            (self._step.name,),
        ).rowcount

    def _merge(self) -> int:
        class_name = self._step.class_name if self._step.is_relationship else [self._step.class_name]
        values = ", ".join({"_type": ":type", "_class": ":class"}.get(name, name) for name in SYSTEM[self._table])
        return self._database.execute(
            f"INSERT INTO {self._table} SELECT {values}, properties FROM {self._name} WHERE true ORDER BY _key, rowid"
            " ON CONFLICT(_key) DO UPDATE SET properties = excluded.properties, _class = excluded._class"
            " WHERE _type = excluded._type"
            " AND (properties, _class) IS NOT (excluded.properties, excluded._class)",
            {"type": self._step.name, "class": orjson.dumps(class_name).decode()},
        ).rowcount

    def _duplicates(self) -> tuple[str, ...]:
        rows = self._database.execute(
            f"SELECT _key FROM {self._name} GROUP BY _key HAVING count(*) > 1"
            f" UNION SELECT _key FROM {self._name} JOIN {self._table} USING(_key) WHERE _type <> ? LIMIT {_EXAMPLES}",
            (self._step.name,),
        )
        return tuple(key for (key,) in rows)

    def _count(self, statement: str, *values: str) -> int:
        return int(self._database.execute(statement, values).fetchone()[0])

    def _refuse(self, published: Published) -> None:
        if published.duplicates:
            example = published.duplicate_examples[0]
            raise DuplicateKey(f"{published.duplicates} records have a key that another one has, such as {example}")
        if published.dangling:
            raise DanglingEnd(
                f"{published.dangling} relationships have an end that was not collected, such as "
                f"{published.dangling_examples[0]}"
            )


def table_of(step: Step) -> str:
    """Return the name of the table that holds the step's records."""
    return "relationships" if step.is_relationship else "entities"


def dangling(database: sqlite3.Connection, step: Step, table: str) -> tuple[int, tuple[str, ...]]:
    """Count the step's relationships in a table with an end that was not collected.

    Returns:
        How many, and keys of some of the missing ends.
    """
    if not step.is_relationship:
        return 0, ()
    own = f"_type = '{step.name}' AND" if table == "relationships" else ""
    missing = "NOT EXISTS (SELECT 1 FROM entities WHERE _key = {0})"
    source, target = missing.format("_fromEntityKey"), missing.format("_toEntityKey")
    (count,) = database.execute(f"SELECT count(*) FROM {table} WHERE {own} ({source} OR {target})").fetchone()
    if not count:
        return 0, ()
    keys = database.execute(
        f"SELECT _fromEntityKey FROM {table} WHERE {own} {source}"
        f" UNION SELECT _toEntityKey FROM {table} WHERE {own} {target} LIMIT {_EXAMPLES}"
    )
    return count, tuple(key for (key,) in keys)
