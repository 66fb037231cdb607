"""The command ``integration``; the only place that prints and exits."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TextIO, TypeVar

import click

from integration import config as settings
from integration import logs
from integration.display import Display, plan_table, report_table, review_table, types_table
from integration.errors import ConfigurationError, FatalError, IntegrationError
from integration.msgraph.auth import CLOUDS
from integration.msgraph.credentials import ManagedIdentity
from integration.permissions import application_of, consent_link, review, roles_of, tenant_of
from integration.plugins import declared_steps, load, plan
from integration.runner import run as run_plan
from integration.secret import Secret
from integration.signin import tokens_for
from integration.tapes import Live, Replay, Tape, demo_folder

P = ParamSpec("P")
R = TypeVar("R")

_ONLY = click.option("--only", multiple=True, metavar="TYPE", help="Collect this type and what it needs; repeatable.")
_SKIP = click.option(
    "--skip", multiple=True, metavar="TYPE", help="Leave this type out, and what needs it; repeatable."
)
_SETTINGS = (
    click.option("--event", type=click.File(), metavar="FILE",
                 help="Take the settings from an event (JSON); - is standard input."),
    click.option("--cloud", type=click.Choice(list(CLOUDS)), help="National cloud of the tenant.  [default: global]"),
    click.option("--graph-url", "graphUrl", metavar="URL", help="Root of Microsoft Graph, without version."),
    click.option("--authority", metavar="URL", help="Root of the sign-in service."),
    click.option("--log-format", type=click.Choice(logs.FORMATS), help="Form of log lines.  [default: text]"),
    click.option("--log-level", type=click.Choice(logs.LEVELS), help="Lowest level logged.  [default: warning]"),
)  # fmt: skip


def _settings(command: Callable[P, R]) -> Callable[P, R]:
    """Give a command the options that say which tenant it reads, and what it logs."""
    for option in reversed(_SETTINGS):
        command = option(command)
    return command


def _errors_as_messages(command: Callable[P, int | None]) -> Callable[P, None]:
    """Print an error of this package as one message, and exit with its code."""

    @wraps(command)
    def wrapped(*arguments: P.args, **named: P.kwargs) -> None:
        try:
            code = command(*arguments, **named)
        except IntegrationError as error:
            click.echo(f"error: {error}", err=True)
            code = 3 if isinstance(error, FatalError) else 2
        sys.exit(code or 0)

    return wrapped


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="integration-microsoft-entra")
def main() -> None:
    """Read a Microsoft Entra tenant through Microsoft Graph into a graph of entities and relationships.

    \b
    Try it without a tenant:   integration run --demo
    See what would be read:    integration plan
    Read your own tenant:      set AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET
                               (or put them into a file .env), then: integration check
                               and: integration run

    \b
    Exit codes: 0 nothing failed, 1 a type or a destination failed (check: a permission is missing),
    2 settings, declarations or credentials are wrong, 3 the run could not go on.
    """


@main.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=".integration", show_default=True,
              help="Folder for graph.db and summary.json.")  # fmt: skip
@click.option("--demo", is_flag=True, help="Play back a fictional tenant: no credentials, no network.")
@click.option("--replay", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR",
              help="Play back the cassettes <type>.yaml of a folder.")  # fmt: skip
@_ONLY
@_SKIP
@click.option("--to", multiple=True, metavar="URL", help="Also write the graph there, such as files:DIR; repeatable.")
@click.option("--fail-on", type=click.Choice(["partial"]), help="Exit with 1 also where a type is partial.")
@_settings
@click.option("--strict", is_flag=True, help="Fail a type with a rejected record, a duplicate key or a missing end.")
@click.option(
    "--raw-data", "rawData", is_flag=True, help="Keep the Graph objects that entities were made from, in _rawData."
)
@click.option("--fresh", is_flag=True, help="Read everything anew, whatever an earlier run left.")
@click.option("--in-flight", "inFlight", type=click.IntRange(1, 64), metavar="N",
              help="Most requests at once, 1 to 64.  [default: 16]")  # fmt: skip
@click.option("--full-every", "fullEvery", type=click.FloatRange(0, min_open=True), metavar="DAYS",
              help="Read everything anew after so many days.  [default: 7]")  # fmt: skip
@_errors_as_messages
def run(
    out: Path,
    demo: bool,
    replay: Path | None,
    fail_on: str | None,
    event: TextIO | None,
    log_format: str | None,
    log_level: str | None,
    **flags: Any,
) -> int:
    """Read the tenant and write its graph.

    \b
    Settings come from flags, the environment, a file .env, or --event:
      application (client) id  AZURE_CLOUD_LOCAL_EXECUTION_CLIENT_ID, AZURE_CLIENT_ID or CLIENT_ID
      directory (tenant) id    AZURE_CLOUD_LOCAL_EXECUTION_DIRECTORY_ID, AZURE_TENANT_ID or DIRECTORY_ID
    and the first of these ways to sign in that is set:
      bearer token             INTEGRATION_ACCESS_TOKEN
      client secret            AZURE_CLOUD_LOCAL_EXECUTION_CLIENT_SECRET, AZURE_CLIENT_SECRET or CLIENT_SECRET
      certificate (PEM, PFX)   AZURE_CLIENT_CERTIFICATE_PATH, AZURE_CLIENT_CERTIFICATE_PASSWORD,
                               AZURE_CLIENT_SEND_CERTIFICATE_CHAIN
      workload identity        AZURE_FEDERATED_TOKEN_FILE
      managed identity         INTEGRATION_MANAGED_IDENTITY=true; the client id names a user-assigned one

    \b
    Further variables:
      clouds                   INTEGRATION_CLOUD; INTEGRATION_GRAPH_URL, and INTEGRATION_AUTHORITY or
                               AZURE_AUTHORITY_HOST, win over it
      account key and name     INTEGRATION_INSTANCE_ID, INTEGRATION_INSTANCE_NAME
      reading                  INTEGRATION_IN_FLIGHT, INTEGRATION_FULL_EVERY
      logging                  INTEGRATION_LOG_FORMAT, INTEGRATION_LOG_LEVEL
    """
    environment = _environment()
    logs.set_up(log_format, log_level, environment)
    manager = load()
    tape = _tape(demo, replay)
    config = _config(event, environment, flags, offline=tape.offline)
    unrecorded = [] if not demo else [s.name for s in declared_steps(manager) if not _recorded(s.name)]
    chosen = plan(manager, only=config.only, skip=[*config.skip, *unrecorded])
    with Display(chosen) as display:
        manager.register(display)
        report = run_plan(manager, chosen, config, out=out, tape=tape)
    report_table(report, out)
    return report.exit_code(fail_on_partial=fail_on == "partial")


@main.command()
@_ONLY
@_SKIP
@_settings
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_errors_as_messages
def check(event: TextIO | None, log_format: str | None, log_level: str | None, as_json: bool, **flags: Any) -> int:
    """Sign in and compare the token's permissions with what the chosen types need. Reads no data.

    Settings are those of integration run. Exits with 1 where a permission is missing without which a type falls away.
    """
    environment = _environment()
    logs.set_up(log_format, log_level, environment)
    config = _config(event, environment, flags, offline=False)
    chosen = plan(load(), only=config.only, skip=config.skip)
    tokens = tokens_for(config)
    token = tokens.token()
    roles = roles_of(token)
    compared = None if roles is None else review(chosen, roles)
    lacking = compared and (compared.to_grant or compared.to_enrich)
    link = _consent_link(config, token) if lacking and not isinstance(tokens, ManagedIdentity) else None
    if as_json:
        found = compared.as_json() if compared else {}
        click.echo(json.dumps({"readable": compared is not None, **found, "adminConsent": link}, indent=2))
    elif compared:
        review_table(compared, link)
    else:
        click.echo("The token's permissions cannot be read: it is opaque, or a user's. Only a run can tell.")
    return 1 if compared and compared.missing else 0


@main.command("plan")
@_ONLY
@_SKIP
@_errors_as_messages
def plan_command(only: tuple[str, ...], skip: tuple[str, ...]) -> None:
    """Show the order of the steps, the permissions that each needs, and what falls away. Reads nothing."""
    plan_table(plan(load(), only=only, skip=skip))


@main.command()
@_errors_as_messages
def types() -> None:
    """List every type that an installed step declares."""
    types_table(declared_steps(load()))


def _tape(demo: bool, replay: Path | None) -> Tape:
    if demo and replay:
        raise ConfigurationError(["choose one of --demo and --replay"])
    if demo:
        return Replay.folder(demo_folder())
    return Replay.folder(replay) if replay else Live()


def _recorded(name: str) -> bool:
    return (demo_folder() / f"{name}.yaml").is_file()


def _environment() -> Mapping[str, str]:
    """Return the environment's variables, and those of ``.env`` that it lacks."""
    from dotenv import dotenv_values

    return {**{name: value for name, value in dotenv_values(".env").items() if value is not None}, **os.environ}


def _config(
    event: TextIO | None, environment: Mapping[str, str], flags: Mapping[str, Any], *, offline: bool
) -> settings.Config:
    given = {name: value for name, value in flags.items() if value}
    if event is None:
        return settings.from_environment(environment, given, offline=offline)
    try:
        document = json.load(event)
    except ValueError as error:
        place = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ConfigurationError([f"the event is not JSON{place}"]) from None
    return settings.from_event(settings.with_flags(document, given), offline=offline)


def _consent_link(config: settings.Config, token: Secret) -> str | None:
    """Return where an administrator consents; ``None`` where neither token nor settings name tenant and application."""
    tenant = tenant_of(token) or config.directory_id
    client = application_of(token) or config.client_id
    return consent_link(config.authority, tenant, client) if tenant and client else None


import integration.record_command  # noqa: E402, F401 - it adds its command to main
