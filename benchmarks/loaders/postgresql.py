"""A push into PostgreSQL against the best loader that we could write by hand with the same driver.

Run ``python -m benchmarks.loaders.postgresql --help``. The loader knows one graph whose keys want no escaping, an empty
database, and nothing of revisions, scopes or types that failed: COPY in one transaction right out of graph.db, then
primary keys, an index on the other end, and ANALYZE.
"""

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

import psycopg

from integration.sdk.plugins import declared_steps, load
from integration.sdk.report import Report, StepResult
from integration.sdk.step import Step
from integration.sinks.postgresql.sink import PostgresqlSink
from integration.store.publication import RecordRow
from integration.store.store import Store
from tests.sinks.postgresql import Server

_LEAST = 0.7
_BLOCK = 2000
_CHANGES = 100
_TABLES = """
CREATE TABLE loader.entities(
    _key text COLLATE "C" NOT NULL, _type text COLLATE "C" NOT NULL, _class text[] NOT NULL, properties jsonb NOT NULL
);
CREATE TABLE loader.relationships(
    _key text COLLATE "C" GENERATED ALWAYS AS
        ("_fromEntityKey" || '|' || lower(_class) || '|' || "_toEntityKey") STORED,
    _type text COLLATE "C" NOT NULL, _class text COLLATE "C" NOT NULL,
    "_fromEntityKey" text COLLATE "C" NOT NULL, "_toEntityKey" text COLLATE "C" NOT NULL, properties jsonb NOT NULL
);
"""
_INDEXES = """
ALTER TABLE loader.entities ADD PRIMARY KEY (_key);
ALTER TABLE loader.relationships ADD PRIMARY KEY ("_fromEntityKey", "_toEntityKey", _type);
CREATE INDEX relationships_by_target ON loader.relationships("_toEntityKey");
ANALYZE loader.entities, loader.relationships;
"""


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and return 1 where the ratio is under 0.7."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.loaders.postgresql", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--entities", type=int, default=100_000, metavar="N")
    parser.add_argument("--relationships", type=int, default=500_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="of which the median counts")
    parser.add_argument("--url", help="a database that may be written; a server of its own where it is left out")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        url = options.url or _own_server(stack)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        graph = stack.enter_context(closing(Graph(folder / "graph.db", options.entities, options.relationships)))
        ratio = _full(graph, url, options.rounds)
        _changes(graph, url)
        small = Graph(folder / "small.db", options.entities // 10, options.relationships // 10)
        _changes(stack.enter_context(closing(small)), url)
    return 0 if ratio >= _LEAST else 1


class Graph:
    """A graph of random users, groups and memberships.

    Args:
        path: of graph.db.
        entities: how many; nine of ten are users.
        relationships: how many; half of them lead from groups to users, half back.
    """

    def __init__(self, path: Path, entities: int, relationships: int) -> None:
        self.path, self.size = path, entities + relationships
        self._chance = random.Random(7)
        steps = {step.name: step for step in declared_steps(load())}
        between = [step for step in steps.values() if step.ends and step.ends[0] != step.ends[1]]
        self.user, self.group = (next(s for s in steps.values() if s.class_name == c) for c in ("User", "UserGroup"))
        ends = {step.ends: step for step in between}
        self.has, self.assigned = ends[self.group.name, self.user.name], ends[self.user.name, self.group.name]
        self.steps = [self.user, self.group, self.has, self.assigned]
        keys = [str(uuid.UUID(int=self._chance.getrandbits(128))) for _ in range(entities)]
        self._users, self._groups = keys[entities // 10 :], keys[: entities // 10]
        pairs = self._pairs(relationships // 2)
        self.store = Store(path)
        self.store.begin("benchmark")
        self._publish(self.user, (self._row(key) for key in self._users))
        self._publish(self.group, (self._row(key) for key in self._groups))
        self._publish(self.has, ((group, user, None) for group, user in pairs))
        self._publish(self.assigned, ((user, group, None) for group, user in pairs))
        self.store.commit()

    def close(self) -> None:
        """Close the file."""
        self.store.close()

    def change(self, count: int) -> None:
        """Make a run that finds this many users changed."""
        self.store.begin("benchmark")
        publication = self.store.publication(self.user)
        users = self._chance.sample(self._users, count)
        publication.add_old([(key, None) for key in users])
        publication.add([self._row(key) for key in users])
        publication.publish_changes(self.store.count(self.user), strict=False)
        publication.discard()
        self.store.commit()

    def push(self, url: str) -> None:
        """Push the graph as the product does."""
        results = [StepResult(type=step.name, verdict="complete") for step in self.steps]
        PostgresqlSink(url).write(self.store, self.steps, Report(results=results))

    def _publish(self, step: Step, rows: Iterator[RecordRow]) -> None:
        publication = self.store.publication(step)
        while chunk := list(islice(rows, _BLOCK)):
            publication.add(chunk)
        publication.publish(complete=True, strict=False)
        publication.discard()

    def _pairs(self, count: int) -> set[tuple[str, str]]:
        pairs: set[tuple[str, str]] = set()
        while len(pairs) < count:
            pairs.add((self._chance.choice(self._groups), self._chance.choice(self._users)))
        return pairs

    def _row(self, key: str) -> RecordRow:
        number = self._chance.randrange(10**6)
        properties = {
            "id": key, "displayName": f"Ada Example {number}", "name": f"Ada Example {number}", "active": True,
            "userPrincipalName": f"ada{number}@contoso.example", "mail": f"ada{number}@contoso.example",
            "jobTitle": "Engineer", "department": "Research", "businessPhones": ["+1 555 0100"], "userType": "Member",
            "createdOn": 1_700_000_000_000 + number, "officeLocation": "Zürich",
        }  # fmt: skip
        return (key, json.dumps(properties, ensure_ascii=False, separators=(",", ":")))


def load_by_hand(path: Path, url: str) -> None:
    """Load graph.db into new tables of the schema ``loader``."""
    with closing(sqlite3.connect(path)) as graph, psycopg.connect(url) as connection, connection.cursor() as cursor:
        types = graph.execute("SELECT number, name, class, between_keys IS NULL, bare FROM types").fetchall()
        cursor.execute("CREATE SCHEMA loader")
        cursor.execute(_TABLES)
        with cursor.copy("COPY loader.entities(_key, _type, _class, properties) FROM STDIN") as copy:
            for number, name, class_name, is_entity, _ in types:
                middle = f"\t{name}\t{{{json.loads(class_name)[0]}}}\t" if is_entity else ""
                rows = graph.execute("SELECT key, properties FROM nodes WHERE type = ? ORDER BY key", [number])
                while block := rows.fetchmany(_BLOCK):
                    copy.write("".join([f"{key}{middle}{own}\n" for key, own in block]).replace("\\", "\\\\"))
        columns = '"_fromEntityKey", "_toEntityKey", _type, _class, properties'
        with cursor.copy(f"COPY loader.relationships({columns}) FROM STDIN".encode()) as copy:
            for number, name, class_name, is_entity, bare in types:
                middle = "" if is_entity else f"\t{name}\t{json.loads(class_name)}\t"
                rows = graph.execute(
                    "SELECT source, target, coalesce(properties, ?) FROM edges WHERE type = ? ORDER BY source, target",
                    [bare, number],
                )
                while block := rows.fetchmany(_BLOCK):
                    lines = [f"{source}\t{target}{middle}{own}\n" for source, target, own in block]
                    copy.write("".join(lines).replace("\\", "\\\\"))
        cursor.execute(_INDEXES)


def _full(graph: Graph, url: str, rounds: int) -> float:
    """Measure both ways by turns, print the rates, and return the median ratio."""
    ways: dict[str, Callable[[], None]] = {
        "by hand": lambda: load_by_hand(graph.path, url),
        "push": lambda: graph.push(url),
    }
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in sorted(ways, reverse=number % 2 == 1):
            _clean(url)
            seconds[name].append(_timed(ways[name]))
    print(f"{graph.size} records, {rounds} rounds by turns")
    for name, times in seconds.items():
        wall, processor = (statistics.median(each) for each in zip(*times, strict=True))
        print(
            f"{name:8} {wall:6.2f} s, {graph.size / wall:8.0f} records/s, {processor:5.2f} s of its own processor time"
        )
    ratios = [hand / push for (hand, _), (push, _) in zip(seconds["by hand"], seconds["push"], strict=True)]
    ratio = statistics.median(ratios)
    print(f"push / by hand: {ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f}); at least {_LEAST} is promised")
    return ratio


def _changes(graph: Graph, url: str) -> None:
    """Print how long pushes of few changes take."""
    _clean(url)
    graph.push(url)
    print(f"{graph.size} records: {1000 * _timed(lambda: graph.push(url))[0]:.0f} ms where nothing changed", end="")
    for count in (_CHANGES, 10 * _CHANGES):
        graph.change(count)
        print(f", {1000 * _timed(lambda: graph.push(url))[0]:.0f} ms for {count} changes", end="")
    print()


def _timed(do: Callable[[], None]) -> tuple[float, float]:
    """Return the seconds that it took, and how many of them this process was at work."""
    started, processor = perf_counter(), process_time()
    do()
    return perf_counter() - started, process_time() - processor


def _clean(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS loader, integration CASCADE")
        connection.execute("CHECKPOINT")


def _own_server(stack: ExitStack) -> str:
    server = stack.enter_context(Server())
    print("a server of its own, with fsync off")
    return server.url(stack.enter_context(server.database()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
