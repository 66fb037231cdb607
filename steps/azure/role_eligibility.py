"""Azure roles that people can activate, and those that they have for a time, by Privileged Identity Management."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._children import MANAGEMENT_GROUP, SUBSCRIPTION, below_scopes
from steps.azure._ids import portal_link, scope_of, scope_type
from steps.azure._principals import object_id
from steps.azure._resource import key_at, properties_of, required_text, says, text_in
from steps.azure.role_definition import role_key, roles

_VERSION = "2020-10-01"
_ELIGIBLE = "/providers/Microsoft.Authorization/roleEligibilityScheduleInstances"
_ACTIVE = "/providers/Microsoft.Authorization/roleAssignmentScheduleInstances"
_READ = ["Microsoft.Authorization/roleEligibilityScheduleInstances/read"]
_READ_ACTIVE = ["Microsoft.Authorization/roleAssignmentScheduleInstances/read"]
_KINDS = {"azure_user": "user", "azure_user_group": "group", "azure_service_principal": "serviceprincipal"}


@entity_step("AccessPolicy", permissions=_READ)
def azure_role_eligibility(ctx: Context) -> Iterator[Entity]:
    """An Azure role that somebody can activate in a scope, and then has for some hours."""
    yield from _entities(ctx, _ELIGIBLE)


@entity_step("AccessPolicy", permissions=_READ_ACTIVE)
def azure_role_assignment_schedule(ctx: Context) -> Iterator[Entity]:
    """An Azure role that somebody has in a scope: by activating it, until a time, or for good."""
    yield from _entities(ctx, _ACTIVE)


@relationship_family("azure_role_eligibility", "ASSIGNED", list(_KINDS), permissions=_READ)
def azure_role_eligibility_assigned(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A user, a group or a service principal can activate a role; one that is deleted stays named."""
    for key, row in _rows(ctx, _ELIGIBLE):
        properties = properties_of(row)
        kind, principal = required_text(properties, "principalType"), required_text(properties, "principalId")
        if principal and says(kind, _KINDS[to_type]):
            yield Relationship(key, principal.lower())


@relationship_step("azure_role_eligibility", "USES", "azure_role_definition", permissions=_READ)
def azure_role_eligibility_uses_definition(ctx: Context) -> Iterator[Relationship]:
    """What can be activated is a role."""
    for key, row in _rows(ctx, _ELIGIBLE):
        if definition := required_text(properties_of(row), "roleDefinitionId"):
            yield Relationship(key, role_key(definition))


@relationship_step(
    "azure_role_eligibility",
    "ALLOWS",
    any_of("azure"),
    type="azure_role_eligibility_allows_any_scope",
    permissions=_READ,
)
def azure_role_eligibility_allows_any_scope(ctx: Context) -> Iterator[Relationship]:
    """A role that is activated holds in a scope, and in all that is below it."""
    for key, row in _rows(ctx, _ELIGIBLE):
        yield Relationship(key, _scope(row))


@relationship_step(
    "azure_role_assignment_schedule",
    "HAS",
    "azure_role_assignment",
    permissions=_READ_ACTIVE,
)
def azure_role_assignment_schedule_has_assignment(ctx: Context) -> Iterator[Relationship]:
    """An assignment is there for as long as its schedule says."""
    for key, row in _rows(ctx, _ACTIVE):
        if assignment := key_at(properties_of(row), "originRoleAssignmentId"):
            yield Relationship(key, assignment)


def _entities(ctx: Context, below: str) -> Iterator[Entity]:
    known = roles(ctx)
    for key, row in _rows(ctx, below):
        properties = properties_of(row)
        definition = str(text_in(properties, "roleDefinitionId"))
        role = known.get(role_key(definition))
        role_name = properties_of(role).get("roleName") if role else None
        name = f"{role_name or definition.rpartition('/')[2]}: {properties.get('principalId')}"
        yield Entity(
            key,
            row,
            name=name,
            displayName=name,
            principalId=object_id(properties.get("principalId")),
            roleName=role_name,
            scope=_scope(row),
            scopeType=scope_type(_scope(row)),
            webLink=portal_link(row),
        )


def _rows(ctx: Context, below: str) -> Iterator[tuple[str, Any]]:
    """Yield the keys and rows of what management groups and subscriptions tell, which say some of it several times.

    What holds above is told with an id below each scope that asks: the key is made of where it holds.
    """
    found: dict[str, Any] = {}
    for row in below_scopes(ctx, below, _VERSION, MANAGEMENT_GROUP, SUBSCRIPTION):
        found.setdefault(arm_key(f"{_scope(row).rstrip('/')}{below}/{row['name']}"), row)
    yield from found.items()


def _scope(row: Any) -> str:
    return key_at(properties_of(row), "scope") or scope_of(row["id"], "microsoft.authorization")
