"""A server that speaks Bolt, in a process of its own: ArcadeDB, from the wheel that brings its own Java."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import neo4j
import orjson

from integration import Step
from integration.sinks.neo4j.values import storable
from integration.store.read import ReadableStore
from tests.support import ROOT

USER, PASSWORD = "root", "correct horse: battery/staple"

Records = dict[str, dict[str, Any]]


class ArcadeDB:
    """A server on 127.0.0.1 with a folder of its own; a context manager.

    It can be killed and started again on the same port; databases outlive that. It ends with the process that made it.
    ``jvm`` holds options for Java; those of the default compile fast rather than well.
    """

    def __init__(self, jvm: str = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC") -> None:
        self._jvm = jvm
        self._stack = ExitStack()
        self._ports = (_free_port(), _free_port())
        self._databases = 0

    @property
    def address(self) -> str:
        """Host and port of Bolt."""
        return f"127.0.0.1:{self._ports[0]}"

    def __enter__(self) -> Self:
        self._folder = self._stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._stack.close()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.sinks.arcadedb", self._folder, self._jvm, *map(str, self._ports)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=self._folder,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._await_answer()

    def kill(self) -> None:
        """End the server as a power cut would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()

    def database(self) -> "Database":
        """Make an empty database."""
        self._databases += 1
        name = f"graph{self._databases}"
        assert self._process.stdin
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        self._await_answer()
        return Database(self.address, name)

    def _await_answer(self) -> None:
        assert self._process.stdout
        while (line := self._process.stdout.readline()) != "ready\n":
            assert line, f"the server ended with {self._process.wait()}"


class Database:
    """A database of the server, and what is in it."""

    def __init__(self, address: str, name: str) -> None:
        self.name = name
        self.address = address
        self.url = f"bolt://{USER}:{quote(PASSWORD, safe='')}@{address}/{name}"

    def run(self, statement: str, **parameters: Any) -> list[list[Any]]:
        """Run a statement and return its rows."""
        with self._session() as session:
            return session.execute_write(lambda transaction: transaction.run(statement, parameters).values())

    def count(self, pattern: str) -> int:
        """Return how often a pattern is there."""
        return int(self.run(f"MATCH {pattern} RETURN count(*)")[0][0])

    def records(self, scope: str) -> Records:
        """Return what is there of a scope by key, as JupiterOne objects, and check that labels and types are right."""
        found: Records = {}
        for labels, node in self.run(
            "MATCH (n:GraphObject {_scope: $scope}) RETURN labels(n), properties(n)", scope=scope
        ):
            assert set(labels) == {"GraphObject", node["_type"], *node["_class"]}
            _put(found, node)
        for verb, source, target, properties in self.run(
            "MATCH (a:GraphObject {_scope: $scope})-[r]->(b) RETURN type(r), a._key, b._key, properties(r)", scope=scope
        ):
            assert verb == properties["_class"]
            _put(found, {**properties, "_fromEntityKey": source, "_toEntityKey": target})
        for (node,) in self.run("MATCH (d:DanglingRelationship {_scope: $scope}) RETURN properties(d)", scope=scope):
            _put(found, node)
        return found

    @contextmanager
    def _session(self) -> Iterator[neo4j.Session]:
        with (
            neo4j.GraphDatabase.driver(f"bolt://{self.address}", auth=(USER, PASSWORD)) as driver,
            driver.session(database=self.name) as session,
        ):
            yield session


def expected(graph: ReadableStore, steps: Iterable[Step]) -> Records:
    """Return what a database must hold of a graph, by type and key."""
    records = (orjson.loads(record) for step in steps for record in graph.records(step))
    found: Records = {}
    for record in records:
        _put(found, {name: storable(value) for name, value in record.items()})
    return found


def _put(found: Records, record: dict[str, Any]) -> None:
    name = f"{record['_type']} {record['_key']}"
    assert name not in found
    found[name] = {name: value for name, value in record.items() if name != "_scope"}


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def _serve(folder: str, jvm: str, bolt_port: str, http_port: str) -> None:
    """Serve until standard input ends; each line of it names a database to make."""
    from arcadedb_embedded.server import ArcadeDBServer

    server = ArcadeDBServer(
        root_path=folder,
        root_password=PASSWORD,
        config={
            "host": "127.0.0.1",
            "http_port": http_port,
            "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
            "bolt_port": bolt_port,
        },
        jvm_kwargs={"heap_size": "2g", "jvm_args": jvm},
    )
    server.start()
    print("ready", flush=True)
    for line in sys.stdin:
        server.create_database(line.strip())
        print("ready", flush=True)
    os._exit(0)


if __name__ == "__main__":
    _serve(*sys.argv[1:])
