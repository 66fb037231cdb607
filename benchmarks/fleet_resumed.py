"""A large tenant whose worker dies: ``python -m benchmarks.fleet_resumed`` says how much of it is read a second time.

A scheduler and one worker of Dask, processes of their own, read the tenant into a store. As soon as a part of the read
is kept there, the worker is killed and another one started, which goes on from that part. It is counted how much Graph
was asked before and after, and the graph is compared with that of a run by itself.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter, sleep

from benchmarks.fleet import graph_of, run
from benchmarks.fleet_deaths import asked, ended
from benchmarks.fleet_ways import pooled
from integration.fleet.claims import Claims
from integration.fleet.store import Bucket
from integration.fleet.work import states_of
from tests.fleet.dask_cluster import cluster
from tests.fleet.fleets import VARIABLE, started, tenants_file
from tests.simulator.many import ManyTenants, small_tenants
from tests.simulator.signin import CLIENT_SECRET

ONLY = ["entra.user", "entra.group"]
MOST_AFTER = 0.7
"""Requests after the worker's death, as a part of those of a whole read."""


def main() -> int:
    """Read once, print what it took, and return 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet_resumed", description=__doc__)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--latency", type=float, default=6_000, metavar="MS", help="of each answer (default: 6 s)")
    options = parser.parse_args()
    users, faults = options.users, []
    tenants = small_tenants(1, users, users // 5, users * 5)
    with (
        tempfile.TemporaryDirectory() as folder,
        ManyTenants(tenants, tls=True, latency=options.latency / 1000) as simulator,
    ):
        os.chdir(folder)
        here = Path(folder)
        os.environ.update({VARIABLE: CLIENT_SECRET, "REQUESTS_CA_BUNDLE": str(simulator.ca_file)})
        file, state = tenants_file(here / "tenants.jsonl", simulator, 1, only=ONLY), f"file://{here}/store"
        with cluster(simulator, here, workers=1) as dask:
            began = perf_counter()
            process = started(simulator, "run", str(file), "--state", state, "--scheduler", dask.address, *dask.flags)
            kept = Claims(Bucket(state), "t0")
            while not kept.newest().number:
                assert process.poll() is None, process.communicate()
                sleep(0.5)
            before = asked(simulator, 1)
            dask.workers[0].kill()
            print(f"killed after {perf_counter() - began:.0f} s and {before:,} requests", flush=True)
            dask.worker()
            result = ended(process)
            print(f"{result} {perf_counter() - began:.0f} s", flush=True)
            after = asked(simulator, 1) - before
        states_of(state).pull("t0", here / "pulled")
        run(pooled("threads", file, here / "alone", 1), 0, "")
        whole = asked(simulator, 1) - before - after
        print(f"{after:,} requests after the kill, {whole:,} of a whole read: {after / whole:.2f}")
        how = json.loads((here / "pulled/summary.json").read_text())["reading"]["mirror"]
        checks = {
            f"the result is: {result}": result == "1 tenant: 1 ok.",
            f"the read was not gone on with, but {how}": how == "resumed",
            f"more than {MOST_AFTER} of a whole read came after the kill": after <= MOST_AFTER * whole,
            "the graph is not that of a run by itself": graph_of(here / "pulled") == graph_of(here / "alone/t0"),
        }
        faults = [fault for fault, holds in checks.items() if not holds]
        os.chdir("/")
    print("\n".join(faults) or "nothing was lost")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
