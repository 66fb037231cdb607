"""What a person sees: progress while a run goes on, and tables."""

import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from integration.changes import What
from integration.hookspecs import hookimpl
from integration.permissions import Review
from integration.plan import Plan
from integration.progress import Progress as ReadingProgress
from integration.report import Report, StepResult
from integration.sinks.jsonl import URL as JSON_LINES
from integration.step import Step

_COLOURS = {"complete": "green", "partial": "yellow", "skipped": "dim", "failed": "red"}
_WIDE = 1000


class Display:
    """Shows a run's progress on standard error: bars on a terminal, a line for each step elsewhere. A plugin."""

    def __init__(self, plan: Plan) -> None:
        self._console = Console(stderr=True)
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[detail]}"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._steps = self._bars.add_task("types", total=len(plan.steps), detail="")
        self._collections: dict[str, TaskID] = {}

    def __enter__(self) -> "Display":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    @hookimpl
    def integration_pages_read(self, progress: ReadingProgress) -> None:
        """Show how far a collection is: pages, items, items a second, and what throttling cost."""
        name = progress.collection
        with self._lock:
            if name not in self._collections:
                self._collections[name] = self._bars.add_task(name, total=None, detail="")
        rate = progress.items / max(0.001, time.monotonic() - self._started)
        detail = f"{progress.pages:,} pages, {progress.items:,} items, {rate:,.0f} a second"
        if progress.throttled:
            detail += f", throttled for {progress.throttled:.0f} s"
        total = progress.all_parents or None
        self._bars.update(self._collections[name], total=total, completed=progress.parents, detail=detail)

    @hookimpl
    def integration_step_finished(self, result: StepResult) -> None:
        """Count the step."""
        self._bars.update(self._steps, advance=1, detail=f"{result.type}: {result.verdict}")
        if not self._console.is_terminal:
            self._console.file.write(
                f"{result.type}: {result.verdict}, {result.count} records, {result.seconds:.2f} s\n"
            )


def report_table(report: Report, out: Path, destinations: Sequence[str] = ()) -> None:
    """Print the verdicts: to standard error where a destination is standard output."""
    if JSON_LINES in destinations:
        with redirect_stdout(sys.stderr):
            report_table(report, out)
        return
    table = _table("type", "verdict", ">count", ">seconds", "reason…", "changes")
    for result in report.results:
        colour = _COLOURS[result.verdict]
        table.add_row(
            result.type,
            f"[{colour}]{result.verdict}[/]",
            f"{result.count:,}",
            f"{result.seconds:.2f}",
            escape(_remarks(result)),
            _changes(report.changes.get(result.type, {})),
        )
    _print(table)
    for type, reason in report.withheld.items():
        print(f"{type}: {reason}")
    for url, reason in report.failed_sinks.items():
        print(f"{url}: not written: {reason}")
    print(f"{out / 'graph.db'} and {out / 'summary.json'} hold the result.")


def changes_table(counts: Mapping[str, Mapping[str, int]], since: int, revision: int) -> None:
    """Print how many records of each type came, changed and went."""
    print(f"revision {since} → {revision} of the graph")
    table = _table("type", ">created", ">updated", ">deleted")
    for name, of in counts.items():
        table.add_row(name, *(f"{of[what]:,}" if of[what] else "" for what in _SIGNS))
    _print(table)


def plan_table(plan: Plan) -> None:
    """Print what would run, in order, and what falls away."""
    table = _table(">order", "type", "needs…", "permissions…", "enriched with…")
    for number, step in enumerate(plan.steps, 1):
        table.add_row(
            str(number), step.name, ", ".join(step.needs), ", ".join(step.permissions), ", ".join(step.optional)
        )
    _print(table)
    for name, reason in plan.skipped.items():
        print(f"falls away: {name}: {reason}")
    permissions = sorted({permission for step in plan.steps for permission in step.permissions})
    print(f"permissions to grant: {', '.join(permissions) or 'none'}")


def review_table(review: Review, link: str | None) -> None:
    """Print which permissions are granted, what falls away without the others, and what to grant."""
    table = _table("permission", "state…", "needed by…", "adds properties to…")
    for demand in review.demands:
        state = "[green]granted[/]" if demand.granted_by else "[red]missing[/]"
        if demand.granted_by not in ("", demand.permission):
            state += f" with {demand.granted_by}"
        table.add_row(demand.permission, state, ", ".join(demand.needed_by), ", ".join(demand.enriches))
    _print(table)
    for name, reason in review.falls_away.items():
        print(f"falls away: {name}: {reason}")
    for name, missing in review.fewer_properties.items():
        print(f"fewer properties: {name}: lacks the permission {', '.join(missing)}")
    print(f"permissions to grant: {', '.join(review.to_grant) or 'none'}")
    if review.to_enrich:
        print(f"for every property also: {', '.join(review.to_enrich)}")
    if link:
        print(f"after adding them to the app registration, an administrator consents at {link}")


def types_table(steps: Sequence[Step]) -> None:
    """Print every declared type."""
    table = _table("type", "class", "from", "to", "description…")
    for step in steps:
        table.add_row(step.name, step.class_name, *(step.ends or ("", "")), step.description)
    _print(table)


def _changes(counts: Mapping[What, int]) -> str:
    return " ".join(f"{sign}{counts[what]:,}" for what, sign in _SIGNS.items() if counts.get(what))


_SIGNS: Mapping[What, str] = {"created": "+", "updated": "~", "deleted": "-"}


def _remarks(result: StepResult) -> str:
    problems = [f"{problem['count']} {_WORDS[name]}" for name, problem in result.problems.items() if name in _WORDS]
    return "; ".join(filter(None, [result.reason, *problems]))


_WORDS = {"duplicateKeys": "duplicate keys left out", "danglingEnds": "lead to an entity that was not collected"}


def _table(*columns: str) -> Table:
    """Return an empty table; columns that begin with ``>`` are numbers, and only those that end with ``…`` may wrap."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(
            column.strip(">…"),
            justify="right" if column.startswith(">") else "left",
            no_wrap=not column.endswith("…"),
            overflow="fold",
        )
    return table


def _print(table: Table) -> None:
    """Print a table; not on a terminal its lines are as long as they need to be, and on a narrow one it is a list."""
    console = Console()
    if not console.file.isatty():
        console = Console(width=_WIDE)
    elif console.measure(table, options=console.options.update_width(_WIDE)).minimum > console.width:
        _list(table, console)
        return
    console.print(table)


def _list(table: Table, console: Console) -> None:
    """Print each row of a table as a paragraph: its name, and below that what the other columns have."""
    rows = zip(*(column.cells for column in table.columns), strict=True)
    for row in rows:
        cells = dict(zip((column.header for column in table.columns), row, strict=True))
        name = cells.pop("type" if "type" in cells else table.columns[0].header)
        console.print(f"[bold]{name}[/]", overflow="fold")
        for header, cell in cells.items():
            if cell:
                console.print(Padding(f"{header}: {cell}", (0, 0, 0, 2)), overflow="fold")
