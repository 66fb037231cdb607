"""``integration types``."""

import json

import click

from integration.ask.completion import TypeName
from integration.commands.group import errors_as_messages, main
from integration.terminal.streams import emit


@main.command()
@click.option("--schema", type=TypeName(), metavar="TYPE",
              help="Print the JSON Schema of this type's records instead, with what its file leaves out.")  # fmt: skip
@errors_as_messages
def types(schema: str | None) -> None:
    """List every type that an installed step declares."""
    from integration.sdk.plugins import declared_steps, load, plan
    from integration.sdk.schema import load_schema
    from integration.terminal.display import types_table

    manager = load()
    if schema is None:
        types_table(declared_steps(manager))
    else:
        (step,) = (step for step in plan(manager, only=[schema]).steps if step.name == schema)
        emit(json.dumps(load_schema(step).document, indent=2))
