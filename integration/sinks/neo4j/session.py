"""The driver's session, for a run that may have to end while the server says nothing."""

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Self, TypeVar

from integration.errors import Interrupted
from integration.sdk.stopping import Stopping
from integration.threads import starting

if TYPE_CHECKING:
    from neo4j import Driver, ManagedTransaction

P = ParamSpec("P")
T = TypeVar("T")


class ServerSession:
    """A session whose calls end when the run is to end; a context manager, which closes the driver too.

    A call that waits for the server then is left to itself, on a thread of its own. What it does is one transaction:
    the server keeps all of it or nothing.

    Args:
        driver: of the server.
        database: its name; ``None`` for the user's own.
        stopping: tells when the run is to end.
    """

    def __init__(self, driver: "Driver", database: str | None, stopping: Stopping) -> None:
        self._stopping = stopping
        self._one_at_a_time = threading.Lock()
        self._stack = ExitStack()
        self._session = self._stack.enter_context(driver).session(database=database)
        self._stack.enter_context(self._session)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stopping.asked() or isinstance(error, KeyboardInterrupt):
            with starting():
                threading.Thread(target=self._close_by_itself, daemon=True).start()
        else:
            with suppress(Interrupted):  # everything is there by now
                self._stopping.without_waiting(self._close)

    def run(self, statement: str) -> None:
        """Run a statement in a transaction of its own.

        Raises:
            Interrupted: the run is to end.
        """
        self._call(lambda: self._session.run(statement).consume())

    def execute_read(
        self, work: "Callable[Concatenate[ManagedTransaction, P], T]", *arguments: P.args, **named: P.kwargs
    ) -> T:
        """Do something in a transaction that writes nothing; raises as ``run`` does."""
        return self._call(lambda: self._session.execute_read(work, *arguments, **named))

    def execute_write(self, work: "Callable[[ManagedTransaction], T]") -> T:
        """Do something in a transaction; none begins, nor again, when the run is to end. Raises as ``run`` does."""

        def checked(transaction: "ManagedTransaction") -> T:
            self._stopping.check()
            return work(transaction)

        return self._call(lambda: self._session.execute_write(checked))

    def _call(self, call: Callable[[], T]) -> T:
        def alone() -> T:
            with self._one_at_a_time:
                return call()

        return self._stopping.without_waiting(alone)

    def _close(self) -> None:
        with self._one_at_a_time:
            self._stack.close()

    def _close_by_itself(self) -> None:
        from neo4j.exceptions import DriverError, Neo4jError

        with suppress(DriverError, Neo4jError, OSError):  # nobody is there any more to be told
            self._close()
