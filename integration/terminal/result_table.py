"""The end of a run on a terminal: no line is wider than that, and a reason stands below the table, once."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from integration.sdk.changes import signed
from integration.sdk.report import Report, StepResult
from integration.terminal.remarks import remarks
from integration.terminal.result_lines import aligned, numbers
from integration.text.visible import lines

_COLOURS = {"complete": "green", "partial": "yellow", "skipped": "dim", "failed": "red"}


def print_on_terminal(report: Report, told: Sequence[str]) -> None:
    """Print how a run ended, and below that what is told of it."""
    console = Console()
    width = console.width
    for line in _rows(report, width):
        console.print(line, soft_wrap=True)
    for remark in remarks(report):
        print("\n" + "\n".join(wrapped(lines(remark.heading), width)))
        for part in lines(remark.text).split("\n"):
            print("\n".join(wrapped(part, width, indent="  ")))
    print()
    *others, last = ["\n".join(wrapped(lines(sentence), width)) for sentence in told]
    print("\n".join(others))
    console.print(Text(last, style="bold"), soft_wrap=True)


def _rows(report: Report, width: int) -> Iterator[Text]:
    """Yield the table of verdicts, without those columns that say least where it would be too wide.

    A type that was skipped although nothing failed has no row: that, and why, is told below. A name that is too long
    all the same has a line of its own.
    """
    results = [each for each in report.results if each.verdict != "skipped" or each.because_of_failure]
    changed = ["changes"] if report.changes and not report.first else []
    timed = ["seconds"] if report.started_on else []
    for columns in (["count", *timed, *changed], ["count", *changed], ["count"]):
        rows = [_cells(report, result, columns) for result in results]
        heading = ["type", "verdict", *columns]
        widths = [max(map(len, cells)) for cells in zip(heading, *rows, strict=True)]
        room = width - sum(2 + each for each in widths[1:])
        if widths[0] <= room:
            break
    widths[0] = min(widths[0], max(room, len("type")))
    yield Text("  ".join(aligned(heading, heading, widths)).rstrip(), style="bold")
    for result, cells in zip(results, rows, strict=True):
        if len(cells[0]) > widths[0]:
            yield Text(cells[0])
            cells[0] = ""
        name, verdict, *others = aligned(cells, heading, widths)
        yield Text("  ").join(
            [Text(name), Text(verdict, style=_COLOURS[result.verdict]), Text("  ".join(others).rstrip())]
        )


def _cells(report: Report, result: StepResult, columns: Sequence[str]) -> list[str]:
    count, seconds = numbers(result)
    cells = {"count": count, "seconds": seconds, "changes": signed(report.changes.get(result.type, {}))}
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
