"""A push to Neo4j that is killed or overtaken, and the next one."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration import OutputError
from integration.sinks.neo4j.scope import Scope
from integration.store.store import Store
from tests.sinks.arcadedb import ArcadeDB, Database, expected
from tests.sinks.neo4j_graphs import STEPS, held, large, push
from tests.support import ROOT

PUSH = """
import os, sys
from pathlib import Path
from integration import Report
from integration.sinks.neo4j import push as neo4j_push
from integration.sinks.neo4j import records as neo4j_records
from integration.sinks.neo4j.sink import Neo4jSink
from integration.sinks.neo4j.scope import Scope
from integration.store.store import Store
from tests.sinks.neo4j_graphs import STEPS

def told(self, work, *arguments, write=Scope.write, **named):
    print(work.__name__, flush=True)
    return write(self, work, *arguments, **named)

Scope.write = told
neo4j_push.LIMIT = neo4j_records.LIMIT = 100
Neo4jSink(os.environ["DESTINATION"], {}).write(Store(Path(sys.argv[1])), STEPS, Report(results=()))
"""


@pytest.fixture
def database(arcadedb: ArcadeDB) -> Database:
    return arcadedb.database()


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(Path("graph.db"))) as store:
        yield store


def killed_after(database: Database, transactions: int) -> None:
    """Push in a process of its own, and kill that in the transaction after so many."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ['PYTHONPATH']}",
        "DESTINATION": database.url,
    }
    with subprocess.Popen(
        [sys.executable, "-c", PUSH, "graph.db"], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        for _ in range(transactions):
            assert process.stdout.readline()
        process.kill()
    assert process.returncode == -signal.SIGKILL


def test_a_push_that_is_killed_and_repeated_ends_the_same(store: Store, database: Database) -> None:
    large(store, 0)
    killed_after(database, 4)
    assert 0 < len(held(database, store)) < len(expected(store, STEPS))
    large(store, 3)
    push(database, store)
    assert held(database, store) == expected(store, STEPS)
    large(store, 6)
    killed_after(database, 3)
    large(store, 9)
    killed_after(database, 5)
    push(database, store)
    assert held(database, store) == expected(store, STEPS)


def test_a_push_that_another_overtakes_ends(store: Store, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    large(store, 0)
    write = Scope.write

    def overtaken(self: Scope, work: Any, *arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(Scope, "write", write)
        result = self.write(work, *arguments, **named)
        push(database, store)
        return result

    monkeypatch.setattr(Scope, "write", overtaken)
    with pytest.raises(OutputError, match="another push"):
        push(database, store)
    assert held(database, store) == expected(store, STEPS)
