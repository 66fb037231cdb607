"""The command ``integration``; the only place that prints and exits."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TextIO

import click

from integration import config as settings
from integration.display import Display, plan_table, report_table, types_table
from integration.errors import ConfigurationError, FatalError, IntegrationError
from integration.plugins import declared_steps, load, plan
from integration.runner import run as run_plan
from integration.tapes import Live, Replay, Tape, demo_folder

P = ParamSpec("P")

_ONLY = click.option("--only", multiple=True, metavar="TYPE", help="Collect this type and what it needs; repeatable.")
_SKIP = click.option(
    "--skip", multiple=True, metavar="TYPE", help="Leave this type out, and what needs it; repeatable."
)


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
                               (or put them into a file .env), then: integration run

    \b
    Exit codes: 0 nothing failed, 1 a type or a destination failed, 2 settings, declarations or
    credentials are wrong, 3 the run could not go on.
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
@click.option(
    "--event", type=click.File(), metavar="FILE", help="Take the settings from an event (JSON); - is standard input."
)
@click.option("--graph-url", metavar="URL", help="Root of Microsoft Graph, without version.")
@click.option("--authority", metavar="URL", help="Root of the sign-in service.")
@click.option("--strict", is_flag=True, help="Fail a type with a rejected record, a duplicate key or a missing end.")
@click.option("--raw-data", is_flag=True, help="Keep the Graph objects that entities were made from, in _rawData.")
@_errors_as_messages
def run(
    out: Path,
    demo: bool,
    replay: Path | None,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    to: tuple[str, ...],
    fail_on: str | None,
    event: TextIO | None,
    graph_url: str | None,
    authority: str | None,
    strict: bool,
    raw_data: bool,
) -> int:
    """Read the tenant and write its graph.

    \b
    Settings come from flags, the environment, a file .env, or --event:
      application (client) id  AZURE_CLOUD_LOCAL_EXECUTION_CLIENT_ID, AZURE_CLIENT_ID or CLIENT_ID
      directory (tenant) id    AZURE_CLOUD_LOCAL_EXECUTION_DIRECTORY_ID, AZURE_TENANT_ID or DIRECTORY_ID
      client secret            AZURE_CLOUD_LOCAL_EXECUTION_CLIENT_SECRET, AZURE_CLIENT_SECRET or CLIENT_SECRET
      bearer token instead     INTEGRATION_ACCESS_TOKEN
      other clouds             INTEGRATION_GRAPH_URL, INTEGRATION_AUTHORITY
      account key and name     INTEGRATION_INSTANCE_ID, INTEGRATION_INSTANCE_NAME
    """
    flags = {
        "graphUrl": graph_url, "authority": authority, "only": only, "skip": skip, "to": to, "strict": strict,
        "rawData": raw_data,
    }  # fmt: skip
    manager = load()
    tape = _tape(demo, replay)
    config = _config(event, {name: value for name, value in flags.items() if value}, offline=tape.offline)
    unrecorded = [] if not demo else [s.name for s in declared_steps(manager) if not _recorded(s.name)]
    chosen = plan(manager, only=config.only, skip=[*config.skip, *unrecorded])
    with Display(chosen) as display:
        manager.register(display)
        report = run_plan(manager, chosen, config, out=out, tape=tape)
    report_table(report, out)
    return report.exit_code(fail_on_partial=fail_on == "partial")


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


def _config(event: TextIO | None, flags: Mapping[str, Any], *, offline: bool) -> settings.Config:
    if event is None:
        from dotenv import dotenv_values

        variables = {name: value for name, value in dotenv_values(".env").items() if value is not None}
        return settings.from_environment({**variables, **os.environ}, flags, offline=offline)
    try:
        document = json.load(event)
    except ValueError as error:
        place = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ConfigurationError([f"the event is not JSON{place}"]) from None
    return settings.from_event(settings.with_flags(document, flags), offline=offline)
