"""Assignments of Azure Policy: which rules hold where."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family
from integration.values import arm_key
from steps.azure._ids import portal_link
from steps.azure._resource import identities_of, key_of, properties_of
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
        within = row["id"].lower().partition("/providers/microsoft.authorization/")[0]
        yield Entity(
            arm_key(row["id"]),
            row,
            name=name,
            displayName=name,
            category="config",
            scope=key_of(properties.get("scope")) or arm_key(within),
            policyDefinitionId=key_of(properties.get("policyDefinitionId")),
            userAssignedIdentityIds=identities_of(row),
            webLink=portal_link(row),
        )


@relationship_family("azure_policy_assignment", "USES", list(_KINDS), permissions=_READ, per_row=True)
def azure_policy_assignment_uses(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """What holds is a rule, or an initiative."""
    for row in ctx.azure.table(POLICIES, type=ASSIGNMENT):
        used = key_of(properties_of(row).get("policyDefinitionId"))
        if used and _KINDS[to_type] in used:
            yield Relationship(arm_key(row["id"]), used)
