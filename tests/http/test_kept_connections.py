"""A process that reads many tenants keeps its connections, and what ends one run harms no other."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from integration.http import connections
from integration.http.connections import Adapter, keep_connections


class Server(ThreadingHTTPServer):
    """Counts its connections, and answers on some paths only when it is let go."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.opened = 0
        self.came, self.let_go = threading.Semaphore(0), threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def process_request(self, request: object, client_address: object) -> None:
        self.opened += 1
        super().process_request(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        if self.path == "/held":
            self.server.came.release()
            self.server.let_go.wait()
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.let_go.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(connections, "_shared", None)
    keep_connections()
    yield
    assert connections._shared is not None
    connections._shared.straight.clear()


@contextmanager
def a_run() -> Iterator[tuple[requests.Session, Adapter]]:
    with requests.Session() as session:
        adapter = Adapter()
        session.mount("http://", adapter)
        yield session, adapter


def ask(server: Server, path: str = "/") -> None:
    with a_run() as (session, adapter), adapter.deadlines.until(time.monotonic() + 60):
        assert session.get(server.url + path).json() == {}


def test_a_run_by_itself_closes_its_connections(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_shared", None)
    for _ in range(3):
        ask(server)
    assert server.opened == 3


def test_what_is_kept_serves_the_next_run(server: Server, kept: None) -> None:
    for _ in range(3):
        ask(server)
    keep_connections()
    ask(server)
    assert server.opened == 1


def test_what_nobody_used_for_long_is_not_trusted(server: Server, kept: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(server)
    monkeypatch.setattr(connections, "_IDLE", -1)
    ask(server)
    assert server.opened == 2


def test_a_run_that_is_cut_off_cuts_off_no_other(server: Server, kept: None) -> None:
    with a_run() as (session, adapter), ThreadPoolExecutor(2) as threads:

        def cut_off() -> None:
            with adapter.deadlines.until(time.monotonic() + 60):
                session.get(f"{server.url}/held")

        one, other = threads.submit(cut_off), threads.submit(ask, server, "/held")
        for _ in range(2):
            assert server.came.acquire(timeout=60)
        adapter.cut()
        with pytest.raises(requests.ConnectionError):
            one.result(60)
        server.let_go.set()
        other.result(60)
        with pytest.raises(requests.ConnectionError):
            cut_off()
    ask(server)


def test_a_connection_that_a_cut_run_gave_back_is_left_alone(server: Server, kept: None) -> None:
    with a_run() as (session, adapter), adapter.deadlines.until(time.monotonic() + 60):
        assert session.get(server.url).json() == {}
        adapter.cut()
    ask(server)
    assert server.opened == 1
