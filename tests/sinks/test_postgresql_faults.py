"""Pushes that are killed, cut off or concurrent: readers see a whole graph, and a repeated push ends the same."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from integration import OutputError
from integration.store.store import Store
from steps.entra.group import azure_user_group_has_user
from steps.entra.user import azure_user
from tests.sinks.postgresql import Server, collect, expected, held, push, query
from tests.support import ROOT, named, worn

STEPS = (azure_user, azure_user_group_has_user)
PUSH = """
import sys
from contextlib import closing
from pathlib import Path
from integration.store.store import Store
from tests.sinks.postgresql import push
from tests.sinks.test_postgresql_faults import STEPS

with closing(Store(Path(sys.argv[1]))) as store:
    push(sys.argv[2], store, STEPS)
"""
PATIENCE = 30


@pytest.fixture
def url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
def store() -> Iterator[Store]:
    """A graph of some size."""
    with closing(Store(Path("graph.db"))) as store:
        users = [f"user-{number}" for number in range(1000)]
        ends = [(f"group-{number % 7}", user) for number, user in enumerate(users)]
        collect(store, {azure_user: named(*users, size=1), azure_user_group_has_user: worn(*ends)})
        yield store


def change(store: Store) -> None:
    users = [f"user-{number}" for number in range(10, 1010)]
    ends = [(f"group-{number % 5}", user) for number, user in enumerate(users)]
    collect(store, {azure_user: named(*users, size=2), azure_user_group_has_user: worn(*ends)})


def start(url: str) -> "subprocess.Popen[bytes]":
    """Push in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]])}
    return subprocess.Popen([sys.executable, "-c", PUSH, str(Path("graph.db").resolve()), url], env=environment)


@contextmanager
def held_up(url: str) -> Iterator[None]:
    """Let nobody write relationships: a push that comes so far waits, its entities written."""
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE integration.relationships IN EXCLUSIVE MODE")
        yield


def wait_until(url: str, statement: str) -> list[Any]:
    """Return the rows as soon as there are some."""
    ends = time.monotonic() + PATIENCE
    while not (found := query(url, statement)):
        assert time.monotonic() < ends, statement
        time.sleep(0.01)
    return found


def is_there(url: str) -> bool:
    return query(url, "SELECT to_regclass('integration.entities') IS NOT NULL") == [(True,)]


CONNECTED = "SELECT pid FROM pg_stat_activity WHERE application_name = 'integration'"
WAITING = f"{CONNECTED} AND wait_event_type = 'Lock'"


def test_a_push_that_is_killed_half_way_leaves_the_old_graph_and_repeated_ends_the_same(url: str, store: Store) -> None:
    push(url, store, STEPS)
    old = held(url, store.scope)
    change(store)
    with held_up(url):
        process = start(url)
        wait_until(url, WAITING)
        assert held(url, store.scope) == old
        process.kill()
        process.wait()
        assert held(url, store.scope) == old
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


def test_a_first_push_that_is_killed_leaves_nothing(url: str, store: Store) -> None:
    for moment in (0.0, 0.05, 0.1):
        process = start(url)
        while process.poll() is None and not query(url, CONNECTED):
            time.sleep(0.005)
        time.sleep(moment)
        process.kill()
        process.wait()
        if is_there(url):
            assert held(url, store.scope) == expected(store, STEPS)
            query(url, "DROP SCHEMA integration CASCADE")
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


def test_a_server_that_restarts_in_the_middle_keeps_the_old_graph(postgresql: Server, url: str, store: Store) -> None:
    push(url, store, STEPS)
    old = held(url, store.scope)
    change(store)
    blocker = psycopg.connect(url)
    blocker.execute("LOCK TABLE integration.relationships IN EXCLUSIVE MODE")
    with ThreadPoolExecutor() as executor:
        pushing = executor.submit(push, url, store, STEPS)
        wait_until(url, WAITING)
        postgresql.restart()
        blocker.close()
        with pytest.raises(OutputError) as caught:
            pushing.result(PATIENCE)
    message = str(caught.value)
    assert message.startswith(f"postgresql://127.0.0.1:{postgresql.port}/")
    assert message.endswith("; it holds what it held before, until a push succeeds")
    assert held(url, store.scope) == old
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


@contextmanager
def without_the_answer_to_commit(port: int) -> Iterator[int]:
    """Stand between the server and a client, and yield the port: what is said after a commit is lost."""
    ends: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor() as executor:
        committing = threading.Event()

        def pass_on(source: socket.socket, target: socket.socket, *, is_client: bool) -> None:
            while said := source.recv(1 << 16):
                if is_client and said.endswith(b"COMMIT\0"):
                    committing.set()
                if committing.is_set() and not is_client:
                    break
                target.sendall(said)
            for end in ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

        def accept() -> None:
            ends.extend([listener.accept()[0], socket.create_connection(("127.0.0.1", port))])
            executor.submit(pass_on, *ends, is_client=True)
            pass_on(*reversed(ends), is_client=False)

        accepting = executor.submit(accept)
        yield listener.getsockname()[1]
        accepting.result(PATIENCE)
    for end in ends:
        end.close()


def test_what_became_of_a_commit_without_an_answer_is_not_known(postgresql: Server, url: str, store: Store) -> None:
    push(url, store, STEPS)
    change(store)
    with without_the_answer_to_commit(postgresql.port) as port, pytest.raises(OutputError) as caught:
        push(url.replace(f":{postgresql.port}/", f":{port}/"), store, STEPS)
    assert str(caught.value).endswith(
        "; whether it holds this graph or what it held before is not known, until a push succeeds"
    )
    assert held(url, store.scope) == expected(store, STEPS)
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


def test_a_commit_that_the_server_refuses_leaves_the_old_graph(url: str, store: Store) -> None:
    push(url, store, STEPS)
    old = held(url, store.scope)
    change(store)
    query(url, "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$")
    when = "AFTER INSERT OR UPDATE OR DELETE ON integration.entities DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    query(url, f"CREATE CONSTRAINT TRIGGER no {when} EXECUTE FUNCTION no()")
    with pytest.raises(OutputError, match=r"not today: .* take it away from the tables; it holds what it held before"):
        push(url, store, STEPS)
    assert held(url, store.scope) == old


def test_the_time_of_a_comparison_does_not_grow_with_the_square_of_the_graph(url: str, store: Store) -> None:
    ends = [(f"group-{number % 7}", f"user-{number}") for number in range(9_000)]
    collect(store, {azure_user_group_has_user: worn(*ends)})
    push(url, store, STEPS)
    with closing(Store(Path("anew.db"))) as anew:
        collect(anew, {azure_user_group_has_user: worn(*ends[1:], ("group-8", "user-1"))})
        started = time.monotonic()
        push(url, anew, STEPS)
        assert time.monotonic() - started < PATIENCE / 6
        assert len(held(url, anew.scope)) == 9_000


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
def test_two_pushes_at_once_do_not_mix(url: str, store: Store, isolation: str) -> None:
    push(url, store, STEPS)
    change(store)
    options = f"?options=-cdefault_transaction_isolation%3D{isolation.replace(' ', '%5C%20')}"
    with closing(Store(Path("anew.db"))) as anew, ThreadPoolExecutor() as executor:
        users = [f"user-{number}" for number in range(300, 800)]
        ends = worn(*((f"group-{number % 3}", user) for number, user in enumerate(users)))
        collect(anew, {azure_user: named(*users, size=3), azure_user_group_has_user: ends})
        with held_up(url):
            first = executor.submit(push, url + options, store, STEPS)
            wait_until(url, WAITING)
            second = executor.submit(push, url + options, anew, STEPS)
            wait_until(url, f"SELECT count(*) FROM ({WAITING}) AS waiting HAVING count(*) = 2")
        first.result(PATIENCE)
        second.result(PATIENCE)
        assert held(url, store.scope) == expected(anew, STEPS)


def test_the_first_pushes_of_two_tenants_at_once_both_arrive(url: str, store: Store) -> None:
    with closing(Store(Path("fabrikam.db"))) as other:
        collect(other, {azure_user: named("user-1", "user-2")}, tenant="fabrikam.example")
        with ThreadPoolExecutor() as executor:
            for done in [executor.submit(push, url, graph, STEPS) for graph in (store, other)]:
                done.result(PATIENCE)
        assert held(url, store.scope) == expected(store, STEPS)
        assert held(url, other.scope) == expected(other, STEPS)
