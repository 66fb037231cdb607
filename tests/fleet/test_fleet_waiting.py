"""A scheduler or a worker that is frozen keeps nobody waiting for ever."""

import logging
import os
import platform
import signal
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from integration import ConfigurationError, Interrupted, Unreachable
from integration.fleet.client import check_workers
from integration.fleet.cluster import Certificates, workers_of
from integration.fleet.waiting import in_time
from integration.fleet.worker import Readers
from tests.fleet.dask_cluster import cluster
from tests.fleet.fleets import VARIABLE, started, tenants_file
from tests.simulator.many import ManyTenants, small_tenants

FOREVER = 600.0


def broken() -> str:
    """Fail on a worker, which has the secret, and nowhere else."""
    if VARIABLE in os.environ:
        raise ModuleNotFoundError("No module named 'integration'")
    return "here"


def regular(dask_worker: Any) -> list[str]:
    """What a worker of Dask does now and then."""
    return list(dask_worker.periodic_callbacks)


def test_what_takes_too_long_is_left_to_itself() -> None:
    stop, never = threading.Event(), threading.Event()
    assert in_time(lambda: 7, FOREVER, stop) == 7
    with pytest.raises(TimeoutError):
        in_time(never.wait, 0.0, stop)
    with pytest.raises(ZeroDivisionError):
        in_time(lambda: 1 // 0, FOREVER, stop)
    stop.set()
    with pytest.raises(Interrupted):
        in_time(never.wait, FOREVER, stop)


def test_an_interrupt_ends_the_command_while_a_scheduler_says_nothing() -> None:
    with ManyTenants(small_tenants(1), tls=True) as simulator, socket.create_server(("127.0.0.1", 0)) as silent:
        file = tenants_file(Path("tenants.jsonl"), simulator, 1)
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        state = f"file://{Path('store').absolute()}"
        process = started(simulator, "run", str(file), "--state", state, "--scheduler", address)
        connection, _ = silent.accept()
        with connection:
            os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=120)
        assert process.returncode == 3
        assert out.endswith("1 tenant: 1 left.\n")
        assert "error: the fleet's run was stopped" in err
        assert "Traceback" not in err


def test_a_frozen_worker_keeps_no_run_from_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("integration.fleet.client.warm_up", platform.python_version)  # tests have types of their own
    with ManyTenants(small_tenants(1), tls=True) as simulator, cluster(simulator, tmp_path, workers=2) as dask:
        certificates = Certificates(*dask.flags[1::2])
        stop = threading.Event()
        with workers_of(dask.address, certificates, stop) as client:
            client.wait_for_workers(2, timeout=60)
            assert all("profile" in each for each in client.run(regular).values())
            check_workers(client, Readers(None, None, local=False), stop)
            assert not any("profile" in each for each in client.run(regular).values())  # CPython 3.11 may hang in it
            with monkeypatch.context() as other:
                other.setattr("integration.fleet.client.warm_up", broken)
                with pytest.raises(
                    ConfigurationError, match=r"2 workers have another product, .*: ModuleNotFoundError: No"
                ):
                    check_workers(client, Readers(None, None, local=False), stop)
            monkeypatch.setattr("integration.fleet.client._NO_WORKER", 5.0)
            os.kill(dask.workers[0].pid, signal.SIGSTOP)
            with caplog.at_level(logging.WARNING, logger="integration"):
                check_workers(client, Readers(None, None, local=False), stop)
            (told,) = [record.getMessage() for record in caplog.records if "does not answer" in record.getMessage()]
            assert told.startswith("the worker tls://127.0.0.1:")
            os.kill(dask.workers[1].pid, signal.SIGSTOP)
            with pytest.raises(Unreachable, match="no worker answers"):
                check_workers(client, Readers(None, None, local=False), stop)
