"""Assessments of Microsoft Defender for Cloud: what it finds wrong with resources."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._defender import told, unhealthy
from steps.azure._ids import portal_link
from steps.azure._resource import in_subscriptions, key_of, object_at, properties_of, says, text_in

_TYPE = "microsoft.security/assessments"
_READ = ["Microsoft.Security/assessments/read"]


@entity_step("Assessment", permissions=_READ, per_row=True, on_demand=True)
def azure_security_assessment(ctx: Context) -> Iterator[Entity]:
    """Something that Microsoft Defender for Cloud finds wrong with a resource now; what it finds right is left out."""
    for row in unhealthy(ctx, _TYPE):
        properties = properties_of(row)
        name = properties.get("displayName") or row["name"]
        yield Entity(
            arm_key(row["id"]),
            row,
            name=row["name"],
            displayName=name,
            summary=name,
            category="Security Assessment",
            internal=True,
            scannedResourceId=_resource(properties),
            webLink=portal_link(row),
        )


@relationship_step("azure_subscription", "PERFORMED", "azure_security_assessment", permissions=_READ, per_row=True)
def azure_subscription_performed_security_assessment(ctx: Context) -> Iterator[Relationship]:
    """Defender for Cloud has assessed something in a subscription."""
    yield from in_subscriptions(row for row in unhealthy(ctx, _TYPE) if row["subscriptionId"])


@relationship_step(
    any_of("azure"),
    "HAS",
    "azure_security_assessment",
    type="azure_resource_has_security_assessment",
    permissions=_READ,
    per_row=True,
)
def azure_resource_has_security_assessment(ctx: Context) -> Iterator[Relationship]:
    """Something is wrong with a resource."""
    for row in unhealthy(ctx, _TYPE):
        if resource := _resource(properties_of(row)):
            yield Relationship(resource, arm_key(row["id"]))


def _resource(properties: dict[str, Any]) -> str | None:
    """Return the key of the resource that is assessed; ``None`` for one outside Azure."""
    details = object_at(properties, "resourceDetails")
    return key_of(told(details, "id")) if says(told(details, "source"), "azure") else None


@relationship_step("azure_policy_definition", "DEFINES", "azure_security_assessment", permissions=_READ)
def azure_policy_definition_defines_security_assessment(ctx: Context) -> Iterator[Relationship]:
    """What is wrong is found by a rule of Azure Policy, of those that are collected."""
    found = {arm_key(row["id"]): _rule(row) for row in unhealthy(ctx, _TYPE)}
    known = ctx.known("azure_policy_definition", [rule for rule in found.values() if rule])
    for assessment, rule in found.items():
        if rule in known:
            yield Relationship(rule, assessment)


def _rule(row: Any) -> str:
    """Return the key of the rule that assesses; an empty one where Azure does not say."""
    return arm_key(text_in(object_at(properties_of(row), "metadata"), "policyDefinitionId"))
