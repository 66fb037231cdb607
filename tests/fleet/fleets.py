"""What the tests of fleets share: tenants behind one address, their file, and the command as a process."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.simulator.many import ManyTenants, tenant_id
from tests.simulator.signin import CLIENT_ID, CLIENT_SECRET

VARIABLE = "FLEET_SECRET"


def tenants_file(path: Path, simulator: ManyTenants, count: int, **defaults: Any) -> Path:
    """Write the file of tenants ``t0``, ``t1`` and so on."""
    settings = {
        "clientId": CLIENT_ID,
        "clientSecret": {"env": VARIABLE},
        "graphUrl": simulator.url,
        "authority": simulator.url,
        "only": ["azure_user_group_has_user"],
        **defaults,
    }
    lines: list[dict[str, Any]] = [{"defaults": settings}]
    lines += [{"name": f"t{number}", "directoryId": tenant_id(number)} for number in range(count)]
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def environment(simulator: ManyTenants, **more: str) -> Mapping[str, str]:
    """Return the variables of a process that may sign in to the tenants."""
    assert simulator.ca_file
    return {**os.environ, VARIABLE: CLIENT_SECRET, "REQUESTS_CA_BUNDLE": simulator.ca_file, **more}


def started(simulator: ManyTenants, *arguments: str, **more: str) -> "subprocess.Popen[str]":
    """Start ``integration fleet``, in a process group of its own, as a shell does."""
    return subprocess.Popen(
        [sys.executable, "-m", "integration", "fleet", *arguments],
        env=environment(simulator, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )


def fleet(simulator: ManyTenants, *arguments: str, code: int = 0, **more: str) -> tuple[str, str]:
    """Run ``integration fleet``, and return what it prints on standard output and standard error."""
    process = started(simulator, *arguments, **more)
    out, err = process.communicate(timeout=300)
    assert process.returncode == code, f"{out}\n{err}"
    return out, err


def told(state: Path | str) -> dict[str, Any]:
    """Return what ``fleet.json`` says of each tenant."""
    found: dict[str, Any] = json.loads((Path(state) / "fleet.json").read_text())["tenants"]
    return found


def workers_of(client: int) -> list[int]:
    """Return the processes that read, as Linux tells it: ``spawn`` starts them, and one more that looks after these."""
    children = [
        each for path in Path(f"/proc/{client}/task").glob("*/children") for each in _there_is(path).decode().split()
    ]
    return [int(each) for each in children if b"spawn_main" in _there_is(Path(f"/proc/{each}/cmdline"))]


def _there_is(path: Path) -> bytes:
    """Return what a file of ``/proc`` holds; nothing where its thread or process has ended."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def records(folder: Path) -> list[tuple[str, ...]]:
    """Return what a graph holds, but for when it was made."""
    with closing(sqlite3.connect(folder / "graph.db")) as database:
        entities = database.execute("SELECT _type, _key, properties FROM entities").fetchall()
        edges = database.execute("SELECT _type, _fromEntityKey, _toEntityKey FROM relationships").fetchall()
    return sorted(entities) + sorted(edges)
