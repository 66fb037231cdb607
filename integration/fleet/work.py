"""A fleet's run from its beginning to its end: what the commands call."""

import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from integration.errors import OutputError
from integration.fleet.agenda import Agenda
from integration.fleet.board import Board, sentences_of
from integration.fleet.client import Conductor, check_workers
from integration.fleet.folders import Folders
from integration.fleet.outcomes import TenantOutcome
from integration.fleet.store import Bucket
from integration.fleet.stored import Stored
from integration.fleet.summary import ordered, updated, without
from integration.fleet.task import check_tenant, read_tenant, warm_up
from integration.fleet.tenants import Tenant
from integration.sdk.stopping import Asks, Interrupts
from integration.terminal.streams import OutputClosed, emit, tell
from integration.text.discretion import logger
from integration.text.phrases import counted

_TELL_EVERY = 30.0
_log = logger("integration")

Log = tuple[str | None, str | None]
"""Format and level."""
Cluster = Callable[[Asks], AbstractContextManager[Any]]
"""Gives Dask's client, unless it is told to stop before."""


def states_of(state: str) -> Folders | Stored:
    """Return where states are: in folders of this machine, or in an object store by its URL.

    Raises:
        ConfigurationError: it is no such URL.
    """
    return Stored(Bucket(state), Path()) if "://" in state else Folders(Path(state))


def new_run_id() -> str:
    """Return an id for a run: when it began, and something that no other run has."""
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{secrets.token_hex(3)}"


def read_all(
    tenants: Sequence[Tenant],
    states: Folders | Stored,
    state: str,
    cluster: Cluster,
    run_id: str,
    log: Log,
    patience: float,
) -> tuple[list[TenantOutcome], bool]:
    """Read tenants, keep what became of them in ``fleet.json``, and tell it.

    Args:
        tenants: to be read.
        states: where their states are.
        state: the same, as workers are told it.
        cluster: gives Dask's client.
        run_id: of this run.
        log: as of every command, for the workers.
        patience: seconds after which a tenant is stopped; 0 for none.

    Returns:
        An outcome for each tenant, and whether somebody stopped the run.

    Raises:
        IntegrationError: it could not go on; what became of tenants until then is kept.
    """
    before = states.told()
    tell(f"run {run_id} of {counted(len(tenants), 'tenant')}")
    found: list[TenantOutcome] = []
    states.tell(updated(before, found, run_id, ended=False))  # where that fails, so would each tenant
    told_on = time.monotonic()

    def ended(outcome: TenantOutcome) -> None:
        nonlocal told_on
        found.append(replace(outcome, run=run_id))
        if time.monotonic() - told_on > _TELL_EVERY:
            told_on = time.monotonic()
            try:
                _keep(states, found, run_id, ended=False)
            except OutputError as error:
                _log.warning("%s; it is tried again", error)

    agenda = Agenda(ordered(tenants, before))
    attempt = f"{run_id}-{secrets.token_hex(4)}"  # tasks of another command that had this run id may still end
    stopped = False
    try:
        task = (read_tenant, (run_id, state, patience, attempt, warm_up()))
        stopped = _conduct(tenants, agenda, cluster, attempt, log, task, ended)
    finally:
        known = {outcome.tenant for outcome in found}
        found += [
            TenantOutcome(tenant=tenant.name, word="left", reason=f"the run ended before; go on with --run-id {run_id}")
            for tenant in tenants
            if tenant.name not in known
        ]
        try:
            _keep(states, found, run_id, ended=True)
        finally:
            names = frozenset(tenant.name for tenant in tenants)
            with suppress(OutputClosed):  # how tenants went counts for the exit code all the same
                emit("\n".join(sentences_of(updated(before, found, run_id), names)))
    return found, stopped


def forget(states: Folders | Stored, state: str, tenant: str) -> None:
    """Remove what is kept of a tenant, and what is known of it.

    Raises:
        FolderInUse: a run works on it.
        OutputError: there is nothing, or it cannot be removed.
    """
    is_known = tenant in states.told().get("tenants", {})
    if not states.forget(tenant) and not is_known:
        raise OutputError(f"{state}: nothing is kept of a tenant {tenant}")
    if is_known:
        states.tell(without(states.told(), tenant))


def check_all(tenants: Sequence[Tenant], cluster: Cluster, log: Log) -> tuple[list[TenantOutcome], bool]:
    """Sign in to tenants on the workers, and return what became of that, and whether somebody stopped it."""
    found: list[TenantOutcome] = []
    stopped = _conduct(tenants, Agenda(tenants), cluster, new_run_id(), log, (check_tenant, ()), found.append)
    return found, stopped


def _keep(states: Folders | Stored, found: Sequence[TenantOutcome], run_id: str, *, ended: bool) -> None:
    """Tell in ``fleet.json`` what became of tenants, beside what another run has told there meanwhile.

    That one was busy is told by the run that works on it, which knows more.
    """
    told = states.told()
    known = told.get("tenants", {})
    news = [outcome for outcome in found if outcome.word != "busy" or outcome.tenant not in known]
    states.tell(updated(told, news, run_id, ended=ended))


def _conduct(
    tenants: Sequence[Tenant],
    agenda: Agenda,
    cluster: Cluster,
    attempt: str,
    log: Log,
    task: tuple[Callable[..., dict[str, Any]], tuple[object, ...]],
    ended: Callable[[TenantOutcome], None],
) -> bool:
    """Have tenants worked on, and tell whether somebody stopped that."""
    with Interrupts(for_good=True) as stop, cluster(stop) as client:
        from integration.fleet.worker import Readers

        check_workers(client, Readers(*log, local=client.cluster is not None), stop)
        with Board(len(tenants)) as board:
            conductor = Conductor(client, agenda, *task, attempt, board.began, stop)
            with closing(conductor.outcomes()) as outcomes:
                for outcome in outcomes:
                    board.ended(outcome)
                    ended(outcome)
        return stop.is_set()
