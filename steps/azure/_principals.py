"""Who in Microsoft Entra is named where Azure tells an application by its client id, and others by their object id."""

from collections.abc import Mapping
from typing import Any

from integration import Context


def applications(ctx: Context) -> Mapping[str, str]:
    """Return the keys of the tenant's service principals by their client ids, which are in lower case."""
    return {
        of.properties["appId"].lower(): of.key
        for of in ctx.entities("azure_service_principal")
        if of.properties.get("appId")
    }


def object_id(told: Any) -> str | None:
    """Return an object id as Microsoft Entra writes it, in small letters, since questions compare it with keys."""
    return told.lower() if isinstance(told, str) and told else None
