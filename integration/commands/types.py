"""``integration types``."""

from integration.commands.group import errors_as_messages, main
from integration.display import types_table
from integration.plugins import declared_steps, load


@main.command()
@errors_as_messages
def types() -> None:
    """List every type that an installed step declares."""
    types_table(declared_steps(load()))
