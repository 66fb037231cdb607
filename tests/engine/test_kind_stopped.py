"""A run that is to end ends soon, whatever it waits for, says what is true, and the next one goes on."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg
import pytest

from integration import Interrupted, Report, Step, handle, hookimpl, load, plan, run
from integration.config.settings import Config
from integration.mirror.mirror import Mirror
from integration.sdk.sink import StoredGraph
from integration.sdk.stopping import Stopping
from integration.sinks.neo4j.scope import Scope
from integration.sinks.neo4j.sink import Neo4jSink
from integration.store.store import Store
from integration.text.secret import Secret
from tests.http.sign_in import Service
from tests.http.sign_in import serving as signing_in
from tests.jupiterone import Account, Fault, JupiterOne
from tests.jupiterone.runs import sign_in
from tests.little_tenant import GROUPS, USERS, Handler, LittleTenant, Said, children, serving
from tests.sinks.arcadedb import ArcadeDB
from tests.sinks.neo4j_graphs import STEPS, large
from tests.sinks.postgresql import query
from tests.support import distribution, write

SOON = 2.0
STOPPED = "stopped; the next run in this folder goes on from here"


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


def config(tenant: LittleTenant, **settings: Any) -> Config:
    return replace(Config(graph_url=tenant.url, access_token=Secret("token")), **settings)


def summary() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("out/summary.json").read_text())
    return found


def waits_for(happened: Callable[[], object]) -> None:
    ends = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < ends
        time.sleep(0.01)


def collect(tenant: LittleTenant, *plugins: object, stop: threading.Event | None = None, **settings: Any) -> Report:
    manager = load(*plugins)
    return run(manager, plan(manager), config(tenant, **settings), out="out", stop=stop)


def stopped_when(tenant: LittleTenant, happened: Callable[[], object], **settings: Any) -> None:
    """Run, set the event when something has happened, and see that the run ends soon."""
    stop, told = threading.Event(), [0.0]

    def set_then() -> None:
        waits_for(happened)
        told[0] = time.monotonic()
        stop.set()

    thread = threading.Thread(target=set_then)
    thread.start()
    with pytest.raises(Interrupted, match=STOPPED):
        collect(tenant, stop=stop, **settings)
    assert time.monotonic() - told[0] < SOON
    thread.join()
    assert summary()["error"] == STOPPED


def silent(handler: Handler) -> None:
    """Begin no answer until the other side has gone."""
    handler.connection.recv(1)
    handler.close_connection = True


def dripping(handler: Handler) -> None:
    """Send an answer byte by byte, without end."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        handler.close_connection = True


@pytest.mark.parametrize(
    ("status", "headers"), [(429, {"Retry_After": "600"}), (503, {"Retry_After": "600"}), (503, {}), (429, {})]
)
def test_a_run_that_waits_ends_soon(tenant: LittleTenant, status: int, headers: dict[str, str]) -> None:
    tenant.always("/users", status, {}, **headers)
    stopped_when(tenant, lambda: tenant.count("/users"))
    tenant.mended()
    assert collect(tenant).exit_code() == 0


@pytest.mark.parametrize("answer", [silent, dripping])
@pytest.mark.parametrize("path", ["/users", "/$batch"])
def test_a_run_that_awaits_an_answer_ends_soon(
    tenant: LittleTenant, path: str, answer: Callable[[Handler], None]
) -> None:
    tenant.takes_over[path] = answer
    stopped_when(tenant, lambda: tenant.count(path))
    tenant.mended()
    report = collect(tenant)
    assert (report.exit_code(), report.reading["mirror"]) == (0, "resumed")


def test_a_run_that_signs_in_ends_soon(tenant: LittleTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked: list[Any] = []
        threading.Thread(target=lambda: asked.append(server.accept()), daemon=True).start()
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("IDENTITY_HEADER", "header")
        stopped_when(tenant, lambda: asked, access_token=Secret(""), managed_identity=True)
        asked[0][0].close()


def test_a_run_that_the_sign_in_service_has_wait_ends_soon(
    tenant: LittleTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with signing_in(Service(status=429, retry_after="30")) as service:
        monkeypatch.setenv("IDENTITY_ENDPOINT", service.url)
        monkeypatch.setenv("IDENTITY_HEADER", "header")
        stopped_when(tenant, lambda: service.asked, access_token=Secret(""), managed_identity=True)
        assert len(service.asked) == 1


@pytest.mark.every_area
def test_a_run_that_was_stopped_while_it_proved_that_all_owners_came_proves_it_again(tenant: LittleTenant) -> None:
    stop, ended = threading.Event(), threading.Event()

    def groups(query: str) -> Said | None:
        if "owners/$count" in unquote(query):  # none is without an owner, but with $expand no owner comes
            stop.set()
            ended.wait(60)
            return 200, {}, {"value": [], "@odata.count": 0}
        return None

    tenant.says["/groups"] = groups
    for group in GROUPS:
        tenant.always(f"/groups/{group}/owners", 200, {"value": children(USERS[0])})
    manager = load()
    chosen = plan(manager, only=["azure_user_owns_group"])
    with pytest.raises(Interrupted):
        run(manager, chosen, config(tenant), out="out", stop=stop)
    ended.set()
    owns = run(manager, chosen, config(tenant), out="out").of("azure_user_owns_group")
    assert (owns.verdict, owns.count) == ("complete", len(GROUPS))


def test_a_run_that_is_to_end_before_it_begins_asks_for_nothing(tenant: LittleTenant) -> None:
    stop = threading.Event()
    stop.set()
    event = {"instance": {"id": "i", "name": "n", "config": {"accessToken": "token", "graphUrl": tenant.url}}}
    with pytest.raises(Interrupted, match=STOPPED):
        handle(event, out="out", stop=stop)
    assert not tenant.asked
    assert summary()["error"] == STOPPED


class Destination:
    """A destination that takes its time."""

    def __init__(self, url: str, writes: Callable[[Iterator[bytes]], None]) -> None:
        self.url, self._writes = url, writes
        self.written = False

    def check(self) -> None:
        """Nothing can be wrong with it."""

    def write(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
        self._writes(record for _ in iter(int, 1) for step in steps for record in graph.records(step))
        self.written = True

    @hookimpl
    def integration_sink(self, url: str) -> "Destination | None":
        return self if url == self.url else None


def test_what_is_stopped_after_the_graph_is_there_says_so(tenant: LittleTenant) -> None:
    stop = threading.Event()

    def endless(records: Iterator[bytes]) -> None:
        stop.set()
        for _ in records:
            pass

    first, second = Destination("first:", endless), Destination("second:", endless)
    report = collect(tenant, first, second, stop=stop, to=("first:", "second:"))
    assert not report.error
    assert report.of("azure_user").verdict == "complete"
    assert report.failed_sinks["first:"].startswith("stopped before it was written whole")
    assert report.failed_sinks["second:"].startswith("stopped before it was written:")
    assert (report.exit_code(), first.written, second.written) == (1, False, False)
    assert summary()["failedSinks"] == report.failed_sinks
    assert "error" not in summary()


def delivery_stopped_when(tenant: LittleTenant, to: str, happened: Callable[[], object], *plugins: object) -> None:
    """Run, set the event when something has happened, and see that the destination is left soon."""
    stop, told = threading.Event(), [0.0]

    def set_then() -> None:
        waits_for(happened)
        told[0] = time.monotonic()
        stop.set()

    thread = threading.Thread(target=set_then)
    thread.start()
    report = collect(tenant, *plugins, stop=stop, to=(to,))
    assert time.monotonic() - told[0] < SOON
    thread.join()
    (reason,) = report.failed_sinks.values()
    assert reason.startswith("stopped before it was written whole")
    assert not report.error


BUSY = {"Retry-After": "200"}


@pytest.mark.parametrize(("endpoint", "before"), [("entities", "jobs"), ("finalize", "events"), ("job", "entities")])
@pytest.mark.parametrize("is_silent", [True, False], ids=["silent", "busy"])
def test_an_account_that_lets_us_wait_is_left_soon(
    tenant: LittleTenant, monkeypatch: pytest.MonkeyPatch, endpoint: str, before: str, is_silent: bool
) -> None:
    account = Account()
    with JupiterOne(account) as service:
        sign_in(monkeypatch, account)

        class Begins:
            @hookimpl
            def integration_step_finished(self) -> None:
                if is_silent:
                    service.held_back = {endpoint}
                else:
                    service.faults = [Fault(endpoint, 503, times=1000, headers=BUSY)]

        asked = before if is_silent else endpoint
        delivery_stopped_when(
            tenant,
            f"jupiterone:{service.url}",
            lambda: [each for each in service.asked(asked) if each.status in (200, 503)],
            Begins(),
        )
        service.held_back = set()
        waits_for(lambda: endpoint == "job" or account.last.status == "ABORTED")
        service.faults = []
        assert collect(tenant, to=(f"jupiterone:{service.url}",)).exit_code() == 0


class Blocks:
    """Keeps others from reading what a PostgreSQL destination notes, from the first verdict on."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url)

    @hookimpl
    def integration_step_finished(self) -> None:
        self.connection.execute("LOCK TABLE integration.revisions IN ACCESS EXCLUSIVE MODE")


def test_a_database_that_lets_us_wait_is_left_soon(tenant: LittleTenant, postgresql_url: str) -> None:
    assert collect(tenant, to=(postgresql_url,)).exit_code() == 0
    blocks = Blocks(postgresql_url)
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with blocks.connection:
        delivery_stopped_when(tenant, postgresql_url, lambda: query(postgresql_url, waiting), blocks)
    assert collect(tenant, to=(postgresql_url,)).exit_code() == 0


def test_a_graph_database_is_left_between_two_transactions(arcadedb: ArcadeDB, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integration.sinks.neo4j.push.LIMIT", 20)
    database, stop, written = arcadedb.database(), threading.Event(), [0]

    def counted(self: Scope, work: Any, *arguments: Any, write: Any = Scope.write, **named: Any) -> Any:
        result = write(self, work, *arguments, **named)
        written[0] += 1
        stop.set()
        return result

    monkeypatch.setattr(Scope, "write", counted)
    with closing(Store(Path("graph.db"))) as store, Stopping(stop) as stopping:
        large(store, 0)
        sink = Neo4jSink(database.url, {}, stopping)
        with pytest.raises(Interrupted):
            sink.write(store, STEPS, Report(results=()))
        assert written == [1]


class Swallows:
    """A way to a server that lets everything through until it is told to swallow; a context manager."""

    def __init__(self, address: str) -> None:
        host, port = address.split(":")
        self._server, self._ends = (host, int(port)), list[socket.socket]()
        self._threads = list[threading.Thread]()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.is_silent, self.has_swallowed = threading.Event(), threading.Event()

    def __enter__(self) -> "Swallows":
        self._start(self._listen)
        return self

    def __exit__(self, *_: object) -> None:
        for end in (self._listener, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in (self._listener, *self._ends):
            end.close()

    def _start(self, work: Callable[..., None], *ends: socket.socket) -> None:
        thread = threading.Thread(target=work, args=ends)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                self._ends += client, server
                for ends in ((client, server), (server, client)):
                    self._start(self._pass_on, *ends)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(65_536):
                if self.is_silent.is_set():
                    self.has_swallowed.set()
                else:
                    target.sendall(content)
            target.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("by_signal", [False, True], ids=["event", "signal"])
def test_a_graph_database_that_goes_silent_is_left_soon(
    tenant: LittleTenant, arcadedb: ArcadeDB, monkeypatch: pytest.MonkeyPatch, by_signal: bool
) -> None:
    database, stop, told = arcadedb.database(), threading.Event(), [0.0]
    with Swallows(database.address) as way:

        def silenced(self: Scope, work: Any, *arguments: Any, write: Any = Scope.write, **named: Any) -> Any:
            result = write(self, work, *arguments, **named)
            way.is_silent.set()
            return result

        def set_then() -> None:
            assert way.has_swallowed.wait(120)
            told[0] = time.monotonic()
            if by_signal:
                os.kill(os.getpid(), signal.SIGINT)
            else:
                stop.set()

        monkeypatch.setattr(Scope, "write", silenced)
        thread = threading.Thread(target=set_then)
        thread.start()
        report = collect(tenant, stop=stop, to=(database.url.replace(database.address, way.address),))
        assert time.monotonic() - told[0] < SOON
        thread.join()
    (reason,) = report.failed_sinks.values()
    assert reason.startswith("stopped before it was written whole")
    assert not report.error
    monkeypatch.undo()
    assert collect(tenant, to=(database.url,)).exit_code() == 0


def test_who_cannot_be_told_keeps_nobody_else_from_it(caplog: pytest.LogCaptureFixture) -> None:
    stop, told = threading.Event(), threading.Event()

    def fails() -> None:
        raise RuntimeError("on purpose")

    with Stopping(stop) as stopping, stopping.telling(fails), stopping.telling(told.set):
        stop.set()
        assert told.wait(120)
    assert "on purpose" in caplog.text


def test_what_follows_a_write_and_fails_is_told_and_releases_everybody(tmp_path: Path) -> None:
    def fails() -> None:
        raise RuntimeError("on purpose")

    mirror = Mirror(tmp_path / "mirror.db")
    mirror.open("contoso", fresh=False)
    mirror.begin("users", None)
    mirror.add("users", [{"id": "1"}], None, fails)
    with pytest.raises(RuntimeError, match="on purpose"):
        mirror.complete("users")
    mirror.close()


def test_an_interrupt_of_a_host_ends_its_run_as_the_event_does(tenant: LittleTenant) -> None:
    tenant.always("/users", 429, {}, Retry_After="600")

    def interrupt() -> None:
        waits_for(lambda: tenant.count("/users"))
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(Interrupted, match=STOPPED):
        collect(tenant)
    thread.join()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_host_that_takes_interrupts_itself_gets_them(tenant: LittleTenant) -> None:
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:

        class Host:
            @hookimpl
            def integration_step_started(self, step: Step) -> None:
                os.kill(os.getpid(), signal.SIGINT)

        assert collect(tenant, Host()).exit_code() == 0
        waits_for(lambda: came)
    finally:
        signal.signal(signal.SIGINT, before)


def begun(tenant: LittleTenant, out: Path, *arguments: str, path: Path | None = None) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "integration", "run", "--graph-url", tenant.url, "--out", str(out), *arguments]
    modules = os.pathsep.join([*([str(path)] if path else []), os.environ["PYTHONPATH"]])
    environment = {**os.environ, "INTEGRATION_ACCESS_TOKEN": "token", "PYTHONPATH": modules}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupts_close_together_end_a_run_once(tenant: LittleTenant, tmp_path: Path, number: signal.Signals) -> None:
    tenant.always("/users", 429, {}, Retry_After="600")
    runs = [begun(tenant, tmp_path / str(gap)) for gap in range(4)]
    waits_for(lambda: tenant.count("/users") >= len(runs))
    for gap, process in zip((0.0, 0.005, 0.02, 0.05), runs, strict=True):
        process.send_signal(number)
        for _ in range(2):
            time.sleep(gap)
            process.send_signal(number)
    for process in runs:
        output, errors = process.communicate(timeout=120)
        assert "Traceback" not in output + errors
        assert (process.returncode, errors.splitlines()[-1]) == (3, f"error: {STOPPED}")


SLOW = """
import pathlib, time
from integration import hookimpl

class Slow:
    url = "slow:"

    def check(self):
        pass

    def write(self, graph, steps, report):
        pathlib.Path(__file__).with_name("begun").touch()
        time.sleep(60)

@hookimpl
def integration_sink(url):
    return Slow() if url == "slow:" else None
"""


def test_an_interrupt_after_the_graph_is_there_leaves_the_run_its_result(tenant: LittleTenant, tmp_path: Path) -> None:
    write(tmp_path, {"acme_slow.py": SLOW})
    distribution(tmp_path, "acme-slow", {"acme_slow": "acme_slow"})
    to = ("--to", "slow:", "--to", f"files:{tmp_path / 'files'}")
    process = begun(tenant, tmp_path / "out", *to, path=tmp_path)
    waits_for(lambda: (tmp_path / "begun").exists())
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)
    output, errors = process.communicate(timeout=120)
    assert "Traceback" not in output + errors
    assert process.returncode == 1, errors
    found = json.loads((tmp_path / "out/summary.json").read_text())
    assert "error" not in found
    assert [reason.partition(":")[0] for reason in found["failedSinks"].values()] == [
        "stopped before it was written whole", "stopped before it was written",
    ]  # fmt: skip
    assert not list((tmp_path / "files").rglob("*.json*"))
