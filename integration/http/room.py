"""How much memory answers may take together: any number of small ones, and one large one after another.

What an answer takes is more than its bytes: an empty object of two bytes becomes one of sixty-four. So it is estimated
before it is decoded.
"""

import threading
import time
import weakref
from collections.abc import Callable

MOST = 32_000_000
"""Bytes of a body, decoded, that are taken at most."""
HEAVIEST = 100_000_000
"""Bytes that an answer may take in memory, its body included."""
SMALL = 6_000_000
"""Bytes that an answer may take in memory beside any number of others."""
_LIGHT = 250_000
_VALUE = 64
_NAP = 0.2


class Turn:
    """What the large answer that is in memory now holds, until it ends or nobody refers to it any more.

    Args:
        free: called once, then.
    """

    __slots__ = ("__weakref__", "end")

    def __init__(self, free: Callable[[], None]) -> None:
        self.end = weakref.finalize(self, free)


class Room:
    """Has the threads that read large answers wait for one another."""

    def __init__(self) -> None:
        self._free = threading.Semaphore(1)

    def turn(self, ends: float, check: Callable[[], None]) -> Turn | None:
        """Wait for the turn of a large answer, and return it; ``None`` where there was none in time.

        Args:
            ends: when there is no more time, as ``time.monotonic`` counts.
            check: called while it waits; what it raises ends the waiting.
        """
        while not self._free.acquire(timeout=_NAP):
            check()
            if time.monotonic() >= ends:
                return None
        return Turn(self._free.release)


def weight(body: bytes | bytearray) -> int:
    """Estimate how much memory a JSON body takes together with what it is decoded to."""
    if len(body) < _LIGHT:
        return 2 * len(body)
    return 2 * len(body) + _VALUE * (body.count(b",") + body.count(b"{") + body.count(b"["))
