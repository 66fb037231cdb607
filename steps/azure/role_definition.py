"""Azure roles: what they allow, and where they can be assigned."""

import re
from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family
from integration.values import arm_key
from steps.azure._ids import portal_link
from steps.azure._resource import keys_in, parts_of, properties_of, says, texts_in

AUTHORIZATION = "authorizationresources"
_TYPE = "microsoft.authorization/roledefinitions"
_READ = ["Microsoft.Authorization/roleDefinitions/read"]
_CUSTOM = "customrole"
_HOLDERS = {
    "azure_subscription": re.compile("/subscriptions/[^/]+"),
    "azure_management_group": re.compile("/providers/microsoft.management/managementgroups/[^/]+"),
    "azure_resource_group": re.compile("/subscriptions/[^/]+/resourcegroups/[^/]+"),
}
"""Types of what a role is assigned in, and how the scopes begin that are one, or are in one."""


@entity_step("AccessRole", permissions=_READ)
def azure_role_definition(ctx: Context) -> Iterator[Entity]:
    """An Azure role: the operations that whoever has it may do; one of Microsoft's, or the organization's own."""
    for key, row in roles(ctx).items():
        properties = properties_of(row)
        yield Entity(
            key,
            row,
            name=row["name"],
            displayName=properties.get("roleName") or row["name"],
            isCustom=says(properties.get("type"), _CUSTOM),
            webLink=portal_link(row),
            **{kind: operations(row, kind) for kind in ("actions", "notActions", "dataActions", "notDataActions")},
        )


@relationship_family(list(_HOLDERS), "CONTAINS", "azure_role_definition", permissions=_READ)
def azure_scope_contains_role_definition(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A role of the organization's own can be assigned in a subscription, in a group, or in a part of one."""
    for key, row in roles(ctx).items():
        if says(properties_of(row).get("type"), _CUSTOM):
            scopes = keys_in(row, "assignableScopes")
            for holder in dict.fromkeys(match[0] for scope in scopes if (match := _HOLDERS[from_type].match(scope))):
                yield Relationship(holder, key)


def roles(ctx: Context) -> dict[str, Any]:
    """Return the rows of all roles by key; of several rows of one role, the one whose id comes first."""
    rows = sorted(ctx.azure.table(AUTHORIZATION, type=_TYPE), key=lambda row: str(row["id"]), reverse=True)
    return {role_key(row["id"]): row for row in rows}


def role_key(id: str) -> str:
    """Return the key of a role, which has the same GUID in all scopes that its id may begin with."""
    return arm_key(f"/providers/{_TYPE}/{arm_key(id).rpartition('/')[2]}")


def operations(row: Any, kind: str) -> list[str]:
    """Return all operations of a kind that a role's permissions name."""
    named = (operation for permission in parts_of(row, "permissions") for operation in texts_in(permission, kind))
    return sorted(set(filter(None, named)))
