"""Runs of a fleet beside each other and beside other commands, and what is told of tenants where that goes wrong."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import requests

from tests.fleet.dask_cluster import until
from tests.fleet.fleets import environment, fleet, started, tenants_file, told, workers_of
from tests.simulator.many import ManyTenants, small_tenants, tenant_id

COUNT = 6
FEW = ("--workers", "1", "--threads", "2")


@pytest.fixture
def simulator() -> Iterator[ManyTenants]:
    with ManyTenants(small_tenants(COUNT), tls=True, latency=0.1) as simulator:
        yield simulator


@pytest.mark.parametrize("scheme", ["", "file://"], ids=["folder", "store"])
def test_runs_at_once_keep_what_each_other_told(scheme: str, simulator: ManyTenants, tmp_path: Path) -> None:
    state = f"{scheme}{tmp_path}/state"
    file = tenants_file(Path("tenants.jsonl"), simulator, COUNT)
    arguments = ("run", str(file), "--state", state, *FEW)
    with simulator.held(tenant_id(3)):
        first = started(simulator, *arguments, "--only-tenants", "t[0-3]")
        until(first, 1)
        while_it_runs, _ = fleet(simulator, "status", "--state", state)
        assert "has not ended: it goes on, or was cut off." in while_it_runs
        _, told_there = fleet(simulator, *arguments, "--only-tenants", "t[45]")
        assert "Warning" not in told_there
    _, err = first.communicate(timeout=200)
    assert first.returncode == 0, err
    assert {name: each["word"] for name, each in told(tmp_path / "state").items()} == dict.fromkeys(
        (f"t{number}" for number in range(COUNT)), "ok"
    )
    assert fleet(simulator, "status", "--state", state)[0] == f"{COUNT} tenants: {COUNT} ok.\n"


def test_an_interrupt_while_workers_begin_ends_the_run_and_nothing_else_is_said(simulator: ManyTenants) -> None:
    file = tenants_file(Path("tenants.jsonl"), simulator, COUNT)
    process = started(simulator, "run", str(file), "--state", "state", "--workers", "2")
    while not workers_of(process.pid):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=200)
    assert process.returncode == 3, err
    assert out.endswith(f"{COUNT} tenants: {COUNT} left.\n")
    assert err.splitlines()[1:] == ["error: the fleet's run was stopped"]


def test_of_what_workers_say_to_each_other_nothing_is_shown(simulator: ManyTenants) -> None:
    file = tenants_file(Path("tenants.jsonl"), simulator, COUNT)
    process = started(simulator, "run", str(file), "--state", "state", *FEW)
    until(process, 1)
    ports = listening((process.pid, *workers_of(process.pid)))
    assert ports
    for port in ports:
        with pytest.raises(requests.RequestException):
            requests.get(f"http://127.0.0.1:{port}/health", timeout=5).raise_for_status()
    process.communicate(timeout=200)


@pytest.mark.parametrize("scheme", ["", "file://"], ids=["folder", "store"])
def test_a_tenant_that_was_never_read_can_be_forgotten(scheme: str, simulator: ManyTenants, tmp_path: Path) -> None:
    state = f"{scheme}{tmp_path}/state"
    file = tenants_file(Path("tenants.jsonl"), simulator, 1, clientSecret={"env": "NOT_SET"})
    fleet(simulator, "run", str(file), "--state", state, *FEW, code=2)
    assert "t0: denied" in fleet(simulator, "status", "--state", state)[0]
    fleet(simulator, "forget", "t0", "--state", state)
    assert told(tmp_path / "state") == {}
    assert "nothing is kept of a tenant t0" in fleet(simulator, "forget", "t0", "--state", state, code=3)[1]


@pytest.mark.parametrize("scheme", ["", "file://"], ids=["folder", "store"])
def test_where_nothing_can_be_kept_no_tenant_is_asked(scheme: str, simulator: ManyTenants, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = tenants_file(Path("tenants.jsonl"), simulator, COUNT)
    _, err = fleet(simulator, "run", str(file), "--state", f"{scheme}{tmp_path}/file/state", *FEW, code=3)
    assert "error: " in err
    assert f"{tmp_path}/file" in err.splitlines()[-1]
    assert not any(simulator.sign_ins(tenant_id(number)) for number in range(COUNT))


def test_what_became_of_tenants_is_said_where_it_cannot_be_kept(simulator: ManyTenants) -> None:
    file = tenants_file(Path("tenants.jsonl"), simulator, COUNT)
    process = started(simulator, "run", str(file), "--state", "state", *FEW)
    until(process, 1)
    Path("state/fleet.json").unlink()
    Path("state/fleet.json").mkdir()
    out, err = process.communicate(timeout=200)
    assert process.returncode == 3
    assert out == f"{COUNT} tenants: {COUNT} ok.\n"
    assert "error: state/fleet.json: cannot be read" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(("closed", "code"), [(True, 1), (False, 3)], ids=["closed", "full"])
def test_what_became_of_tenants_is_kept_where_nobody_takes_what_is_said(closed: bool, code: int) -> None:
    with ManyTenants(small_tenants(2), tls=True) as simulator:
        file = tenants_file(Path("tenants.jsonl"), simulator, 2)
        simulator.remove(tenant_id(1))
        arguments = [sys.executable, "-m", "integration", "fleet", "run", str(file), "--state", "state", *FEW]
        with (
            Path("/dev/full").open("w") as full,
            subprocess.Popen(
                arguments,
                env=environment(simulator),
                stdout=subprocess.PIPE if closed else full,
                stderr=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            if process.stdout:
                process.stdout.close()
            assert process.stderr
            err = process.stderr.read()
            assert process.wait(200) == code, err
        assert {name: each["word"] for name, each in told("state").items()} == {"t0": "ok", "t1": "gone"}
        assert "has not ended" not in fleet(simulator, "status", "--state", "state")[0]


def listening(processes: Sequence[int]) -> list[int]:
    """Return the ports on which processes listen, as Linux tells it."""
    links = [os.path.realpath(link) for each in processes for link in Path(f"/proc/{each}/fd").iterdir()]
    sockets = {link.rpartition("/socket:[")[2].removesuffix("]") for link in links}
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [int(row[1].partition(":")[2], 16) for row in rows if row[3] == "0A" and row[9] in sockets]
