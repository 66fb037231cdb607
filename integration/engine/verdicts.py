"""The verdicts of a run while it goes on: steps wait for those of the steps that they need."""

import threading
from collections.abc import Callable, Iterable, Mapping

from integration.errors import Interrupted
from integration.sdk.report import StepResult


class Results:
    """Verdicts by type, and a way to wait for them; safe for many threads.

    Args:
        known: verdicts that stand from the start.
    """

    def __init__(self, known: Mapping[str, StepResult]) -> None:
        self._known = dict(known)
        self._changed = threading.Condition()
        self._stopped = False

    def put(self, result: StepResult) -> None:
        """Add a verdict."""
        with self._changed:
            self._known[result.type] = result
            self._changed.notify_all()

    def notify(self) -> None:
        """Make everybody who waits look again."""
        with self._changed:
            self._changed.notify_all()

    def stop(self) -> None:
        """Make everybody who waits raise ``Interrupted``."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def check(self) -> None:
        """Raise ``Interrupted`` where the run was stopped."""
        if self._stopped:
            raise Interrupted("the run was stopped")

    def so_far(self) -> dict[str, StepResult]:
        """Return the verdicts that are known now."""
        with self._changed:
            return dict(self._known)

    def of(self, types: Iterable[str]) -> list[StepResult]:
        """Wait for the verdicts on some types, and return them.

        Raises:
            Interrupted: the run was stopped.
        """
        names = list(types)
        self.wait_until(lambda: False, names)
        return [self._known[name] for name in names]

    def wait_until(self, happened: Callable[[], bool], types: Iterable[str]) -> None:
        """Wait until something happened, or until all of some types have their verdicts.

        Raises:
            Interrupted: the run was stopped.
        """
        names = list(types)
        with self._changed:
            while not (self._stopped or happened() or all(name in self._known for name in names)):
                self._changed.wait()
            self.check()
