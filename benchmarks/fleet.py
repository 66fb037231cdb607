"""Many tenants: ``python -m benchmarks.fleet --tenants 1000`` reads them by ``integration fleet`` and in other ways.

One process serves all tenants, on the same cores: compare the rows of one run alone. Every way reads twice, first all
and then what changed, which is nothing. With ``--kill`` one worker is killed at a third of the first reading.
"""

import argparse
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from tests.fleets import VARIABLE, tenants_file
from tests.simulator.many import ManyTenants, small_tenants, tenant_id
from tests.simulator.signin import CLIENT_ID, CLIENT_SECRET

ROOT = Path(__file__).parents[1]
ONLY = ["entra.group"]
FULL = "full"
THREADS = "in-threads"
"""As the first argument: this program is to read tenants itself."""


@dataclass(frozen=True)
class Lap:
    """One reading of all tenants: what it took, the simulator not counted."""

    way: str
    lap: str
    tenants: int
    wall: float
    cpu: float
    requests: int

    def __str__(self) -> str:
        each = f"{self.cpu / self.tenants * 1000:8.0f}  {self.requests / self.tenants:8.1f}"
        return f"{self.way:<28}  {self.lap:<9}  {self.tenants / self.wall * 60:11,.0f}  {each}"


def main() -> int:
    """Measure, print, and say whether all graphs are as the tenants are."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=__doc__)
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--users", type=int, default=50, help="of each tenant, and a few more (default: %(default)s)")
    parser.add_argument("--latency", type=float, default=50, metavar="MS", help="of each answer (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--loop", type=int, default=20, metavar="N", help="tenants of the loop of commands; 0 for none")
    parser.add_argument("--kill", action="store_true", help="kill a worker at a third of the first reading")
    options = parser.parse_args()
    tenants = small_tenants(options.tenants, options.users, options.users // 5, options.users * 5)
    with (
        tempfile.TemporaryDirectory() as folder,
        ManyTenants(tenants, tls=True, latency=options.latency / 1000) as simulator,
    ):
        here = Path(folder)
        os.environ.update({VARIABLE: CLIENT_SECRET, "REQUESTS_CA_BUNDLE": str(simulator.ca_file)})
        file = tenants_file(here / "tenants.jsonl", simulator, options.tenants, only=ONLY)
        print(f"{'way':<28}  {'lap':<9}  {'tenants/min':>11}  {'CPU ms':>8}  {'requests':>8}   (of a tenant)")
        number, few = options.tenants, min(options.loop, options.tenants)
        size = f"{options.workers} x {options.threads}"

        def measure(way: str, count: int, work: Callable[[str], None]) -> None:
            for lap in (FULL, "unchanged"):
                print(_lap(way, lap, simulator, count, work), flush=True)

        for place, state in (("folders", str(here / "folders")), ("a store", f"file://{here}/store")):
            command = _fleet(file, state, options.workers, options.threads)
            killed = number // 3 if options.kill else 0
            measure(f"fleet {size}, in {place}", number, partial(run, command, killed))
        command = alone(file, here / "alone", options.threads)
        measure(f"run() in {options.threads} threads", number, partial(run, command, 0))
        if few:
            measure("a loop of commands", few, partial(_loop, simulator, few, here))
        wrong = [n for n in range(number) if graph_of(here / f"folders/t{n}") != graph_of(here / f"alone/t{n}")]
        print(f"{number - len(wrong):,} of {number:,} graphs are those of a run by itself")
        return 1 if wrong else 0


def _lap(way: str, lap: str, simulator: ManyTenants, tenants: int, work: Callable[[str], None]) -> Lap:
    before, wall, cpu = _requests(simulator, tenants), perf_counter(), _cpu()
    work(lap)
    spent = _cpu() - cpu
    return Lap(way, lap, tenants, perf_counter() - wall, spent, _requests(simulator, tenants) - before)


def _cpu() -> float:
    """Return what all processes took that have ended; this one serves the tenants, and does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _requests(simulator: ManyTenants, tenants: int) -> int:
    return sum(len(simulator.one(tenant_id(number)).requests) for number in range(tenants))


def _fleet(file: Path, state: str, workers: int, threads: int) -> Sequence[str]:
    size = ("--workers", str(workers), "--threads", str(threads))
    return (sys.executable, "-m", "integration", "fleet", "run", str(file), "--state", state, *size)


def run(command: Sequence[str], killed: int, lap: str) -> None:
    """Run the command to its end; in the first lap kill a worker when so many tenants have ended."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    ended = 0
    for said in process.stderr:
        ended += ": ok" in said
        if killed and ended == killed and lap == FULL:
            killed = 0
            os.kill(_workers(process.pid)[0], signal.SIGKILL)
    if process.wait():
        raise SystemExit(f"the command ended with {process.returncode}")


def _workers(client: int) -> list[int]:
    children = [each for path in Path(f"/proc/{client}/task").glob("*/children") for each in path.read_text().split()]
    return [int(each) for each in children if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]


def alone(file: Path, folder: Path, threads: int) -> Sequence[str]:
    """Return the command that reads tenants in threads of one process, without Dask."""
    return (sys.executable, "-m", "benchmarks.fleet", THREADS, str(file), str(folder), str(threads))


def _in_threads(file: Path, folder: Path, threads: int) -> int:
    """Read the tenants in threads of this process, without Dask."""
    from integration import handle, load
    from integration.fleet.references import with_secrets
    from integration.fleet.tenants import Tenant, read_tenants

    manager = load()

    def read(tenant: Tenant) -> None:
        settings, _ = with_secrets(tenant.settings)
        handle({"instance": {"config": settings}}, out=folder / tenant.name, manager=manager)

    folder.mkdir(exist_ok=True)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(read, read_tenants(file)))
    return 0


def _loop(simulator: ManyTenants, tenants: int, folder: Path, _: str) -> None:
    """Run the command for one tenant after the other."""
    for number in range(tenants):
        names = {
            "AZURE_CLIENT_ID": CLIENT_ID,
            "AZURE_TENANT_ID": tenant_id(number),
            "AZURE_CLIENT_SECRET": CLIENT_SECRET,
        }
        places = {"INTEGRATION_GRAPH_URL": simulator.url, "INTEGRATION_AUTHORITY": simulator.url}
        command = [sys.executable, "-m", "integration", "run", "--only", *ONLY, "--out", str(folder / f"loop-{number}")]
        environment = {**os.environ, **names, **places}
        subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
        )


def graph_of(folder: Path) -> list[tuple[str, ...]]:
    """Return what identifies each record of a graph, and its properties."""
    with sqlite3.connect(folder / "graph.db") as database:
        entities = database.execute("SELECT _type, _key, properties FROM entities ORDER BY _key").fetchall()
        ends = "SELECT _type, _fromEntityKey, _toEntityKey FROM relationships ORDER BY 2, 3, 1"
        return [*entities, *database.execute(ends).fetchall()]


if __name__ == "__main__":
    if sys.argv[1:2] == [THREADS]:
        sys.exit(_in_threads(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))
    sys.exit(main())
