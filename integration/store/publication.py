"""A step's records on their way into the graph: all of them, or none."""

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from integration.disk.sqlite import insert
from integration.disk.transactions import Savepoint
from integration.errors import DanglingEnd, DuplicateKey
from integration.sdk.step import Step
from integration.store.dangling import count_loose, find_loose, refresh_loose
from integration.store.tables import number_of

Row = Sequence[Any]
"""An entity's key and properties; a relationship's source, target and, if it has any of its own, properties. Properties
are an object of JSON in UTF-8."""
EXAMPLES = 3
_RUN = 20_000
"""Relationships that are put into the graph in one sorted run, before all of them are known; later runs are longer."""


class KeyTaken(Exception):
    """A changed record has the key of one that did not change: only all records together tell what is right."""


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a step's records.

    Attributes:
        count: records that are in the graph now.
        duplicates: records left out because another one has their key.
        duplicate_examples: some of these keys.
        dangling: relationships that start from or lead to an entity that was not collected.
        dangling_examples: keys of some of these entities.
    """

    count: int
    duplicates: int = 0
    duplicate_examples: tuple[str, ...] = ()
    dangling: int = 0
    dangling_examples: tuple[str, ...] = ()


class Stage:
    """A table of a step's records, apart from the graph until they are published.

    Args:
        database: the graph.
        lock: guards it.
        step: the declaration.
        revision: of the graph that is being made.
    """

    def __init__(self, database: sqlite3.Connection, lock: threading.RLock, step: Step, revision: int) -> None:
        self._database, self._lock, self._step, self._revision = database, lock, step, revision
        self._table = "edges" if step.is_relationship else "nodes"
        self._columns = ["source", "target"] if step.is_relationship else ["key"]
        self._keys = ", ".join(self._columns)
        self._new, self._old = f'temp."{step.name} new"', f'temp."{step.name} old"'
        self._added = self._ahead = 0
        with lock:
            self._type = number_of(database, step)
            known = self._count("SELECT loaded OR memory IS NOT NULL FROM types WHERE number = ?", self._type)
            self._is_first = not (known or self._there())
            for name in (self._new, self._old):
                database.execute(f"CREATE TABLE {name}({self._keys}, properties)")

    def add(self, rows: Sequence[Row]) -> None:
        """Add records.

        The first relationships of a type go into the graph while more of them come, which leaves less to do at the end
        of a run, when nothing else can be done meanwhile.
        """
        self._insert(self._new, rows)
        self._added += len(rows)
        if self._is_first and self._step.is_relationship and self._added - self._ahead >= max(_RUN, self._ahead):
            with self._lock:
                self._load()

    def add_old(self, rows: Sequence[Row]) -> None:
        """Add records that were made of what has changed since: those among them that are not made again go."""
        self._insert(self._old, rows)

    def discard(self) -> None:
        """Drop the records, with those that are in the graph but were not published."""
        with self._lock:
            if self._ahead:
                self._database.execute(f"DELETE FROM {self._table} WHERE type = ?", (self._type,))
            self._database.execute(f"DROP TABLE {self._new}")
            self._database.execute(f"DROP TABLE {self._old}")

    def publish(self, *, complete: bool, strict: bool) -> Published:
        """Move the records into the graph.

        Args:
            complete: they are all there is of the type, so what the graph has beyond them goes; otherwise it stays.
            strict: publish nothing where a key is there twice or an end is missing.

        Raises:
            DuplicateKey: in strict mode, two records have the same key.
            DanglingEnd: in strict mode, a relationship's end was not collected.
        """
        with self._lock, Savepoint(self._database):
            if self._is_first:
                self._load()
                count = self._there()
                if count:
                    self._touch(keys=True, loaded=True)
            else:
                count = self._compare(complete=complete)
            if not complete:
                there = f"({self._keys}) IN (SELECT {self._keys} FROM {self._new})"
                count = self._count(f"SELECT count(*) FROM {self._table} WHERE type = ? AND {there}", self._type)
            if self._step.is_relationship:
                find_loose(self._database, self._type)
            published = self._published(count, self._added - count, strict=strict)
            self._ahead = 0
            return published

    def publish_changes(self, before: int, *, strict: bool) -> Published:
        """Change the graph's records of the type by those that were added: the new ones come, old ones go.

        Args:
            before: how many records of the type the graph has.
            strict: as for ``publish``.

        Raises:
            KeyTaken: the key of a new record is that of one that did not change.
            DuplicateKey: in strict mode, as ``publish``.
            DanglingEnd: in strict mode, as ``publish``.
        """
        with self._lock, Savepoint(self._database):
            self._tell_sizes()
            staged, distinct = self._database.execute(
                f"SELECT sum(n), count(*) FROM (SELECT count(*) AS n FROM {self._new} GROUP BY {self._keys})"
            ).fetchone()
            taken = (
                f"SELECT count(*) FROM {self._new} AS new CROSS JOIN {self._table} AS there ON {self._same_key('new')}"
                f" AND there.type = ? WHERE ({self._qualified('new')}) NOT IN (SELECT {self._keys} FROM {self._old})"
            )
            if (staged or 0) != distinct or self._count(taken, self._type):
                raise KeyTaken(self._step.name)
            deleted = self._delete(
                f"(SELECT {self._keys} FROM {self._old} EXCEPT SELECT {self._keys} FROM {self._new}) AS gone"
                f" CROSS JOIN {self._table} AS there ON {self._same_key('gone')} AND there.type = ?2"
            )
            created = self._merge()
            if self._step.is_relationship:
                refresh_loose(self._database, self._type, self._revision)
            return self._published(before + created - deleted, 0, strict=strict)

    def _tell_sizes(self) -> None:
        """Have SQLite know that few records were added: it would go through all that the graph has to find these."""
        for table in (self._new, self._old):
            self._database.execute(f"ANALYZE {table}")

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        columns = [*self._columns, "properties"]
        with self._lock:
            for given in set(map(len, rows)):
                into = f"INSERT INTO {table}({', '.join(columns[:given])})"
                insert(self._database, into, [row for row in rows if len(row) == given], text=len(self._columns))

    def _lacks_any(self) -> bool:
        """Tell whether the graph has a record of the type that was not added as it is there.

        SQLite takes both in order then, and goes through them side by side.
        """
        record = f"{self._keys}, properties"
        return self._exists(
            f"SELECT {record} FROM {self._table} WHERE type = ? EXCEPT SELECT {record} FROM {self._new}"
            f" ORDER BY {record} LIMIT 1",
            self._type,
        )

    def _load(self) -> None:
        """Put the records that were added since the last time into the graph, which had none of the type, in order."""
        least = "UPDATE SET properties = min(properties, excluded.properties)"
        again = least if self._step.is_relationship else "NOTHING"
        self._database.execute("PRAGMA threads = 1")
        self._database.execute(
            f"INSERT INTO {self._table}(type, {self._keys}, properties) SELECT ?, {self._keys}, properties"
            f" FROM {self._new} WHERE rowid > ? ORDER BY {self._keys}, properties ON CONFLICT DO {again}",
            (self._type, self._ahead),
        )
        self._database.execute("PRAGMA threads = 0")
        self._ahead = self._added

    def _compare(self, *, complete: bool) -> int:
        """Bring the graph's records of the type in line with those that were added, and return how many there are."""
        count = self._there()
        if self._added != count or self._lacks_any():
            if complete:
                self._delete(
                    f"{self._table} AS there WHERE type = ?2"
                    f" AND ({self._keys}) NOT IN (SELECT {self._keys} FROM {self._new})"
                )
            self._merge()
            count = self._there()
        return count

    def _there(self) -> int:
        return self._count(f"SELECT count(*) FROM {self._table} WHERE type = ?", self._type)

    def _delete(self, which: str) -> int:
        """Delete records of the type, note what they were, and return how many there were."""
        noted = self._database.execute(
            f"INSERT INTO changes SELECT there.type, ?1, {self._noted('there')}, 'deleted', there.properties"
            f" FROM {which}",
            (self._revision, self._type),
        ).rowcount
        if noted:
            gone = "SELECT key, target" if self._step.is_relationship else "SELECT key"
            self._database.execute(
                f"DELETE FROM {self._table} WHERE type = ?1 AND ({self._keys}) IN"
                f" ({gone} FROM changes WHERE type = ?1 AND revision = ?2 AND what = 'deleted')",
                (self._type, self._revision),
            )
            self._touch(keys=True)
        return noted

    def _merge(self) -> int:
        """Bring the added records into the graph, note which are new there, and what the others were.

        Returns:
            How many are new.
        """
        new = f"(SELECT {self._keys}, min(properties) AS properties FROM {self._new} GROUP BY {self._keys}) AS new"
        elsewhere = "" if self._step.is_relationship else " AND NOT EXISTS (SELECT 1 FROM nodes WHERE key = new.key)"
        created = self._database.execute(
            f"INSERT INTO changes SELECT ?1, ?2, {self._noted('new')}, 'created', NULL FROM {new}"
            f" LEFT JOIN {self._table} AS there ON {self._same_key('new')} AND there.type = ?1"
            f" WHERE there.type IS NULL{elsewhere}",
            (self._type, self._revision),
        ).rowcount
        updated = self._database.execute(
            f"INSERT INTO changes SELECT ?1, ?2, {self._noted('new')}, 'updated', there.properties FROM {new}"
            f" CROSS JOIN {self._table} AS there ON {self._same_key('new')} AND there.type = ?1"
            " WHERE there.properties IS NOT new.properties",
            (self._type, self._revision),
        ).rowcount
        if created or updated:
            conflict = "type, source, target" if self._step.is_relationship else "key"
            self._database.execute(
                f"INSERT INTO {self._table}(type, {self._keys}, properties)"
                f" SELECT ?, {self._qualified('new')}, properties FROM {new} WHERE true"
                f" ON CONFLICT({conflict}) DO UPDATE SET properties = excluded.properties"
                " WHERE type = excluded.type AND properties IS NOT excluded.properties",
                (self._type,),
            )
            self._touch(keys=bool(created))
        return created

    def _touch(self, *, keys: bool, loaded: bool = False) -> None:
        also = (", keys = ?1" if keys else "") + (", loaded = ?1" if loaded else "")
        self._database.execute(f"UPDATE types SET content = ?1{also} WHERE number = ?2", (self._revision, self._type))

    def _published(self, count: int, duplicates: int, *, strict: bool) -> Published:
        examples = self._duplicates() if duplicates else ()
        loose = count_loose(self._database, self._type, EXAMPLES) if self._step.is_relationship else (0, ())
        published = Published(count, duplicates, examples, *loose)
        if strict and duplicates:
            raise DuplicateKey(f"{duplicates} records have a key that another one has, such as {examples[0]}")
        if strict and published.dangling:
            raise DanglingEnd(
                f"{published.dangling} relationships have an end that was not collected, such as "
                f"{published.dangling_examples[0]}"
            )
        return published

    def _duplicates(self) -> tuple[str, ...]:
        between = f" || '|{self._step.class_name.lower()}|' || "
        rows = self._database.execute(
            f"SELECT {between.join(self._columns)} FROM {self._new} GROUP BY {self._keys} HAVING count(*) > 1"
            + ("" if self._step.is_relationship else f" UNION SELECT key FROM {self._new} JOIN nodes USING(key)"
               f" WHERE type <> {self._type}") + f" LIMIT {EXAMPLES}"
        )  # fmt: skip
        return tuple(key for (key,) in rows)

    def _same_key(self, name: str) -> str:
        return " AND ".join(f"there.{column} = {name}.{column}" for column in self._columns)

    def _qualified(self, name: str) -> str:
        return ", ".join(f"{name}.{column}" for column in self._columns)

    def _noted(self, name: str) -> str:
        return self._qualified(name) + ("" if self._step.is_relationship else ", ''")

    def _exists(self, statement: str, *values: object) -> bool:
        return self._database.execute(statement, values).fetchone() is not None

    def _count(self, statement: str, *values: object) -> int:
        return int(self._database.execute(statement, values).fetchone()[0])
