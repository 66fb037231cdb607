"""What a worker has read of a tenant is not lost for the fleet where the worker dies before anybody fetched it."""

import os
import signal
import threading
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from integration.fleet.agenda import Agenda
from integration.fleet.client import Conductor
from integration.fleet.cluster import Certificates, own_workers, workers_of
from integration.fleet.tenants import Tenant
from integration.fleet.waiting import begun
from tests.fleet.dask_cluster import cluster
from tests.simulator.many import ManyTenants, small_tenants

NAMES = ("t0", "t1")


def read(tenant: Tenant, folder: str) -> Mapping[str, Any]:
    """Tell each time that it begins, and wait for leave the second time."""
    begun = Path(folder, f"{tenant.name} begun")
    again = begun.exists()
    begun.touch()
    if again:
        Path(folder, f"{tenant.name} again").touch()
        while not Path(folder, "go").exists():
            time.sleep(0.01)
    return {"tenant": tenant.name, "word": "ok"}


def read_but_first(tenant: Tenant, folder: str) -> dict[str, str]:
    """Read a tenant, without an end on the first worker that does so."""
    first = Path(folder, "first")
    while not first.exists() or first.read_text() == str(os.getpid()):
        first.write_text(str(os.getpid()))
        time.sleep(0.01)
    return {"tenant": tenant.name, "word": "ok"}


def holds(key: str, dask_worker: Any) -> tuple[int, bool]:
    """Return a worker's process, and whether it has a result."""
    return os.getpid(), key in dask_worker.data


class Looks:
    """Nobody stops the run; from the second look after ``lost`` on, what is read again has leave to end."""

    def __init__(self, folder: Path) -> None:
        self.lost, self._folder, self._looks = threading.Event(), folder, 0

    def is_set(self) -> bool:
        self._looks += self.lost.is_set()
        if self._looks > 1:
            (self._folder / "go").touch()
        return False


def test_a_result_that_is_lost_with_its_worker_is_made_anew(tmp_path: Path) -> None:
    looks = Looks(tmp_path)
    agenda = Agenda([Tenant(name, {"instance": {"config": {}}}) for name in NAMES])
    with own_workers(2, 1, looks) as client:
        conductor = Conductor(client, agenda, read, (str(tmp_path),), "run", lambda _: None, looks)
        outcomes = conductor.outcomes()
        first = next(outcomes).tenant
        (other,) = {*NAMES} - {first}
        (key,) = (key for key in client.futures if other in key)
        while client.futures[key].status != "finished":
            time.sleep(0.01)
        (holder,) = (process for process, held in client.run(holds, key).values() if held)
        os.kill(holder, signal.SIGKILL)
        while client.futures[key].status == "finished" or not (tmp_path / f"{other} again").exists():
            time.sleep(0.01)  # it is "lost", or "pending" where somebody has noticed that before
        looks.lost.set()
        assert [outcome.tenant for outcome in outcomes] == [other]


def test_a_heavy_tenant_is_read_by_any_worker_where_those_for_heavy_ones_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integration.fleet.client._NO_WORKER", 10.0)
    monkeypatch.setattr("integration.fleet.client._COUNTS_EVERY", 0.1)
    agenda = Agenda([Tenant("t0", {"instance": {"config": {}}}, heavy=True)])
    with ManyTenants(small_tenants(1), tls=True) as simulator, cluster(simulator, tmp_path, workers=0) as dask:
        heavy = dask.worker("--resources", "heavy=1")
        with workers_of(dask.address, Certificates(*dask.flags[1::2]), threading.Event()) as client:
            conductor = Conductor(
                client, agenda, read_but_first, (str(tmp_path),), "run", lambda _: None, threading.Event()
            )
            outcome = begun(partial(next, conductor.outcomes()))
            while not (tmp_path / "first").exists():
                time.sleep(0.01)
            dask.worker()
            client.wait_for_workers(2, timeout=60)
            heavy.kill()
            assert outcome.result(timeout=120).word == "ok"
