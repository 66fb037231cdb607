"""How many requests are in flight: more while Graph answers well, fewer when it throttles.

Graph warns when four fifths of a budget are spent. What was spent without a warning is less than that, so a quarter of
it is less than the last fifth: while no more than that is in flight, the warning comes before the budget is overdrawn.

The pages of a collection come one after the other, and the last of them is what a run waits for in the end: such
requests go before those that can be sent side by side.

Source: Microsoft Graph throttling guidance.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from integration.errors import Interrupted

_START = 8.0
_SHARE = 0.25
_IN_A_LANE = 8
"""Requests in flight at once in one lane: enough to use up its limit, and few answers in memory."""
_ON_THE_WAY = 0.1
"""Seconds that a request may take to where a span is counted: so much later than here one may begin there."""

_MOMENT = 0.1
"""Seconds below which no wait relieves a service that throttles: who asks for less is asked again and again."""


class Pace:
    """Lets requests through: not more at once than Graph takes, and none while it asks to wait; one for all threads.

    Args:
        most: bound of the number in flight.

    Attributes:
        waited: seconds for which all requests were held back.
        tell: called with the seconds of each wait before it begins.
    """

    def __init__(self, most: int) -> None:
        self._most = float(most)
        self._limit = min(_START, self._most)
        self._good = 0
        self._in_flight = 0
        self._opens = 0.0
        self._stopped = False
        self._lock = threading.Lock()
        self._first, self._others = threading.Condition(self._lock), threading.Condition(self._lock)
        self._asleep = threading.Condition(self._lock)
        self._before_others = 0
        self.waited = 0.0
        self.tell: Callable[[float], None] = lambda _: None

    @property
    def limit(self) -> float:
        """How many requests may be in flight now."""
        return self._limit

    @contextmanager
    def turn(self, *, first: bool = False) -> Iterator[None]:
        """Wait for a turn, and hold it.

        Args:
            first: before all that wait and are not.

        Raises:
            Interrupted: ``stop`` was called.
        """
        with self._lock:
            self._before_others += first
            try:
                self._wait(first=first)
            finally:
                self._before_others -= first
            self._in_flight += 1
            self._taken()
            self._wake()
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1
                self._wake()

    def good(self, percentage: float | None) -> None:
        """Take note of an answer that was not throttled.

        Args:
            percentage: ``x-ms-throttle-limit-percentage``: the share of the limit that is used, from 0.8 on.
        """
        with self._lock:
            if percentage is None:
                self._good += 1
                self._limit = min(self._most, max(self._limit, _SHARE * self._good))
            elif percentage > 1.0:
                self._limit = max(1.0, self._limit * 0.9)
            self._wake()

    def throttled(self, seconds: float) -> None:
        """Hold every request back for so long, a moment at least, and let fewer through afterwards."""
        with self._lock:
            if self._opens <= time.monotonic():
                self._limit = max(1.0, self._limit / 2)
                self._good = int(self._limit / _SHARE)
        self.hold(max(seconds, _MOMENT))

    def hold(self, seconds: float) -> None:
        """Hold every request back for so long, because Graph asks for it."""
        with self._lock:
            now = time.monotonic()
            is_longer = now + seconds > self._opens
            if is_longer:
                self.waited += now + seconds - max(self._opens, now)
                self._opens = now + seconds
        if is_longer:
            self.tell(seconds)

    def spent(self, seconds: float) -> None:
        """Hold every request back since the API takes none until so many whole seconds have passed."""
        self.hold(seconds)

    def sleep(self, seconds: float) -> None:
        """Wait, but not longer than until ``stop``.

        Raises:
            Interrupted: ``stop`` was called.
        """
        self.tell(seconds)
        ends = time.monotonic() + seconds
        with self._lock:
            while (left := ends - time.monotonic()) > 0 and not self._stopped:
                self._asleep.wait(left)
            self.check()

    def stop(self) -> None:
        """Let nothing through any more."""
        with self._lock:
            self._stopped = True
            for waiting in (self._first, self._others, self._asleep):
                waiting.notify_all()

    def _wait(self, *, first: bool) -> None:
        free = self._first if first else self._others
        while True:
            self.check()
            closed = self._closed()
            if closed > 0:
                free.wait(closed)
            elif self._in_flight >= int(self._limit) or (self._before_others and not first):
                free.wait()
            else:
                return

    def _closed(self) -> float:
        """Return for how many seconds from now nothing is let through."""
        return self._opens - time.monotonic()

    def _taken(self) -> None:
        """Take note of a turn that begins."""

    def _wake(self) -> None:
        """Have one that waits look whether it is its turn, where there is room for one more."""
        if self._in_flight < int(self._limit):
            (self._first if self._before_others else self._others).notify()

    def check(self) -> None:
        """Raise ``Interrupted`` where ``stop`` was called."""
        if self._stopped:
            raise Interrupted("the run was stopped")


class Lane(Pace):
    """Lets requests of one kind through, which have a limit of their own: so many in so many seconds.

    The limit counts from the first time that the API asks to wait: until then it may have none here. The API tells
    whole seconds to wait; where the lane's own count of a span ends within the last of them, that is believed.

    Args:
        count: how many requests the API takes in a span.
        seconds: how long that span is.
    """

    def __init__(self, count: int, seconds: float) -> None:
        super().__init__(min(count, _IN_A_LANE))
        self._seconds = seconds
        self._count = count
        self._begun: deque[float] = deque(maxlen=count)
        self._is_limited = False

    def hold(self, seconds: float) -> None:
        """Hold every request back for so long, and keep to the limit from now on."""
        self._is_limited = True
        super().hold(seconds)

    def spent(self, seconds: float) -> None:
        """Hold every request back until the span ends; it may be the API's whole seconds that are too long."""
        with self._lock:
            own = self._spans_end()
        self.hold(own if 0 < own <= seconds <= own + 1 else seconds)

    def _closed(self) -> float:
        closed = super()._closed()
        return max(closed, self._spans_end()) if self._is_limited else closed

    def _spans_end(self) -> float:
        """Return for how many seconds from now the requests that were sent take up the limit."""
        if len(self._begun) < self._count:
            return 0.0
        return self._begun[0] + self._seconds + _ON_THE_WAY - time.monotonic()

    def _taken(self) -> None:
        self._begun.append(time.monotonic())
