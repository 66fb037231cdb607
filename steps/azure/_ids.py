"""What the id of an Azure resource says of where it is, and links that lead to it."""

import re
from typing import Any

from integration.values import arm_key
from steps._forms import object_at

_GROUPS = "/providers/microsoft.management/managementgroups/"
_UNNAMED = re.compile(r"[^A-Za-z0-9. -]")
_VALUES = {"true": True, "false": False}


def resource_group_key(id: str) -> str:
    """Return the key of the resource group that a resource is in: ``/subscriptions/{id}/resourcegroups/{name}``."""
    return "/".join(arm_key(id).split("/")[:5])


def scope_of(id: str, provider: str) -> str:
    """Return the key of what an id says something of: what stands before a provider in it, such as an assignment's."""
    return arm_key(id.lower().rpartition(f"/providers/{provider}/")[0])


def scope_type(scope: str) -> str:
    """Return what kind of scope a key is."""
    if scope == "/":
        return "tenant"
    if scope.startswith(_GROUPS):
        return "managementGroup"
    return {2: "subscription", 4: "resourceGroup"}.get(len(scope.strip("/").split("/")), "resource")


def portal_link(row: Any) -> str:
    """Return the page of a resource in the Azure portal."""
    return f"https://portal.azure.com/#@{row['tenantId']}/resource{row['id']}"


def tagged(row: Any) -> dict[str, Any]:
    """Return the tags of a resource as properties; nothing where it has none.

    ``tags`` has all as ``name=value``, sorted. ``tag.NAME`` has the value of one, as JupiterOne's queries ask for it:
    true and false are booleans there, and a dot stands for each character that no name of JupiterOne's may have.
    """
    given = object_at(row, "tags")
    tags = {name: "" if given[name] is None else str(given[name]) for name in sorted(given)}
    named = {f"tag.{_UNNAMED.sub('.', name)}": _VALUES.get(value.lower(), value) for name, value in tags.items()}
    return {"tags": sorted(f"{name}={value}" for name, value in tags.items()), **named} if tags else {}
