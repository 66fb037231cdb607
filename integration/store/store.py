"""The graph: entities, relationships and verdicts in one SQLite file, changed by one transaction a run."""

import sqlite3
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from integration.disk.sqlite import checked, closed_where_it_fails, connect
from integration.errors import OutputError
from integration.sdk.schema import Schema
from integration.sdk.step import Step
from integration.store.dangling import count_dangling, find_dangling, refresh_dangling
from integration.store.history import forget_revisions, note
from integration.store.losses import lost, moved
from integration.store.publication import EXAMPLES, Publication
from integration.store.read import ReadableStore
from integration.store.staging import Staging
from integration.store.tables import CONTENT, FORMAT, SCHEMA, SYSTEM, ease_reading, number_of, show_types, view_of

_REMEMBERED = 50
_CACHE = 2_000
_AT_ONCE = 500
"""So many keys are looked up by one statement."""


class Store(ReadableStore):
    """The graph of one tenant.

    Everything that a run writes is one transaction, committed by ``commit``: readers of the file see the previous
    run's graph until then, and a run that ends early leaves it as it was. Each run that is committed makes another
    revision of the graph, numbered from 1 on; the file knows what each of the last 50 revisions changed.

    The first graph is written without a write-ahead log, straight into the file: there is nothing to read yet, and it
    costs half as much.

    Args:
        path: the file; made where it is missing.

    Attributes:
        revision: number of the graph that is being made, or else of the one that is there; 0 where there is none.

    Raises:
        OutputError: the file cannot be used as a graph.
    """

    def __init__(self, path: Path) -> None:
        self._before: dict[str, tuple[int, int]] = {}
        self._yielding: Sequence[str] = ()
        self._first, self._views = False, dict[str, str]()
        try:
            with closed_where_it_fails(connect(path)) as database:
                database.execute(f"PRAGMA cache_size = -{_CACHE}")
                _discard_older(database)
                database.executescript(SCHEMA)
                super().__init__(database)
                self._staging = Staging(database)
        except sqlite3.DatabaseError as error:
            raise OutputError(f"{path}: not usable as a graph: {error}; remove it or choose another --out") from None

    def begin(self, tenant: str, yielding: Sequence[str] = ()) -> None:
        """Start a run; the graph of another tenant makes room.

        Args:
            tenant: names the tenant and where it is read from.
            yielding: types of entities that give way to those whose step names resources, where these have their keys.
        """
        self._yielding = yielding
        about = self._about()
        self._first = "revision" not in about
        if self._first:
            self._database.execute("PRAGMA journal_mode = DELETE")
        self._database.execute("BEGIN IMMEDIATE")
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
        forget_revisions(self._database, remembers)
        noted = {**about, "tenant": tenant, "format": FORMAT, "revision": self.revision, "remembers": remembers}
        self._database.executemany(
            "INSERT OR REPLACE INTO about VALUES(?, ?)", [(name, str(value)) for name, value in noted.items()]
        )

    def commit(self) -> None:
        """Make the run's graph the current one; who is reading the previous one goes on with it undisturbed."""
        with self._lock:
            show_types(self._database, self._views)
            ease_reading(self._database, self.revision)
            note(self._database, self.revision, time.time(), self.counts_of_changes())
            self._database.execute("COMMIT")
            if self._first:
                self._database.execute("PRAGMA journal_mode = WAL")
            else:
                self._database.execute("PRAGMA busy_timeout = 0")
                self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def stop(self) -> None:
        """Break off what is being written, by another thread: nothing can be written any more, and nothing is kept."""
        self._database.interrupt()

    def close(self) -> None:
        """Close the file; what was not committed is undone."""
        with self._lock:
            self._database.close()

    def publication(self, step: Step) -> Publication:
        """Return a place for the step's records, apart from the graph until they are published."""
        return Publication(self._database, self._lock, step, self.revision, self._staging, self._yielding)

    def show(self, step: Step, schema: Schema) -> None:
        """Have the type shown by a view once all is committed: one column for each property of its schema."""
        view = view_of(step)
        own = [f"""json_extract(properties, '$."{name}"') AS "{name}" """ for name in schema.properties]
        columns = ", ".join([*SYSTEM[view], *own])
        create = f"""CREATE VIEW "{step.name}" AS SELECT {columns} FROM {view} WHERE _type = '{step.name}'"""
        with self._lock:
            self._views[step.name] = create

    def keep_verdicts(self, verdicts: Iterable[tuple[str, str, str, int, float]]) -> None:
        """Keep the verdicts: type, verdict, reason, count, seconds."""
        with self._lock:
            self._database.execute("DELETE FROM verdicts")
            self._database.executemany("INSERT INTO verdicts VALUES(?, ?, ?, ?, ?)", verdicts)

    def remember(self, step: Step, memory: dict[str, Any] | None) -> None:
        """Keep what a later run must know of a type, or forget it."""
        text = None if memory is None else orjson.dumps(memory).decode()
        with self._lock:
            self._database.execute("UPDATE types SET memory = ? WHERE name = ?", (text, step.name))

    def recall(self, name: str) -> dict[str, Any] | None:
        """Return what is remembered of a type."""
        row = self._row(f"SELECT {checked('memory')} FROM types WHERE name = ?", name)
        return orjson.loads(row[0]) if row and row[0] else None

    def keys(self, names: Iterable[str]) -> dict[str, int]:
        """Return for each type the revision in which records of it last came or went; 0 where it never had any."""
        wanted = [*names]
        found = "SELECT name, keys FROM types WHERE name IN (SELECT value FROM json_each(?))"
        return {**dict.fromkeys(wanted, 0), **dict(self._rows(found, orjson.dumps(wanted)))}

    def content_before(self, name: str) -> int:
        """Return what ``content`` was when the run began."""
        return self._before.get(name, (0, 0))[0]

    def are_latest(self, ends: Mapping[str, int]) -> bool:
        """Tell whether ``keys`` of some types, as they are given, are those of the run before this one."""
        return all(self._before.get(name, (0, 0))[1] == keys for name, keys in ends.items())

    def refresh_dangling(self, step: Step, ends: Mapping[str, int]) -> tuple[int, tuple[str, ...]]:
        """Count the type's relationships that lack an end, and return keys of some of the missing ends, too.

        Some ends came or went: ``ends`` are ``keys`` of the types that it needs, when they were counted last.
        """
        with self._lock:
            number = number_of(self._database, step)
            if self.are_latest(ends):
                refresh_dangling(self._database, number, self.revision)
            elif step.ends:
                find_dangling(self._database, number, step.ends)
            return count_dangling(self._database, number, EXAMPLES)

    def entity(self, key: str) -> tuple[str, str] | None:
        """Return type and properties (JSON) of an entity; ``None`` where there is none with that key."""
        found = "SELECT name, properties FROM nodes JOIN types ON nodes.type = types.number WHERE key = ?"
        row: tuple[str, str] | None = self._row(found, key)
        return row

    def holds_any(self, keys: Sequence[str]) -> bool:
        """Tell whether one of the keys is an entity's."""
        return self._row(f"SELECT 1 FROM nodes WHERE key IN ({', '.join('?' * len(keys))}) LIMIT 1", *keys) is not None

    def known(self, name: str, keys: Iterable[str]) -> frozenset[str]:
        """Return those of some keys that are keys of entities of a type."""
        wanted, found = list(dict.fromkeys(keys)), set[str]()
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            rows = self._rows(
                f"SELECT key FROM nodes WHERE key IN ({', '.join('?' * len(some))})"
                " AND type = (SELECT number FROM types WHERE name = ?)",
                *some,
                name,
            )
            found.update(key for (key,) in rows)
        return frozenset(found)

    def losses(self, least: int) -> dict[str, tuple[int, int]]:
        """Return for each type that this run took so many records from how many there were, and how many are gone.

        What is of another type now is not gone.
        """
        with self._lock:
            found = lost(self._database, self.revision, least)
        moved = self.moved(found)
        return {
            name: (self.count_of(name) + deleted - created, deleted - moved[name])
            for name, (deleted, created) in found.items()
        }

    def moved(self, names: Iterable[str]) -> dict[str, int]:
        """Return for each of some types how many records left it in this run that are there as of another type."""
        with self._lock:
            return {name: moved(self._database, self.revision, name, self._yielding) for name in names}

    def withhold(self, name: str, before: int | None) -> None:
        """Note how many records a type had before it lost too much; ``None``: it did not. An earlier note stays."""
        with self._lock:
            self._database.execute(
                "UPDATE types SET withheld = CASE WHEN ?1 IS NULL THEN NULL ELSE coalesce(withheld, ?1) END"
                " WHERE name = ?2",
                (before, name),
            )

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


def _discard_older(database: sqlite3.Connection) -> None:
    """Empty a graph of another version, which the next run makes anew.

    Raises:
        sqlite3.DatabaseError: the file is another program's.
    """
    things = dict(database.execute("SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view')").fetchall())
    if things and "about" not in things:
        raise sqlite3.DatabaseError("it is another program's database")
    about = dict(database.execute("SELECT name, value FROM about").fetchall()) if things else {}
    if about.get("format") not in (None, FORMAT):
        for name, kind in things.items():
            database.execute(f'DROP {kind} "{name}"')
