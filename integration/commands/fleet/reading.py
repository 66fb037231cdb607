"""The commands of ``integration fleet`` that read tenants, and those for what is kept of them."""

import json
import sys
from collections.abc import Callable
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from integration.commands.fleet.group import fleet
from integration.commands.group import errors_as_messages
from integration.config import variables
from integration.errors import ConfigurationError
from integration.terminal import logs
from integration.terminal.parameters import Finite, GivenPath, Whole
from integration.terminal.streams import emit

if TYPE_CHECKING:
    from integration.fleet.tenants import Tenant
    from integration.fleet.work import Cluster

C = TypeVar("C", bound=Callable[..., Any])
_TENANTS = click.argument("tenants", type=GivenPath(dir_okay=False, exists=True))
_STATE = click.option("--state", default=".integration-fleet", show_default=True, metavar="DIR|URL",
                      help="Where tenants are kept: a folder of this machine, or s3://, az://, gs://.")  # fmt: skip
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_WORKING = (
    click.option("--workers", type=Whole(1), metavar="N", help="Processes that read.  [default: one a core]"),
    click.option("--threads", type=Whole(1, 64), default=8, show_default=True, metavar="N",
                 help="Tenants that each of them reads at once."),
    click.option("--scheduler", metavar="ADDRESS", help="Have workers of this Dask scheduler read: tls://HOST:PORT."),
    click.option("--tls-ca-file", "ca_file", metavar="FILE", help="Authority of the scheduler's certificate."),
    click.option("--tls-cert", "certificate", metavar="FILE", help="This client's certificate."),
    click.option("--tls-key", "key", metavar="FILE", help="Its private key."),
    click.option("--only-tenants", multiple=True, metavar="PATTERN",
                 help="Take these tenants alone: a name, or with * and ? many; repeatable."),
    click.option("--log-format", type=click.Choice(logs.FORMATS), help="Form of standard error.  [default: text]"),
    click.option("--log-level", type=click.Choice(logs.LEVELS), help="Lowest level logged.  [default: warning]"),
)  # fmt: skip


def _working(command: C) -> C:
    for option in reversed(_WORKING):
        command = option(command)
    return command


@fleet.command()
@_TENANTS
@_STATE
@_working
@click.option("--run-id", metavar="ID", help="Go on with a run: what it has read already is not read again.")
@click.option("--tenant-timeout", type=Finite(0, min_open=True), metavar="SECONDS",
              help="Stop a tenant that takes longer; its next run goes on from there.")  # fmt: skip
@click.option("--fail-on", type=click.Choice(["partial"]), help="Exit with 1 also where a tenant is partial.")
@click.option("--max-failed", type=Finite(0, 100), default=0.0, metavar="PERCENT",
              help="Tenants that may fail while the command ends with 0.  [default: 0]")  # fmt: skip
@errors_as_messages
def run(
    tenants: Path,
    state: str,
    workers: int | None,
    threads: int,
    scheduler: str | None,
    ca_file: str | None,
    certificate: str | None,
    key: str | None,
    only_tenants: tuple[str, ...],
    log_format: str | None,
    log_level: str | None,
    run_id: str | None,
    tenant_timeout: float | None,
    fail_on: str | None,
    max_failed: float,
) -> int:
    """Read tenants and write their graphs.

    Each tenant has a folder in --state, which integration query, report, diff and push take as --out. What became of
    all is in fleet.json there. Tenants that were never read come first, then those that took longest.

    \b
    Exit codes:
      0  no tenant failed, or no more than may
      1  some failed
      2  the file or settings are wrong,
         or every tenant denied the credential
      3  stopped, or it could not go on
    """
    from integration.fleet.summary import exit_code
    from integration.fleet.work import new_run_id, read_all, states_of

    logs.set_up(log_format, log_level, variables.environment())
    if scheduler and "://" not in state:
        raise ConfigurationError(
            [f"--state {state}: workers of other machines do not have it: name s3://, az:// or gs://"]
        )
    chosen = _chosen(tenants, only_tenants)
    outcomes, stopped = read_all(
        chosen,
        states_of(state),
        state,
        _cluster(workers, threads, scheduler, ca_file, certificate, key),
        run_id or new_run_id(),
        (log_format, log_level),
        tenant_timeout or 0.0,
    )
    return exit_code(outcomes, fail_on_partial=bool(fail_on), max_failed=max_failed, stopped=stopped)


@fleet.command()
@_TENANTS
@_working
@_JSON
@errors_as_messages
def check(
    tenants: Path,
    workers: int | None,
    threads: int,
    scheduler: str | None,
    ca_file: str | None,
    certificate: str | None,
    key: str | None,
    only_tenants: tuple[str, ...],
    log_format: str | None,
    log_level: str | None,
    as_json: bool,
) -> int:
    """Sign in to every tenant, where it would be read; nothing is read.

    Exits with 1 where some cannot be signed in to, with 2 where none can.
    """
    from integration.fleet.board import sign_ins_of, told_of
    from integration.fleet.summary import exit_code
    from integration.fleet.work import check_all

    logs.set_up(log_format, log_level, variables.environment())
    chosen = _chosen(tenants, only_tenants)
    outcomes, stopped = check_all(
        chosen, _cluster(workers, threads, scheduler, ca_file, certificate, key), (log_format, log_level)
    )
    found = {outcome.tenant: outcome.as_json() for outcome in sorted(outcomes, key=lambda each: each.tenant)}
    if as_json:
        emit(json.dumps(found, indent=2))
    elif sys.stdout.isatty():
        emit("\n".join(sign_ins_of(found)))
    else:
        emit("\n".join(told_of(tenant, each) for tenant, each in found.items()))
    return exit_code(outcomes, stopped=stopped)


@fleet.command()
@_STATE
@_JSON
@errors_as_messages
def status(state: str, as_json: bool) -> int:
    """Say what became of the tenants when they were last read."""
    from integration.fleet.board import sentences_of
    from integration.fleet.work import states_of

    told = states_of(state).told()
    if not told:
        raise ConfigurationError(
            [f"{state}: no run of integration fleet has told anything here: --state names the folder or the store"]
        )
    emit(json.dumps(told, indent=2) if as_json else "\n".join(sentences_of(told, frozenset(told["tenants"]))))
    return 0


@fleet.command()
@click.argument("name")
@click.argument("folder", type=GivenPath(file_okay=False))
@_STATE
@errors_as_messages
def pull(name: str, folder: Path, state: str) -> int:
    """Copy what is kept of a tenant into a folder, for integration query, report and diff."""
    from integration.fleet.work import states_of

    states_of(state).pull(_name(name), folder)
    emit(f"{folder} holds what is kept of {name}: integration query --out {folder} …")
    return 0


@fleet.command()
@click.argument("name")
@_STATE
@errors_as_messages
def forget(name: str, state: str) -> int:
    """Remove what is kept of a tenant; destinations keep what they have of it."""
    from integration.fleet import work

    work.forget(work.states_of(state), state, _name(name))
    emit(f"Nothing is kept of {name} any more.")
    return 0


def _cluster(workers: int | None, threads: int, scheduler: str | None, *certificates: str | None) -> "Cluster":
    from integration.fleet.cluster import Certificates, own_workers, workers_of

    if scheduler is None:
        return partial(own_workers, workers or 0, threads)
    return partial(workers_of, scheduler, Certificates(*(each or "" for each in certificates)))


def _chosen(path: Path, patterns: tuple[str, ...]) -> "list[Tenant]":
    from integration.fleet.task import check_types
    from integration.fleet.tenants import read_tenants

    tenants = read_tenants(path)
    idle = [each for each in patterns if not any(fnmatch(tenant.name, each) for tenant in tenants)]
    if idle:
        raise ConfigurationError([f"--only-tenants {each}: no tenant of {path} has such a name" for each in idle])
    chosen = [tenant for tenant in tenants if not patterns or any(fnmatch(tenant.name, each) for each in patterns)]
    if not chosen:
        raise ConfigurationError([f"{path}: no tenant is enabled"])
    check_types(chosen)
    return chosen


def _name(name: str) -> str:
    from integration.fleet.tenants import is_name

    if not is_name(name):
        raise ConfigurationError([f"{name}: it is no name of a tenant: integration fleet status lists them"])
    return name
