"""The end of a run, for people: the verdict on each type, the reasons, and what must be known.

On a terminal no line is wider than that, and a reason stands below the table, once. Elsewhere each type has one line,
its reason at the end, so that a line can be found and taken apart by programs.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, redirect_stdout
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from integration.sdk.changes import signed
from integration.sdk.report import Report, StepResult
from integration.sinks.jsonl import URL as JSON_LINES
from integration.terminal.display import new_table, print_table, width_of
from integration.terminal.remarks import problems, remarks
from integration.terminal.summary_text import push_sentences, sentences
from integration.text.visible import lines

_COLOURS = {"complete": "green", "partial": "yellow", "skipped": "dim", "failed": "red"}
_LONGEST_REASON = 600


def print_report(report: Report, out: Path, destinations: Sequence[str] = ()) -> None:
    """Print how a run ended: to standard error where a destination is standard output."""
    _print(report, sentences(report, out), destinations)


def print_push(report: Report, out: Path, destinations: Sequence[str]) -> None:
    """Print what became of a graph that was sent; where and how as ``print_report`` does."""
    _print(report, push_sentences(report, out, len(destinations)), destinations)


def _print(report: Report, told: Sequence[str], destinations: Sequence[str]) -> None:
    elsewhere = redirect_stdout(sys.stderr) if JSON_LINES in destinations else nullcontext()
    with elsewhere:
        if sys.stdout.isatty():
            _print_on_terminal(report, told)
        else:
            print("\n".join([*_rows(report), *(lines(sentence) for sentence in told)]))


def _print_on_terminal(report: Report, told: Sequence[str]) -> None:
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
    """Return the table of verdicts, without those columns that say least where it would be too wide."""
    changed = ["changes"] if report.changes and not report.first else []
    timed = [">seconds"] if report.started_on else []
    for columns in ([">count", *timed, *changed], [">count", *changed], [">count"]):
        table = new_table("type", "verdict", *columns)
        for result in report.results:
            count, seconds = _numbers(result)
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


def _rows(report: Report) -> Iterator[str]:
    """Yield the lines of a table whose columns are padded, but for the reason, which is the last."""
    heading = ["type", "verdict", "count", "seconds", "changes"]
    changes = [signed(report.changes.get(result.type, {})) or "-" for result in report.results]
    columns = zip(report.results, changes, strict=True)
    rows = [heading, *([result.type, result.verdict, *_numbers(result), changed] for result, changed in columns)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    reasons = ["reason", *("; ".join(filter(None, [result.reason, *problems(result)])) for result in report.results)]
    for row, reason in zip(rows, reasons, strict=True):
        cells = [
            cell.rjust(width) if title in ("count", "seconds") else cell.ljust(width)
            for title, cell, width in zip(heading, row, widths, strict=True)
        ]
        yield "  ".join([*cells, _short(lines(reason))]).rstrip()


def _numbers(result: StepResult) -> tuple[str, str]:
    return f"{result.count:,}", f"{result.seconds:.2f}"


def _short(reason: str) -> str:
    """Return a reason on one line; what is longer than a screen is whole in ``summary.json``."""
    flat = " ".join(reason.split())
    return flat if len(flat) <= _LONGEST_REASON else f"{flat[:_LONGEST_REASON].rpartition(' ')[0]} …"
