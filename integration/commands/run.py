"""``integration run``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from integration.commands.group import (
    ALLOW_MASS_DELETE,
    MASS_DELETE,
    ONLY,
    OUT,
    SKIP,
    config_from,
    errors_as_messages,
    main,
    settings_options,
)
from integration.config import variables
from integration.errors import ConfigurationError
from integration.terminal import logs
from integration.terminal.parameters import Finite, GivenPath, Whole
from integration.terminal.streams import courtesy
from integration.terminal.tuning import collect_rarely, give_memory_back, keep_what_is_there

if TYPE_CHECKING:
    from collections.abc import Sequence

    from integration.sdk.step import Step
    from integration.tapes.tapes import Tape


@main.command()
@OUT
@click.option("--demo", is_flag=True, help="Play back a fictional tenant: no credentials, no network.")
@click.option("--replay", type=GivenPath(exists=True, file_okay=False), metavar="DIR",
              help="Play back the cassettes in a folder and below it.")  # fmt: skip
@ONLY
@SKIP
@click.option("--to", multiple=True, metavar="URL", help="Also write the graph there, such as files:DIR; repeatable.")
@ALLOW_MASS_DELETE
@MASS_DELETE
@click.option("--fail-on", type=click.Choice(["partial", "skipped"]), multiple=True,
              help="Exit with 1 also where a type is partial, or skipped although chosen; repeatable.")  # fmt: skip
@settings_options
@click.option("--strict", is_flag=True, help="Fail a type with a rejected record, a duplicate key or a missing end.")
@click.option(
    "--raw-data", "rawData", is_flag=True, help="Keep the Graph objects that entities were made from, in _rawData."
)
@click.option("--fresh", is_flag=True, help="Read everything anew, whatever an earlier run left.")
@click.option("--in-flight", "inFlight", type=Whole(1, 64), metavar="N",
              help="Most requests at once, 1 to 64.  [default: 16]")  # fmt: skip
@click.option("--full-every", "fullEvery", type=Finite(0, min_open=True), metavar="DAYS",
              help="Read everything anew after so many days.  [default: 7]")  # fmt: skip
@errors_as_messages
def run(
    out: Path,
    demo: bool,
    replay: Path | None,
    fail_on: tuple[str, ...],
    event: BinaryIO | None,
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
      bearer tokens            INTEGRATION_ACCESS_TOKEN for Graph, INTEGRATION_AZURE_ACCESS_TOKEN for Azure
      client secret            AZURE_CLOUD_LOCAL_EXECUTION_CLIENT_SECRET, AZURE_CLIENT_SECRET or CLIENT_SECRET
      certificate (PEM, PFX)   AZURE_CLIENT_CERTIFICATE_PATH, AZURE_CLIENT_CERTIFICATE_PASSWORD,
                               AZURE_CLIENT_SEND_CERTIFICATE_CHAIN
      workload identity        AZURE_FEDERATED_TOKEN_FILE
      managed identity         INTEGRATION_MANAGED_IDENTITY=true; the client id names a user-assigned one

    \b
    Further variables:
      clouds                   INTEGRATION_CLOUD; INTEGRATION_GRAPH_URL, INTEGRATION_AZURE_URL, and
                               INTEGRATION_AUTHORITY or AZURE_AUTHORITY_HOST, win over it
      account key and name     INTEGRATION_INSTANCE_ID, INTEGRATION_INSTANCE_NAME
      reading                  INTEGRATION_IN_FLIGHT, INTEGRATION_FULL_EVERY
      deletions                INTEGRATION_MASS_DELETE
      logging                  INTEGRATION_LOG_FORMAT, INTEGRATION_LOG_LEVEL
    """
    give_memory_back()
    collect_rarely()
    from integration.engine.runner import run as run_plan
    from integration.sdk.plugins import declared_steps, load, plan
    from integration.sdk.stopping import Interrupts
    from integration.tapes.places import is_recorded
    from integration.terminal.progress_display import Display
    from integration.terminal.result import print_report

    keep_what_is_there()
    environment = variables.environment()
    logs.set_up(log_format, log_level, environment)
    manager = load()
    steps = declared_steps(manager)
    tape = _tape(demo, replay, steps)
    config = config_from(event, environment, flags, offline=tape.offline)
    unrecorded = [] if not demo else [step.name for step in steps if not is_recorded(step)]
    _check_recorded(config.only, steps, unrecorded)
    chosen = plan(manager, only=config.only, skip=[*config.skip, *unrecorded])
    with Interrupts(for_good=True) as stop:
        with Display(chosen) as display:
            manager.register(display)
            report = run_plan(manager, chosen, config, out=out, tape=tape, stop=stop)
        with courtesy():
            print_report(report, out, config.to)
    return report.exit_code(fail_on_partial="partial" in fail_on, fail_on_skipped="skipped" in fail_on)


def _check_recorded(only: "Sequence[str]", steps: "Sequence[Step]", unrecorded: "Sequence[str]") -> None:
    """Refuse a choice of which the demo has nothing.

    Raises:
        ConfigurationError: names it.
    """
    from integration.sdk.plan import types_named

    for name in only if unrecorded else ():
        if {*types_named([name], steps)}.issubset(unrecorded):
            raise ConfigurationError([f"the demo has no recording of {name}: play its package's with --replay DIR"])


def _tape(demo: bool, replay: Path | None, steps: "Sequence[Step]") -> "Tape":
    from integration.tapes.places import demo_folder
    from integration.tapes.tapes import Live, Replay

    if demo and replay:
        raise ConfigurationError(["choose one of --demo and --replay"])
    if demo:
        return Replay.folder(demo_folder(), steps)
    return Replay.folder(replay, steps) if replay else Live()
