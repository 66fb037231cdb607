"""The graph: entities, relationships and verdicts in one SQLite file, changed by one transaction a run."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from integration.database import connect
from integration.errors import OutputError
from integration.schema import Schema
from integration.stage import SYSTEM, Stage, dangling, table_of
from integration.step import Step

_TABLES = """
CREATE TABLE IF NOT EXISTS about(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entities(
    _key TEXT PRIMARY KEY, _type TEXT NOT NULL, _class TEXT NOT NULL, properties TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS relationships(
    _key TEXT PRIMARY KEY, _type TEXT NOT NULL, _class TEXT NOT NULL,
    _fromEntityKey TEXT NOT NULL, _toEntityKey TEXT NOT NULL, properties TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS entities_by_type ON entities(_type);
CREATE INDEX IF NOT EXISTS relationships_by_type ON relationships(_type);
CREATE TABLE IF NOT EXISTS memories(_type TEXT PRIMARY KEY, memory TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS verdicts(
    _type TEXT PRIMARY KEY, verdict TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL, seconds REAL NOT NULL
) WITHOUT ROWID;
"""
_ROWS = 1000
_FORMAT = "1"


class Store:
    """The graph of one tenant.

    Everything that a run writes is one transaction, committed by ``commit``: readers of the file see the previous
    run's graph until then, and a run that ends early leaves it as it was.

    Args:
        path: the file; made where it is missing.

    Raises:
        OutputError: the file cannot be used as a graph.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        try:
            self._database = connect(path)
            self._database.executescript(_TABLES)
        except sqlite3.DatabaseError as error:
            raise OutputError(f"{path}: not usable as a graph: {error}; remove it or choose another --out") from None

    def begin(self, tenant: str) -> None:
        """Start a run; the graph of another tenant makes room.

        Args:
            tenant: names the tenant and where it was read from.
        """
        self._database.execute("BEGIN IMMEDIATE")
        found = dict(self._database.execute("SELECT name, value FROM about").fetchall())
        if found and found != {"tenant": tenant, "format": _FORMAT}:
            for table in ("entities", "relationships", "verdicts", "memories"):
                self._database.execute(f"DELETE FROM {table}")
        self._database.executemany(
            "INSERT OR REPLACE INTO about VALUES(?, ?)", [("tenant", tenant), ("format", _FORMAT)]
        )

    def commit(self) -> None:
        """Make the run's graph the current one; who is reading the previous one goes on with it undisturbed."""
        with self._lock:
            self._database.execute("COMMIT")
            self._database.execute("PRAGMA busy_timeout = 0")
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file; what was not committed is undone."""
        with self._lock:
            self._database.close()

    def stage(self, step: Step) -> Stage:
        """Return a place for the step's records, apart from the graph until they are published."""
        return Stage(self._database, self._lock, step)

    def show(self, step: Step, schema: Schema) -> None:
        """Make the view of the type: one column for each property of its schema."""
        table = table_of(step)
        own = [f"""json_extract(properties, '$."{name}"') AS "{name}" """ for name in schema.properties]
        columns = ", ".join([*SYSTEM[table], *own])
        with self._lock:
            self._database.execute(f'DROP VIEW IF EXISTS "{step.name}"')
            self._database.execute(
                f"""CREATE VIEW "{step.name}" AS SELECT {columns} FROM {table} WHERE _type = '{step.name}'"""
            )

    def judge(self, verdicts: Iterable[tuple[str, str, str, int, float]]) -> None:
        """Keep the verdicts: type, verdict, reason, count, seconds."""
        with self._lock:
            self._database.execute("DELETE FROM verdicts")
            self._database.executemany("INSERT INTO verdicts VALUES(?, ?, ?, ?, ?)", verdicts)

    def remember(self, name: str, memory: dict[str, Any] | None) -> None:
        """Keep what a later run must know of a type, or forget it."""
        with self._lock:
            if memory is None:
                self._database.execute("DELETE FROM memories WHERE _type = ?", (name,))
            else:
                text = orjson.dumps(memory).decode()
                self._database.execute("INSERT OR REPLACE INTO memories VALUES(?, ?)", (name, text))

    def recall(self, name: str) -> dict[str, Any] | None:
        """Return what is remembered of a type."""
        with self._lock:
            row = self._database.execute("SELECT memory FROM memories WHERE _type = ?", (name,)).fetchone()
        return orjson.loads(row[0]) if row else None

    def dangling(self, step: Step) -> tuple[int, tuple[str, ...]]:
        """Count the type's relationships with an end that was not collected, with keys of some of the missing ends."""
        with self._lock:
            return dangling(self._database, step, "relationships")

    def holds_any(self, keys: Sequence[str]) -> bool:
        """Tell whether one of the keys is an entity's."""
        marks = ", ".join("?" * len(keys))
        with self._lock:
            row = self._database.execute(f"SELECT 1 FROM entities WHERE _key IN ({marks}) LIMIT 1", keys).fetchone()
        return row is not None

    def count(self, step: Step) -> int:
        """Return how many records of the type the graph holds."""
        with self._lock:
            row = self._database.execute(
                f"SELECT count(*) FROM {table_of(step)} WHERE _type = ?", (step.name,)
            ).fetchone()
        return int(row[0])

    def entities(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield key and properties of the type's entities, in no particular order."""
        last = 0
        while True:
            with self._lock:
                rows = self._database.execute(
                    "SELECT rowid, _key, properties FROM entities WHERE _type = ? AND rowid > ? ORDER BY rowid LIMIT ?",
                    (name, last, _ROWS),
                ).fetchall()
            for _, key, properties in rows:
                yield key, orjson.loads(properties)
            if len(rows) < _ROWS:
                return
            last = rows[-1][0]

    def records(self, step: Step) -> Iterator[bytes]:
        """Yield the type's whole JupiterOne objects as JSON, sorted by key."""
        table = table_of(step)
        system = SYSTEM[table]
        last = ""
        while True:
            with self._lock:
                rows = self._database.execute(
                    f"SELECT {', '.join(system)}, properties FROM {table}"
                    " WHERE _type = ? AND _key > ? ORDER BY _key LIMIT ?",
                    (step.name, last, _ROWS),
                ).fetchall()
            for *values, properties in rows:
                record = dict(zip(system, values, strict=True))
                record["_class"] = orjson.loads(record["_class"])
                yield orjson.dumps({**record, **orjson.loads(properties)})
            if len(rows) < _ROWS:
                return
            last = rows[-1][0]
