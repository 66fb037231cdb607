"""Runs of one reader in one case, measured from both ends."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.errors import BenchmarkError
from benchmarks.process import ROOT, Usage, measure
from benchmarks.readers.task import Sample, Tally, Task, tally_of
from benchmarks.simulator import Case, Simulator

READERS: Mapping[str, str] = {
    "serial": "one request per group, one connection, no processing",
    "threads16": "one request per group, 16 threads, no processing",
    "sdk": "Microsoft's SDK: PageIterator, one request per group",
    "chain": "users beside one groups/delta chain with members, no processing",
    "bare": "the same pages by parallel $batch, no processing: the practical limit",
    "full": "ours: the whole product, an empty folder; the types that the others read, or all in a tenant of all",
    "unchanged": "ours: again on the same folder, nothing changed",
    "fresh": "ours: everything read again and compared with the same folder's graph, nothing changed",
    "changes": "ours: again on the same folder, after 100 changes",
    "eight": "ours: the tenant, users, groups and memberships alone, an empty folder",
    "naive16": "one request per group, application, service principal and device, 16 threads, no processing",
}
"""What each reader is, in the order in which they run."""

OURS = ("full", "unchanged", "fresh", "changes", "eight")
"""Those of them that are this product."""

CHANGES = 100
"""Random changes in the tenant before the reader ``changes``."""

_SAMPLED = ("serial", "sdk")
_WHOLE_UP_TO, _SAMPLE_EVERY = 5_000, 10


@dataclass(frozen=True)
class Measurement:
    """One run of one reader.

    Attributes:
        reader: its name in ``READERS``.
        case: the tenant and how it was served.
        wall_seconds: of the whole process, by the clock.
        cpu_seconds: of the whole process, user and system.
        requests: HTTP requests that the simulator got; a batch is one.
        resource_units: that the simulator charged.
        peak_bytes: the most memory of the process.
        records: entities and relationships of ours; users, groups and memberships of the others.
        throttled: answers with status 429, inner ones included.
        rude: requests sent before an announced Retry-After had passed.
        extrapolated: from the members of every tenth group.
        run_seconds: of ours alone: what a host waits for ``run``, without the start of Python and imports.
        asked: how often each kind of request was made, alone or in a batch; ``$batch`` is the batches.
        contents: how many objects each of Graph's collections has.
    """

    reader: str
    case: Case
    wall_seconds: float
    cpu_seconds: float
    requests: int
    resource_units: int
    peak_bytes: int
    records: int
    throttled: int
    rude: int
    extrapolated: bool = False
    run_seconds: float = 0.0
    asked: Mapping[str, int] = field(default_factory=dict)
    contents: Mapping[str, int] = field(default_factory=dict)

    @property
    def cpu_per_record(self) -> float:
        """Microseconds of the processor for each record."""
        return self.cpu_seconds / max(1, self.records) * 1e6

    def as_json(self) -> dict[str, Any]:
        """Return the same as JSON values."""
        return {**asdict(self), "cpu_microseconds_per_record": self.cpu_per_record}


def measured(reader: str, case: Case, simulator: Simulator, folder: Path, sdk_python: str) -> Measurement:
    """Run a reader and check that it read everything.

    Args:
        reader: its name in ``READERS``.
        case: what the simulator serves.
        simulator: serves it.
        folder: where ours keeps what it reads; the reader ``full`` needs it empty.
        sdk_python: interpreter that has msgraph-sdk.

    Raises:
        BenchmarkError: the reader failed, or read something else than the tenant.
    """
    if reader == "changes":
        simulator.mutate(CHANGES)
    truth = simulator.truth()
    simulator.reset()
    if reader in OURS:
        out = folder / ("eight" if reader == "eight" else "out")
        usage = _ours(simulator, out, _options(reader, case))
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        records, sample, run_seconds = _records_of_ours(summary, truth), None, summary["duration"] / 1000
    else:
        usage, tally = _other(reader, case, simulator, folder, sdk_python)
        records, sample, run_seconds = _records_of_other(reader, tally, truth), tally.sample, 0.0
    stats = simulator.stats()
    measurement = Measurement(
        reader=reader,
        case=case,
        wall_seconds=usage.wall_seconds,
        cpu_seconds=usage.cpu_seconds,
        requests=sum(stats["requests"].values()),
        resource_units=stats["resource_units"],
        peak_bytes=usage.peak_bytes,
        records=records,
        throttled=stats["throttled"],
        rude=stats["rude"],
        run_seconds=run_seconds,
        asked=Counter(stats["requests"]) + Counter(stats["inner"]),
        contents=simulator.contents(),
    )
    return _extrapolated(measurement, sample) if sample else measurement


_WHOLE = ("--fail-on", "partial", "--fail-on", "skipped")


def _options(reader: str, case: Case) -> Sequence[str]:
    """Return which types ours reads, and how: as much as the others where they are measured beside it."""
    types = ("--skip", "azure") if case.sizes and reader != "eight" else _eight()
    return (*types, "--fresh") if reader == "fresh" else types


def _ours(simulator: Simulator, out: Path, options: Sequence[str]) -> Usage:
    command = [sys.executable, "-m", "integration", "run", "--out", str(out), "--graph-url", simulator.url]
    token = {"INTEGRATION_ACCESS_TOKEN": simulator.token}
    return measure([*command, *_WHOLE, *options], folder=out.parent, environment=token)


def _other(reader: str, case: Case, simulator: Simulator, folder: Path, sdk_python: str) -> tuple[Usage, Tally]:
    every = _SAMPLE_EVERY if reader in _SAMPLED and case.users > _WHOLE_UP_TO else 1
    task = Task(simulator.url, simulator.token, *_selected(), every=every)
    python, module = (sdk_python, "official_sdk") if reader == "sdk" else (sys.executable, f"readers.{reader}")
    usage = measure([python, "-m", f"benchmarks.{module}", json.dumps(asdict(task))], folder=folder)
    return usage, tally_of(usage.output)


@cache
def _selected() -> tuple[str, str]:
    """Return the properties of users and groups that our steps select, each separated by commas.

    They are asked of a process of its own: what this one holds in memory counts as its children's peak.
    """
    code = (
        "from integration.sdk.plugins import declared_steps, load; from integration.sdk.schema import load_schema;"
        "s = declared_steps(load()); print(*(','.join(load_schema(x).mapping.takes) for c in ('User', 'UserGroup')"
        " for x in s if x.module.startswith('entra.') and x.class_name == c))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    users, groups = done.stdout.split()
    return users, groups


@cache
def _eight() -> Sequence[str]:
    """Return the options that choose the tenant, users, groups and how they belong together."""
    code = (
        "from integration.sdk.plugins import declared_steps, load; steps = declared_steps(load());"
        "chosen = {s.name for s in steps if s.module.startswith('entra.') and"
        " s.class_name in ('Account', 'User', 'UserGroup')};"
        "print(*chosen, *(s.name for s in steps if s.ends and s.class_name in ('HAS', 'ASSIGNED')"
        " and chosen.issuperset(s.ends)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    return [option for name in done.stdout.split() for option in ("--only", name)]


def _records_of_ours(summary: Mapping[str, Any], truth: Mapping[str, int]) -> int:
    """Count the records in a run's summary: what was chosen and skipped has failed the run already.

    Raises BenchmarkError for a verdict or a count that is not the tenant's.
    """
    steps = [step for step in summary["integrationStepResults"] if step["verdict"] != "skipped"]
    counts = {step["id"]: step["count"] for step in steps}
    faults = [f"{step['id']} is {step['verdict']}: {step['reason']}" for step in steps if step["verdict"] != "complete"]
    faults += [
        f"no type has as many records as the tenant has {name}, {truth[name]:,}"
        for name in ("users", "groups")
        if truth[name] not in counts.values()
    ]
    if faults:
        raise BenchmarkError("our run is not complete: " + "; ".join(faults))
    return sum(counts.values())


def _records_of_other(reader: str, tally: Tally, truth: Mapping[str, int]) -> int:
    """Count what a reader read, or would have. Raises BenchmarkError where that is not the tenant's."""
    read = {"users": tally.users, "groups": tally.groups, "memberships": tally.memberships}
    expected = {name: number for name, number in truth.items() if name != "memberships" or tally.sample is None}
    if any(read[name] != number for name, number in expected.items()):
        raise BenchmarkError(f"{reader} read {read}, the tenant has {dict(truth)}")
    return sum(truth.values())


def _extrapolated(measurement: Measurement, sample: Sample) -> Measurement:
    more = _SAMPLE_EVERY - 1
    return replace(
        measurement,
        wall_seconds=measurement.wall_seconds + more * sample.seconds,
        cpu_seconds=measurement.cpu_seconds + more * sample.cpu_seconds,
        requests=measurement.requests + more * sample.requests,
        resource_units=measurement.resource_units + more * sample.resource_units,
        extrapolated=True,
    )
