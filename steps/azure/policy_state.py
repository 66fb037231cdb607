"""What Azure Policy has found out of resources: those that do not keep to a rule."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link
from steps.azure._resource import filled_in, key_at, properties_of, required_text, text_in
from steps.azure.policy_definition import POLICIES

_TYPE = "microsoft.policyinsights/policystates"
_READ = ["Microsoft.PolicyInsights/policyStates/queryResults/read"]
_BROKEN = "properties.complianceState =~ 'NonCompliant'"
_MAYBE = (
    "policyAssignmentVersion",
    "policyDefinitionCategory",
    "policyDefinitionReferenceId",
    "policyDefinitionVersion",
    "policySetDefinitionCategory",
    "policySetDefinitionName",
    "policySetDefinitionVersion",
)
_NOTHING = ("", "tbd")
"""What Azure Policy writes where there is nothing, such as no set of rules, or where it has not said yet. Source:
recordings of graph-azure."""
_KEYS = ("resourceId", "policyAssignmentId", "policyDefinitionId", "policySetDefinitionId")


@entity_step("Review", permissions=_READ, per_row=True, on_demand=True)
def azure_policy_state(ctx: Context) -> Iterator[Entity]:
    """A resource that does not keep to a rule of Azure Policy; what keeps to it or is exempted is left out."""
    for row in _rows(ctx):
        properties = properties_of(row)
        groups = properties.get("managementGroupIds")
        name = f"{properties.get('policyDefinitionName') or row['name']}: {properties['resourceId']}"
        yield Entity(
            arm_key(row["id"]),
            row,
            name=name,
            displayName=name,
            title=name,
            managementGroupIds=groups.split(",") if isinstance(groups, str) and groups else groups or None,
            policyDefinitionGroupNames=filled_in(properties, "policyDefinitionGroupNames"),
            webLink=portal_link({"tenantId": row["tenantId"], "id": properties["resourceId"]}),
            **dict.fromkeys(each for each in _MAYBE if properties.get(each) in _NOTHING),
            **{each: key_at(properties, each) for each in _KEYS},
        )


@relationship_step(
    any_of("azure"),
    "HAS",
    "azure_policy_state",
    type="azure_resource_has_policy_state",
    permissions=_READ,
    per_row=True,
)
def azure_resource_has_policy_state(ctx: Context) -> Iterator[Relationship]:
    """A resource does not keep to a rule."""
    for row in _rows(ctx):
        if resource := required_text(properties_of(row), "resourceId"):
            yield Relationship(arm_key(resource), arm_key(row["id"]))


@relationship_step("azure_policy_assignment", "HAS", "azure_policy_state", permissions=_READ, per_row=True)
def azure_policy_assignment_has_state(ctx: Context) -> Iterator[Relationship]:
    """What a resource does not keep to holds by an assignment."""
    yield from _from(ctx, "policyAssignmentId")


@relationship_step("azure_policy_definition", "DEFINES", "azure_policy_state", permissions=_READ, per_row=True)
def azure_policy_definition_defines_state(ctx: Context) -> Iterator[Relationship]:
    """A resource does not keep to what a rule demands."""
    yield from _from(ctx, "policyDefinitionId")


def _rows(ctx: Context) -> Iterator[Any]:
    """Yield the rows of resources that do not keep to a rule."""
    for row in ctx.azure.table(POLICIES, type=_TYPE, filter=_BROKEN):
        if text_in(properties_of(row), "complianceState").lower() == "noncompliant":
            yield row


def _from(ctx: Context, name: str) -> Iterator[Relationship]:
    for row in _rows(ctx):
        if start := key_at(properties_of(row), name):
            yield Relationship(start, arm_key(row["id"]))
