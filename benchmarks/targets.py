"""What is promised, and whether the measurements keep it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.arithmetic import fewest, fewest_again, total
from benchmarks.measurement import CHANGES, OURS, Measurement
from benchmarks.simulator import Case

LARGE = Case(100_000, 10_000, 1_000_000, latency=50, quota="L")
TENTH = replace(LARGE, users=10_000, groups=1_000, memberships=100_000)
AREAS = Case(
    20_000,
    2_000,
    100_000,
    latency=50,
    sizes=(("service-principals", 3_000), ("applications", 1_000), ("devices", 12_000)),
)
"""A tenant that has something of everything; what is not named is in the usual proportion to its users."""
STARVED_QUOTA = "800"
"""Resource units per 10 s: what a tenant ten times the size sees of quota L."""

_MEGABYTE = 1e6

Found = Mapping[tuple[Case, str], Measurement]
"""Measurements by case and reader."""


@dataclass(frozen=True)
class Check:
    """One figure against its limit.

    Attributes:
        what: the figure in words.
        measured: its value.
        limit: the most that it may be, or the least.
        at_least: the limit is the least.
        unit: what the value counts; empty for a ratio.
    """

    what: str
    measured: float
    limit: float
    at_least: bool = False
    unit: str = ""

    @property
    def holds(self) -> bool:
        """Whether the value keeps to its limit."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


@dataclass(frozen=True)
class Target:
    """A promise.

    Attributes:
        name: what ``--only`` takes.
        summary: the promise in a line.
        needs: pairs of case and reader that it compares.
        judge: makes checks of their measurements, given in the order of ``needs``.
    """

    name: str
    summary: str
    needs: Sequence[tuple[Case, str]]
    judge: Callable[..., Iterator[Check]]

    def checks(self, found: Found) -> list[Check]:
        """Return the checks; none where one of the measurements is not there."""
        if any(need not in found for need in self.needs):
            return []
        return list(self.judge(*(found[need] for need in self.needs)))


def targets(usual: Case) -> list[Target]:
    """Return all targets.

    Args:
        usual: the case in which targets without a size of their own are measured.
    """
    starved, near = replace(usual, quota=STARVED_QUOTA), replace(usual, latency=0)
    return [
        Target(
            "full",
            "a full read against serial requests and against the practical limit",
            [(usual, "serial"), (usual, "bare"), (usual, "full")],
            _full,
        ),
        Target(
            "unchanged",
            "a second run where nothing changed",
            [(usual, "full"), (usual, "unchanged")],
            _unchanged,
        ),
        Target(
            "comparing",
            "finding that nothing changed in a graph that was made anew",
            [(usual, "full"), (usual, "fresh")],
            _comparing,
        ),
        Target(
            "changes",
            f"a second run after {CHANGES} changes",
            [(usual, "full"), (usual, "changes")],
            _changes,
        ),
        Target(
            "starved",
            f"a full read at {STARVED_QUOTA} resource units per 10 s against the two pure strategies",
            [(starved, "bare"), (starved, "chain"), (starved, "full")],
            _starved,
        ),
        Target(
            "large",
            f"a full read of {LARGE.users:,} users against the practical limit",
            [(LARGE, "bare"), (LARGE, "full")],
            _large,
        ),
        Target(
            "size",
            f"cost and memory at {LARGE.users:,} users against a tenth of that",
            [(TENTH, "full"), (LARGE, "full")],
            _size,
        ),
        Target(
            "sdk",
            "a full read against Microsoft's Python SDK",
            [(near, "sdk"), (near, "full")],
            _sdk,
        ),
        Target(
            "areas",
            "a read of all types against the first eight, the fewest requests, and one request per object",
            [(AREAS, "eight"), (AREAS, "naive16"), (AREAS, "full"), (AREAS, "unchanged"), (AREAS, "changes")],
            _areas,
        ),
    ]


def manners(found: Found) -> list[Check]:
    """Return the check that ours never asked too soon, over all of its runs; none where there were none."""
    ours = [measurement.rude for (_, reader), measurement in found.items() if reader in OURS]
    return [Check(f"rude requests in {len(ours)} runs", sum(ours), 0, unit="requests")] if ours else []


def _full(serial: Measurement, bare: Measurement, ours: Measurement) -> Iterator[Check]:
    yield Check("wall: serial / ours", serial.wall_seconds / ours.wall_seconds, 25, at_least=True)
    yield Check("wall: ours / bare", ours.wall_seconds / bare.wall_seconds, 1.8)
    cpu = ours.cpu_seconds / bare.cpu_seconds
    yield Check("CPU: ours / bare", cpu, 5.5)
    yield Check("CPU: ours / bare (stretch)", cpu, 4.5)


def _unchanged(full: Measurement, again: Measurement) -> Iterator[Check]:
    yield Check("requests", again.requests, 10, unit="requests")
    yield Check("wall: unchanged / full", again.wall_seconds / full.wall_seconds, 0.05)
    yield Check("wall of run() in a host: unchanged / full", again.run_seconds / full.run_seconds, 0.05)


def _comparing(full: Measurement, again: Measurement) -> Iterator[Check]:
    yield Check("CPU: compared with the same graph / first of all", again.cpu_seconds / full.cpu_seconds, 1.15)


def _changes(full: Measurement, again: Measurement) -> Iterator[Check]:
    yield Check(f"requests for {CHANGES} changes", again.requests, CHANGES, unit="requests")
    yield Check("wall: changes / full", again.wall_seconds / full.wall_seconds, 0.25)


def _starved(bare: Measurement, chain: Measurement, ours: Measurement) -> Iterator[Check]:
    better = min(bare, chain, key=lambda measurement: measurement.wall_seconds)
    yield Check(f"wall: ours / {better.reader}, the better", ours.wall_seconds / better.wall_seconds, 1.3)


def _large(bare: Measurement, ours: Measurement) -> Iterator[Check]:
    yield Check("resource units: ours / bare", ours.resource_units / bare.resource_units, 0.6)
    yield Check("wall: ours / bare", ours.wall_seconds / bare.wall_seconds, 1.2)


def _size(tenth: Measurement, large: Measurement) -> Iterator[Check]:
    yield Check("CPU per record: large / tenth", large.cpu_per_record / tenth.cpu_per_record, 1.15)
    yield Check("peak memory: large / tenth", large.peak_bytes / tenth.peak_bytes, 1.3)
    yield Check("peak memory", large.peak_bytes / _MEGABYTE, 250, unit="MB")


def _areas(
    eight: Measurement, naive: Measurement, ours: Measurement, again: Measurement, changed: Measurement
) -> Iterator[Check]:
    plan = fewest(ours.contents)
    spare = again.requests - total(fewest_again(ours.contents))
    yield Check("requests: ours / fewest", ours.requests / total(plan), 1.1)
    yield Check("requests again, without those that no delta query saves", spare, 60, unit="requests")
    yield Check("requests: one per object / ours", naive.requests / ours.requests, 5, at_least=True)
    yield Check("wall: one request per object / ours", naive.wall_seconds / ours.wall_seconds, 4, at_least=True)
    yield Check("wall: ours / eight types", ours.wall_seconds / eight.wall_seconds, 3)
    yield Check(f"wall: after {2 * CHANGES} changes / first of all", changed.wall_seconds / ours.wall_seconds, 0.7)
    yield Check("CPU per record", ours.cpu_per_record, 25, unit="microseconds")
    yield Check("peak memory", ours.peak_bytes / _MEGABYTE, 200, unit="MB")


def _sdk(sdk: Measurement, ours: Measurement) -> Iterator[Check]:
    yield Check("wall: SDK / ours", sdk.wall_seconds / ours.wall_seconds, 100, at_least=True)
