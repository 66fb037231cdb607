"""``integration plan``."""

import click

from integration.commands.group import ONLY, SKIP, errors_as_messages, main
from integration.display import plan_table
from integration.drawing import FORMS, draw
from integration.plugins import load, plan


@main.command("plan")
@ONLY
@SKIP
@click.option("--graph", type=click.Choice(list(FORMS)), is_flag=False, flag_value=next(iter(FORMS)),
              help="Draw the steps and what they need, as text: mermaid (without a word) or dot.")  # fmt: skip
@errors_as_messages
def plan_command(only: tuple[str, ...], skip: tuple[str, ...], graph: str | None) -> None:
    """Show the steps in order, and the permissions they need.

    Also what falls away, and why. Reads nothing.
    """
    chosen = plan(load(), only=only, skip=skip)
    if graph is None:
        plan_table(chosen)
    else:
        for line in draw(chosen, graph):
            click.echo(line)
