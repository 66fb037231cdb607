"""What a worker has read of a tenant is not lost for the fleet where the worker dies before anybody fetched it."""

import os
import signal
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from integration.fleet.agenda import Agenda
from integration.fleet.client import Conductor
from integration.fleet.cluster import own_workers
from integration.fleet.tenants import Tenant

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
