"""``integration types``."""

import json

import click

from integration.ask.completion import TypeName
from integration.commands.group import errors_as_messages, main
from integration.errors import ConfigurationError
from integration.terminal.streams import emit


@main.command()
@click.argument("names", nargs=-1, type=TypeName(), metavar="[NAME]...")
@click.option("--schema", type=TypeName(), metavar="TYPE",
              help="Print the JSON Schema of this type's records instead, with what its file leaves out.")  # fmt: skip
@errors_as_messages
def types(names: tuple[str, ...], schema: str | None) -> None:
    """List every type that an installed step declares, or those that are named.

    NAME is a type, a module such as entra.group, or an area such as entra. Where there are more types than a screen
    has lines, a terminal gets the modules that declare them.
    """
    from integration.sdk.plan import types_named
    from integration.sdk.plugins import declared_steps, load
    from integration.sdk.schema import load_schema
    from integration.terminal.display import types_table

    if schema is not None and names:
        raise ConfigurationError([f"choose one of --schema {schema} and the names to list"])
    manager = load()
    if schema is None:
        steps = declared_steps(manager)
        wanted = types_named(names, steps) if names else [step.name for step in steps]
        types_table([step for step in steps if step.name in wanted])
    else:
        steps = declared_steps(manager)
        meant = types_named([schema], steps)
        if len(meant) != 1:
            raise ConfigurationError([f"--schema {schema} is more than one type: name one of {', '.join(meant)}"])
        (step,) = (step for step in steps if step.name in meant)
        emit(json.dumps(load_schema(step).document, indent=2))
