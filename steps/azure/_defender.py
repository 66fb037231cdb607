"""What rows of Microsoft Defender for Cloud have in common: Azure Resource Graph writes some of their names large."""

import json
from collections.abc import Iterator
from typing import Any

from integration import Context
from steps.azure._resource import object_at, objects_in, properties_of, says, values_in

SECURITY = "securityresources"
_UNHEALTHY = "properties.status.code =~ 'Unhealthy'"


def unhealthy(ctx: Context, type: str) -> Iterator[Any]:
    """Yield the rows of a type of what is wrong; of the others all is right, or what is asked does not apply."""
    for row in ctx.azure.table(SECURITY, type=type, filter=_UNHEALTHY):
        if says(object_at(properties_of(row), "status").get("code"), "unhealthy"):
            yield row


def told(properties: dict[str, Any], name: str) -> Any:
    """Return a property whose name begins with a small or a large letter; ``None`` where there is none."""
    value = properties.get(name)
    return properties.get(name[0].upper() + name[1:]) if value is None else value


def object_told(properties: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object whose name begins with a small or a large letter; an empty one where there is none."""
    return object_at({name: told(properties, name)}, name)


def objects_told(properties: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the objects of a list whose name begins with a small or a large letter."""
    return objects_in({name: told(properties, name)}, name)


def first_told(properties: dict[str, Any], names: tuple[str, ...]) -> Any:
    """Return the first property that is there of some that tell the same; ``None`` where there is none."""
    return next((value for name in names if (value := told(properties, name)) is not None), None)


def listed(properties: dict[str, Any], name: str) -> list[Any]:
    """Return a list among some properties, which may be a text, as JSON or as its only item; empty where it is none."""
    value = told(properties, name)
    if isinstance(value, str) and value:
        try:
            value = json.loads(value) if value.startswith("[") else [value]
        except ValueError:
            return [value]
    return values_in({name: value}, name)
