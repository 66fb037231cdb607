"""How long one exchange may take, from its connection to the last byte of its answer.

The timeouts of a socket hold for one piece of an answer each, so that a server which sends a byte now and then is never
through. What takes too long here loses its connection, wherever it is: at a proxy, at the headers or in the body.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from integration.text.whose import carried
from integration.threads import starting

_LONGEST_NAP = 1.0
_IDLE = 10.0


class Exchange:
    """One request and its answer.

    Attributes:
        ends: when it has to be over, as ``time.monotonic`` counts.
        overdue: it took too long, so that what came of it is not all.
        answered: the host has begun to answer, be it in a form that nobody reads.
    """

    __slots__ = ("_among", "_connection", "_socket", "answered", "ends", "overdue")

    def __init__(self, ends: float, among: "Deadlines") -> None:
        self.ends, self._among = ends, among
        self._connection: Any = None
        self._socket: Any = None
        self.overdue = self.answered = False

    def uses(self, connection: Any) -> None:
        """Take note of the connection that it uses now.

        Raises:
            ConnectionAbortedError: nothing is to be sent any more.
        """
        with self._among.lock:
            if not self._among.is_cut:
                self._connection, self._socket = connection, connection.sock
                return
        connection.close()
        raise ConnectionAbortedError("the run was stopped")

    def releases(self, connection: Any) -> None:
        """Take note that others may use a connection from now on."""
        with self._among.lock:
            if self._connection is connection:
                self._connection = self._socket = None

    def shut(self) -> None:
        """Make whoever reads from its connection, or writes to it, get an error at once.

        A connection that closes after its answer has given its socket away by then.
        """
        for each in (self._socket, self._connection and self._connection.sock):
            if each is not None:
                with suppress(OSError):  # the other side was faster
                    socket.socket.shutdown(each, socket.SHUT_RDWR)


_mine = threading.local()


def uses(connection: Any) -> None:
    """Note the connection that the calling thread's exchange uses now, as ``Exchange.uses`` does."""
    if exchange := getattr(_mine, "exchange", None):
        exchange.uses(connection)


def begins_to_answer() -> None:
    """Note that the host has begun to answer the calling thread's exchange."""
    if exchange := getattr(_mine, "exchange", None):
        exchange.answered = True


def releases(connection: Any) -> None:
    """Note that the calling thread's exchange uses a connection no longer."""
    if exchange := getattr(_mine, "exchange", None):
        exchange.releases(connection)


class Deadlines:
    """Ends what takes too long; safe for many threads, each of which has one exchange at a time.

    Attributes:
        lock: held where connections of exchanges are taken, given back or shut.
        is_cut: nothing is to be sent any more.
    """

    def __init__(self) -> None:
        self.is_cut = False
        self.lock = threading.Condition()
        self._running: set[Exchange] = set()
        self._is_closed = False
        self._thread: threading.Thread | None = None

    @contextmanager
    def until(self, ends: float) -> Iterator[Exchange]:
        """Let what the calling thread sends and receives take until then."""
        exchange = Exchange(ends, self)
        with self.lock:
            if self._thread is None:
                watch = threading.Thread(target=carried(self._watch), name="deadlines", daemon=True)
                with starting():
                    watch.start()
                self._thread = watch
            self._running.add(exchange)
        outer, _mine.exchange = getattr(_mine, "exchange", None), exchange
        try:
            yield exchange
        finally:
            _mine.exchange = outer
            with self.lock:
                self._running.discard(exchange)

    def cut(self) -> None:
        """Make everybody who awaits an answer get an error, and let nothing be sent from now on."""
        with self.lock:
            self.is_cut = True
            for exchange in self._running:
                exchange.shut()

    def close(self) -> None:
        """Have nobody watch any more as soon as nothing is running, and not only after a while."""
        with self.lock:
            self._is_closed = True
            self.lock.notify()

    def _watch(self) -> None:
        idle_since = time.monotonic()
        while True:
            with self.lock:
                now = time.monotonic()
                if self._running:
                    idle_since = now
                elif self._is_closed or now - idle_since > _IDLE:
                    self._thread = None
                    return
                overdue = [each for each in self._running if each.ends <= now]
                for exchange in overdue:
                    exchange.overdue = True
                    exchange.shut()
                soonest = min((each.ends - now for each in self._running if not each.overdue), default=_LONGEST_NAP)
                self.lock.wait(max(0.0, min(_LONGEST_NAP, soonest)))
