"""``integration plan`` and ``integration types``."""

from integration.commands.group import ONLY, SKIP, errors_as_messages, main
from integration.display import plan_table, types_table
from integration.plugins import declared_steps, load, plan


@main.command("plan")
@ONLY
@SKIP
@errors_as_messages
def plan_command(only: tuple[str, ...], skip: tuple[str, ...]) -> None:
    """Show the order of the steps, the permissions that each needs, and what falls away. Reads nothing."""
    plan_table(plan(load(), only=only, skip=skip))


@main.command()
@errors_as_messages
def types() -> None:
    """List every type that an installed step declares."""
    types_table(declared_steps(load()))
