"""``integration push``."""

from pathlib import Path

import click

from integration.commands.group import ALLOW_MASS_DELETE, MASS_DELETE, OUT, errors_as_messages, main
from integration.config import variables
from integration.config.settings import Config
from integration.terminal import logs
from integration.terminal.streams import courtesy


@main.command()
@OUT
@click.option("--to", multiple=True, required=True, metavar="URL", help="Destination, such as files:DIR; repeatable.")
@ALLOW_MASS_DELETE
@MASS_DELETE
@click.option(
    "--compare-all",
    is_flag=True,
    help="Compare all that is there with the graph, so that what somebody else has changed there is set right.",
)
@errors_as_messages
def push(
    out: Path,
    to: tuple[str, ...],
    allowMassDelete: bool,  # noqa: N803 - settings
    massDelete: float | None,  # noqa: N803
    compare_all: bool,
) -> int:
    """Send the graph that is there to destinations.

    Nothing is read again. Each gets what it has not got yet, and with
    --compare-all what it has otherwise. Types that the last run did not read whole lose nothing
    there.
    """
    from integration.engine.delivery import push as push_graph
    from integration.sdk.plugins import load
    from integration.terminal.result import print_push

    logs.set_up(None, None, variables.environment())
    percent = Config.mass_delete if massDelete is None else massDelete
    report = push_graph(
        load(), to, out=out, mass_delete=percent, allow_mass_delete=allowMassDelete, compare_all=compare_all
    )
    with courtesy():
        print_push(report, out, to)
    return 1 if report.failed_sinks or report.withheld else 0
