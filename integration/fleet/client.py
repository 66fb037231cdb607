"""The client: it hands tenants to Dask's workers through a window, and takes what became of them."""

import queue
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import CancelledError, Future, wait
from contextlib import suppress
from functools import partial
from typing import Any

from integration.errors import ConfigurationError, Interrupted, Unreachable
from integration.fleet.agenda import Agenda
from integration.fleet.cluster import HEAVY
from integration.fleet.ending import end_attempt
from integration.fleet.outcomes import TenantOutcome
from integration.fleet.task import TOPIC, warm_up
from integration.fleet.tenants import Tenant
from integration.fleet.waiting import begun, in_time
from integration.sdk.stopping import Asks
from integration.text.discretion import logger
from integration.text.visible import line

_LOOKS = 0.5
_COUNTS_EVERY = 5.0
_WINDOW = 4
"""Tenants that are handed to Dask for each one that is read: so workers never wait, and the order holds."""
_NO_WORKER = 60.0
_SAID, _FAREWELL = 5.0, 20.0
"""Seconds in which workers are told that the fleet's run is to end, and those that its runs have for it then."""
_GONE = "the scheduler went away: run again with the same --run-id, and what is done stays done"
_log = logger("integration")

_Task = Callable[..., Mapping[str, Any]]


def check_workers(client: Any, plugin: Any, stop: Asks) -> None:
    """Prepare the workers, and see that all have the product that this client has.

    One that is silent is left to the scheduler, which gives its tenants to others after a while.

    Args:
        client: of Dask.
        plugin: for the workers.
        stop: tells when not to wait for them any longer.

    Raises:
        ConfigurationError: some have another one.
        Interrupted: somebody stopped that.
        Unreachable: none answers.
    """
    addresses = list(client.scheduler_info(n_workers=-1)["workers"])
    prepared = begun(partial(client.register_plugin, plugin))
    answers = {address: begun(partial(client.run, warm_up, workers=[address])) for address in addresses}
    with suppress(OSError):
        in_time(partial(wait, [prepared, *answers.values()]), _NO_WORKER, stop)
    mine = warm_up()
    others, silent = {}, []
    for address, answer in answers.items():
        error = answer.exception() if answer.done() else OSError()
        if isinstance(error, OSError):
            silent.append(address)
        elif (found := f"{type(error).__name__}: {line(error)}" if error else answer.result()[address]) != mine:
            others[address] = found
    if others:
        address, found = next(iter(others.items()))
        raise ConfigurationError(
            [f"{len(others)} workers have another product, such as {address}: {found}, not {mine}"]
        )
    if len(silent) == len(answers):
        raise Unreachable("no worker answers: end them, start others, and run again with the same --run-id")
    for address in silent:
        _log.warning("the worker %s does not answer: it reads nothing until it does", address)


class Conductor:
    """Has the tenants of an agenda read.

    Args:
        client: of Dask.
        agenda: which tenant comes next.
        task: what a worker does for one: called with the tenant and ``arguments``.
        arguments: further ones.
        attempt: names this conductor's tasks among those of others, and is what ``end_attempt`` ends them by.
        began: called with a tenant's name when a worker begins it.
        stop: tells when to end: what is in hand is stopped, and the rest left.
    """

    def __init__(
        self,
        client: Any,
        agenda: Agenda,
        task: _Task,
        arguments: tuple[object, ...],
        attempt: str,
        began: Callable[[str], None],
        stop: Asks,
    ) -> None:
        self._client, self._agenda, self._task, self._arguments = client, agenda, task, arguments
        self._attempt, self._began, self._stop = attempt, began, stop
        self._ended: queue.SimpleQueue[tuple[str, Any, Future[Any]]] = queue.SimpleQueue()
        self._told: queue.SimpleQueue[Mapping[str, Any]] = queue.SimpleQueue()
        self._running: dict[str, Any] = {}
        self._tries: dict[str, int] = {}
        self._slots, self._counted_on = 1, 0.0
        self._seen_workers_on = time.monotonic()
        self._heavy: dict[str, Tenant] = {}
        self._seen_heavy_on: float | None = None

    def outcomes(self) -> Generator[TenantOutcome, None, None]:
        """Yield what became of each tenant, as it ends.

        Raises:
            Unreachable: the scheduler or all workers are gone, or no service answers.
        """
        self._client.subscribe_topic(TOPIC, lambda event: self._told.put(event[1]))
        try:
            with suppress(Interrupted):
                while not self._stop.is_set():
                    yield from self._agenda.not_asked()
                    self._fill()
                    if self._agenda.is_done():
                        return
                    if self._agenda.is_silent_for_good():
                        raise Unreachable("no service has answered for a quarter of an hour")
                    yield from self._taken()
            yield from self._farewell()
        except (OSError, CancelledError):  # all that is done here is to talk to it
            raise Unreachable(_GONE) from None
        finally:
            with suppress(Exception):  # the scheduler may be gone
                self._client.unsubscribe_topic(TOPIC)

    def _fill(self) -> None:
        self._count()
        while len(self._running) < _WINDOW * self._slots and (tenant := self._agenda.next()):
            self._submit(tenant)

    def _submit(self, tenant: Tenant) -> None:
        if self._client.status == "closed":
            raise Unreachable(_GONE)
        number = self._tries[tenant.name] = self._tries.get(tenant.name, 0) + 1
        alone = tenant.heavy and self._seen_heavy_on is not None
        future = self._client.submit(
            self._task,
            tenant,
            *self._arguments,
            key=f"tenant-{tenant.name}-{self._attempt}-{number}",
            pure=False,
            resources={HEAVY: 1} if alone else None,
        )
        self._running[tenant.name] = future
        if alone:
            self._heavy[tenant.name] = tenant
        future.add_done_callback(partial(self._fetch, tenant.name))

    def _fetch(self, name: str, future: Any) -> None:
        """Have a result fetched beside all else: where its worker died with it, another one reads the tenant first."""
        answer = begun(future.result)
        answer.add_done_callback(lambda fetched: self._ended.put((name, future, fetched)))

    def _taken(self) -> Iterator[TenantOutcome]:
        """Yield what became of a tenant, having waited a little for one."""
        ended = None
        with suppress(queue.Empty):
            ended = self._ended.get(timeout=_LOOKS)
        if ended or not self._told.empty():
            self._seen_workers_on = time.monotonic()  # also one that has died before anybody counted it
        while not self._told.empty():
            event = self._told.get()
            note = self._agenda.signed_in if event["what"] == "signed in" else self._began
            if event["tenant"] in self._running:  # also those of other clients are told
                note(event["tenant"])
        if ended and (outcome := self._outcome(*ended)):
            yield outcome

    def _outcome(self, name: str, future: Any, answer: "Future[Any]") -> TenantOutcome | None:
        from distributed import KilledWorker

        if name not in self._running or self._running[name] is not future:
            return None
        del self._running[name]
        self._heavy.pop(name, None)
        error = answer.exception()
        if error is None:
            return self._agenda.ended(TenantOutcome.from_json(answer.result()))
        if isinstance(error, KilledWorker):
            told = "the workers that read it died, each time: a step ends the process, or takes too much memory"
            return self._agenda.lost(TenantOutcome(tenant=name, word="lost", reason=told))
        if future.status != "error":  # not the task's error
            raise Unreachable(_GONE)
        told = f"{type(error).__name__}: {line(error)}"
        _log.error("%s: the task failed: %s", name, told)
        return self._agenda.ended(TenantOutcome(tenant=name, word="failed", reason=told))

    def _count(self) -> None:
        """Look now and then how many tenants can be read at once.

        Raises:
            Unreachable: nobody is there to read any.
        """
        now = time.monotonic()
        if now - self._counted_on < _COUNTS_EVERY:
            return
        self._counted_on = now
        try:
            found = in_time(partial(self._client.scheduler_info, n_workers=-1), _NO_WORKER, self._stop)
            workers = found["workers"].values()
        except (OSError, ValueError, KeyError) as error:
            raise Unreachable(f"the scheduler does not answer any more: {line(error)}") from None
        self._slots = max(1, sum(worker["nthreads"] for worker in workers))
        if any(worker["resources"].get(HEAVY) for worker in workers):
            self._seen_heavy_on = now
        elif self._seen_heavy_on is not None and now - self._seen_heavy_on > _NO_WORKER:
            self._give_heavy_to_all()
        if workers:
            self._seen_workers_on = now
        elif now - self._seen_workers_on > _NO_WORKER:
            raise Unreachable("no worker is left: start some, and run again with the same --run-id")

    def _give_heavy_to_all(self) -> None:
        """Have any worker read heavy tenants: Dask would wait for ever for one like those that are gone."""
        self._seen_heavy_on = None
        waiting, self._heavy = self._heavy, {}
        begun(partial(self._client.cancel, [self._running.pop(name) for name in waiting]))
        for tenant in waiting.values():
            self._submit(tenant)

    def _farewell(self) -> Iterator[TenantOutcome]:
        """End what is in hand, and yield what becomes of it."""
        with suppress(OSError):  # a worker that is silent or gone has nothing to end
            in_time(partial(self._client.run, end_attempt, self._attempt, on_error="ignore"), _SAID)
        ends = time.monotonic() + _FAREWELL
        while self._running and time.monotonic() < ends:
            yield from self._taken()
        if self._running:
            begun(partial(self._client.cancel, list(self._running.values())))
        for name in self._running:
            yield TenantOutcome(tenant=name, word="stopped", reason="the fleet's run was stopped")
