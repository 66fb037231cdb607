"""What a worker does beside its tasks: it loads the types before the first one, and ends runs when it is to end."""

import signal
from typing import Any

from distributed import Status, WorkerPlugin

from integration.fleet.ending import stop_all
from integration.fleet.task import warm_up
from integration.http.connections import keep_connections
from integration.terminal import logs
from integration.terminal.tuning import collect_rarely, give_memory_back

_CLOSES = (Status.closing, Status.closing_gracefully, Status.closed, Status.failed)


class Readers(WorkerPlugin):
    """Makes a process of Dask one that reads tenants.

    Args:
        log_format: as of every command.
        log_level: as of every command.
        local: the client has started the process, which shares its terminal.
    """

    name = "integration-fleet"

    def __init__(self, log_format: str | None, log_level: str | None, *, local: bool) -> None:
        self._log, self._local = (log_format, log_level), local

    def setup(self, worker: Any) -> None:
        """Set up logging and connections, and leave it to the client what an interrupt means where both get it."""
        from integration.config.variables import environment

        _look_at_no_stacks(worker)
        if self._local:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, lambda *_: stop_all())
            give_memory_back()
            collect_rarely()
        logs.set_up(*self._log, environment())
        keep_connections()
        warm_up()

    def teardown(self, worker: Any) -> None:
        """End the runs where the worker closes: Dask waits for no task, and has begun each one elsewhere by now.

        It calls this also where another client's plugin takes this one's place, and the worker stays.
        """
        if worker.status in _CLOSES:
            stop_all()


def _look_at_no_stacks(worker: Any) -> None:
    """End Dask's profile of a worker: in Python 3.11 a look at the stacks of all threads can stop them for ever."""
    for name in ("profile", "profile-cycle"):
        if callback := worker.periodic_callbacks.pop(name, None):
            callback.stop()
