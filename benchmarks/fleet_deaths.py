"""A fleet whose workers die: ``python -m benchmarks.fleet_deaths --tenants 1000`` says whether anything was lost by it.

A scheduler and three workers of Dask, processes of their own, read all tenants into a store. At a third one worker is
killed, at two thirds one is told to end. Then others read all again. It is counted how often tenants were signed in to
and how much Graph was asked, and every graph is compared with that of a run by itself.
"""

import argparse
import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from subprocess import Popen
from time import perf_counter

from benchmarks.fleet import graph_of, run
from benchmarks.fleet_ways import ONLY, pooled
from integration.fleet.work import states_of
from tests.fleet.dask_cluster import cluster, until
from tests.fleet.fleets import VARIABLE, started, tenants_file
from tests.simulator.many import ManyTenants, small_tenants, tenant_id
from tests.simulator.signin import CLIENT_SECRET

WORKERS, OF_GRAPH = 3, ("/v1.0/", "/beta/")
MOST_UNCHANGED = 6
"""Requests of Graph for a tenant that has not changed."""


def main() -> int:
    """Read twice, print what it took, and return 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet_deaths", description=__doc__)
    parser.add_argument("--tenants", type=int, default=100)
    parser.add_argument("--users", type=int, default=50, help="of each tenant, and a few more (default: %(default)s)")
    parser.add_argument("--latency", type=float, default=50, metavar="MS", help="of each answer (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=8)
    options = parser.parse_args()
    number = options.tenants
    tenants = small_tenants(number, options.users, options.users // 5, options.users * 5)
    faults = []

    def expect(holds: bool, fault: str) -> None:
        faults.extend([] if holds else [fault])

    with (
        tempfile.TemporaryDirectory() as folder,
        ManyTenants(tenants, tls=True, latency=options.latency / 1000) as simulator,
    ):
        os.chdir(folder)
        here = Path(folder)
        os.environ.update({VARIABLE: CLIENT_SECRET, "REQUESTS_CA_BUNDLE": str(simulator.ca_file)})
        file, state = tenants_file(here / "tenants.jsonl", simulator, number, only=ONLY), f"file://{here}/store"
        with cluster(simulator, here, workers=WORKERS, threads=options.threads) as dask:
            command = ("run", str(file), "--state", state, "--scheduler", dask.address, *dask.flags)
            begin = partial(started, simulator, *command)

            began = perf_counter()
            process = begin()
            until(process, number // 3)
            dask.workers[0].kill()
            until(process, number // 3)
            dask.workers[1].terminate()
            expect(ended(process) == f"{number:,} tenants: {number:,} ok.", "not all tenants are ok")
            signed_in = sum(simulator.sign_ins(tenant_id(each)) for each in range(number))
            graph = asked(simulator, number)
            print(told("full", number, began, graph, signed_in), flush=True)
            in_hand = 2 * options.threads
            expect(number <= signed_in <= number + in_hand, f"more than {in_hand} sign-ins were repeated")
            expect(dask.workers[1].wait(60) == 0, "the worker that was told to end did not do so well")

            dask.worker()
            dask.worker()
            began = perf_counter()
            expect(ended(begin()) == f"{number:,} tenants: {number:,} ok.", "not all tenants are ok again")
            again = asked(simulator, number) - graph
            print(told("unchanged", number, began, again, None), flush=True)
            expect(again <= MOST_UNCHANGED * number, f"more than {MOST_UNCHANGED} requests of an unchanged tenant")

        run(pooled("threads", file, here / "alone", options.threads), 0, "")
        states = states_of(state)
        for each in range(number):
            states.pull(f"t{each}", here / f"pulled/t{each}")
        wrong = [n for n in range(number) if graph_of(here / f"pulled/t{n}") != graph_of(here / f"alone/t{n}")]
        print(f"{number - len(wrong):,} of {number:,} graphs are those of a run by itself")
        expect(not wrong, "some graphs are not those of a run by itself")
        os.chdir("/")
    print("\n".join(faults) or "nothing was lost")
    return 1 if faults else 0


def ended(process: "Popen[str]") -> str:
    """Wait for the end of a fleet's run, and return the last line of what it says."""
    out, err = process.communicate()
    if process.returncode:
        print(err, file=sys.stderr)
    return out.splitlines()[-1]


def asked(simulator: ManyTenants, tenants: int) -> int:
    """Return how often Graph was asked, without sign-ins."""
    exchanges = (each for number in range(tenants) for each in simulator.one(tenant_id(number)).requests)
    return sum(exchange.path.startswith(OF_GRAPH) for exchange in exchanges)


def told(lap: str, tenants: int, began: float, graph: int, signed_in: int | None) -> str:
    """Return what a reading of all tenants took, as a line."""
    wall = perf_counter() - began
    signs = "" if signed_in is None else f", {signed_in:,} sign-ins"
    rate = f"{tenants / wall * 60:,.0f} tenants/min"
    return f"{lap}: {tenants:,} tenants in {wall:.0f} s ({rate}), {graph / tenants:.1f} requests of Graph each{signs}"


if __name__ == "__main__":
    sys.exit(main())
