"""``integration plan``."""

import click

from integration.commands.group import ONLY, SKIP, errors_as_messages, main
from integration.terminal.drawing import FORMS, MODELS, draw, draw_model
from integration.terminal.streams import emit


@main.command("plan")
@ONLY
@SKIP
@click.option("--graph", type=click.Choice([*FORMS, *MODELS]), is_flag=False, flag_value=next(iter(FORMS)),
              help="Draw, as text: the steps and what they need (mermaid, or without a word; dot), or the entities and"
              " the relationships between them (model; model-dot).")  # fmt: skip
@errors_as_messages
def plan_command(only: tuple[str, ...], skip: tuple[str, ...], graph: str | None) -> None:
    """Show the steps in order, and the permissions they need.

    Also what falls away, and why. Reads nothing. Where that is more than a screen, a terminal gets the modules alone.
    """
    from integration.sdk.plugins import load, plan
    from integration.terminal.display import plan_table

    chosen = plan(load(), only=only, skip=skip)
    if graph is None:
        plan_table(chosen)
    else:
        for line in draw_model(chosen, graph) if graph in MODELS else draw(chosen, graph):
            emit(line)
