"""``integration types``."""

from integration.commands.group import errors_as_messages, main
from integration.sdk.plugins import declared_steps, load
from integration.terminal.display import types_table


@main.command()
@errors_as_messages
def types() -> None:
    """List every type that an installed step declares."""
    types_table(declared_steps(load()))
