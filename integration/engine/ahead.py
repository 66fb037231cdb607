"""Records that are made before the types that they need have their verdicts."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress

from integration.engine.context import TooEarly
from integration.store.publication import Publication
from integration.text.discretion import logger
from integration.text.whose import carried

_log = logger("integration")


class Ahead:
    """Makes a step's records early, unless the step is due already; safe for many threads.

    Args:
        step: its name, for the log.
        make: makes the records.
    """

    def __init__(self, step: str, make: Callable[[], Publication]) -> None:
        self._step, self._make = step, make
        self._lock = threading.Lock()
        self._is_due = False
        self._made: Future[Publication | None] | None = None

    def begin(self, threads: Executor) -> None:
        """Have the records made, unless the step is due already."""
        with self._lock, suppress(RuntimeError):  # the run has ended, and the threads with it
            if not self._is_due:
                self._made = threads.submit(carried(self._early))

    def take(self) -> Future[Publication | None] | None:
        """Return what makes the records, now that the step is due; ``None`` where that has not begun, and will not."""
        with self._lock:
            self._is_due = True
        return None if self._made is None or self._made.cancel() else self._made

    def _early(self) -> Publication | None:
        try:
            return self._make()
        except (TooEarly, Exception) as error:  # noqa: BLE001 - the step raises it again where it is due
            _log.debug("%s does not run ahead: %s", self._step, type(error).__name__)
            return None


def discard(made: Future[Publication | None]) -> None:
    """Let go of records that were made for nothing."""
    if publication := made.result():
        publication.discard()
