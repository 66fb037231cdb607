"""The task that Dask runs on a worker: one tenant, from its claim to its outcome."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pluggy

import integration
from integration.config.settings import from_event
from integration.engine.runner import run
from integration.errors import ConfigurationError, FatalError, IntegrationError, PlanError
from integration.fleet.ending import TenantStop, stoppable
from integration.fleet.folders import Folders
from integration.fleet.outcomes import TenantOutcome, outcome_of_error, outcome_of_report
from integration.fleet.references import with_secrets
from integration.fleet.store import Bucket
from integration.fleet.stored import Stored
from integration.fleet.tenants import Tenant, names_of_some
from integration.sdk.hooks import hookimpl
from integration.sdk.plan import Plan
from integration.sdk.plugins import load, plan
from integration.sdk.report import Report
from integration.sdk.step import Step
from integration.sources.signin import tokens_for
from integration.text.whose import tenant_at_work, working_for

TOPIC = "fleet"
"""Of the events that tell how far a tenant is."""
_loading = threading.Lock()


def read_tenant(
    tenant: Tenant, run_id: str, state: str, patience: float = 0.0, attempt: str = "", product: str = ""
) -> dict[str, Any]:
    """Read a tenant, and return its outcome as JSON values.

    Args:
        tenant: an entry of the tenants file, with references to secrets.
        run_id: the id of the fleet's run: what it has done already is not done again.
        state: where the tenants' states are.
        patience: seconds after which a run is stopped; 0 for none.
        attempt: by which ``end_attempt`` ends it.
        product: what ``warm_up`` says where the run began: a worker that came later may have another; empty for any.
    """
    with working_for(tenant.name), stoppable(attempt, patience) as stop:
        try:
            if product and (mine := warm_up()) != product:
                stop.set(f"a worker that came later has another product: {mine}, not {product}")
            if stop.is_set():
                return TenantOutcome(tenant=tenant.name, word="left", reason=stop.reason, run=run_id).as_json()
            outcome = _read(tenant, run_id, state, stop)
        except IntegrationError as error:
            outcome = outcome_of_error(tenant.name, error)
            if isinstance(error, FatalError) and stop.is_set():
                outcome = replace(outcome, word=stop.word, reason=stop.reason)
        return replace(outcome, run=run_id, version=integration.__version__).as_json()


def check_tenant(tenant: Tenant) -> dict[str, Any]:
    """Sign in to a tenant, and return whether that went well; nothing is read."""
    with working_for(tenant.name):
        outcome = TenantOutcome(tenant=tenant.name, word="ok")
        try:
            settings, _secrets = with_secrets(tenant.settings)
            tokens_for(from_event(_with(tenant, settings))).token()
        except IntegrationError as error:
            outcome = outcome_of_error(tenant.name, error)
        return outcome.as_json()


def check_types(tenants: Iterable[Tenant]) -> None:
    """Look whether all types that tenants choose or leave out are declared, before anybody is asked for anything.

    Raises:
        ConfigurationError: some are not; says which tenants name them.
    """
    choices: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for tenant in tenants:
        only, skip = (tuple(tenant.settings.get(name, ())) for name in ("only", "skip"))
        if only or skip:  # whoever names none need not wait until all of them are loaded
            choices.setdefault((only, skip), []).append(tenant.name)
    faults = []
    for choice, names in choices.items():
        try:
            _installed(*choice)
        except PlanError as error:
            faults.append(f"{names_of_some(names)}: {error}")
    if faults:
        raise ConfigurationError(faults)


def warm_up() -> str:
    """Load the installed types, and return the product's version and what it would read, to be compared."""
    manager, everything = _installed((), ())
    return f"{integration.__version__} with {len(everything.steps)} types and {len(manager.get_plugins())} plugins"


def _read(tenant: Tenant, run_id: str, state: str, stop: TenantStop) -> TenantOutcome:
    settings, _secrets = with_secrets(tenant.settings)
    config = from_event(_with(tenant, settings))
    with _states(state).held(tenant.name, run_id, stop) as held:
        if held.done:
            return replace(held.done, again=True)
        announce(tenant.name, "began")
        manager, chosen = _installed(config.only, config.skip)
        report = run(manager, chosen, config, out=held.folder, stop=stop)
        outcome = replace(outcome_of_report(tenant.name, report), run=run_id, version=integration.__version__)
        if report.failed_sinks and stop.is_set():  # what was read is kept, and the next run writes it there
            outcome = replace(outcome, word="stopped", reason=stop.reason)
        held.keep(outcome)
        return outcome


@cache
def _states(state: str) -> Folders | Stored:
    """Return where states are: in folders of this machine, or in a store, and worked on in the worker's own folder."""
    if "://" not in state:
        return Folders(Path(state))
    from distributed import get_worker

    worker: Any = get_worker()
    return Stored(Bucket(state), Path(worker.local_directory) / "tenants", str(worker.address))


def _with(tenant: Tenant, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"instance": {**tenant.event["instance"], "config": settings}}


@cache
def _manager() -> pluggy.PluginManager:
    return load(_Teller())


def _installed(only: Sequence[str], skip: Sequence[str]) -> tuple[pluggy.PluginManager, Plan]:
    """Return what is installed, loaded once a process, and the plan of a tenant."""
    with _loading:
        return _manager(), _plan(tuple(only), tuple(skip))


@cache
def _plan(only: tuple[str, ...], skip: tuple[str, ...]) -> Plan:
    return plan(_manager(), only=only, skip=skip)


class _Teller:
    """Tells that a tenant is read: its credential was good."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    @hookimpl
    def integration_step_started(self, step: Step) -> None:
        """Tell it once a run."""
        tenant = tenant_at_work()
        if tenant not in self._told:
            self._told.add(tenant)
            announce(tenant, "signed in")

    @hookimpl
    def integration_run_finished(self, report: Report) -> None:
        """Forget the tenant, which may be read again."""
        self._told.discard(tenant_at_work())


def announce(tenant: str, what: str) -> None:
    """Tell the client how far a tenant is; nobody where this is no worker."""
    with suppress(ValueError):
        from distributed import get_worker

        worker: Any = get_worker()
        log: Callable[..., None] = worker.log_event
        log(TOPIC, {"tenant": tenant, "what": what})
