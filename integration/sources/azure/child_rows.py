"""What is kept of the children of resources: rows as Azure Resource Graph has them, without what may be a secret."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from integration.errors import BadAnswer
from integration.sources.azure.discretion import OBJECTS, without_secrets
from integration.sources.azure.names import name_in, region_of, type_in
from integration.sources.azure.resource_graph import COLUMNS
from integration.sources.azure.tags import tags_kept

OF_PARENT = ("tenantId", "subscriptionId", "resourceGroup", "location")
"""What a child that does not tell it has of its parent: where it is."""
_VALUED = ("/secrets", "/variables")
"""Where children have a value that is a secret, or may be one: where Azure does not leave it out, it goes."""


def child_row(child: Mapping[str, Any], parent: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return a child as a row of Azure Resource Graph; where it is, its parent tells, and its id what it is called."""
    id = _whole_id(child, path)
    told = {name: child.get(name) for name in COLUMNS} | {"id": id}
    placed = {name: parent.get(name) for name in OF_PARENT if not told[name]}
    type, properties = (
        child.get("type"),
        without_secrets(child["properties"] if "properties" in child else _plain(child)),
    )
    if path.endswith(_VALUED) and isinstance(properties, dict):
        properties.pop("value", None)
    told["location"] = region_of(told)
    return {
        **told,
        **{name: without_secrets(told[name]) for name in OBJECTS},
        "tags": tags_kept(told["tags"]),
        **placed,
        "name": told["name"] or name_in(id),
        "type": type.lower() if isinstance(type, str) and type else type_in(id),
        "properties": properties,
    }


def _whole_id(child: Mapping[str, Any], path: str) -> str:
    """Return the id of a child, from the first slash to its own name, so that no two children share one.

    Source: recordings of graph-azure, in which ids of keys of Synapse lack the first slash, those of rules of
    ``dataMaskingPolicies`` end before the name, which ``properties.id`` has, and those of programs of Batch are the
    name alone.

    Raises:
        BadAnswer: it has none.
    """
    told = child.get("id")
    if not isinstance(told, str) or not (given := told.strip("/")):
        raise BadAnswer("a child has no id", path=path, status=200)
    if "/" not in given:
        return f"{unquote(path)}/{given}"
    properties = child.get("properties")
    own = child.get("name") or (properties.get("id") if isinstance(properties, dict) else None)
    return f"/{given}/{own}" if told.endswith("/") and isinstance(own, str) and own else f"/{given}"


def _plain(child: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a child that has no properties tells by itself in place of these, such as ``registrationState``.

    Lists and objects are left out: those of one provider of resources, with all its types, are larger than all else.
    Source: Azure Resource Manager, list providers.
    """
    return {name: each for name, each in child.items() if name not in COLUMNS and isinstance(each, str | int | float)}
