"""The end of a run on a terminal: no line is wider than that, and a reason stands below the table, once."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from integration.sdk.changes import signed
from integration.sdk.report import Report
from integration.terminal.display import new_table, print_table, width_of
from integration.terminal.remarks import remarks
from integration.terminal.result_lines import numbers
from integration.text.visible import lines

_COLOURS = {"complete": "green", "partial": "yellow", "skipped": "dim", "failed": "red"}


def print_on_terminal(report: Report, told: Sequence[str]) -> None:
    """Print how a run ended, and below that what is told of it."""
    console = Console()
    width = console.width
    print_table(_fitting(report, width))
    for remark in remarks(report):
        print("\n" + "\n".join(wrapped(lines(remark.heading), width)))
        for part in lines(remark.text).split("\n"):
            print("\n".join(wrapped(part, width, indent="  ")))
    print()
    *others, last = ["\n".join(wrapped(lines(sentence), width)) for sentence in told]
    print("\n".join(others))
    console.print(Text(last, style="bold"), soft_wrap=True)


def _fitting(report: Report, width: int) -> Table:
    """Return the table of verdicts, without those columns that say least where it would be too wide.

    Types that nobody chose have no row: how many they are, and why, is told below.
    """
    changed = ["changes"] if report.changes and not report.first else []
    timed = [">seconds"] if report.started_on else []
    for columns in ([">count", *timed, *changed], [">count", *changed], [">count"]):
        table = new_table("type", "verdict", *columns)
        for result in (each for each in report.results if not each.left_out):
            count, seconds = numbers(result)
            cells = {">count": count, ">seconds": seconds, "changes": signed(report.changes.get(result.type, {}))}
            verdict = f"[{_COLOURS[result.verdict]}]{result.verdict}[/]"
            table.add_row(result.type, verdict, *(cells[column] for column in columns))
        if width_of(table) <= width:
            break
    return table


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
