"""Aligned plain tables."""

from collections.abc import Iterable, Sequence

from benchmarks.arithmetic import fewest, total
from benchmarks.measurement import Measurement
from benchmarks.targets import Check

_HEAD = (
    "reader", "wall s", "CPU s", "requests", "units", "peak MB", "records", "µs CPU/record", "429s", "rude"
)  # fmt: skip
_MEGABYTE = 1e6


def measurements(rows: Sequence[Measurement]) -> str:
    """Return a table of measurements; ``~`` marks what is extrapolated."""
    cells = [
        (
            f"{'~' if row.extrapolated else ''}{row.reader}",
            f"{row.wall_seconds:.2f}",
            f"{row.cpu_seconds:.2f}",
            f"{row.requests:,}",
            f"{row.resource_units:,}",
            f"{row.peak_bytes / _MEGABYTE:.0f}",
            f"{row.records:,}",
            f"{row.cpu_per_record:.1f}",
            f"{row.throttled:,}",
            f"{row.rude:,}",
        )
        for row in rows
    ]
    return _table([_HEAD, *cells], left=1)


def checks(rows: Iterable[tuple[str, Check]]) -> str:
    """Return a table of checks, each with its target's name."""
    cells = [
        (
            name,
            check.what,
            f"{_number(check.measured)} {check.unit}".rstrip(),
            f"{'at least' if check.at_least else 'at most'} {_number(check.limit)}",
            "holds" if check.holds else "does not hold",
        )
        for name, check in rows
    ]
    return _table([("target", "figure", "measured", "limit", "verdict"), *cells], left=5)


def requests(ours: Measurement, again: Measurement | None) -> str:
    """Return how often each kind of request was made, by the first run and a second one, and how often is the least."""
    least = fewest(ours.contents)
    later = again.asked if again else {}
    rows = [
        (path, f"{least.get(path, 0):,}", f"{ours.asked.get(path, 0):,}", f"{later.get(path, 0):,}")
        for path in sorted({*least, *ours.asked, *later})
    ]
    whole = ("all, a batch being one", f"{total(least):,}", f"{ours.requests:,}", f"{again.requests if again else 0:,}")
    return _table([("request", "fewest", "first run", "second run"), *rows, whole], left=1)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or value >= 1000 else f"{value:.3g}"


def _table(rows: Sequence[Sequence[str]], left: int) -> str:
    """Return rows as lines, the first ``left`` columns to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if number < left else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
