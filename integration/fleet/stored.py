"""The states of tenants in an object store: copied to the worker's disk, worked on there, and kept again."""

import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from integration.disk.folder import beside, result_folder, usable_folder
from integration.errors import FatalError, Interrupted, OutputError, Unreachable
from integration.fleet.cache import Cache
from integration.fleet.claims import Claims, Fenced
from integration.fleet.document import understood, written
from integration.fleet.ending import TenantStop
from integration.fleet.folders import GRAPH, InFolder, no_graph
from integration.fleet.outcomes import TenantOutcome
from integration.fleet.pages import restore
from integration.fleet.standing import Claim, Generation
from integration.fleet.store import ObjectStore
from integration.fleet.tenants import FLEET
from integration.fleet.workcopy import WorkCopy
from integration.text.discretion import logger
from integration.text.whose import carried
from integration.threads import starting

_HANDS_OVER, _HANDED_OVER = 3.0, 20.0
"""Seconds for which a worker waits for the one before it to say that it keeps what it has, and then to do so."""
_LOOKS = 0.2
_CACHED = 8_000_000_000
"""Bytes of tenants that a worker keeps on its disk."""
_log = logger("integration")


class Stored:
    """States of tenants in an object store.

    Args:
        store: the store.
        folder: of this process, in which tenants are worked on.
        who: the worker, for people.
        renew_every: seconds between the renewals of a claim.
        checkpoint_every: seconds between the checkpoints of a read.
    """

    def __init__(
        self,
        store: ObjectStore,
        folder: Path,
        who: str = "",
        *,
        renew_every: float = 20.0,
        checkpoint_every: float = 120.0,
    ) -> None:
        self._store, self._folder, self._who = store, folder, who
        self._cache = Cache(folder, _CACHED)
        self._renew_every, self._checkpoint_every = renew_every, checkpoint_every

    @contextmanager
    def held(self, tenant: str, run: str, stop: TenantStop) -> Iterator[InFolder]:
        """Have a tenant's state in a folder, to be kept again.

        Args:
            tenant: its name.
            run: id of the fleet's run.
            stop: tells whether waiting is to end; it is set when the work has gone on elsewhere.

        Raises:
            FolderInUse: another run works on it, or another worker has taken it over.
            OutputError: the store failed.
        """
        claims = Claims(self._store, tenant)
        found = self._claimed(claims, run, stop)
        if isinstance(found, Generation):
            done = TenantOutcome.from_json(found.outcome)
            yield InFolder(self._folder, done, lambda _: None)
            return
        folder = usable_folder(self._folder) / f"{tenant}.{found.name}"
        there = self._cache.take(tenant, found.base.name, folder)
        result_folder(folder)
        copy = WorkCopy(self._store, claims, found, folder, run, self._who, self._renew_every, stop.renewed)
        ended = threading.Event()
        watch = threading.Thread(target=carried(self._watch), args=(copy, stop, ended), name="claim", daemon=True)

        def keep(outcome: TenantOutcome) -> None:
            ended.set()
            watch.join()
            made = copy.push(outcome.as_json())
            self._cache.keep(tenant, made.name, folder, copy.hashes)

        try:
            copy.pull(there)
            stop.renewed()
            with starting():
                watch.start()
            yield InFolder(folder, None, keep)
        except (Interrupted, Unreachable):
            ended.set()
            watch.join()
            with suppress(FatalError):  # the run was to end, and that is what is told
                copy.checkpoint(closing_down=True)
            raise
        finally:
            ended.set()
            if watch.ident:
                watch.join()
            copy.release()
            shutil.rmtree(folder, ignore_errors=True)

    def told(self) -> Mapping[str, Any]:
        """Return what is known of all tenants."""
        data = self._store.get(FLEET)
        return {} if data is None else understood(data, FLEET)

    def tell(self, told: Mapping[str, Any]) -> None:
        """Keep what is known of all tenants."""
        self._store.put(FLEET, orjson.dumps(written(told)))

    def pull(self, tenant: str, into: Path) -> None:
        """Copy a tenant's newest state into a folder.

        Raises:
            OutputError: there is no graph, or it cannot be copied.
        """
        claims = Claims(self._store, tenant)
        newest = claims.newest()
        if not newest.number:
            raise OutputError(f"nothing is kept of a tenant {tenant}")
        if GRAPH not in newest.files:
            raise no_graph(tenant, "no run has come to its end")
        result_folder(into)
        with ExitStack() as stack:  # no graph of today beside the mirror of yesterday
            new = {name: stack.enter_context(beside(into / name)) for name in newest.files}
            for name, path in new.items():
                restore(path, newest.files[name], partial(claims.blob, newest))
            for name, path in new.items():
                path.replace(into / name)

    def forget(self, tenant: str) -> bool:
        """Remove all that is kept of a tenant, and tell whether there was anything.

        Raises:
            FolderInUse: a run works on it.
        """
        return Claims(self._store, tenant).forget()

    def _claimed(self, claims: Claims, run: str, stop: TenantStop) -> Claim | Generation:
        """Return the claim, or what the run has made already.

        Where another worker had the tenant in the same run, it may be about to keep how far it came.
        """
        began = time.monotonic()
        while True:
            standing = claims.look(run)
            if standing.done and TenantOutcome.from_json(standing.base.outcome).is_done:
                return standing.base
            waits = _HANDED_OVER if standing.closing else _HANDS_OVER
            if not standing.is_own or time.monotonic() - began > waits:
                return claims.take(standing, run, self._who)
            if stop.wait(_LOOKS):
                raise Interrupted(stop.reason)

    def _watch(self, copy: WorkCopy, stop: TenantStop, ended: threading.Event) -> None:
        """Renew the claim and make checkpoints until the run has ended; end it where the work goes on elsewhere."""
        kept_on = time.monotonic()
        while not ended.wait(self._renew_every):
            try:
                copy.renew()
                if time.monotonic() - kept_on > self._checkpoint_every:
                    copy.checkpoint()
                    kept_on = time.monotonic()
            except Fenced as error:
                stop.set(str(error), "busy")
                return
            except OutputError as error:
                _log.warning("%s; it is tried again", error)
