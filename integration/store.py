"""The graph: entities, relationships and verdicts in one SQLite file, changed by one transaction a run."""

import hashlib
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from integration.changes import Change, changes_since
from integration.database import connect
from integration.errors import OutputError
from integration.loose import count_loose, find_loose, refresh_loose
from integration.schema import Schema
from integration.stage import EXAMPLES, Stage
from integration.step import Step
from integration.tables import CONTENT, FORMAT, SCHEMA, SYSTEM, ease_reading, number_of, view_of

_ROWS = 1000
_REMEMBERED = 50


class Store:
    """The graph of one tenant.

    Everything that a run writes is one transaction, committed by ``commit``: readers of the file see the previous
    run's graph until then, and a run that ends early leaves it as it was. Each run that is committed makes another
    revision of the graph, numbered from 1 on; the file knows what each of the last 50 revisions changed.

    Args:
        path: the file; made where it is missing.

    Attributes:
        revision: number of the graph that is being made, or else of the one that is there; 0 where there is none.

    Raises:
        OutputError: the file cannot be used as a graph.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        try:
            self._database = connect(path)
            self._discard_older()
            self._database.executescript(SCHEMA)
            self.revision = int(self._about().get("revision", 0))
            self._before: dict[str, tuple[int, int]] = {}
        except sqlite3.DatabaseError as error:
            raise OutputError(f"{path}: not usable as a graph: {error}; remove it or choose another --out") from None

    @property
    def tenant(self) -> str:
        """What names the tenant and where it was read from; empty where there is no graph."""
        return self._about().get("tenant", "")

    def begin(self, tenant: str) -> None:
        """Start a run; the graph of another tenant makes room.

        Args:
            tenant: names the tenant and where it is read from.
        """
        self._database.execute("BEGIN IMMEDIATE")
        about = self._about()
        if about.get("tenant") != tenant:
            for table in CONTENT:
                self._database.execute(f"DELETE FROM {table}")
            about = {"lineage": uuid.uuid4().hex}
        self.revision = int(about.get("revision", 0)) + 1
        self._before = {
            name: (content, keys) for name, content, keys in self._rows("SELECT name, content, keys FROM types")
        }
        remembers = max(0, self.revision - _REMEMBERED)
        self._database.execute("DELETE FROM changes WHERE revision <= ?", (remembers,))
        noted = {**about, "tenant": tenant, "format": FORMAT, "revision": self.revision, "remembers": remembers}
        self._database.executemany(
            "INSERT OR REPLACE INTO about VALUES(?, ?)", [(name, str(value)) for name, value in noted.items()]
        )

    def commit(self) -> None:
        """Make the run's graph the current one; who is reading the previous one goes on with it undisturbed."""
        with self._lock:
            ease_reading(self._database, self.revision)
            self._database.execute("COMMIT")
            self._database.execute("PRAGMA busy_timeout = 0")
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file; what was not committed is undone."""
        with self._lock:
            self._database.close()

    def stage(self, step: Step) -> Stage:
        """Return a place for the step's records, apart from the graph until they are published."""
        return Stage(self._database, self._lock, step, self.revision)

    @property
    def scope(self) -> str:
        """What a destination that holds several graphs tells this one by: 16 characters made of ``tenant``."""
        return hashlib.blake2b(self.tenant.encode(), digest_size=8).hexdigest()

    @property
    def lineage(self) -> str:
        """Another string whenever revisions are counted anew: those of another lineage mean nothing here."""
        return self._about().get("lineage", "")

    def changes(self, step: Step, since: int) -> Iterator[Change]:
        """Yield what became of the type's records since a revision, sorted by key, each once.

        Raises:
            LookupError: the graph does not remember that revision; compare all records instead.
        """
        if not self.remembers(since):
            raise LookupError(f"the graph remembers revisions from {self._about()['remembers']} on, not {since}")
        return changes_since(self._database, step, since)

    def remembers(self, revision: int) -> bool:
        """Tell whether ``changes`` knows what changed since a revision; since 0, when there was nothing, it does."""
        return revision == 0 or int(self._about().get("remembers", 0)) <= revision <= self.revision

    def delivered(self, destination: str, step: Step) -> int:
        """Return the revision of the type's records that a destination holds; 0 where it has none.

        Args:
            destination: names it, without secrets.
            step: the type.
        """
        row = self._row(
            "SELECT revision FROM deliveries JOIN types ON type = number WHERE destination = ? AND name = ?",
            destination,
            step.name,
        )
        return int(row[0]) if row else 0

    def deliver(self, destination: str, step: Step) -> None:
        """Note that a destination holds the type's records as they are now."""
        with self._lock:
            self._database.execute(
                "INSERT OR REPLACE INTO deliveries SELECT ?, number, ? FROM types WHERE name = ?",
                (destination, self.revision, step.name),
            )

    def show(self, step: Step, schema: Schema) -> None:
        """Make the view of the type: one column for each property of its schema."""
        view = view_of(step)
        own = [f"""json_extract(properties, '$."{name}"') AS "{name}" """ for name in schema.properties]
        columns = ", ".join([*SYSTEM[view], *own])
        create = f"""CREATE VIEW "{step.name}" AS SELECT {columns} FROM {view} WHERE _type = '{step.name}'"""
        with self._lock:
            there = self._database.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (step.name,)).fetchone()
            if there != (create,):
                self._database.execute(f'DROP VIEW IF EXISTS "{step.name}"')
                self._database.execute(create)

    def judge(self, verdicts: Iterable[tuple[str, str, str, int, float]]) -> None:
        """Keep the verdicts: type, verdict, reason, count, seconds."""
        with self._lock:
            self._database.execute("DELETE FROM verdicts")
            self._database.executemany("INSERT INTO verdicts VALUES(?, ?, ?, ?, ?)", verdicts)

    def remember(self, step: Step, memory: dict[str, Any] | None) -> None:
        """Keep what a later run must know of a type, or forget it."""
        text = None if memory is None else orjson.dumps(memory).decode()
        with self._lock:
            number = number_of(self._database, step)
            self._database.execute("UPDATE types SET memory = ? WHERE number = ?", (text, number))

    def recall(self, name: str) -> dict[str, Any] | None:
        """Return what is remembered of a type."""
        row = self._row("SELECT memory FROM types WHERE name = ?", name)
        return orjson.loads(row[0]) if row and row[0] else None

    def content(self, name: str) -> int:
        """Return the revision that last changed the type's records; 0 where it never had any."""
        return int((self._row("SELECT content FROM types WHERE name = ?", name) or (0,))[0])

    def keys(self, name: str) -> int:
        """Return the revision in which records of the type last came or went; 0 where it never had any."""
        return int((self._row("SELECT keys FROM types WHERE name = ?", name) or (0,))[0])

    def content_before(self, name: str) -> int:
        """Return what ``content`` was when the run began."""
        return self._before.get(name, (0, 0))[0]

    def refresh_loose(self, step: Step, ends: Mapping[str, int]) -> tuple[int, tuple[str, ...]]:
        """Count the type's relationships that lack an end, some ends of which came or went.

        Args:
            step: the type.
            ends: ``keys`` of the types that it needs, when they were counted last.

        Returns:
            How many, and keys of some of the missing ends.
        """
        with self._lock:
            number = number_of(self._database, step)
            if all(self._before.get(name, (0, 0))[1] == keys for name, keys in ends.items()):
                refresh_loose(self._database, number, self.revision)
            else:
                find_loose(self._database, number)
            return count_loose(self._database, number, EXAMPLES)

    def holds_any(self, keys: Sequence[str]) -> bool:
        """Tell whether one of the keys is an entity's."""
        return self._row(f"SELECT 1 FROM nodes WHERE key IN ({', '.join('?' * len(keys))}) LIMIT 1", *keys) is not None

    def count(self, step: Step) -> int:
        """Return how many records of the type the graph holds."""
        table = "edges" if step.is_relationship else "nodes"
        row = self._row(
            f"SELECT count(*) FROM {table} WHERE type = (SELECT number FROM types WHERE name = ?)", step.name
        )
        return int(row[0]) if row else 0

    def entities(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield key and properties (JSON) of the type's entities, sorted by key."""
        last = ""
        while True:
            rows = self._rows(
                "SELECT key, properties FROM nodes WHERE type = (SELECT number FROM types WHERE name = ?) AND key > ?"
                f" ORDER BY key LIMIT {_ROWS}",
                name,
                last,
            )
            yield from rows
            if len(rows) < _ROWS:
                return
            last = rows[-1][0]

    def changed_entities(self, name: str, *, before: bool) -> Iterator[tuple[str, str]]:
        """Yield key and properties (JSON) of the type's entities that this run has changed, as they were or are."""
        now = (
            "SELECT changes.key, nodes.properties FROM types JOIN changes ON changes.type = types.number JOIN nodes"
            " ON nodes.key = changes.key AND nodes.type = types.number WHERE name = ? AND revision = ?"
        )
        old = (
            "SELECT key, properties FROM types JOIN changes ON type = number WHERE name = ? AND revision = ?"
            " AND what <> 'created'"
        )
        yield from self._rows(old if before else now, name, self.revision)

    def records(self, step: Step) -> Iterator[bytes]:
        """Yield the type's whole JupiterOne objects as JSON, sorted by key."""
        if step.is_relationship:
            yield from self._relationships(step)
            return
        stamps = {"_type": step.name, "_class": self._class(step)}
        for key, properties in self.entities(step.name):
            yield orjson.dumps({"_key": key, **stamps, **orjson.loads(properties)})

    def _relationships(self, step: Step) -> Iterator[bytes]:
        verb = self._class(step)
        between = f"|{step.class_name.lower()}|"
        source = target = ""
        while True:
            rows = self._rows(
                "SELECT source, target, properties FROM edges WHERE type = (SELECT number FROM types WHERE name = ?)"
                f" AND (source, target) > (?, ?) ORDER BY source, target LIMIT {_ROWS}",
                step.name,
                source,
                target,
            )
            for source, target, properties in rows:
                own = orjson.loads(properties) if properties else {"displayName": verb}
                system = {"_key": f"{source}{between}{target}", "_type": step.name, "_class": verb}
                yield orjson.dumps({**system, "_fromEntityKey": source, "_toEntityKey": target, **own})
            if len(rows) < _ROWS:
                return

    def _class(self, step: Step) -> Any:
        row = self._row("SELECT class FROM types WHERE name = ?", step.name)
        return orjson.loads(row[0]) if row else step.class_name

    def _about(self) -> dict[str, str]:
        return dict(self._rows("SELECT name, value FROM about"))

    def _row(self, statement: str, *values: object) -> Any:
        with self._lock:
            return self._database.execute(statement, values).fetchone()

    def _rows(self, statement: str, *values: object) -> list[Any]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()

    def _discard_older(self) -> None:
        """Empty a graph of another version, which the next run makes anew.

        Raises:
            sqlite3.DatabaseError: the file is another program's.
        """
        things = dict(self._rows("SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view')"))
        if things and "about" not in things:
            raise sqlite3.DatabaseError("it is another program's database")
        if not things or self._about().get("format") in (None, FORMAT):
            return
        for name, kind in things.items():
            self._database.execute(f'DROP {kind} "{name}"')
