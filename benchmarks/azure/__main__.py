"""What reading Azure costs: ``python -m benchmarks.azure --help``."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import tables
from benchmarks.azure.server import RESET, STATS
from benchmarks.process import ROOT, Usage, measure
from benchmarks.targets import Check

_PAGE, _PARTITION, _COUNTS, _A_SECOND = 1_000, 700, 6, 3
"""Rows of a page, rows of a partition in the plan, counts that it takes, and queries that Azure takes a second."""
_MEGABYTE = 1e6


@dataclass(frozen=True)
class Measured:
    """A run, and what the simulator tells of it."""

    usage: Usage
    stats: Mapping[str, Any]

    @property
    def resources(self) -> int:
        """How many resources the tenant has."""
        count: int = self.stats["rows"]["resources"]
        return count

    @property
    def planned(self) -> int:
        """How many queries a plan takes: partitions of resources, pages of all other tables that were asked for."""
        rows: Mapping[str, int] = self.stats["rows"]
        asked: Mapping[str, int] = self.stats["tables"]
        others = [max(1, ceil(rows[table] / _PAGE)) for table in asked if table != "resources"]
        return _COUNTS + ceil(self.resources / _PARTITION) + sum(others)


class _Server:
    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def ask(self, path: str) -> dict[str, Any]:
        connection = HTTPConnection(urlsplit(self.url).netloc)
        connection.request("GET", f"{path}?api-version=1", headers={"Authorization": f"Bearer {self.token}"})
        answer: dict[str, Any] = json.load(connection.getresponse())
        connection.close()
        return answer

    def measured(self, *command: str, folder: Path) -> Measured:
        self.ask(RESET)
        environment = {"INTEGRATION_AZURE_ACCESS_TOKEN": self.token}
        usage = measure([sys.executable, "-m", *command], folder=folder, environment=environment)
        return Measured(usage, self.ask(STATS))


@contextmanager
def _serving(options: argparse.Namespace) -> Iterator[_Server]:
    command = [sys.executable, "-m", "benchmarks.azure.server", f"--resources={options.resources}"]
    command += [f"--subscriptions={options.subscriptions}", f"--assignments={options.resources // 5}"]
    command += [] if options.no_quota else [f"--quota={5 * _A_SECOND}"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    try:
        yield _Server(**json.loads(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def _checks(first: Measured, again: Measured, lists: Measured | None, *, is_paced: bool) -> Iterator[Check]:
    usage, stats, planned = first.usage, first.stats, first.planned
    yield Check(f"queries: ours / plan of {planned}", stats["queries"] / planned, 1.15)
    if is_paced:
        pace = usage.wall_seconds / (planned / _A_SECOND)
        yield Check(f"wall: ours / {_A_SECOND} queries of the plan a second", pace, 1.1)
    yield Check("CPU for a resource", usage.cpu_seconds / first.resources * 1e6, 120, unit="microseconds")
    yield Check("peak memory", usage.peak_bytes / _MEGABYTE, 250, unit="MB")
    yield Check("CPU: unchanged / first", again.usage.cpu_seconds / usage.cpu_seconds, 0.35)
    if lists:
        ratio = lists.stats["requests"] / stats["requests"]
        yield Check("requests: by subscription and group / ours", ratio, 100, at_least=True)


def _print(name: str, measured: Measured) -> None:
    usage, stats = measured.usage, measured.stats
    costs = f"{usage.wall_seconds:.1f} s, {usage.cpu_seconds:.2f} s CPU, {usage.peak_bytes / _MEGABYTE:.0f} MB"
    print(f"{name}: {costs}, {stats['requests']:,} requests, {stats['queries']:,} of them queries", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.azure", description=__doc__)
    parser.add_argument("--resources", type=int, default=100_000, metavar="N", help="default: %(default)s")
    parser.add_argument("--subscriptions", type=int, default=50, metavar="N", help="default: %(default)s")
    parser.add_argument("--no-quota", action="store_true", help="the simulator takes any number of queries a second")
    parser.add_argument("--no-lists", action="store_true", help="leave out the reader that lists as graph-azure does")
    options = parser.parse_args()
    with _serving(options) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = ("integration", "run", "--out", str(folder / "out"), "--azure-url", server.url)
        first = server.measured(*ours, folder=folder)
        _print(f"first run, {first.resources:,} resources", first)
        again = server.measured(*ours, folder=folder)
        _print("unchanged", again)
        lists = None
        if not options.no_lists:
            lists = server.measured("benchmarks.azure.lists", server.url, server.token, folder=folder)
            _print("by subscription and resource group", lists)
    found = _checks(first, again, lists, is_paced=not options.no_quota)
    print(f"\n{tables.checks(('azure', check) for check in found)}")


if __name__ == "__main__":
    main()
