"""A scheduler of Dask and its workers, processes of their own that talk TLS, for tests and benchmarks of fleets."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from tests.fleet.fleets import environment
from tests.simulator.many import ManyTenants

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

    def worker(self, *more: str) -> "subprocess.Popen[bytes]":
        arguments = [
            "worker",
            self.address,
            "--nthreads",
            str(self.threads),
            "--no-nanny",
            "--host",
            "127.0.0.1",
            *QUIET,
            *more,
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


def until(process: "subprocess.Popen[str]", ended: int) -> None:
    """Wait until so many tenants have ended well."""
    assert process.stderr
    before = ""
    while ended:
        said = process.stderr.readline()
        assert said, f"the command has ended: {before}"
        ended, before = ended - (": ok" in said), said
