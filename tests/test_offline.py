"""The guard of ``tests/offline`` holds, in this process and in those that tests start."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

REFUSED = "a test wants to reach "
"""What a refusal says. A process that pytest started has the guard under a second name, with an error of its own."""
HOST = "graph.microsoft.com"
ADDRESS = ("192.0.2.1", 443)
"""An address that RFC 5737 keeps for documentation."""
ADDRESS_6 = "2001:db8::1"
"""The same by RFC 3849."""

CONNECT = f"import socket; socket.create_connection({ADDRESS})"
REQUEST = f"import requests; requests.get('https://{ADDRESS[0]}/')"
CHILD = f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', {CONNECT!r}]))"

Attempt = Callable[[], object]
ATTEMPTS: dict[str, tuple[str, Attempt]] = {
    "getaddrinfo": (HOST, lambda: socket.getaddrinfo(HOST, 443)),
    "getaddrinfo of an IPv6 address": (ADDRESS_6, lambda: socket.getaddrinfo(ADDRESS_6, 443)),
    "gethostbyname": (HOST, lambda: socket.gethostbyname(HOST)),
    "gethostbyaddr": (ADDRESS[0], lambda: socket.gethostbyaddr(ADDRESS[0])),
    "getnameinfo": (ADDRESS[0], lambda: socket.getnameinfo(ADDRESS, 0)),
    "create_connection": (HOST, lambda: socket.create_connection((HOST, 443))),
    "connect": (ADDRESS[0], lambda: _with_socket("connect", ADDRESS)),
    "connect_ex": (ADDRESS[0], lambda: _with_socket("connect_ex", ADDRESS)),
    "sendto": (ADDRESS[0], lambda: _with_socket("sendto", b"", ADDRESS)),
    "sendmsg": (ADDRESS[0], lambda: _with_socket("sendmsg", [b""], [], 0, ADDRESS)),
    "asyncio": (HOST, lambda: asyncio.run(_open_connection())),
    "requests": (HOST, lambda: requests.get(f"https://{HOST}/v1.0/users", timeout=5)),
}


def _with_socket(method: str, *args: object) -> None:
    with socket.socket(type=socket.SOCK_STREAM if method.startswith("connect") else socket.SOCK_DGRAM) as opened:
        getattr(opened, method)(*args)


async def _open_connection() -> None:
    await asyncio.open_connection(HOST, 443)


@pytest.fixture
def port() -> Iterator[int]:
    """A port of this machine that accepts connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def python(code: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in a process of its own that can import ``tests``."""
    root = Path(__file__).parents[1]
    return subprocess.run(
        [sys.executable, "-c", code], cwd=root, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_this_process_cannot_leave_the_machine(attempt: str) -> None:
    host, reach = ATTEMPTS[attempt]
    with pytest.raises(RuntimeError, match=f"{REFUSED}{host}"):
        reach()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_open(port: int, host: str) -> None:
    with socket.create_connection((host, port)) as connection:
        assert connection.getpeername() == ("127.0.0.1", port)


@pytest.mark.parametrize("code", [CONNECT, REQUEST, CHILD], ids=["socket", "requests", "grandchild"])
def test_a_process_cannot_leave_the_machine(code: str) -> None:
    answer = python(code)
    assert answer.returncode == 1
    assert f"NetworkRefused: {REFUSED}{ADDRESS[0]}" in answer.stderr


def test_loopback_is_open_for_a_process(port: int) -> None:
    answer = python(f"import socket; print(socket.create_connection(('localhost', {port})).getpeername()[1])")
    assert answer.stdout == f"{port}\n", answer.stderr


def test_a_process_without_the_guard_is_refused() -> None:
    with pytest.raises(RuntimeError, match="without the network guard"):
        subprocess.run([sys.executable, "-c", ""], env={}, check=False)


def test_the_developers_settings_are_out_of_sight() -> None:
    private = {
        "AZURE_CLOUD_LOCAL_EXECUTION_CLIENT_SECRET": "secret",
        "AZURE_TENANT_ID": "tenant",
        "CLIENT_ID": "client",
        "CLIENT_SECRET": "secret",
        "DIRECTORY_ID": "tenant",
        "INTEGRATION_ACCESS_TOKEN": "token",
        "https_proxy": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "REQUESTS_CA_BUNDLE": "ca.pem",
        "CURL_CA_BUNDLE": "ca.pem",
    }
    answer = python("import os, tests.conftest; print(*os.environ)", **private, KEPT="yes")
    left = set(answer.stdout.split())
    assert "KEPT" in left, answer.stderr
    assert left.isdisjoint(private)


def test_each_test_runs_in_an_empty_folder() -> None:
    assert list(Path.cwd().iterdir()) == []
