"""The graph as it is read: by destinations, by questions, by steps."""

import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from typing import Any

import orjson

from integration.disk.sqlite import checked
from integration.sdk.changes import Change, What, changes_since
from integration.sdk.report import Verdict
from integration.sdk.step import Step
from integration.store.deliveries import count_gone, delivered, note_delivery
from integration.store.history import Revision, known_revisions
from integration.text.exact_json import exact_json

_ROWS = 1000
_COUNT = " + ".join(f"(SELECT count(*) FROM {table} WHERE type = types.number)" for table in ("nodes", "edges"))
"""How many records a type has, for a row of ``types``."""


class ReadableStore:
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

    def revisions(self) -> list[Revision]:
        """Return the revisions that the graph remembers, the oldest first."""
        with self._lock:
            return known_revisions(self._database)

    def mark(self, revision: int) -> str:
        """Return what tells a revision from one of the same number that another copy of the graph went on to."""
        made = self._row("SELECT committed_on FROM revisions WHERE revision = ?", revision)
        return f"{self.lineage} {made[0]}" if made else self.lineage

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

    def content(self, name: str) -> int:
        """Return the revision that last changed the type's records; 0 where it never had any."""
        return int((self._row("SELECT content FROM types WHERE name = ?", name) or (0,))[0])

    def changed(self, step: Step) -> int:
        """Return the revision that last changed the type's records; 0 where it never had any."""
        return self.content(step.name)

    def delivered(self, destination: str, step: Step) -> int:
        """Return the revision of the type's records that a destination holds; 0 where it has none.

        Args:
            destination: names it, without secrets.
            step: the type.
        """
        with self._lock:
            return delivered(self._database, destination, step.name)

    def deliver(self, destination: str, step: Step) -> None:
        """Note that a destination holds the type's records as they are now."""
        with self._lock:
            note_delivery(self._database, destination, step.name, self.revision)

    def gone(self, step: Step, first: int, last: int) -> int:
        """Return how many of the type's records that were there from one revision to another are not now.

        What went before the revisions that the graph remembers is not counted.
        """
        with self._lock:
            return count_gone(self._database, step, first, last)

    def count(self, step: Step) -> int:
        """Return how many records of the type the graph holds."""
        return self.count_of(step.name)

    def count_of(self, name: str) -> int:
        """Return how many records of the type the graph holds."""
        return sum(count for (count,) in self._rows(f"SELECT {_COUNT} FROM types WHERE name = ?", name))

    def counts_of_changes(self) -> dict[str, dict[What, int]]:
        """Return for each type how many records the last run created, updated and deleted; only what is not 0."""
        counts: dict[str, dict[What, int]] = {}
        for name, what, count in self._rows(
            "SELECT name, what, count(*) FROM types JOIN changes ON type = number WHERE revision = ?"
            " GROUP BY name, what ORDER BY name, what",
            self.revision,
        ):
            counts.setdefault(name, {})[what] = count
        for name, count in self._rows(f"SELECT name, {_COUNT} FROM types WHERE loaded = ?", self.revision):
            counts[name] = {"created": count}
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

    def name_of(self, key: str, since: int, property: str = "displayName") -> str | None:
        """Return what an entity is called, also where it went after a revision; ``None`` where that is not known.

        Args:
            key: its key.
            since: number of the revision.
            property: the name that is wanted.
        """
        name = f"json_extract(properties, '$.{property}')"
        row = self._row(f"SELECT {name} FROM nodes WHERE key = ?", key) or self._row(
            f"SELECT {name} FROM types CROSS JOIN changes ON type = number AND revision > ? AND key = ?"
            " WHERE bare IS NULL AND what <> 'created' ORDER BY revision LIMIT 1",
            since,
            key,
        )
        return row[0] if row else None

    def shared_names(self, since: int) -> set[str]:
        """Return each ``displayName`` that several entities have, or had since a revision."""
        name = "json_extract(properties, '$.displayName')"
        rows = self._rows(
            f"SELECT name FROM (SELECT key, {name} AS name FROM nodes UNION SELECT key, {name} FROM types JOIN changes"
            " ON type = number WHERE bare IS NULL AND revision > ? AND what <> 'created')"
            " WHERE name IS NOT NULL GROUP BY name HAVING count(DISTINCT key) > 1",
            since,
        )
        return {name for (name,) in rows}

    def holds_same_pairs(self, first: Step, second: Step) -> bool:
        """Tell whether two types of relationships are between the same entities, the second in either direction."""
        same = "target = here.target AND there.source = here.source"
        other = "target = here.source AND there.source = here.target"
        missing = self._row(
            "SELECT 1 FROM types JOIN edges AS here ON here.type = number WHERE name = ? AND NOT EXISTS (SELECT 1 FROM"
            " edges AS there WHERE there.type = (SELECT number FROM types WHERE name = ?)"
            f" AND there.{same if first.ends == second.ends else other}) LIMIT 1",
            second.name,
            first.name,
        )
        return missing is None and self.count(first) == self.count(second)

    def always_alike(self, step: Step, first: str, second: str) -> bool:
        """Tell whether two properties have the same value in every entity of the type."""
        pointers = f'$."{first}"', f'$."{second}"'
        differing = self._row(
            "SELECT 1 FROM nodes WHERE type = (SELECT number FROM types WHERE name = ?)"
            " AND json_extract(properties, ?) IS NOT json_extract(properties, ?) LIMIT 1",
            step.name,
            *pointers,
        )
        return differing is None

    def entities(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield key and properties (JSON) of the type's entities, sorted by key."""
        last = ""
        while True:
            rows = self._rows(
                f"SELECT key, {checked('properties')} FROM nodes WHERE type = (SELECT number FROM types WHERE name = ?)"
                f" AND key > ? ORDER BY key LIMIT {_ROWS}",
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
            yield exact_json({"_key": key, **stamps, **orjson.loads(properties)})

    def _relationships(self, step: Step) -> Iterator[bytes]:
        verb, between = self._class(step), f"|{step.class_name.lower()}|"
        source = target = ""
        while True:
            rows = self._rows(
                f"SELECT source, target, {checked('properties')} FROM edges"
                " WHERE type = (SELECT number FROM types WHERE name = ?)"
                f" AND (source, target) > (?, ?) ORDER BY source, target LIMIT {_ROWS}",
                step.name,
                source,
                target,
            )
            for source, target, properties in rows:
                own = orjson.loads(properties) if properties else {"displayName": verb}
                system = {"_key": f"{source}{between}{target}", "_type": step.name, "_class": verb}
                yield exact_json({**system, "_fromEntityKey": source, "_toEntityKey": target, **own})
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
