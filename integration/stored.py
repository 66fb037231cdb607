"""The graph as it is read: by destinations, by questions, by steps."""

import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from typing import Any

import orjson

from integration.changes import Change, What, changes_since
from integration.report import Verdict
from integration.step import Step

_ROWS = 1000


class Stored:
    """The graph of one tenant in ``graph.db``, read through one connection that all threads share.

    Args:
        database: the connection.

    Attributes:
        revision: number of the graph: each run that is committed makes another one, from 1 on; 0 where there is none.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._lock = threading.RLock()
        self._database = database
        self.revision = int(self._about().get("revision", 0))

    @property
    def tenant(self) -> str:
        """What names the tenant and where it was read from; empty where there is no graph."""
        return self._about().get("tenant", "")

    @property
    def scope(self) -> str:
        """What a destination that holds several graphs tells this one by: 16 characters made of ``tenant``."""
        return hashlib.blake2b(self.tenant.encode(), digest_size=8).hexdigest()

    @property
    def lineage(self) -> str:
        """Another string whenever revisions are counted anew: those of another lineage mean nothing here."""
        return self._about().get("lineage", "")

    def remembers(self, revision: int) -> bool:
        """Tell whether ``changes`` knows what changed since a revision; since 0, when there was nothing, it does."""
        return revision == 0 or int(self._about().get("remembers", 0)) <= revision <= self.revision

    def changes(self, step: Step, since: int) -> Iterator[Change]:
        """Yield what became of the type's records since a revision, sorted by key, each once.

        Raises:
            LookupError: the graph does not remember that revision; compare all records instead.
        """
        if not self.remembers(since):
            raise LookupError(f"the graph remembers revisions from {self._about()['remembers']} on, not {since}")
        return changes_since(self._database, step, since)

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

    def count(self, step: Step) -> int:
        """Return how many records of the type the graph holds."""
        return self.count_of(step.name)

    def count_of(self, name: str) -> int:
        """Return how many records of the type the graph holds."""
        found = self._rows("SELECT number, bare IS NULL FROM types WHERE name = ?", name)
        return sum(
            self._row(f"SELECT count(*) FROM {'nodes' if is_entity else 'edges'} WHERE type = ?", number)[0]
            for number, is_entity in found
        )

    def counts_of_changes(self) -> dict[str, dict[What, int]]:
        """Return for each type how many records the last run created, updated and deleted; only what is not 0."""
        counts: dict[str, dict[What, int]] = {}
        for name, what, count in self._rows(
            "SELECT name, what, count(*) FROM types JOIN changes ON type = number WHERE revision = ?"
            " GROUP BY name, what ORDER BY name, what",
            self.revision,
        ):
            counts.setdefault(name, {})[what] = count
        for (name,) in self._rows("SELECT name FROM types WHERE loaded = ?", self.revision):
            counts[name] = {"created": self.count_of(name)}
        return counts

    def withheld(self) -> dict[str, int]:
        """Return how many records each type had that has lost too much."""
        return dict(self._rows("SELECT name, withheld FROM types WHERE withheld IS NOT NULL ORDER BY name"))

    def types(self) -> list[str]:
        """Return the names of the types that the graph has, or had, records of."""
        return [name for (name,) in self._rows("SELECT name FROM types WHERE content > 0 ORDER BY name")]

    def verdicts(self) -> list[tuple[str, Verdict, str, int]]:
        """Return type, verdict, reason and count of each type that the last run was asked for."""
        return self._rows("SELECT _type, verdict, reason, count FROM verdicts ORDER BY _type")

    def name_of(self, key: str, since: int) -> str | None:
        """Return an entity's ``displayName``, also where it went after a revision; ``None`` where none is known."""
        name = "json_extract(properties, '$.displayName')"
        row = self._row(f"SELECT {name} FROM nodes WHERE key = ?", key) or self._row(
            f"SELECT {name} FROM types CROSS JOIN changes ON type = number AND revision > ? AND key = ?"
            " WHERE bare IS NULL AND what <> 'created' ORDER BY revision LIMIT 1",
            since,
            key,
        )
        return row[0] if row else None

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
