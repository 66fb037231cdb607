"""How long one exchange may take, from its connection to the last byte of its answer.

The timeouts of a socket hold for one piece of an answer each, so that a server which sends a byte now and then is never
through. What takes too long here loses its connection, wherever it is: at a proxy, at the headers or in the body.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from integration.text.whose import carried
from integration.threads import starting

_LONGEST_NAP = 1.0
_IDLE = 10.0


class Exchange:
    """One request and its answer.

    Attributes:
        ends: when it has to be over, as ``time.monotonic`` counts.
        connection: what it uses now, if anything.
        overdue: it took too long, so that what came of it is not all.
    """

    __slots__ = ("connection", "ends", "overdue")

    def __init__(self, ends: float) -> None:
        self.ends = ends
        self.connection: Any = None
        self.overdue = False


class Deadlines:
    """Ends what takes too long; safe for many threads, each of which has one exchange at a time.

    Args:
        cut: called with the connection of an exchange that has taken too long.
    """

    def __init__(self, cut: Callable[[Any], None]) -> None:
        self._cut = cut
        self._running: set[Exchange] = set()
        self._is_closed = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._mine = threading.local()

    @contextmanager
    def until(self, ends: float) -> Iterator[Exchange]:
        """Let what the calling thread sends and receives take until then."""
        exchange = Exchange(ends)
        with self._changed:
            if self._thread is None:
                watch = threading.Thread(target=carried(self._watch), name="deadlines", daemon=True)
                with starting():
                    watch.start()
                self._thread = watch
            self._running.add(exchange)
        self._mine.exchange = exchange
        try:
            yield exchange
        finally:
            self._mine.exchange = None
            with self._changed:
                self._running.discard(exchange)

    def uses(self, connection: Any) -> None:
        """Take note of the connection that the calling thread uses now."""
        exchange: Exchange | None = getattr(self._mine, "exchange", None)
        if exchange is not None:
            exchange.connection = connection

    def close(self) -> None:
        """Have nobody watch any more as soon as nothing is running, and not only after a while."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def _watch(self) -> None:
        idle_since = time.monotonic()
        while True:
            with self._changed:
                now = time.monotonic()
                if self._running:
                    idle_since = now
                elif self._is_closed or now - idle_since > _IDLE:
                    self._thread = None
                    return
                overdue = [each for each in self._running if each.ends <= now]
                for exchange in overdue:
                    exchange.overdue = True
                    if exchange.connection is not None:
                        self._cut(exchange.connection)
                soonest = min((each.ends - now for each in self._running if not each.overdue), default=_LONGEST_NAP)
                self._changed.wait(max(0.0, min(_LONGEST_NAP, soonest)))
