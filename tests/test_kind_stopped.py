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
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integration import Interrupted, Report, Step, handle, hookimpl, load, plan, run
from integration.config.settings import Config
from integration.sdk.sink import Graph
from integration.text.secret import Secret
from tests.little_tenant import Handler, LittleTenant, serving
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
    ends = time.monotonic() + 20
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

    def write(self, graph: Graph, steps: Sequence[Step], report: Report) -> None:
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
        output, errors = process.communicate(timeout=20)
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
    output, errors = process.communicate(timeout=20)
    assert "Traceback" not in output + errors
    assert process.returncode == 1, errors
    found = json.loads((tmp_path / "out/summary.json").read_text())
    assert "error" not in found
    assert [reason.partition(":")[0] for reason in found["failedSinks"].values()] == [
        "stopped before it was written whole", "stopped before it was written",
    ]  # fmt: skip
    assert not list((tmp_path / "files").rglob("*.json*"))
