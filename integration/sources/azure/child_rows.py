"""What is kept of the children of resources: rows as Azure Resource Graph has them, without what may be a secret."""

from collections.abc import Mapping
from typing import Any

from integration.errors import BadAnswer
from integration.sources.azure.discretion import without_secrets
from integration.sources.azure.names import region_of, type_in
from integration.sources.azure.resource_graph import COLUMNS
from integration.sources.azure.tags import tags_kept

OF_PARENT = ("tenantId", "subscriptionId", "resourceGroup", "location")
"""What a child that does not tell it has of its parent: where it is."""
_VALUED = ("/secrets", "/variables")
"""Where children have a value that is a secret, or may be one: where Azure does not leave it out, it goes."""


def child_row(child: Mapping[str, Any], parent: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return a child as a row of Azure Resource Graph; where it is, its parent tells, and its id what it is called."""
    if not isinstance(child.get("id"), str) or not child["id"]:
        raise BadAnswer("a child has no id", path=path, status=200)
    told = {name: child.get(name) for name in COLUMNS}
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
        "tags": tags_kept(told["tags"]),
        **placed,
        "name": told["name"] or child["id"].rstrip("/").rpartition("/")[2],
        "type": type.lower() if isinstance(type, str) and type else type_in(child["id"]),
        "properties": properties,
    }


def _plain(child: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a child that has no properties tells by itself in place of these, such as ``registrationState``.

    Lists and objects are left out: those of one provider of resources, with all its types, are larger than all else.
    Source: Azure Resource Manager, list providers.
    """
    return {name: each for name, each in child.items() if name not in COLUMNS and isinstance(each, str | int | float)}
