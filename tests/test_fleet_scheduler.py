"""Tenants read by a scheduler and workers that are processes of their own, with their states in an object store."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from integration import handle, load
from tests.fleets import environment, fleet, started, tenants_file
from tests.simulator.many import ManyTenants, small_tenants, tenant_id
from tests.simulator.signin import CLIENT_ID, CLIENT_SECRET
from tests.test_fleet import records

COUNT = 10
QUIET = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")
"""Dask serves its health over HTTP all the same, and to everybody unless it is told where."""


@dataclass
class Cluster:
    """A scheduler, and workers that come and go."""

    address: str
    flags: tuple[str, ...]
    variables: Mapping[str, str]
    stack: ExitStack
    threads: int
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    first: "subprocess.Popen[bytes] | None" = None

    def scheduler(self) -> "subprocess.Popen[bytes]":
        port = self.address.rpartition(":")[2]
        arguments = ["scheduler", "--host", "127.0.0.1", "--port", port, "--protocol", "tls", *QUIET]
        return dask(self.stack, self.variables, *arguments, *self.flags, log="scheduler.log")

    def worker(self) -> "subprocess.Popen[bytes]":
        arguments = [
            "worker",
            self.address,
            "--nthreads",
            str(self.threads),
            "--no-nanny",
            "--host",
            "127.0.0.1",
            *QUIET,
        ]
        process = dask(self.stack, self.variables, *arguments, *self.flags, log=f"worker-{len(self.workers)}.log")
        self.workers.append(process)
        return process


def dask(stack: ExitStack, variables: Mapping[str, str], *arguments: str, log: str) -> "subprocess.Popen[bytes]":
    """Start a process of Dask, which is killed at the end; ``log`` is below the present folder."""
    command = [sys.executable, "-m", "dask", *arguments]
    with Path(log).open("wb") as output:
        process = subprocess.Popen(command, env=variables, stdout=output, stderr=subprocess.STDOUT)

    def end() -> None:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGCONT)
        process.kill()
        process.wait()

    stack.callback(end)
    return process


@contextmanager
def cluster(
    simulator: ManyTenants, folder: Path, workers: int = 2, threads: int = 2, more: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """Start a scheduler and workers that talk TLS, with certificates of an authority of their own."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "fleet-ca.pem"))
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(str(folder / "fleet.key"))
    issued.cert_chain_pems[0].write_to_path(str(folder / "fleet.pem"))
    files = [str(folder / name) for name in ("fleet-ca.pem", "fleet.pem", "fleet.key")]
    flags = ("--tls-ca-file", files[0], "--tls-cert", files[1], "--tls-key", files[2])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = environment(simulator, **(more or {}))
    with ExitStack() as stack:
        found = Cluster(f"tls://127.0.0.1:{port}", flags, variables, stack, threads)
        found.first = found.scheduler()
        for _ in range(workers):
            found.worker()
        yield found


def told(state: Path) -> dict[str, str]:
    tenants = json.loads((state / "fleet.json").read_text())["tenants"]
    return {name: each["word"] for name, each in tenants.items()}


def until(process: "subprocess.Popen[str]", ended: int) -> None:
    """Wait until so many tenants have ended well."""
    assert process.stderr
    before = ""
    while ended:
        said = process.stderr.readline()
        assert said, f"the command has ended: {before}"
        ended, before = ended - (": ok" in said), said


def same_alone(simulator: ManyTenants, number: int, folder: Path) -> bool:
    """Whether a tenant's graph is that of a run by itself."""
    config: dict[str, Any] = {
        "clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET, "directoryId": tenant_id(number),
        "graphUrl": simulator.url, "authority": simulator.url, "only": ["azure_user_group_has_user"],
    }  # fmt: skip
    handle({"instance": {"config": config}}, out=f"alone-{number}", manager=load())
    return records(Path(f"alone-{number}")) == records(folder)


def test_workers_that_die_or_are_told_to_end_cost_no_tenant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ManyTenants(small_tenants(COUNT), tls=True, latency=0.1) as simulator, cluster(simulator, tmp_path) as dask:
        state = f"file://{tmp_path}/store"
        file = tenants_file(Path("tenants.jsonl"), simulator, COUNT)
        arguments = ("run", str(file), "--state", state, "--scheduler", dask.address, *dask.flags, "--run-id", "one")
        process = started(simulator, *arguments)
        until(process, 3)
        dask.worker()
        dask.workers[0].kill()
        until(process, 3)
        dask.workers[1].terminate()
        out, err = process.communicate(timeout=200)
        assert process.returncode == 0, err
        assert out.endswith(f"{COUNT} tenants: {COUNT} ok.\n")
        signed_in = [simulator.sign_ins(tenant_id(number)) for number in range(COUNT)]
        assert sum(signed_in) <= COUNT + 4
        _, err = fleet(simulator, *arguments)
        assert err.count("done before by this run") == COUNT
        assert [simulator.sign_ins(tenant_id(number)) for number in range(COUNT)] == signed_in

        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(simulator.ca_file))
        for number in (0, COUNT - 1):
            fleet(simulator, "pull", f"t{number}", f"pulled-{number}", "--state", state)
            assert same_alone(simulator, number, Path(f"pulled-{number}"))
        assert "10 ok" in fleet(simulator, "status", "--state", state)[0]
        fleet(simulator, "forget", "t0", "--state", state)
        assert "t0" not in told(tmp_path / "store")

    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(CLIENT_SECRET.encode() in path.read_bytes() for path in kept)


def test_a_scheduler_that_dies_ends_the_run_and_another_one_goes_on_with_it(tmp_path: Path) -> None:
    with ManyTenants(small_tenants(COUNT), tls=True, latency=0.1) as simulator, cluster(simulator, tmp_path) as dask:
        file = tenants_file(Path("tenants.jsonl"), simulator, COUNT)
        arguments = ("run", str(file), "--state", f"file://{tmp_path}/store", "--scheduler", dask.address, *dask.flags)
        process = started(simulator, *arguments, "--run-id", "one")
        until(process, 2)
        assert dask.first
        dask.first.kill()
        dask.first.wait()
        out, err = process.communicate(timeout=200)
        assert process.returncode == 3, err
        assert err.splitlines()[-1].startswith("error: the scheduler ")
        assert "Traceback" not in err
        done = [name for name, each in told(tmp_path / "store").items() if each == "ok"]
        assert f"{COUNT} tenants: " in out
        dask.scheduler()
        dask.worker()
        out, err = fleet(simulator, *arguments, "--run-id", "one")
        assert out.endswith(f"{COUNT} tenants: {COUNT} ok.\n")
        assert err.count("done before by this run") >= len(done) >= 2


def test_nobody_without_a_certificate_reaches_a_worker(tmp_path: Path) -> None:
    with ManyTenants(small_tenants(1), tls=True) as simulator:
        file = tenants_file(Path("tenants.jsonl"), simulator, 1)
        known = ("check", str(file), "--scheduler")
        _, err = fleet(simulator, *known, "tcp://scheduler.example:8786", code=2)
        assert "whoever reaches it reads every secret of its workers" in err
        _, err = fleet(simulator, *known, "tls://127.0.0.1:1", code=2)
        assert "TLS needs --tls-ca-file, --tls-cert and --tls-key" in err
        _, err = fleet(simulator, "run", str(file), "--scheduler", "tls://127.0.0.1:1", code=2)
        assert "workers of other machines do not have it" in err


def test_a_frozen_worker_that_wakes_up_after_its_tenant_was_read_elsewhere_changes_nothing(tmp_path: Path) -> None:
    quick = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "8s"}
    with (
        ManyTenants(small_tenants(1), tls=True, latency=0.5) as simulator,
        cluster(simulator, tmp_path, workers=1, more=quick) as dask,
    ):
        state = f"file://{tmp_path}/store"
        file = tenants_file(Path("tenants.jsonl"), simulator, 1)
        arguments = ("run", str(file), "--state", state, "--scheduler", dask.address, *dask.flags)
        process = started(simulator, *arguments)
        while not simulator.sign_ins(tenant_id(0)):
            time.sleep(0.01)
        frozen = dask.workers[0]
        os.kill(frozen.pid, signal.SIGSTOP)
        dask.worker()
        _, err = process.communicate(timeout=200)
        assert process.returncode == 0, err
        kept = sorted(path.name for path in (tmp_path / "store/t0/generations").iterdir())
        os.kill(frozen.pid, signal.SIGCONT)
        frozen.wait(60)
        assert sorted(path.name for path in (tmp_path / "store/t0/generations").iterdir()) == kept
        newest = json.loads((tmp_path / "store/t0/generations" / kept[-1]).read_text())
        assert newest["outcome"]["word"] == "ok"
