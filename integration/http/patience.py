"""How long one request is tried, and how long it waits where the server says."""

import math
import random
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

_DOUBLINGS = 64
"""After so many no wait grows any more: a thousand are beyond what a float holds, and throttling may last longer."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one request is tried.

    Attributes:
        deadline: seconds in all; a longer Retry-After ends the request at once.
        attempts: tries where the server fails, the connection breaks or the answer is garbled.
        first_wait: seconds before the second try where Graph names no Retry-After; doubles each time.
        max_wait: longest such wait, in seconds.
        exchange: seconds for one of these tries, from its connection to the last byte of its answer.
        timeout: seconds to wait for a connection, and for each piece of an answer.
    """

    deadline: float = 900.0
    attempts: int = 6
    first_wait: float = 0.5
    max_wait: float = 30.0
    timeout: tuple[float, float] = (10.0, 120.0)
    exchange: float = 300.0

    def wait(self, attempt: int) -> float:
        """Return the jittered seconds to wait after the ``attempt``-th failure."""
        longest = min(self.max_wait, self.first_wait * 2.0 ** min(attempt - 1, _DOUBLINGS))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter


def seconds_to_wait(value: str, date: str = "") -> float | None:
    """Return what a Retry-After says: a number, possibly fractional, or a date; ``None`` where it asks for no wait.

    Who is asked to wait for no time at all chooses a time: sending again at once would spend what is left of a budget.
    A date is one by the server's clock, which ``Date`` tells; where two clocks differ, the shorter wait is meant.

    Args:
        value: of ``Retry-After``.
        date: of the same answer's ``Date``.
    """
    try:
        waits = [float(value)]
    except ValueError:
        until = _instant(value)
        waits = [until - now for now in (_instant(date), time.time())]
    return min((wait for wait in waits if 0 < wait < math.inf), default=None)


def _instant(date: str) -> float:
    """Return what an HTTP date says, in seconds since 1970; not a number where it is none."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return math.nan
