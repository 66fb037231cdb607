"""Tenants read by a scheduler and workers that are processes of their own, with their states in an object store."""

import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import zstandard

from integration import handle, load
from integration.fleet.cluster import Certificates, workers_of
from tests.fleet.dask_cluster import cluster, until
from tests.fleet.fleets import fleet, records, started, tenants_file
from tests.simulator.many import ManyTenants, small_tenants, tenant_id
from tests.simulator.signin import CLIENT_ID, CLIENT_SECRET
from tests.support import distribution, write

COUNT = 10
LATER = """
from integration import entity_step

@entity_step("User", needs=["azure_account"])
def azure_later(ctx):
    '''A type of a later version.'''
    return iter(())
"""
SCHEMA = json.dumps({"description": "Later.", "properties": {}})


def told(state: Path) -> dict[str, str]:
    tenants = json.loads((state / "fleet.json").read_text())["tenants"]
    return {name: each["word"] for name, each in tenants.items()}


def content(path: Path) -> bytes:
    """Return what a file holds, and what a blob of a store has been compressed from."""
    data = path.read_bytes()
    if "blobs" not in path.parts:
        return data
    start = data.index(zstandard.FRAME_HEADER)
    return zstandard.ZstdDecompressor().decompressobj().decompress(data[start:])


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
        with workers_of(dask.address, Certificates(*dask.flags[1::2]), threading.Event()) as client:
            client.dump_cluster_state(str(tmp_path / "cluster"), format="yaml")
        assert "tenant-t1-" in (tmp_path / "cluster.yaml").read_text()

    kept = {path: content(path) for path in tmp_path.rglob("*") if path.is_file()}
    assert any("/blobs/" in str(path) and tenant_id(1).encode() in data for path, data in kept.items())
    assert not any(CLIENT_SECRET.encode() in data for data in kept.values())


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


def test_workers_that_stay_go_on_with_a_run_that_was_stopped(tmp_path: Path) -> None:
    with ManyTenants(small_tenants(COUNT), tls=True, latency=0.1) as simulator, cluster(simulator, tmp_path) as dask:
        file = tenants_file(Path("tenants.jsonl"), simulator, COUNT)
        arguments = ("run", str(file), "--state", f"file://{tmp_path}/store", "--scheduler", dask.address, *dask.flags)
        process = started(simulator, *arguments, "--run-id", "one")
        until(process, 1)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=200)
        assert process.returncode == 3, err
        assert f"{COUNT} tenants: {COUNT} ok." not in out
        out, err = fleet(simulator, *arguments, "--run-id", "one")
        assert out.endswith(f"{COUNT} tenants: {COUNT} ok.\n")
        assert "done before by this run" in err


def test_a_run_that_begins_on_the_same_workers_ends_nothing_of_another_one(tmp_path: Path) -> None:
    with ManyTenants(small_tenants(2), tls=True) as simulator, cluster(simulator, tmp_path) as dask:
        file = tenants_file(Path("tenants.jsonl"), simulator, 2)
        workers = ("--scheduler", dask.address, *dask.flags)
        arguments = ("run", str(file), "--state", f"file://{tmp_path}/store", *workers, "--only-tenants")
        with simulator.held(tenant_id(0)):
            first = started(simulator, *arguments, "t0")
            while not (tmp_path / "store/t0/claims").exists():
                assert first.poll() is None
                time.sleep(0.01)
            fleet(simulator, "check", str(file), *workers, "--only-tenants", "t1")
            assert fleet(simulator, *arguments, "t1")[0].endswith("1 tenant: 1 ok.\n")
        out, err = first.communicate(timeout=200)
        assert out.endswith("1 tenant: 1 ok.\n"), err


def test_a_worker_that_comes_later_with_another_product_reads_nothing(tmp_path: Path) -> None:
    package = write(Path("package"), {"azure_later.py": LATER, "azure_later.json": SCHEMA})
    distribution(package, "later", {"azure_later": "azure_later:azure_later"})
    with (
        ManyTenants(small_tenants(2), tls=True) as simulator,
        cluster(simulator, tmp_path, workers=1, threads=1) as dask,
    ):
        file = tenants_file(Path("tenants.jsonl"), simulator, 2)
        state = f"file://{tmp_path}/store"
        arguments = ("run", str(file), "--state", state, "--scheduler", dask.address, *dask.flags, "--run-id", "one")
        with simulator.held(tenant_id(0)):
            process = started(simulator, *arguments)
            while not (tmp_path / "store/t0/claims").exists():
                assert process.poll() is None
                time.sleep(0.01)
            path = os.pathsep.join([str(package.absolute()), os.environ["PYTHONPATH"]])
            dask.variables = {**dask.variables, "PYTHONPATH": path}
            dask.worker()
            assert process.stderr
            while "t1: " not in (said := process.stderr.readline()):
                assert said
        out, err = process.communicate(timeout=200)
        assert process.returncode == 3, err
        assert told(tmp_path / "store") == {"t0": "ok", "t1": "left"}
        assert "t1: left, a worker that came later has another product: " in out
        assert not (tmp_path / "store/t1").exists()


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
    quick = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "20s"}
    with (
        ManyTenants(small_tenants(1), tls=True, latency=0.5) as simulator,
        cluster(simulator, tmp_path, workers=1, more=quick) as dask,
    ):
        state = f"file://{tmp_path}/store"
        file = tenants_file(Path("tenants.jsonl"), simulator, 1, to=[f"files:{tmp_path}/export/{{tenant}}"])
        arguments = ("run", str(file), "--state", state, "--scheduler", dask.address, *dask.flags)
        process = started(simulator, *arguments)
        while not simulator.sign_ins(tenant_id(0)):
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        frozen = dask.workers[0]
        os.kill(frozen.pid, signal.SIGSTOP)
        dask.worker()
        _, err = process.communicate(timeout=200)
        assert process.returncode == 0, err
        kept = sorted(path.name for path in (tmp_path / "store/t0/generations").iterdir())
        written = {path: path.read_bytes() for path in (tmp_path / "export").rglob("*") if path.is_file()}
        assert written
        os.kill(frozen.pid, signal.SIGCONT)
        frozen.wait(60)
        assert {path: path.read_bytes() for path in (tmp_path / "export").rglob("*") if path.is_file()} == written
        assert sorted(path.name for path in (tmp_path / "store/t0/generations").iterdir()) == kept
        newest = json.loads((tmp_path / "store/t0/generations" / kept[-1]).read_text())
        assert newest["outcome"]["word"] == "ok"
