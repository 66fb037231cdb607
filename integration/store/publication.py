"""A step's records on their way into the graph: all of them, or none."""

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from integration.disk.inserting import insert
from integration.disk.transactions import Savepoint
from integration.errors import DanglingEnd, DuplicateKey
from integration.sdk.step import Step
from integration.store.dangling import count_dangling, find_dangling, refresh_dangling
from integration.store.entities import ENTITIES
from integration.store.relationships import RELATIONSHIPS
from integration.store.staging import Staging
from integration.store.tables import number_of

RecordRow = Sequence[Any]
"""An entity's key and properties; a relationship's source, target and, if it has any of its own, properties. Properties
are an object of JSON in UTF-8."""
EXAMPLES = 3
_RUN = 20_000
"""Relationships that are put into the graph in one sorted run, before all of them are known; later runs are longer."""


class KeyTaken(Exception):
    """A changed record has the key of one that did not change, or of another type: all records tell what is right."""


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


class Publication:
    """A type's records on their way into the graph, apart from it until they are published.

    Args:
        database: the graph.
        lock: guards it.
        step: the declaration.
        revision: of the graph that is being made.
        staging: has tables for the records.
        yielding: types of entities that give way to this one, where they have its keys.
    """

    def __init__(
        self,
        database: sqlite3.Connection,
        lock: threading.RLock,
        step: Step,
        revision: int,
        staging: Staging,
        yielding: Sequence[str] = (),
    ) -> None:
        self._database, self._lock, self._step, self._revision = database, lock, step, revision
        self._yielding = yielding if step.resources and step.name not in yielding else ()
        self._staging, self._is_measured = staging, False
        self._added = self._ahead = 0
        with lock:
            self._stage = staging.take(RELATIONSHIPS if step.is_relationship else ENTITIES)
            self._sql = self._stage.sql
            self._type = number_of(database, step)
            known = self._count("SELECT loaded OR memory IS NOT NULL FROM types WHERE number = ?1")
            self._is_first = not (known or self._count(self._sql.count))

    @property
    def is_empty(self) -> bool:
        """Whether no record was added."""
        return not self._added

    def add(self, rows: Sequence[RecordRow]) -> None:
        """Add records.

        The first relationships of a type go into the graph while more of them come, which leaves less to do at the end
        of a run, when nothing else can be done meanwhile.
        """
        self._insert(self._stage.new, rows)
        self._added += len(rows)
        if self._is_first and self._step.is_relationship and self._added - self._ahead >= max(_RUN, self._ahead):
            with self._lock:
                self._load()

    def add_old(self, rows: Sequence[RecordRow]) -> None:
        """Add records that were made of what has changed since: those among them that are not made again go."""
        self._insert(self._stage.old, rows)

    def discard(self) -> None:
        """Drop the records, with those that are in the graph but were not published."""
        with self._lock:
            if self._ahead:
                self._database.execute(self._sql.discard, (self._type,))
            self._staging.give_back(self._stage, is_measured=self._is_measured)

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
            self._make_room()
            if self._is_first:
                self._load()
                count = self._count(self._sql.count)
                if count:
                    self._touch(keys=True, loaded=True)
            else:
                count = self._compare(complete=complete)
            if not complete:
                count = self._count(self._sql.count_added)
            if self._step.ends:
                find_dangling(self._database, self._type, self._step.ends)
            published = self._published(count, self._added - count, strict=strict)
            self._ahead = 0
            return published

    def publish_changes(self, before: int, *, strict: bool) -> Published:
        """Change the graph's records of the type by those that were added: the new ones come, old ones go.

        Args:
            before: how many records of the type the graph has.
            strict: as for ``publish``.

        Raises:
            KeyTaken: the key of a new record is that of one that did not change, or is of another type.
            DuplicateKey: in strict mode, as ``publish``.
            DanglingEnd: in strict mode, as ``publish``.
        """
        with self._lock, Savepoint(self._database):
            self._tell_sizes()
            self._make_room()
            added, distinct = self._database.execute(self._sql.sizes).fetchone()
            if (added or 0) != distinct or self._count(self._sql.taken):
                raise KeyTaken(self._step.name)
            deleted = self._delete(self._sql.note_gone)
            created = self._merge()
            if self._step.is_relationship:
                refresh_dangling(self._database, self._type, self._revision)
            return self._published(before + created - deleted, 0, strict=strict)

    def _make_room(self) -> None:
        """Take what has the keys of added records from types that give way, which are to be made anew."""
        note = (
            "INSERT INTO changes SELECT DISTINCT there.type, ?2, there.key, '', 'deleted', there.properties"
            f" FROM {self._stage.new} AS new CROSS JOIN nodes AS there ON there.key = new.key AND there.type = ?1"
        )
        for name in self._yielding:
            (number,) = self._database.execute("SELECT max(number) FROM types WHERE name = ?", (name,)).fetchone()
            if number and self._database.execute(note, (number, self._revision)).rowcount:
                self._database.execute(self._sql.delete, (number, self._revision))
                told = "UPDATE types SET content = ?1, keys = ?1, memory = NULL WHERE number = ?2"
                self._database.execute(told, (self._revision, number))

    def _tell_sizes(self) -> None:
        """Have SQLite know that few records were added: it would go through all that the graph has to find these."""
        self._is_measured = True
        for table in (self._stage.new, self._stage.old):
            self._database.execute(f"ANALYZE {table}")

    def _insert(self, table: str, rows: Sequence[RecordRow]) -> None:
        columns = self._sql.columns
        with self._lock:
            for given in set(map(len, rows)):
                into = f"INSERT INTO {table}({', '.join(columns[:given])})"
                insert(self._database, into, [row for row in rows if len(row) == given], text=len(columns) - 1)

    def _load(self) -> None:
        """Put the records that were added since the last time into the graph, which had none of the type, in order."""
        helps = self._added - self._ahead >= _RUN  # a second thread sorts many faster
        if helps:
            self._database.execute("PRAGMA threads = 1")
        self._database.execute(self._sql.load, (self._type, self._ahead))
        if helps:
            self._database.execute("PRAGMA threads = 0")
        self._ahead = self._added

    def _compare(self, *, complete: bool) -> int:
        """Bring the graph's records of the type in line with those that were added, and return how many there are."""
        count = self._count(self._sql.count)
        if self._added != count or self._database.execute(self._sql.lacking, (self._type,)).fetchone():
            if complete:
                self._delete(self._sql.note_absent)
            self._merge()
            count = self._count(self._sql.count)
        return count

    def _delete(self, note: str) -> int:
        """Note which records of the type are deleted, delete them, and return how many there were."""
        noted = self._database.execute(note, (self._type, self._revision)).rowcount
        if noted:
            self._database.execute(self._sql.delete, (self._type, self._revision))
            self._touch(keys=True)
        return noted

    def _merge(self) -> int:
        """Bring the added records into the graph, note which are new there, and what the others were.

        Returns:
            How many are new.
        """
        created = self._database.execute(self._sql.note_created, (self._type, self._revision)).rowcount
        updated = self._database.execute(self._sql.note_updated, (self._type, self._revision)).rowcount
        if created or updated:
            self._database.execute(self._sql.merge, (self._type,))
            self._touch(keys=bool(created))
        return created

    def _touch(self, *, keys: bool, loaded: bool = False) -> None:
        also = (", keys = ?1" if keys else "") + (", loaded = ?1" if loaded else "")
        self._database.execute(f"UPDATE types SET content = ?1{also} WHERE number = ?2", (self._revision, self._type))

    def _published(self, count: int, duplicates: int, *, strict: bool) -> Published:
        examples = self._duplicates() if duplicates else ()
        dangling = count_dangling(self._database, self._type, EXAMPLES) if self._step.is_relationship else (0, ())
        published = Published(count, duplicates, examples, *dangling)
        if strict and duplicates:
            raise DuplicateKey(f"{duplicates} records have a key that another one has, such as {examples[0]}")
        if strict and published.dangling:
            raise DanglingEnd(
                f"{published.dangling} relationships have an end that was not collected, such as "
                f"{published.dangling_examples[0]}"
            )
        return published

    def _duplicates(self) -> tuple[str, ...]:
        return tuple(key for (key,) in self._database.execute(self._sql.duplicates, (self._type, EXAMPLES)))

    def _count(self, statement: str) -> int:
        return int(self._database.execute(statement, (self._type,)).fetchone()[0])
