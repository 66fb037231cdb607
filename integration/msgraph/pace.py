"""How many requests are in flight: more while Graph answers well, fewer when it throttles.

Graph warns when four fifths of a budget are spent. What was spent without a warning is less than that, so a quarter of
it is less than the last fifth: while no more than that is in flight, the warning comes before the budget is overdrawn.

Source: Microsoft Graph throttling guidance.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from integration.errors import Interrupted

_START = 4.0
_SHARE = 0.25


class Pace:
    """Lets requests through: not more at once than Graph takes, and none while it asks to wait; one for all threads.

    Args:
        most: bound of the number in flight.
    """

    def __init__(self, most: int) -> None:
        self._most = float(most)
        self._limit = min(_START, self._most)
        self._good = 0
        self._in_flight = 0
        self._opens = 0.0
        self._stopped = False
        self._free = threading.Condition()
        self.waited = 0.0

    @property
    def limit(self) -> float:
        """How many requests may be in flight now."""
        return self._limit

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and hold it.

        Raises:
            Interrupted: ``stop`` was called.
        """
        with self._free:
            self._wait()
            self._in_flight += 1
        try:
            yield
        finally:
            with self._free:
                self._in_flight -= 1
                self._free.notify()

    def good(self, percentage: float | None) -> None:
        """Take note of an answer that was not throttled.

        Args:
            percentage: ``x-ms-throttle-limit-percentage``: the share of the limit that is used, from 0.8 on.
        """
        with self._free:
            if percentage is None:
                self._good += 1
                self._limit = min(self._most, max(self._limit, _SHARE * self._good))
            elif percentage > 1.0:
                self._limit = max(1.0, self._limit * 0.9)
            self._free.notify()

    def throttled(self, seconds: float) -> None:
        """Hold every request back for so long, and let fewer through afterwards."""
        with self._free:
            if self._opens <= time.monotonic():
                self._limit = max(1.0, self._limit / 2)
                self._good = int(self._limit / _SHARE)
        self.hold(seconds)

    def hold(self, seconds: float) -> None:
        """Hold every request back for so long, because Graph asks for it."""
        with self._free:
            now = time.monotonic()
            if now + seconds > self._opens:
                self.waited += now + seconds - max(self._opens, now)
                self._opens = now + seconds

    def sleep(self, seconds: float) -> None:
        """Wait, but not longer than until ``stop``.

        Raises:
            Interrupted: ``stop`` was called.
        """
        ends = time.monotonic() + seconds
        with self._free:
            while (left := ends - time.monotonic()) > 0 and not self._stopped:
                self._free.wait(left)
            self.check()

    def stop(self) -> None:
        """Let nothing through any more."""
        with self._free:
            self._stopped = True
            self._free.notify_all()

    def _wait(self) -> None:
        while True:
            self.check()
            closed = self._opens - time.monotonic()
            if closed > 0:
                self._free.wait(closed)
            elif self._in_flight >= int(self._limit):
                self._free.wait()
            else:
                return

    def check(self) -> None:
        """Raise ``Interrupted`` where ``stop`` was called."""
        if self._stopped:
            raise Interrupted("the run was stopped")
