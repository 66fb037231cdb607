"""Kinds of directory objects, as ``@odata.type`` names them."""

from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any

_DERIVED = {
    "application": ("agentIdentityBlueprint",),
    "servicePrincipal": ("agentIdentity", "agentIdentityBlueprintPrincipal"),
    "user": ("agentUser",),
}
"""Types that inherit from another. Source: Microsoft Graph, resource types of v1.0, "Inherits from"."""


COLLECTIONS = {
    "application": "/applications",
    "device": "/devices",
    "directoryRole": "/directoryRoles",
    "group": "/groups",
    "orgContact": "/contacts",
    "servicePrincipal": "/servicePrincipals",
    "user": "/users",
}
"""Where the objects of a kind are listed. Source: Microsoft Graph v1.0, CSDL, entity sets."""


def are_members(values: Sequence[Any]) -> bool:
    """Tell whether all values of JSON are objects with an id, of a kind that is named by text where it is named.

    Their types are looked at together: there is a value for every link of a tenant.
    """
    if not {*map(type, values)} <= {dict}:
        return False
    ids, kinds = {type(value.get("id")) for value in values}, {type(value.get("@odata.type")) for value in values}
    return ids <= {str} and kinds <= {str, NoneType}


class Takes(dict[str | None, bool]):
    """Tells for an ``@odata.type`` whether it is a kind, or inherits from it, as an OData cast does.

    Args:
        kind: the type without its namespace, such as ``user``; empty for every type.
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._names = {name.lower() for name in (kind, *_DERIVED.get(kind, ()))}

    def __missing__(self, type: str | None) -> bool:
        self[type] = taken = "" in self._names or (type or "").rpartition(".")[2].lower() in self._names
        return taken


_NAMES_NONE = Takes("directoryObject")
"""What every kind inherits from: said of an object, it tells its kind as little as nothing does."""


def kind_of(row: Mapping[str, Any]) -> str:
    """Return the ``@odata.type`` of an object; empty where it has none that is text and names a kind."""
    kind = row.get("@odata.type")
    return kind if isinstance(kind, str) and not _NAMES_NONE[kind] else ""
