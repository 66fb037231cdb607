"""Values that a destination cannot hold cost the record that has them, and what a server says moves no terminal."""

import json
import random
import string
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from integration import OutputError
from integration.sdk.plugins import declared_steps, load
from integration.sdk.report import Report, StepResult
from integration.sdk.step import Step
from integration.sinks import make_sinks
from integration.store.store import Store
from tests.jupiterone import Account
from tests.jupiterone.runs import sign_in
from tests.sinks.arcadedb import ArcadeDB
from tests.sinks.postgresql import collect, held, push
from tests.support import Row, named, worn

USER, GROUP, HAS = (
    next(step for step in declared_steps(load()) if step.name == name)
    for name in ("azure_user", "azure_user_group", "azure_user_group_has_user")
)
STEPS = (USER, GROUP, HAS)
LONG = "".join(random.Random(1).choices(string.ascii_letters, k=9000))
ODD = ["a\0b", "a\ufffdb", LONG, f"{LONG}2", "\ufffd", "\x7f", "user 🙂", "\\N", "a\tb\\"]


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(Path("graph.db"))) as store:
        collect(store, _graph("1"))
        yield store


def _graph(title: str) -> dict[Step, list[Row]]:
    users = sorted(ODD)
    return {
        USER: named(*users, jobTitle=f"a\0{title}", size=2**63 - 1, large=2**64 - 1, share=1e300),
        GROUP: named("group-1"),
        HAS: worn(*(("group-1", key) for key in users)),
    }


def test_postgresql_takes_what_it_can_hold(store: Store, postgresql_url: str, caplog: pytest.LogCaptureFixture) -> None:
    for title in "123":
        collect(store, _graph(title))
        push(postgresql_url, store, STEPS)
        there = held(postgresql_url, store.scope)
        keys = {each["_key"] for each in there if each["_type"] == "azure_user"}
        assert keys == set(ODD) - {"a\0b", LONG, f"{LONG}2"}
        assert {each["jobTitle"] for each in there if each["_type"] == "azure_user"} == {f"a\ufffd{title}"}
        assert {each["_toEntityKey"] for each in there if "_toEntityKey" in each} == keys
    assert "azure_user: 3 records stay away from the destination, such as a\ufffdb" in caplog.text


def test_neo4j_takes_what_it_can_hold(store: Store, arcadedb: ArcadeDB, caplog: pytest.LogCaptureFixture) -> None:
    database = arcadedb.database()
    for title in "123":
        collect(store, _graph(title))
        (sink,) = make_sinks(load(), [database.url])
        sink.write(store, STEPS, Report(results=[StepResult(type=step.name, verdict="complete") for step in STEPS]))
        keys = {key for (key,) in database.run("MATCH (u:azure_user) RETURN u._key")}
        assert keys == set(ODD) - {LONG, f"{LONG}2"}
    assert "azure_user: 2 records stay away from the destination" in caplog.text


@pytest.mark.parametrize("done", [0, 1, 1500])
def test_files_that_are_written_when_somebody_stops_it_are_the_old_ones(
    done: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Store(Path("many.db"))) as store:
        collect(store, {USER: named(*(f"user-{number:05}" for number in range(2000)))})
        report = Report(results=[StepResult(type=USER.name, verdict="complete")])
        (sink,) = make_sinks(load(), ["files:copy"])
        sink.write(store, [USER], report)
        before = {path: path.read_bytes() for path in Path("copy").rglob("*") if path.is_file()}
        collect(store, {USER: named(*(f"user-{number:05}" for number in range(2000)), size=1)})
        records = Store.records

        def broken(self: Store, step: Step) -> Iterator[bytes]:
            for number, record in enumerate(records(self, step)):
                if number == done:
                    raise KeyboardInterrupt
                yield record

        monkeypatch.setattr(Store, "records", broken)
        with pytest.raises(KeyboardInterrupt):
            sink.write(store, [USER], report)
        assert {path: path.read_bytes() for path in Path("copy").rglob("*") if path.is_file()} == before


@pytest.fixture
def saying() -> Iterator[Callable[[bytes], str]]:
    """Start a server that answers every request with 401 and a body, and return its URL."""
    servers = []

    def start(body: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(401)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_what_jupiterone_says_is_one_line_without_the_key(
    saying: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account()
    sign_in(monkeypatch, account)
    said = {"code": f"x\x1b[2J\n{account.key}", "message": f"forged\r\nline \x1b]0;pwn\x07 {account.key}"}
    url = saying(json.dumps({"error": said}).encode())
    with pytest.raises(OutputError) as caught:
        make_sinks(load(), [f"jupiterone:{url}"])
    text = str(caught.value)
    assert text.isprintable()
    assert account.key not in text


def test_an_answer_of_jupiterone_without_end_is_not_kept_in_memory(
    saying: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, Account())
    url = saying(b" " * 5_000_000)
    with pytest.raises(OutputError):
        make_sinks(load(), [f"jupiterone:{url}"])
