"""A push into Neo4j against a loader that knows this graph, an empty database and nothing else.

The loader reads ``graph.db`` by itself, has its statements written out, creates without looking, and keeps no account
of what it did, so that it could not be repeated. It has the sink's driver, constraint, labels and properties. Its
batches are those that measured best; nodes go over two connections at once, relationships over one, because
transactions that meet at a node are refused and tried again, which costs more than a second connection gains.
"""

import argparse
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
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
from integration.sinks.neo4j.sink import Neo4jSink
from integration.store.store import Store
from tests.sinks.arcadedb import PASSWORD, USER, ArcadeDB, Database

_LEAST, _CHANGES, _WARM_UP = 0.7, 100, 5_000
_NODES, _RELATIONSHIPS = 5_000, 10_000
"""Rows in one transaction."""
_ROWS = "SELECT key, properties FROM nodes WHERE type = (SELECT number FROM types WHERE name = ?) ORDER BY key"
_EDGES = "SELECT source, target FROM edges WHERE type = (SELECT number FROM types WHERE name = ?)"
_CONSTRAINT = "CREATE CONSTRAINT FOR (n:GraphObject) REQUIRE (n._scope, n._key) IS UNIQUE"


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and return 1 where the target is not reached or a database does not hold the graph."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.loaders.neo4j", description=__doc__.splitlines()[0])
    parser.add_argument("--entities", type=int, default=100_000, metavar="N")
    parser.add_argument("--relationships", type=int, default=500_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="of which the best counts")
    options = parser.parse_args(arguments)
    try:
        return 0 if _measure(options.entities, options.relationships, options.rounds) >= _LEAST else 1
    except BenchmarkError as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1


def _measure(entities: int, relationships: int, rounds: int) -> float:
    """Print how long the sink and the loader take, each into an empty database, and then pushes of some changes.

    Returns:
        The sink's rate as a share of the loader's.

    Raises:
        BenchmarkError: one of them did not write everything.
    """
    with tempfile.TemporaryDirectory() as folder, ArcadeDB(jvm="") as server:
        with closing(make(Path(folder, "few.db"), _WARM_UP, 5 * _WARM_UP)) as store:
            for _ in range(4):
                _load(Path(folder, "few.db"), store, server.database())
                _push(store, server.database())
            few = _changes(store, server.database())
        path, seconds = Path(folder, "many.db"), {"loader": list[float](), "sink": list[float]()}
        with closing(make(path, entities, relationships)) as store:
            for turn in range(2 * rounds):
                by_hand, database = turn % 4 in (0, 3), server.database()
                took = _load(path, store, database) if by_hand else _push(store, database)
                _check(store, database)
                seconds["loader" if by_hand else "sink"].append(took)
            many = _changes(store, database := server.database())
            none = _push(store, database)
    print(f"{entities:,} entities and {relationships:,} relationships, the best of {rounds} rounds")
    for name, each in seconds.items():
        listed = ", ".join(f"{second:.1f}" for second in each)
        print(f"{name:<6} {(entities + relationships) / min(each):>9,.0f} a second ({listed} s)")
    share = min(seconds["loader"]) / min(seconds["sink"])
    print(f"the sink's rate is {share:.0%} of the loader's; the target is {_LEAST:.0%} or more")
    print(f"{_CHANGES} changes: {many:.2f} s; in a graph of {6 * _WARM_UP:,} objects: {few:.2f} s; none: {none:.2f} s")
    return share


def _push(store: Store, database: Database) -> float:
    started = perf_counter()
    Neo4jSink(database.url, {}).write(store, STEPS, COMPLETE)
    return perf_counter() - started


def _changes(store: Store, database: Database) -> float:
    """Return the median time of a push of some changes."""
    _push(store, database)
    seconds = []
    for _ in range(5):
        change(store, _CHANGES)
        seconds.append(_push(store, database))
    return median(seconds)


def _load(path: Path, store: Store, database: Database) -> float:
    started = perf_counter()
    with (
        closing(sqlite3.connect(path)) as graph,
        neo4j.GraphDatabase.driver(f"bolt://{database.address}", auth=(USER, PASSWORD)) as driver,
        ThreadPoolExecutor(2) as two,
    ):

        def write(statement: str, rows: list[list[Any]]) -> None:
            with driver.session(database=database.name) as session:
                session.execute_write(
                    lambda transaction: transaction.run(statement, rows=rows, scope=store.scope).consume()
                )

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


def _check(store: Store, database: Database) -> None:
    """Raise BenchmarkError where the database does not hold the graph."""
    for step in STEPS:
        pattern = f"()-[r:{step.class_name}]->()" if step.is_relationship else f"(r:GraphObject:{step.name})"
        found = database.count(f"{pattern} WHERE r._type = '{step.name}'")
        if found != store.count(step):
            raise BenchmarkError(f"{found:,} of {store.count(step):,} {step.name} have arrived")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
