"""Exemptions from Azure Policy: what a rule does not hold for."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link, scope_of
from steps.azure._resource import key_at, objects_in, parts_of, properties_of, text_in, texts_in
from steps.azure.policy_definition import POLICIES

_TYPE = "microsoft.authorization/policyexemptions"
_READ = ["Microsoft.Authorization/policyExemptions/read"]


@entity_step("Rule", permissions=_READ, per_row=True)
def azure_policy_exemption(ctx: Context) -> Iterator[Entity]:
    """An exemption from a rule or an initiative of Azure Policy, in a scope and in all that is below it."""
    for row in ctx.azure.table(POLICIES, type=_TYPE):
        properties = properties_of(row)
        name = properties.get("displayName") or row["name"]
        yield Entity(
            arm_key(row["id"]),
            row,
            name=name,
            displayName=name,
            scope=scope_of(row["id"], "microsoft.authorization"),
            policyAssignmentId=key_at(properties, "policyAssignmentId"),
            resourceSelectors=_selectors(row),
            webLink=portal_link(row),
        )


@relationship_step(
    any_of("azure"),
    "HAS",
    "azure_policy_exemption",
    type="azure_resource_has_policy_exemption",
    permissions=_READ,
    per_row=True,
)
def azure_resource_has_policy_exemption(ctx: Context) -> Iterator[Relationship]:
    """A scope, and all that is below it, is exempted."""
    for row in ctx.azure.table(POLICIES, type=_TYPE):
        yield Relationship(scope_of(row["id"], "microsoft.authorization"), arm_key(row["id"]))


@relationship_step("azure_policy_assignment", "HAS", "azure_policy_exemption", permissions=_READ, per_row=True)
def azure_policy_assignment_has_exemption(ctx: Context) -> Iterator[Relationship]:
    """What is assigned does not hold for what is exempted."""
    for row in ctx.azure.table(POLICIES, type=_TYPE):
        if assignment := key_at(properties_of(row), "policyAssignmentId"):
            yield Relationship(assignment, arm_key(row["id"]))


def _selectors(row: Any) -> list[str] | None:
    """Return which resources of its scope an exemption is for, as by region; ``None`` where it is for all."""
    told = [each for selector in parts_of(row, "resourceSelectors") for each in objects_in(selector, "selectors")]
    words = (("in", "in"), ("notIn", "not in"))
    return [
        f"{text_in(each, 'kind')} {word} {', '.join(values)}".lstrip()
        for each in told
        for of, word in words
        if (values := texts_in(each, of))
    ] or None
