"""What a person sees while a run goes on."""

import threading
import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from integration.hookspecs import hookimpl
from integration.plan import Plan
from integration.progress import Progress as ReadingProgress
from integration.report import StepResult


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
