"""Running the steps of a plan, each as soon as what it needs has its verdict."""

import threading
from bisect import insort
from collections.abc import Mapping, Sequence, Set
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from graphlib import TopologicalSorter
from queue import Empty, SimpleQueue

from integration.engine.attempt import Job
from integration.engine.execution import Execution
from integration.engine.observers import Observers
from integration.engine.prefetch import fetch_ahead
from integration.engine.verdicts import Verdicts
from integration.errors import CredentialsError, FatalError
from integration.sdk.stopping import LOOKS, Stopping
from integration.text.whose import carried
from integration.threads import Threads, starting

_GRACE = 2.0
"""Seconds that fetching ahead, which uses the files of a run, has to end before these are closed."""
_WORKING, _WAITING, _AHEAD = 2, 14, 4
"""How many steps make records at once, how many more may wait for what is still being read, and how many more make
records before what they need has its verdict. Python makes records one at a time whatever their number, and more steps
only take turns, after every statement of SQLite. They are two so that one that waits for something of its own, which
nobody knows of here, does not stop all others."""


class Schedule:
    """Runs steps side by side; what comes first in the plan goes first.

    Args:
        jobs: the steps, in the order of the plan.
        lacking: permissions that steps cannot do without, and that the token is known to lack, by step.
        verdicts: takes the verdicts.
        observers: are told when a step begins and ends.
        stopping: tells when the run is to end.
        one_by_one: run one step after the other, and fetch nothing ahead.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        lacking: Mapping[str, Sequence[str]],
        verdicts: Verdicts,
        observers: Observers,
        stopping: Stopping,
        *,
        one_by_one: bool,
    ) -> None:
        self._jobs = jobs
        self._executions = {job.step.name: Execution(job, lacking.get(job.step.name, ())) for job in jobs}
        self._in_order = list(self._executions.values())
        self._verdicts, self._observers, self._stopping = verdicts, observers, stopping
        self._one_by_one = one_by_one

    def run(self) -> None:
        """Run all steps, and close the reader.

        Raises:
            IntegrationError: the run cannot go on, or was stopped.
        """
        if not self._jobs:
            return
        reader = self._jobs[0].reader
        threads = 1 if self._one_by_one else _WORKING + _WAITING
        sorter = TopologicalSorter({job.step.name: job.step.awaited for job in self._jobs})
        sorter.prepare()
        place = {name: place for place, name in enumerate(self._executions)}
        hungry: list[int] = []
        fed: list[int] = []
        running: set[int] = set()
        more_is_read = False
        news: SimpleQueue[Future[str] | None] = SimpleQueue()
        reader.fetched = partial(news.put, None)
        with Threads(threads, "step") as executor, Threads(_AHEAD, "ahead") as ahead:
            fetching = threading.Thread(
                target=carried(self._fetch_ahead), args=(ahead,), name="fetch ahead", daemon=True
            )
            try:
                if not self._one_by_one:
                    with starting():
                        fetching.start()
                while sorter.is_active():
                    ready = [place[name] for name in sorter.get_ready()]
                    for each in ready:
                        insort(hungry, each)
                    self._feed(hungry if more_is_read else ready, hungry, fed)
                    while len(running) < threads and (chosen := self._next(hungry, fed, running)) is not None:
                        running.add(chosen)
                        executor.submit(carried(self._execute), self._in_order[chosen]).add_done_callback(news.put)
                    more_is_read = True
                    with suppress(Empty):
                        if done := news.get(timeout=LOOKS):
                            running.remove(place[done.result()])
                            sorter.done(done.result())
                            more_is_read = False
                    self._stopping.check()
            except BaseException:
                self._verdicts.stop()
                raise
            finally:
                reader.stop()
                if fetching.ident:
                    fetching.join(_GRACE)
        reader.close()

    def _feed(self, some: list[int], hungry: list[int], fed: list[int]) -> None:
        """Move those of some hungry steps that do not wait for what is still being read to the fed ones."""
        for place in [each for each in some if not self._waits(each)]:
            hungry.remove(place)
            insort(fed, place)

    def _next(self, hungry: list[int], fed: list[int], running: Set[int]) -> int | None:
        """Take the next step to start: one that works while few do, or one that waits; ``None`` where none may."""
        if not (fed or hungry):
            return None
        waiting = sum(map(self._waits, running))
        if fed and len(running) - waiting < _WORKING:
            return fed.pop(0)
        return hungry.pop(0) if hungry and waiting < _WAITING else None

    def _waits(self, place: int) -> bool:
        return self._in_order[place].waits()

    def _fetch_ahead(self, ahead: Executor) -> None:
        """Begin to fetch what steps will read; in a thread of its own, since it calls what authors wrote."""
        last = ((each, each.last_requests()) for each in self._executions.values() if not each.lacking)
        job = self._jobs[0]
        with suppress(FatalError, CredentialsError):  # which whoever runs a step meets and tells, too
            fetch_ahead(last, job.reader, job.store, self._verdicts, job.config, ahead)

    def _execute(self, execution: Execution) -> str:
        """Run one step, and return its name."""
        self._verdicts.check()
        self._observers.step_started(execution.step)
        result = execution.judge()
        self._verdicts.put(result)
        self._observers.step_finished(result)
        return result.type
