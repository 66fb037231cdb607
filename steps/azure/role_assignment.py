"""Assignments of Azure roles: who may do what, and where."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link, scope_of, scope_type
from steps.azure._principals import object_id
from steps.azure._resource import key_at, properties_of, required_text, says
from steps.azure.role_definition import AUTHORIZATION, operations, role_key, roles

ASSIGNMENT = "microsoft.authorization/roleassignments"
_OPERATIONS = ("actions", "notActions", "dataActions", "notDataActions")
PERMISSIONS = ["Microsoft.Authorization/roleAssignments/read"]
_KINDS = {"azure_user": "user", "azure_user_group": "group", "azure_service_principal": "serviceprincipal"}


@entity_step("AccessPolicy", permissions=PERMISSIONS)
def azure_role_assignment(ctx: Context) -> Iterator[Entity]:
    """A role that somebody has in a management group, a subscription, a resource group or one resource."""
    known = roles(ctx)
    for row in ctx.azure.table(AUTHORIZATION, type=ASSIGNMENT):
        properties = properties_of(row)
        role = known.get(role_key(properties["roleDefinitionId"]))
        role_name = properties_of(role).get("roleName") if role else None
        title = f"{role_name or properties['roleDefinitionId'].rpartition('/')[2]}: {properties['principalId']}"
        yield Entity(
            arm_key(row["id"]),
            row,
            name=row["name"],
            displayName=title,
            principalId=object_id(properties.get("principalId")),
            roleName=role_name,
            scope=_scope(row),
            scopeType=scope_type(_scope(row)),
            webLink=portal_link(row),
            **{kind: operations(role, kind) if role else None for kind in _OPERATIONS},
        )


@relationship_family("azure_role_assignment", "ASSIGNED", list(_KINDS), permissions=PERMISSIONS, per_row=True)
def azure_role_assignment_assigned(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A role is assigned to a user, a group or a service principal; one that is deleted stays named."""
    for row in ctx.azure.table(AUTHORIZATION, type=ASSIGNMENT):
        properties = properties_of(row)
        if says(required_text(properties, "principalType"), _KINDS[to_type]):
            yield Relationship(arm_key(row["id"]), properties["principalId"].lower())


@relationship_step("azure_role_assignment", "USES", "azure_role_definition", permissions=PERMISSIONS, per_row=True)
def azure_role_assignment_uses_definition(ctx: Context) -> Iterator[Relationship]:
    """An assignment is of a role, whose id a subscription prints with itself in front."""
    for row in ctx.azure.table(AUTHORIZATION, type=ASSIGNMENT):
        yield Relationship(arm_key(row["id"]), role_key(properties_of(row)["roleDefinitionId"]))


@relationship_step(
    "azure_role_assignment",
    "ALLOWS",
    any_of("azure"),
    type="azure_role_assignment_allows_any_scope",
    permissions=PERMISSIONS,
    needs=["azure_management_group", "azure_subscription", "azure_resource_group"],
    per_row=True,
)
def azure_role_assignment_allows_any_scope(ctx: Context) -> Iterator[Relationship]:
    """A role holds in a scope, and in all that is below it."""
    for row in ctx.azure.table(AUTHORIZATION, type=ASSIGNMENT):
        yield Relationship(arm_key(row["id"]), _scope(row))


def _scope(row: Any) -> str:
    """Return the key of what an assignment holds in; its own id is below that."""
    return key_at(properties_of(row), "scope") or scope_of(row["id"], "microsoft.authorization")
