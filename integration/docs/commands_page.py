"""The page of commands."""

from collections.abc import Iterator

import click

from integration.cli import main
from integration.docs.markdown import block, page

_WIDTH = 100
_INTRODUCTION = """
The program is `integration`, and `python -m integration` is the same. What its exit codes mean stands in
[exit codes](exit-codes.md), and what its settings are in [settings](settings.md).
"""


def commands_page() -> str:
    """Return the page."""
    parts = []
    for name, command, context in every_command():
        parts += [f"## {name}", block(command.get_help(context))]
    return page("Commands", _INTRODUCTION, *parts)


def every_command() -> Iterator[tuple[str, click.Command, click.Context]]:
    """Yield the full name of each command, the command, and a context in which it speaks for itself."""
    yield from _below(main, "integration", None)


def _below(
    command: click.Command, name: str, parent: click.Context | None
) -> Iterator[tuple[str, click.Command, click.Context]]:
    own = name.rpartition(" ")[2]
    context = click.Context(command, parent, own, terminal_width=_WIDTH, **command.context_settings)
    yield name, command, context
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            subcommand = command.get_command(context, each)
            assert subcommand is not None, each
            yield from _below(subcommand, f"{name} {each}", context)
