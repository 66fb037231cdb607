"""Neo4j: the sink against a loader that knows this graph, an empty database and nothing else.

The loader reads ``graph.db`` by itself, has its statements written out, creates without looking, and keeps no account
of what it did, so that it could not be repeated. It has the sink's driver, constraint, labels and properties. Its
batches are those that measured best; nodes go over two connections at once, relationships over one, because
transactions that meet at a node are refused and tried again, which costs more than a second connection gains.
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice, repeat
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import neo4j
import orjson

from benchmarks.errors import BenchmarkError
from benchmarks.loaders._graph import COMPLETE, STEPS, change, make
from integration import Step
from integration.sinks.neo4j import Neo4jSink
from integration.store import Store
from tests.arcadedb import PASSWORD, USER, ArcadeDB, Database

_ROUNDS, _CHANGES, _WARM_UP = 3, 100, 5_000
_NODES, _RELATIONSHIPS = 5_000, 10_000
"""Rows in one transaction."""
_ROWS = "SELECT key, properties FROM nodes WHERE type = (SELECT number FROM types WHERE name = ?) ORDER BY key"
_EDGES = "SELECT source, target FROM edges WHERE type = (SELECT number FROM types WHERE name = ?)"
_CONSTRAINT = "CREATE CONSTRAINT FOR (n:GraphObject) REQUIRE (n._scope, n._key) IS UNIQUE"


def measure(entities: int, relationships: int) -> None:
    """Print how long the sink and the loader take, each into an empty database, and then a push of some changes.

    Args:
        entities: how many.
        relationships: how many.

    Raises:
        BenchmarkError: one of them did not write everything.
    """
    with tempfile.TemporaryDirectory() as folder, ArcadeDB(jvm="") as server:
        few, many = Path(folder, "few.db"), Path(folder, "many.db")
        with closing(make(few, _WARM_UP, 5 * _WARM_UP)) as store:
            for _ in range(4):
                _load(few, store.scope, server.database())
                _push(store, server.database())
            small = _changes(store, server.database())
        with closing(make(many, entities, relationships)) as store:
            loads, pushes = [], []
            for _ in range(_ROUNDS):
                loads.append(_checked(store, database := server.database(), _load(many, store.scope, database)))
                pushes.append(_checked(store, database := server.database(), _push(store, database)))
            large = _changes(store, database)
            again = _push(store, database)
    print(f"{entities:,} entities and {relationships:,} relationships, the best of {_ROUNDS} rounds")
    for name, seconds in (("loader", loads), ("sink", pushes)):
        each = "  ".join(f"{second:.1f}" for second in seconds)
        print(f"{name:<8}{(entities + relationships) / min(seconds):>10,.0f} a second   ({each} s)")
    print(f"the sink's rate is {min(loads) / min(pushes):.0%} of the loader's; the target is 70 % or more")
    print(f"{_CHANGES} changes: {large:.2f} s; in a graph of {6 * _WARM_UP:,}: {small:.2f} s; no change: {again:.2f} s")


def _push(store: Store, database: Database) -> float:
    started = perf_counter()
    Neo4jSink(database.url).write(store, STEPS, COMPLETE)
    return perf_counter() - started


def _changes(store: Store, database: Database) -> float:
    """Return the median time of a push of some changes."""
    _push(store, database)
    seconds = []
    for _ in range(_ROUNDS):
        change(store, _CHANGES)
        seconds.append(_push(store, database))
    return median(seconds)


def _load(path: Path, scope: str, database: Database) -> float:
    started = perf_counter()
    with (
        closing(sqlite3.connect(path)) as graph,
        neo4j.GraphDatabase.driver(f"bolt://{database.address}", auth=(USER, PASSWORD)) as driver,
        ThreadPoolExecutor(2) as two,
    ):

        def write(statement: str, rows: list[list[Any]]) -> None:
            with driver.session(database=database.name) as session:
                session.execute_write(lambda transaction: transaction.run(statement, rows=rows, scope=scope).consume())

        write(_CONSTRAINT, [])
        for step in STEPS:
            if step.is_relationship:
                for rows in _batches(graph.execute(_EDGES, (step.name,)), _RELATIONSHIPS):
                    write(_create_relationships(step), rows)
            else:
                nodes = map(_values, graph.execute(_ROWS, (step.name,)))
                list(two.map(write, repeat(_create_nodes(graph, step)), _batches(nodes, _NODES)))
    return perf_counter() - started


def _create_nodes(graph: sqlite3.Connection, step: Step) -> str:
    """Return a statement for rows of a key and the values of the properties of the type's first node."""
    ((_, properties),) = graph.execute(f"{_ROWS} LIMIT 1", (step.name,))
    own = [f"`{name}`: row[{place}]" for place, name in enumerate(orjson.loads(properties), 1)]
    stamps = ["_scope: $scope", "_key: row[0]", f"_type: '{step.name}'", f"_class: ['{step.class_name}']"]
    node = f"(:GraphObject:{step.name}:{step.class_name} {{{', '.join([*stamps, *own])}}})"
    return f"UNWIND $rows AS row CREATE {node}"


def _create_relationships(step: Step) -> str:
    """Return a statement for rows of two keys."""
    key = f"row[0] + '|{step.class_name.lower()}|' + row[1]"
    own = f"_key: {key}, _type: '{step.name}', _class: '{step.class_name}', displayName: '{step.class_name}'"
    return (
        "UNWIND $rows AS row MATCH (a:GraphObject {_scope: $scope, _key: row[0]})"
        f" MATCH (b:GraphObject {{_scope: $scope, _key: row[1]}}) CREATE (a)-[:{step.class_name} {{{own}}}]->(b)"
    )


def _values(row: tuple[str, str]) -> list[Any]:
    return [row[0], *orjson.loads(row[1]).values()]


def _batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def _checked(store: Store, database: Database, seconds: float) -> float:
    """Return the seconds. Raises BenchmarkError where the database does not hold the graph."""
    for step in STEPS:
        pattern = f"()-[r:{step.class_name}]->()" if step.is_relationship else f"(r:GraphObject:{step.name})"
        found = database.count(f"{pattern} WHERE r._type = '{step.name}'")
        if found != store.count(step):
            raise BenchmarkError(f"{found:,} of {store.count(step):,} {step.name} have arrived")
    return seconds
