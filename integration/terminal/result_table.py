"""The end of a run on a terminal: no line is wider than that, and a reason stands below the table, once."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from integration.sdk.changes import signed
from integration.sdk.report import Report, StepResult
from integration.terminal.named_rows import named_rows, widths_of
from integration.terminal.remarks import Remark, remarks
from integration.terminal.result_lines import numbers
from integration.text.visible import lines

_COLOURS = {"complete": "green", "partial": "yellow", "skipped": "dim", "failed": "red"}
_BY_WEIGHT = ("complete", "skipped", "partial", "failed")
_ROWS, _REMARKS = 40, 20
"""Types that have a row each, and remarks below these: of more, it is those that say most."""
_ALIKE = 5
"""Types that have a row each of those that are not complete for one reason, which is told below with the names."""
T = TypeVar("T")


def print_on_terminal(report: Report, told: Sequence[str]) -> None:
    """Print how a run ended, and below that what is told of it."""
    console = Console()
    width = console.width
    said = remarks(report)
    for line in _rows(report, said, width):
        console.print(line, soft_wrap=True)
    for remark in _weightiest(said, _weight, _REMARKS):
        print("\n" + "\n".join(wrapped(lines(remark.heading), width)))
        for part in lines(remark.text).split("\n"):
            print("\n".join(wrapped(part, width, indent="  ")))
    if len(said) > _REMARKS:
        rest = f"{len(said) - _REMARKS:,} further remarks are left out here: summary.json has them, type by type."
        print("\n" + "\n".join(wrapped(rest, width)))
    print()
    *others, last = ["\n".join(wrapped(lines(sentence), width)) for sentence in told]
    print("\n".join(others))
    console.print(Text(last, style="bold"), soft_wrap=True)


def _rows(report: Report, said: Sequence[Remark], width: int) -> Iterator[Text]:
    """Yield the table of verdicts, without those columns that say least where it would be too wide.

    A type that was skipped although nothing failed has no row: that, and why, is told below.
    """
    results = [each for each in report.results if each.verdict != "skipped" or each.because_of_failure]
    if not results:
        return
    shown = _shown(report, results, said)
    changed = ["changes"] if report.changes and not report.first else []
    timed = [">seconds"] if report.started_on else []
    for columns in ([">count", *timed, *changed], [">count", *changed], [">count"]):
        heading = ["type", "verdict", *columns]
        rows = [*(_cells(report, each, columns) for each in shown), *_further(results, shown, columns)]
        if sum(widths_of(heading, rows)) + 2 * (len(heading) - 1) <= width:
            break
    titles, *table = named_rows(heading, rows, width)
    yield Text("  ".join(titles).rstrip(), style="bold")
    for name, *cells in table:
        yield Text("  ").join([Text(name), *(Text(cell, style=_COLOURS.get(cell.strip(), "")) for cell in cells)])


def _shown(report: Report, results: Sequence[StepResult], said: Sequence[Remark]) -> Sequence[StepResult]:
    """Return the results that have a row each: of many those that are not complete, that changed most, that have most.

    In a first run everything has changed. Of those that share one reason a few are enough: hundreds do where an API
    as a whole does not answer, and would leave no room for what was read.
    """
    told = {name for remark in said if remark.verdict != "complete" for name in remark.types[:_ALIKE]}

    def weight(result: StepResult) -> tuple[bool, int, int]:
        changed = 0 if report.first else sum(report.changes.get(result.type, {}).values())
        return result.type in told, changed, result.count

    return _weightiest(results, weight, _ROWS)


def _weight(remark: Remark) -> tuple[int, int]:
    return _BY_WEIGHT.index(remark.verdict), len(remark.types) + len(remark.also)


def _weightiest(items: Sequence[T], weight: Callable[[T], Any], most: int) -> list[T]:
    """Return the items of most weight, so many at most, in the order in which they are."""
    places = sorted(range(len(items)), key=lambda place: weight(items[place]), reverse=True)
    return [items[place] for place in sorted(places[:most])]


def _further(results: Sequence[StepResult], shown: Sequence[StepResult], columns: Sequence[str]) -> Iterator[list[str]]:
    """Yield for each verdict a row for the types that have none, with all their records."""
    types = {result.type for result in shown}
    counts: defaultdict[str, list[int]] = defaultdict(list)
    for result in results:
        if result.type not in types:
            counts[result.verdict].append(result.count)
    for verdict, found in counts.items():
        cells = {">count": f"{sum(found):,}"}
        yield [f"{len(found):,} further", verdict, *(cells.get(column, "") for column in columns)]


def _cells(report: Report, result: StepResult, columns: Sequence[str]) -> list[str]:
    count, seconds = numbers(result)
    cells = {">count": count, ">seconds": seconds, "changes": signed(report.changes.get(result.type, {}))}
    return [result.type, result.verdict, *(cells[column] for column in columns)]


def wrapped(text: str, width: int, indent: str = "") -> Iterator[str]:
    """Yield text in lines that fit, broken at blanks alone: a word that is longer, such as a URL, stays whole."""
    line, taken = "", 0
    for word in text.split():
        size = cell_len(word)
        if line and taken + 1 + size > width:
            yield line
            line, taken = "", 0
        line = f"{line} {word}" if line else f"{indent}{word}"
        taken = cell_len(line)
    if line:
        yield line
