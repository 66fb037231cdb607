"""Assignments of Azure Policy: which rules hold where."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link, scope_of
from steps.azure._resource import identities_of, key_at, keys_in, parts_of, properties_of, says, values_of
from steps.azure.policy_definition import ASSIGNMENT, POLICIES

_READ = ["Microsoft.Authorization/policyAssignments/read"]
_KINDS = {
    "azure_policy_definition": "/policydefinitions/",
    "azure_policy_set_definition": "/policysetdefinitions/",
}


@entity_step("ControlPolicy", permissions=_READ, per_row=True)
def azure_policy_assignment(ctx: Context) -> Iterator[Entity]:
    """A rule or an initiative of Azure Policy that holds in a scope, and in all that is below it."""
    for row in ctx.azure.table(POLICIES, type=ASSIGNMENT):
        properties = properties_of(row)
        name = properties.get("displayName") or row["name"]
        yield Entity(
            arm_key(row["id"]),
            row,
            name=name,
            displayName=name,
            category="config",
            region=row["location"] or None,
            location=row["location"] or None,
            scope=_scope(row),
            policyDefinitionId=key_at(properties, "policyDefinitionId"),
            overriddenEffects=_overridden(row),
            userAssignedIdentityIds=identities_of(row),
            webLink=portal_link(row),
        )


@relationship_family("azure_policy_assignment", "USES", list(_KINDS), permissions=_READ, per_row=True)
def azure_policy_assignment_uses(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """What holds is a rule, or an initiative."""
    for row in ctx.azure.table(POLICIES, type=ASSIGNMENT):
        used = key_at(properties_of(row), "policyDefinitionId")
        if used and _KINDS[to_type] in used:
            yield Relationship(arm_key(row["id"]), used)


@relationship_step("azure_policy_assignment", "USES", "azure_user_assigned_identity", permissions=_READ, per_row=True)
def azure_policy_assignment_uses_user_assigned_identity(ctx: Context) -> Iterator[Relationship]:
    """What a rule changes or deploys is done by an identity that its assignment was given."""
    for row in ctx.azure.table(POLICIES, type=ASSIGNMENT):
        for identity in identities_of(row):
            yield Relationship(arm_key(row["id"]), identity)


@relationship_step(
    any_of("azure"),
    "HAS",
    "azure_policy_assignment",
    type="azure_resource_has_policy_assignment",
    permissions=_READ,
    per_row=True,
)
def azure_resource_has_policy_assignment(ctx: Context) -> Iterator[Relationship]:
    """A rule or an initiative holds in a scope, and in all that is below it."""
    for row in ctx.azure.table(POLICIES, type=ASSIGNMENT):
        yield Relationship(_scope(row), arm_key(row["id"]))


@relationship_step(
    "azure_policy_assignment",
    "ALLOWS",
    any_of("azure"),
    type="azure_policy_assignment_allows_scope",
    permissions=_READ,
    per_row=True,
)
def azure_policy_assignment_allows_scope(ctx: Context) -> Iterator[Relationship]:
    """What is below the scope of a rule, and left out of it: nothing is asked of it there."""
    for row in ctx.azure.table(POLICIES, type=ASSIGNMENT):
        for scope in keys_in(row, "notScopes"):
            yield Relationship(arm_key(row["id"]), scope)


def _overridden(row: Any) -> list[str]:
    """Return the effects that an assignment gives to some of its rules in place of their own."""
    effects = (each for each in parts_of(row, "overrides") if says(each.get("kind"), "policyeffect"))
    return sorted(set(values_of(effects, "value")))


def _scope(row: Any) -> str:
    """Return the key of what an assignment holds in; its own id is below that."""
    return key_at(properties_of(row), "scope") or scope_of(row["id"], "microsoft.authorization")
