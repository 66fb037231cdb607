"""Workers to read tenants: processes of this machine, or those of a scheduler that is there.

Whoever reaches the port of a scheduler can have its workers run anything, and so read every secret that they can. So
all that leaves this machine is TLS with certificates of both sides, and even on this machine nobody else gets in.
"""

import os
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from integration.config.urls import is_loopback
from integration.errors import ConfigurationError, Unreachable
from integration.fleet.waiting import in_time
from integration.sdk.stopping import Asks

if TYPE_CHECKING:
    from distributed import Client

_INSTALL = "pip install 'integration-microsoft-entra[fleet]'"
_SILENT = dict.fromkeys(("distributed", "distributed.client", "asyncio"), "critical")
"""Loggers of Dask: what counts becomes an outcome, or an error of this product."""
_QUIET: Mapping[str, Any] = {
    "distributed.worker.profile.enabled": False,  # it looks at all threads every 10 ms
    "distributed.admin.tick.interval": "500ms",
    "distributed.scheduler.allowed-failures": 3,  # fewer blame tenants that were beside one which ends its process
    "distributed.deploy.lost-worker-timeout": "1 day",  # what died is begun again, however long that takes
    "distributed.nanny.pre-spawn-environ.DASK_LOGGING__DISTRIBUTED": "critical",
    "distributed.scheduler.http.routes": [],  # they show tenants and logs to all on this machine
    "distributed.worker.http.routes": [],
    "logging": _SILENT,
}
_WAIT = 60.0
"""Seconds for which the scheduler is waited for, and then the first worker."""
_CLOSES = 5.0
HEAVY = "heavy"
"""The resource that a worker has once, so that it reads one heavy tenant at a time."""


@dataclass(frozen=True)
class Certificates:
    """Files with which both sides of a connection know each other; empty where there are none."""

    ca_file: str = ""
    certificate: str = ""
    key: str = ""


@contextmanager
def own_workers(workers: int, threads: int, _stop: Asks) -> Iterator["Client"]:
    """Start workers on this machine, which takes a second or two, and end them afterwards.

    Args:
        workers: processes; 0 for one a core.
        threads: tenants that each reads at once.

    Raises:
        ConfigurationError: Dask is not installed.
        Unreachable: they did not start.
    """
    distributed = _distributed()
    count = workers or _cores()
    with tempfile.TemporaryDirectory(prefix="integration-") as scratch:
        security = distributed.Security.temporary()
        try:
            with _no_interrupts():
                cluster = distributed.LocalCluster(
                    n_workers=count,
                    threads_per_worker=threads,
                    host="127.0.0.1",
                    protocol="tls://",
                    security=security,
                    dashboard_address=None,
                    scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
                    resources={HEAVY: 1},
                    local_directory=scratch,
                )
        except (OSError, RuntimeError) as error:
            raise Unreachable(f"Dask's workers did not start on this machine: {error}") from None
        with cluster, distributed.Client(cluster, security=security, set_as_default=False) as client:
            yield client


@contextmanager
def workers_of(address: str, certificates: Certificates, stop: Asks) -> Iterator["Client"]:
    """Connect to a scheduler.

    Args:
        address: such as ``tls://scheduler.example:8786``.
        certificates: this client's.
        stop: tells when not to wait for it any longer.

    Raises:
        ConfigurationError: Dask is not installed, or everybody could read along.
        Interrupted: somebody stopped that.
        Unreachable: the scheduler does not answer, or has no worker.
    """
    distributed = _distributed()
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    secure = parts.scheme in ("tls", "wss")
    if not secure and not is_loopback(f"http://{parts.netloc}"):
        raise ConfigurationError(
            [f"--scheduler {address}: whoever reaches it reads every secret of its workers: have it, its workers and"
             " this command talk TLS (tls://…, with --tls-ca-file, --tls-cert and --tls-key)"]
        )  # fmt: skip
    if secure and not all((certificates.ca_file, certificates.certificate, certificates.key)):
        raise ConfigurationError([f"--scheduler {address}: TLS needs --tls-ca-file, --tls-cert and --tls-key"])
    security: Any = None
    if secure:
        security = distributed.Security(
            tls_ca_file=certificates.ca_file,
            tls_client_cert=certificates.certificate,
            tls_client_key=certificates.key,
            require_encryption=True,
        )
    connect = partial(distributed.Client, address, security=security, set_as_default=False, timeout=_WAIT)
    try:
        client = in_time(connect, _WAIT, stop)
    except (OSError, ValueError) as error:
        raise Unreachable(f"the scheduler {address} does not answer: {error}") from None
    try:
        try:
            in_time(partial(client.wait_for_workers, 1), _WAIT, stop)
        except TimeoutError:
            raise Unreachable(f"the scheduler {address} has no worker: start dask worker {address}") from None
        yield client
    finally:
        with suppress(OSError):  # it is gone
            in_time(client.close, _CLOSES)


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Let an interrupt wait, and have threads and processes that begin meanwhile never get one from the terminal."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which a spawned process begins with otherwise, and ends with SIGINT unblocked
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _distributed() -> Any:
    """Import Dask, which then logs little, and looks at itself seldom.

    Raises:
        ConfigurationError: it is not installed.
    """
    try:
        import dask
    except ImportError:
        raise ConfigurationError([f"many tenants are read by Dask, which is not installed: {_INSTALL}"]) from None
    dask.config.set(_QUIET)
    import distributed

    return distributed
