"""What ``$filter`` and ``$expand`` ask the graph server of a test for: the little of OData that steps use."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_CONDITION = re.compile(r"(?P<path>[\w.@/$]+) eq (?P<value>'(?:[^']|'')*'|true|false|null|-?\d+)")
_EXPANDED = re.compile(r"(?P<name>\w+)(?:\((?P<options>(?:[^()]|\([^()]*\))*)\))?(?:,|$)")
MOST_EXPANDED = 20
"""The most related objects that come with an object (Known issues with Microsoft Graph)."""


class UnknownOption(ValueError):
    """A filter or an expansion that the server does not know."""


def conditions(text: str) -> Mapping[str, Any]:
    """Return what a filter asks for: values by the path of a property, all of which an object must have.

    Raises:
        UnknownOption: it is more than ``a eq 'b' and c eq true``.
    """
    found = {}
    for part in re.split(r" and (?=(?:[^']*'[^']*')*[^']*$)", text):
        match = _CONDITION.fullmatch(part.strip())
        if not match:
            raise UnknownOption(f"{part!r} is not understood here: write a eq 'b', combined by and")
        value = match["value"]
        text_value = value[1:-1].replace("''", "'") if value.startswith("'") else json.loads(value)
        found[match["path"]] = text_value
    return found


def expansions(text: str) -> Iterator[tuple[str, list[str] | None]]:
    """Yield each name that is to be expanded, and the properties of the related objects; all where ``None``.

    Raises:
        UnknownOption: it is more than ``a,b($select=c,d)``.
    """
    at = 0
    while at < len(text):
        match = _EXPANDED.match(text, at)
        if not match:
            raise UnknownOption(f"{text!r} is not understood here: write a,b($select=c,d)")
        options = match["options"] or ""
        select = options.removeprefix("$select=").split(",") if options.startswith("$select=") else None
        yield match["name"], select
        at = match.end()


def value_at(row: Mapping[str, Any], path: str) -> Any:
    """Return the value of a property, also one of an object that the object holds; ``None`` where there is none."""
    value: Any = row
    for name in re.split(r"[./]", path):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
