"""Ending the runs of tenants: because their worker is to end, the fleet's run is, or one takes too long."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from integration.threads import starting

FLEET_STOPPED = "the fleet's run was stopped"
_WORKER_ENDS = "the worker is about to end"
_LEASE = 60.0
"""Seconds after which a claim that could not be renewed counts as lost: a process that was frozen may not go on."""


class TenantStop:
    """Whether the run of a tenant is to end.

    Attributes:
        reason: why.
        word: what became of the tenant then, one of ``outcomes.WORDS``.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._renewed: float | None = None
        self.reason, self.word = "", "stopped"

    def set(self, reason: str, word: str = "stopped") -> None:
        """End the run; the first reason counts."""
        if not self.reason:
            self.reason, self.word = reason, word
        self._event.set()

    def renewed(self) -> None:
        """Say that the tenant's claim stands now."""
        self._renewed = time.monotonic()

    def is_set(self) -> bool:
        """Tell whether the run is to end."""
        if self._renewed is not None and time.monotonic() - self._renewed > _LEASE:
            self.set("its claim could not be renewed in time", "unreachable")
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait until the run is to end, or for so long; tell whether it is."""
        return self._event.wait(seconds)


_at_work: dict[TenantStop, str] = {}
"""What can be stopped, and for which attempt at a run of the fleet it is."""
_ended_attempts: set[str] = set()
_lock = threading.Lock()


@contextmanager
def stoppable(attempt: str, patience: float) -> Iterator[TenantStop]:
    """Have a run that can be ended from elsewhere in this process.

    Args:
        attempt: one command's attempt at the fleet's run: whoever goes on with that by its id makes another one.
        patience: seconds after which it is; 0 for none.
    """
    stop = TenantStop()
    timer = threading.Timer(patience, stop.set, [f"it took longer than {patience:g} seconds"])
    timer.daemon = True
    with _lock:
        _at_work[stop] = attempt
        if attempt in _ended_attempts:
            stop.set(FLEET_STOPPED)
    if patience:
        with starting():
            timer.start()
    try:
        yield stop
    finally:
        timer.cancel()
        with _lock:
            del _at_work[stop]


def stop_all() -> None:
    """End the runs of this process."""
    with _lock:
        stops = list(_at_work)
    for stop in stops:
        stop.set(_WORKER_ENDS)


def end_attempt(attempt: str) -> None:
    """End all of an attempt at a fleet's run in this process, and begin none of its tenants any more."""
    with _lock:
        _ended_attempts.add(attempt)
        stops = [stop for stop, each in _at_work.items() if each == attempt]
    for stop in stops:
        stop.set(FLEET_STOPPED)
