"""Writing pages to a file a moment after they came, several in one transaction, while the next ones are fetched."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager

from integration.disk.sqlite import Connection
from integration.errors import Interrupted
from integration.text.whose import carried
from integration.threads import starting

Write = Callable[[Connection], None]
Then = Callable[[], None]

_WAITING = 4


def nothing() -> None:
    """Do nothing when a write has been committed."""


class Writing:
    """A queue of writes, and the thread that works on it.

    Args:
        transaction: makes the transaction in which some of them are done.
    """

    def __init__(self, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._transaction = transaction
        self._queue: deque[tuple[Write, Then]] = deque()
        self._changed = threading.Condition()
        self._error: BaseException | None = None
        self._busy = self._closed = False
        self._thread = threading.Thread(target=carried(self._work), name="mirror", daemon=True)
        with starting():
            self._thread.start()

    def put(self, write: Write, then: Then) -> None:
        """Add a write, waiting while too many of them wait.

        Args:
            write: is called with the connection, inside a transaction.
            then: is called when that has been committed.

        Raises:
            Exception: what an earlier write raised, or what was called after it.
            Interrupted: it is closed.
        """
        with self._changed:
            self._changed.wait_for(lambda: len(self._queue) < _WAITING or self._error or self._closed)
            self._check()
            if self._closed:
                raise Interrupted("the run has ended")
            self._queue.append((write, then))
            self._changed.notify_all()

    def flush(self) -> None:
        """Wait until everything is written.

        Raises:
            Exception: what a write raised.
        """
        with self._changed:
            self._changed.wait_for(lambda: not (self._queue or self._busy) or self._error)
            self._check()

    def close(self) -> None:
        """Write what waits, and end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def _work(self) -> None:
        while self._work_on(self._take()):
            pass

    def _work_on(self, writes: list[tuple[Write, Then]]) -> bool:
        """Do some writes, and tell whether there may be more; nothing refers to them afterwards, which may be large."""
        if not writes:
            return False
        try:
            with self._transaction() as database:
                for write, _ in writes:
                    write(database)
            for _, then in writes:
                then()
        except BaseException as error:  # noqa: BLE001 - whoever writes next raises it
            with self._changed:
                self._error = error
                self._busy = False
                self._queue.clear()
                self._changed.notify_all()
            return False
        with self._changed:
            self._busy = False
            self._changed.notify_all()
        return True

    def _take(self) -> list[tuple[Write, Then]]:
        """Return all that waits; nothing where no more will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed)
            writes = list(self._queue)
            self._queue.clear()
            self._busy = bool(writes)
            self._changed.notify_all()
            return writes

    def _check(self) -> None:
        if self._error:
            raise self._error
