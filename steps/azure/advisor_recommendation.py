"""Recommendations of Azure Advisor."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link, scope_of
from steps.azure._resource import key_of, properties_of

_TABLE = "advisorresources"
_TYPE = "microsoft.advisor/recommendations"
_READ = ["Microsoft.Advisor/recommendations/read"]
_SEVERITIES = {"high": 10, "medium": 5, "low": 1}


@entity_step("Finding", permissions=_READ, per_row=True)
def azure_advisor_recommendation(ctx: Context) -> Iterator[Entity]:
    """Something that Azure Advisor recommends to change, for costs, security, reliability or performance."""
    for row in ctx.azure.table(_TABLE, type=_TYPE):
        properties = properties_of(row)
        short = properties.get("shortDescription") or {}
        name = short.get("solution") or row["name"]
        impact = properties.get("impact")
        yield Entity(
            arm_key(row["id"]),
            row,
            name=name,
            displayName=name,
            recommendation=short.get("solution"),
            numericSeverity=_SEVERITIES.get((impact or "").lower()),
            impact=impact.lower() if impact else None,
            score=_number((properties.get("extendedProperties") or {}).get("score")),
            targets=[each for each in (properties.get("impactedField"), properties.get("impactedValue")) if each],
            resourceId=_resource(row),
            open=True,
            webLink=portal_link(row),
        )


@relationship_step(
    any_of("azure"),
    "HAS",
    "azure_advisor_recommendation",
    type="azure_resource_has_finding",
    permissions=_READ,
    per_row=True,
)
def azure_resource_has_finding(ctx: Context) -> Iterator[Relationship]:
    """A recommendation is on a resource, or on a subscription."""
    for row in ctx.azure.table(_TABLE, type=_TYPE):
        if judged := _resource(row):
            yield Relationship(judged, arm_key(row["id"]))


@relationship_step(
    "azure_security_assessment",
    "IDENTIFIED",
    "azure_advisor_recommendation",
    permissions=_READ,
    per_row=True,
    type="azure_assessment_identified_recommendation",
)
def azure_assessment_identified_recommendation(ctx: Context) -> Iterator[Relationship]:
    """An assessment of Microsoft Defender for Cloud is what Azure Advisor recommends something for."""
    for row in ctx.azure.table(_TABLE, type=_TYPE):
        if assessment := (properties_of(row).get("extendedProperties") or {}).get("assessmentKey"):
            of = f"{_resource(row)}/providers/microsoft.security/assessments/{assessment}"
            yield Relationship(arm_key(of), arm_key(row["id"]))


def _resource(row: Any) -> str:
    """Return the key of what a recommendation is about."""
    metadata = properties_of(row).get("resourceMetadata") or {}
    return key_of(metadata.get("resourceId")) or scope_of(row["id"], "microsoft.advisor")


def _number(text: Any) -> float | None:
    """Return a number that Azure gives as a text; ``None`` for what is none."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
