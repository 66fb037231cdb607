"""Importing this module keeps a process, and the Python processes that it starts, away from the network.

Python imports it by itself in every process whose ``PYTHONPATH`` holds this folder; ``tests/conftest.py`` imports it in
pytest's own process. An audit hook (PEP 578) sees what libraries do as well, and cannot be removed.
"""

import os
import socket
import sys
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

FOLDER = str(Path(__file__).resolve().parent)

_LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
_TRANSFERS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_STARTS = {"subprocess.Popen": 3, "os.exec": 2, "os.posix_spawn": 2}
"""Events that start a process, and which of their arguments is its environment."""


class NetworkRefused(RuntimeError):
    """A host that is not loopback was wanted; not an ``OSError``, so that no retry takes it for a network fault."""


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    if event in _LOOKUPS:
        _require_loopback(args[0])
    elif event == "socket.getnameinfo":
        _require_loopback(args[0][0])
    elif event in _TRANSFERS and args[0].family in (socket.AF_INET, socket.AF_INET6):
        _require_loopback(args[1][0] if args[1] else None)
    elif event in _STARTS:
        _require_guard(args[_STARTS[event]])


def _require_loopback(host: str | bytes | None) -> None:
    """Raise ``NetworkRefused`` for another machine; no host at all means this one."""
    name = os.fsdecode(host or "localhost")
    if name.lower() != "localhost" and not _is_loopback_address(name):
        raise NetworkRefused(f"a test wants to reach {name}: use a cassette, or the simulator on 127.0.0.1")


def _is_loopback_address(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _require_guard(env: Mapping[str, str] | None) -> None:
    """Raise ``NetworkRefused`` where a process would start without this guard."""
    path = (os.environ if env is None else env).get("PYTHONPATH", "")
    if FOLDER not in path.split(os.pathsep):
        raise NetworkRefused("a test starts a process without the network guard: pass env={**os.environ, ...}")


sys.addaudithook(_refuse_network)
