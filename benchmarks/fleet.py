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
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from benchmarks.fleet_ways import ONLY, ROOT, commands, pooled
from tests.fleet.fleets import VARIABLE, tenants_file, workers_of
from tests.simulator.many import ManyTenants, small_tenants, tenant_id
from tests.simulator.signin import CLIENT_SECRET

FULL, UNCHANGED = "full", "unchanged"
POOL, LOOP = "a pool of processes", "a loop of commands"


@dataclass(frozen=True)
class Lap:
    """One reading of all tenants: what it took, the simulator not counted."""

    way: str
    lap: str
    tenants: int
    wall: float
    cpu: float
    requests: int

    @property
    def a_minute(self) -> float:
        """How many tenants are read in a minute."""
        return self.tenants / self.wall * 60

    def __str__(self) -> str:
        each = f"{self.cpu / self.tenants * 1000:8.0f}  {self.requests / self.tenants:8.1f}"
        return f"{self.way:<28}  {self.lap:<9}  {self.a_minute:11,.0f}  {each}"


def main() -> int:
    """Measure, print, and say whether all graphs are as the tenants are."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=__doc__)
    parser.add_argument("--tenants", type=int, default=200)
    parser.add_argument("--users", type=int, default=50, help="of each tenant, and a few more (default: %(default)s)")
    parser.add_argument("--latency", type=float, default=50, metavar="MS", help="of each answer (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument(
        "--loop", type=int, default=20, metavar="N", help="tenants that commands read, since these are slow; 0 for none"
    )
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
        number, few, slots = options.tenants, min(options.loop, options.tenants), options.workers * options.threads
        laps: dict[tuple[str, str], Lap] = {}
        size = f"{options.workers} x {options.threads}"

        def measure(way: str, count: int, work: Callable[[str], None]) -> None:
            for lap in (FULL, UNCHANGED):
                laps[way, lap] = _lap(way, lap, simulator, count, work)
                print(laps[way, lap], flush=True)

        for place, state in (("folders", str(here / "folders")), ("a store", f"file://{here}/store")):
            command = _fleet(file, state, options.workers, options.threads)
            killed = number // 3 if options.kill else 0
            measure(f"fleet {size}, in {place}", number, partial(run, command, killed))
        command = pooled("threads", file, here / "alone", options.threads)
        measure(f"run() in {options.threads} threads", number, partial(run, command, 0))
        others = [POOL]
        measure(POOL, number, partial(run, pooled("processes", file, here / "pool", options.workers), 0))
        if few:
            others += [LOOP, f"{slots} commands at once"]
            measure(LOOP, few, lambda _: commands(simulator, few, here / "loop", 1))
            measure(others[-1], few, lambda _: commands(simulator, few, here / "parallel", slots))
        ours = laps[f"fleet {size}, in folders", UNCHANGED].a_minute
        for other in others:
            print(f"unchanged tenants a minute: {ours / laps[other, UNCHANGED].a_minute:.1f} times {other} (3 wanted)")
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
            os.kill(workers_of(process.pid)[0], signal.SIGKILL)
    if process.wait():
        raise SystemExit(f"the command ended with {process.returncode}")


def graph_of(folder: Path) -> list[tuple[str, ...]]:
    """Return what identifies each record of a graph, and its properties."""
    with closing(sqlite3.connect(folder / "graph.db")) as database:
        entities = database.execute("SELECT _type, _key, properties FROM entities ORDER BY _key").fetchall()
        ends = "SELECT _type, _fromEntityKey, _toEntityKey FROM relationships ORDER BY 2, 3, 1"
        return [*entities, *database.execute(ends).fetchall()]


if __name__ == "__main__":
    sys.exit(main())
