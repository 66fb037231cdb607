"""The module and the schema of a new type, as text."""

import json
import keyword
import re
from collections.abc import Iterator, Mapping
from typing import Any

from integration.scaffold.catalogue import GraphType

_FORMS: Mapping[str, dict[str, Any]] = {
    "Boolean": {"type": "boolean"},
    "Byte": {"type": "integer"},
    "Date": {"type": "string"},
    "DateTimeOffset": {"type": "integer", "x-unit": "epoch milliseconds"},
    "Decimal": {"type": "number"},
    "Double": {"type": "number"},
    "Guid": {"type": "string"},
    "Int16": {"type": "integer"},
    "Int32": {"type": "integer"},
    "Int64": {"type": "integer"},
    "SByte": {"type": "integer"},
    "Single": {"type": "number"},
    "String": {"type": "string"},
}
"""What a property of an Edm type becomes. Others have parts of their own, or are secrets and streams."""
_BY_THE_STEP = ("id", "displayName", "name")
_OF_THE_MODULE = ("ctx", "name")
_LINE = 120
_SECRET = re.compile(r"(?i)secret|password(?!Polic)|\bkey\b|token")


def properties_of(graph_type: GraphType) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the schema of each property that moves from Graph into the entity as it is."""
    for name, edm in graph_type.properties.items():
        if name in _BY_THE_STEP or _SECRET.search(name):
            continue
        inner = edm.removeprefix("Collection(").removesuffix(")")
        is_list = inner != edm
        form = _FORMS.get(inner)
        if form is None or (is_list and "x-unit" in form):
            continue
        told = {"description": _description(name, edm)}
        if is_list:
            yield name, {"type": "array", "items": form, "x-from": f"{name}[]", **told}
        else:
            yield _renamed(name, edm), {"type": form["type"], "x-from": name, **_unit(form), **told}


def left_out(graph_type: GraphType) -> list[str]:
    """Return the names of the properties that the schema does not take: they have parts, or may be secrets."""
    taken = {str(schema["x-from"]).removesuffix("[]") for _, schema in properties_of(graph_type)}
    return [name for name in graph_type.properties if name not in (*taken, *_BY_THE_STEP)]


def schema_text(graph_type: GraphType) -> str:
    """Return the schema of the new type, a property a line."""
    own = {
        "id": {"type": "string", "x-from": "id", "description": "Object id."},
        "name": {"type": "string", "description": "Its name."},
        **dict(properties_of(graph_type)),
    }
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(schema)}" for name, schema in own.items())
    title = _words(graph_type.name)
    return (
        f'{{\n  "title": {json.dumps(title)},\n  "description": {json.dumps(_sentence(graph_type))},\n'
        f'  "required": ["id", "name"],\n  "properties": {{\n{lines}\n  }}\n}}\n'
    )


def module_text(type: str, class_name: str, graph_type: GraphType) -> str:
    """Return the module of the new type, in the form that ruff gives it with lines of 120 characters."""
    row = _row(graph_type.name)
    named = next((name for name in ("displayName", "name") if name in graph_type.properties), "")
    value = f'{row}["{named}"] or {row}["id"]' if named else f'{row}["id"]'
    permissions = f', permissions=["{graph_type.permission}"]' if graph_type.permission else ""
    also = f', also=["{named}"]' if named else ""
    asked = f'"{graph_type.path}"{also}'
    begin, end, per_row, indent = f"    for {row} in ctx.graph.list(", "):", ", per_row=True", "        "
    if graph_type.is_single:
        begin, end, per_row, indent = f"    {row} = ctx.graph.get(", ")", "", "    "
    asking = f"{begin}{asked}{end}"
    if len(asking) > _LINE:
        asking = f"{begin}\n        {asked}\n    {end}"
    return f'''"""{_words(graph_type.name)}: what there is of it in the tenant."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step


@entity_step("{class_name}"{permissions}{per_row})
def {type}(ctx: Context) -> Iterator[Entity]:
    """{_sentence(graph_type)}"""
{asking}
{indent}yield Entity({row}["id"], {row}, name={value})
'''


def _row(name: str) -> str:
    """Return what a step calls an object of a type: its last word, unless that means another thing."""
    words = _words(name).lower().split()
    last = words[-1]
    return "_".join(words) if keyword.iskeyword(last) or last in _OF_THE_MODULE else last


def _sentence(graph_type: GraphType) -> str:
    words = _words(graph_type.name).lower()
    return f"{'An' if words[0] in 'aeiou' else 'A'} {words} of the tenant."


def _description(name: str, edm: str) -> str:
    """Return a first sentence on a property, which its author makes a better one."""
    words = _words(name)
    if edm == "DateTimeOffset":
        return f"{words.removesuffix(' date time')}: when that was."
    if edm == "Boolean":
        return f"Whether this is so: {words[:1].lower()}{words[1:]}."
    return f"{words}."


def _renamed(name: str, edm: str) -> str:
    """Return JupiterOne's name of a property: an instant is one that ends in ``On``."""
    return f"{name.removesuffix('DateTime')}On" if edm == "DateTimeOffset" and name.endswith("DateTime") else name


def _unit(form: Mapping[str, Any]) -> dict[str, Any]:
    return {"x-unit": form["x-unit"]} if "x-unit" in form else {}


def _words(name: str) -> str:
    """Return a name in camel case as words."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return f"{words[:1].upper()}{words[1:].lower()}"
