"""What thousands of tenants cost the process that hands them out: ``python -m benchmarks.fleet_client``.

It reads a file of tenants and what is known of them from a run before, in which each lacked the types of Azure; it puts
them in order; and it tells what became of all of them as a run does at its end. Nothing is read of any tenant.
"""

import argparse
import json
import resource
import sys
import tempfile
from pathlib import Path
from time import process_time

from benchmarks.process import measure
from integration.fleet.agenda import Agenda
from integration.fleet.board import sentences_of
from integration.fleet.outcomes import TenantOutcome
from integration.fleet.summary import ordered, updated
from integration.fleet.tenants import read_tenants
from integration.fleet.work import states_of
from integration.sdk.plugins import declared_steps, load

MOST_SECONDS, MOST_BYTES = 1.0, 100_000_000
"""Until the first tenant is begun, and at the most in memory, beyond what an idle process takes."""
SECRET = "FLEET_BENCHMARK_SECRET"


def main() -> int:
    """Measure in a process of its own, print it, and return 1 where a target does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet_client", description=__doc__)
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder:
        return client(options.folder)
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder), options.tenants)
        command = [sys.executable, "-m", "benchmarks.fleet_client", "--folder", folder]
        found = json.loads(measure(command, folder=Path(folder), environment={SECRET: "x"}).output)
    print(f"{options.tenants:,} tenants: {found['planned']:.2f} s of CPU until the first one is begun (1 wanted)")
    print(f"{found['ended']:.2f} s of CPU to tell what became of all of them; fleet.json takes {found['file']:,} bytes")
    print(f"{found['peak'] / 1e6:.0f} MB more in memory at the most than before (100 wanted)")
    return 1 if found["planned"] > MOST_SECONDS or found["peak"] > MOST_BYTES else 0


def prepare(folder: Path, tenants: int) -> None:
    """Write a file of tenants, and what a run before has told of them."""
    lacking = _azure()
    lines, outcomes = [], []
    for number in range(tenants):
        name, directory = f"tenant-{number:05}", f"{number:08x}-0000-4000-8000-000000000000"
        entry = {"name": name, "directoryId": directory, "clientId": directory, "clientSecret": {"env": SECRET}}
        lines.append(json.dumps(entry))
        types = {"complete": 500, "skipped": lacking}
        outcome = {"tenant": name, "word": "ok", "seconds": 1.5, "ended_on": 1_700_000_000_000 + number, "types": types}
        outcomes.append(TenantOutcome.from_json(outcome))
    (folder / "tenants.jsonl").write_text("\n".join(lines))
    states_of(str(folder / "state")).tell(updated({}, outcomes, "before"))


def client(folder: Path) -> int:
    """Do what the command does with a file of tenants, but for reading them, and print what that took as JSON."""
    lacking = _azure()
    idle, began = _peak(), process_time()
    states = states_of(str(folder / "state"))
    tenants = read_tenants(folder / "tenants.jsonl")
    before = states.told()
    agenda = Agenda(ordered(tenants, before))
    first = agenda.next()
    planned = process_time() - began
    assert first
    began = process_time()
    results = ({"tenant": each.name, "word": "ok", "types": {"skipped": [*lacking]}} for each in tenants)
    outcomes = [TenantOutcome.from_json(result) for result in results]
    states.tell(updated(states.told(), outcomes, "now"))
    names = frozenset(tenant.name for tenant in tenants)
    sentences = list(sentences_of(updated(before, outcomes, "now"), names))
    ended = process_time() - began
    assert sentences[-1].startswith(f"{len(tenants):,} tenants: ")
    size = (folder / "state" / "fleet.json").stat().st_size
    print(json.dumps({"planned": planned, "ended": ended, "peak": _peak() - idle, "file": size}))
    return 0


def _azure() -> list[str]:
    """Return the types that a tenant without rights in Azure lacks."""
    return [step.name for step in declared_steps(load()) if step.module.startswith("azure.")]


def _peak() -> int:
    """Return the most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    sys.exit(main())
