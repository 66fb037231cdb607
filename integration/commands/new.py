"""``integration new``."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from integration.commands.group import errors_as_messages, main
from integration.terminal.parameters import GivenPath

if TYPE_CHECKING:
    from integration.scaffold.writing import Begun

_CONTRACT = "tests/testing/test_contract.py"
_UNKNOWN_PERMISSION = (
    "which one it needs is not known here: look at the endpoint in Microsoft's reference, and write permissions=[…]"
    " into the step."
)


def _list_paths(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the collections that are known, and what reads them, and end."""
    if wanted:
        from integration.scaffold.catalogue import known_paths, type_at
        from integration.terminal.streams import emit

        for path in known_paths():
            emit(f"{path}: {type_at(path).permission}")
        context.exit()


@main.command()
@click.argument("type")
@click.option("--path", required=True, metavar="PATH", help="The collection of Microsoft Graph, such as /devices.")
@click.option("--class", "class_name", default="", metavar="CLASS", help="JupiterOne class.  [default: by the path]")
@click.option("--area", default="", metavar="AREA", help="Folder of the type, such as entra.  [default: none]")
@click.option("--into", type=GivenPath(exists=True, file_okay=False), default=".", show_default=True,
              metavar="DIR", help="The project: the folder with steps and schemas.")  # fmt: skip
@click.option("--paths", is_flag=True, is_eager=True, expose_value=False, callback=_list_paths,
              help="List the collections that are known, with the permission that reads them, and end.")  # fmt: skip
@errors_as_messages
def new(type: str, path: str, class_name: str, area: str, into: Path) -> None:
    """Begin a type: write its step and its schema from Microsoft Graph's own property types.

    TYPE is the type's name, such as acme_device. What the schema takes from Graph is copied by itself; change the
    names, take away what nobody asks for, and write what is computed into the step.
    """
    from integration.scaffold.writing import begin_type
    from integration.terminal.streams import say

    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)+", type):
        raise click.BadParameter(f"{type} is not a type's name: write it as vendor_resource", param_hint="TYPE")
    if class_name and not re.fullmatch(r"[A-Z][A-Za-z]*", class_name):
        raise click.BadParameter(f"{class_name} is not a JupiterOne class: write User or Device", param_hint="--class")
    if area and not re.fullmatch(r"[a-z][a-z0-9_]*", area):
        raise click.BadParameter(f"{area} is not the name of an area: write it as entra", param_hint="--area")
    if "{" in path:
        fault = f"{path} is of one object alone: write a step with ctx.graph.related by hand"
        raise click.BadParameter(fault, param_hint="--path")
    path = f"/{path.strip('/')}"
    class_name = class_name or _class_at(path)
    begun = begin_type(type, path, class_name, project=into, area=area)
    say(f"wrote {begun.module}\nwrote {begun.schema}")
    say("\nWhat is left to do:")
    for number, what in enumerate(_left(type, class_name, begun, area, into), 1):
        say(f"  {number}. {what}")


def _left(type: str, class_name: str, begun: "Begun", area: str, into: Path) -> Iterator[str]:
    """Yield what is left to do, in its order."""
    needed = f"it needs {begun.permission}." if begun.permission else _UNKNOWN_PERMISSION
    yield f"Read both, and say in your own words what each property is. Permission: {needed}"
    if begun.left_out:
        yield f"Not taken, since they have parts or may be secrets: {', '.join(begun.left_out)}."
    if asked := list(_asked(class_name, begun.schema)):
        given = "have each in every record, null where there is no value, or take another class"
        yield f"JupiterOne asks a {class_name} for {', '.join(asked)}: {given}."
    yield f"See it run:     integration run --only {type}"
    if area and (into / "tests" / "record_demo.py").is_file():
        yield "Record it:      put some into the made-up tenant of tests/simulator, and python -m tests.record_demo"
    else:
        yield f"Record it:      integration record {type}"
    if (into / _CONTRACT).is_file():
        yield f'Test it:        make test ARGS="{_CONTRACT} -k {type}"'
        yield "Make its pages: make docs; then make lint and make test, as docs/authoring.md says"
    else:
        yield f'Test it:        check_step("{type}") of integration.testing, in a test of your own'


def _asked(class_name: str, schema: Path) -> Iterator[str]:
    """Yield what JupiterOne asks for in each entity of a class, and what the schema does not have in each."""
    from integration.sdk.class_schemas import class_schema

    asked = class_schema(class_name) or {}
    has = {*json.loads(schema.read_text(encoding="utf-8")).get("required", ()), "displayName"}
    for name in asked.get("required", ()):
        if not name.startswith("_") and name not in has:
            yield name


def _class_at(path: str) -> str:
    """Return the class that JupiterOne has for such objects, as far as the path says that; Record where it does not."""
    from integration.scaffold.classes import class_of

    return class_of(path)
