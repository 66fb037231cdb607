"""The benchmarks as a command: ``python -m benchmarks --help``."""

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from benchmarks import tables
from benchmarks.errors import BenchmarkError
from benchmarks.measurement import OURS, READERS, Measurement, measured
from benchmarks.simulator import Case, Simulator
from benchmarks.targets import LARGE, Check, Found, Target, manners, targets

_ONLY_BY_NAME = ("sdk", "areas", "eight", "naive16")
_ONLY_LARGE = ("large", "size")


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = _parser()
    options = parser.parse_args()
    if options.json and not options.json.parent.is_dir():
        parser.error(f"there is no folder {options.json.parent}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    users, latency = max(options.sizes), max(options.latencies)
    chosen = [each for each in targets(_case(users, latency)) if _is_chosen(each.name, options.only, options.large)]
    found: dict[tuple[Case, str], Measurement] = {}
    failures: list[str] = []
    grid = [] if options.only else [_case(users, ms) for users in options.sizes for ms in options.latencies]
    try:
        for case, readers in _work(grid, chosen).items():
            try:
                _run(case, readers, options.sdk_python, found, failures)
            except BenchmarkError as error:
                failures.append(f"{case}: {error}")
    except KeyboardInterrupt:
        failures.append("interrupted")
    checks = [(target.name, check) for target in chosen for check in target.checks(found)]
    checks += [("manners", check) for check in manners(found)]
    _print_checks(chosen, checks, found)
    if options.json:
        options.json.write_text(json.dumps(_document(found, checks, failures), indent=1) + "\n", encoding="utf-8")
    for failure in failures:
        print(f"\nfailed: {failure}", file=sys.stderr)
    return 1 if failures else 0


def _parser() -> argparse.ArgumentParser:
    names = [target.name for target in targets(LARGE)]
    readers = "\n".join(f"  {name:<10} {what}" for name, what in READERS.items())
    promises = "\n".join(f"  {target.name:<10} {target.summary}" for target in targets(LARGE))
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure full and incremental reads against other ways to read the same tenant from the Graph\n"
        "simulator, each as a process of its own. Only ratios within one run mean anything.",
        epilog=f"readers:\n{readers}\n\ntargets:\n{promises}\n\n"
        f"Targets without a size of their own are judged at the largest size and latency.\n"
        f"{' and '.join(_ONLY_LARGE)} need --large or --only; {' and '.join(_ONLY_BY_NAME[:2])} need --only.\n"
        "A ~ before a reader: extrapolated from the members of every tenth group.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--sizes", type=_sizes, default="5k,20k", metavar="N,…",
        help="users; groups are a tenth, memberships five times as many (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--latencies", type=_numbers, default="0,50", metavar="MS,…", help="of each answer (default: %(default)s)"
    )
    parser.add_argument("--large", action="store_true", help=f"also measure {LARGE}")
    parser.add_argument(
        "--only", action="append", choices=names, metavar="TARGET", help="measure what this target needs; repeatable"
    )
    parser.add_argument(
        "--sdk-python",
        default=sys.executable,
        metavar="FILE",
        help="interpreter of an environment that has msgraph-sdk",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures there")
    return parser


def _numbers(text: str) -> list[int]:
    return sorted({int(each) for each in text.split(",")})


def _sizes(text: str) -> list[int]:
    return _numbers(text.replace("k", "000"))


def _case(users: int, latency: int) -> Case:
    return Case(users, users // 10, users * 5, latency)


def _is_chosen(name: str, only: list[str] | None, large: bool) -> bool:
    return name in only if only else name not in _ONLY_BY_NAME and (large or name not in _ONLY_LARGE)


def _work(grid: Iterable[Case], chosen: Iterable[Target]) -> dict[Case, list[str]]:
    """Return the readers to run in each case, in order; the small cases first."""
    wanted = {(case, reader) for case in grid for reader in READERS if reader not in _ONLY_BY_NAME}
    wanted |= {need for target in chosen for need in target.needs}
    cases = sorted({case for case, _ in wanted}, key=lambda case: (case.memberships, case.latency, case.quota or ""))
    return {case: [reader for reader in READERS if (case, reader) in wanted] for case in cases}


def _run(
    case: Case, readers: list[str], sdk_python: str, found: dict[tuple[Case, str], Measurement], failures: list[str]
) -> None:
    """Measure some readers in one case, and print the table. One that fails spoils none of the others but ours."""
    print(f"\n{case}", flush=True)
    with tempfile.TemporaryDirectory() as folder, Simulator(case) as simulator:
        try:
            for reader in readers:
                if reader in OURS and (case, "full") not in found and reader != "full":
                    continue
                print(f"… {reader}", file=sys.stderr, flush=True)
                try:
                    found[case, reader] = measured(reader, case, simulator, Path(folder), sdk_python)
                except BenchmarkError as error:
                    failures.append(f"{case}: {error}")
        finally:
            print(tables.measurements([found[case, reader] for reader in readers if (case, reader) in found]))
            if case.sizes and (case, "full") in found:
                print(f"\n{tables.requests(found[case, 'full'], found.get((case, 'unchanged')))}")


def _print_checks(chosen: list[Target], checks: list[tuple[str, Check]], found: Found) -> None:
    judged = {name for name, _ in checks}
    if checks:
        print(f"\n{tables.checks(checks)}\n")
    for target in chosen:
        cases = sorted({str(case) for case, _ in target.needs})
        print(f"{target.name}: {'' if target.name in judged else 'NOT MEASURED; '}{'; '.join(cases)}")
    if any(measurement.extrapolated for measurement in found.values()):
        print("~ extrapolated from the members of every tenth group")


def _document(found: Found, checks: list[tuple[str, Check]], failures: list[str]) -> dict[str, object]:
    return {
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
        "measurements": [measurement.as_json() for measurement in found.values()],
        "checks": [
            {"target": name, "figure": check.what, "measured": check.measured, "limit": check.limit,
             "limit_is": "least" if check.at_least else "most", "unit": check.unit, "holds": check.holds}
            for name, check in checks
        ],
        "failures": failures,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
