"""What a person sees while a run goes on."""

import sys
import threading
import time
from typing import TYPE_CHECKING

from integration.sdk.hooks import hookimpl
from integration.sdk.plan import Plan
from integration.sdk.progress import Progress
from integration.sdk.report import StepResult
from integration.sdk.step import Step
from integration.terminal.standing import Standing, in_words
from integration.terminal.streams import tell
from integration.threads import starting

if TYPE_CHECKING:
    from rich.live import Live

_SHORTEST_WAIT = 1.0
"""Shorter waits are over before a person has read of them."""


class Display:
    """Shows a run's progress on standard error: bars on a terminal, a line for each step that ran elsewhere. A plugin.

    Args:
        plan: what is run.
        every: seconds after which there is a line where there is no terminal, also while no step ends.
    """

    def __init__(self, plan: Plan, every: float = 60.0) -> None:
        self._standing = Standing(types=len(plan.steps))
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._lines = threading.Thread(target=self._tell, args=(every,), name="progress", daemon=True)
        self._live = _live(self._standing) if sys.stderr.isatty() else None

    def __enter__(self) -> "Display":
        with starting():
            if self._live:
                self._live.start(refresh=True)
            else:
                self._lines.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()
        else:
            self._ended.set()
            self._lines.join()

    @hookimpl
    def integration_step_started(self, step: Step) -> None:
        """Show that the step runs."""
        with self._lock:
            self._standing.running.append(step.name)

    @hookimpl
    def integration_pages_read(self, progress: Progress) -> None:
        """Show how far the collection is."""
        with self._lock:
            known = self._standing.collections.get(progress.collection)
            is_new = known is None or (known[0].done and not progress.done)
            since = time.monotonic() if is_new or known is None else known[1]
            self._standing.collections[progress.collection] = (progress, since)

    @hookimpl
    def integration_waits(self, seconds: float) -> None:
        """Show for how long Graph is not asked."""
        if seconds >= _SHORTEST_WAIT:
            with self._lock:
                self._standing.waits_until = max(self._standing.waits_until, time.monotonic() + seconds)

    @hookimpl
    def integration_step_finished(self, result: StepResult) -> None:
        """Count the step."""
        with self._lock:
            self._standing.finished += 1
            if result.type in self._standing.running:
                self._standing.running.remove(result.type)
        if not self._live and result.verdict != "skipped":
            records = "1 record" if result.count == 1 else f"{result.count} records"
            told = f"{result.type}: {result.verdict}, {records}, {result.seconds:.2f} s"
            numbers = {"count": result.count, "seconds": round(result.seconds, 3)}
            tell(told, type=result.type, verdict=result.verdict, **numbers)

    def _tell(self, every: float) -> None:
        while not self._ended.wait(every):
            with self._lock:
                told = in_words(self._standing, time.monotonic())
            tell(told)


def _live(standing: Standing) -> "Live | None":
    """Return what draws on the terminal, where it can be drawn on; rich is slow to import."""
    from rich.console import Console
    from rich.live import Live

    from integration.terminal.progress_view import View

    console = Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal:
        return None
    return Live(View(standing), console=console, refresh_per_second=10, transient=True)
