"""Recommendations of Azure Advisor."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link, scope_of
from steps.azure._resource import key_at, object_at, properties_of, says

_TABLE = "advisorresources"
_TYPE = "microsoft.advisor/recommendations"
_READ = ["Microsoft.Advisor/recommendations/read"]
_ASSESSMENTS = "/providers/microsoft.security/assessments/"
_CLOSED = ("completed", "dismissed")
_SEVERITIES = {"high": 10, "medium": 5, "low": 1}


@entity_step("Finding", permissions=_READ, per_row=True)
def azure_advisor_recommendation(ctx: Context) -> Iterator[Entity]:
    """Something that Azure Advisor recommends to change, for costs, security, reliability or performance."""
    for row in ctx.azure.table(_TABLE, type=_TYPE):
        properties = properties_of(row)
        short = object_at(properties, "shortDescription")
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
            score=_number(_extended(row).get("score")),
            targets=[each for each in (properties.get("impactedField"), properties.get("impactedValue")) if each],
            resourceId=_resource(row),
            assessment=_extended(row).get("assessmentKey") or (_assessment(row) or "").rpartition("/")[2] or None,
            open=not says(properties.get("recommendationStatus"), *_CLOSED),
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
        if assessment := _assessment(row):
            yield Relationship(assessment, arm_key(row["id"]))


def _resource(row: Any) -> str:
    """Return the key of what a recommendation is about."""
    return key_at(_metadata(row), "resourceId") or scope_of(row["id"], "microsoft.advisor")


def _assessment(row: Any) -> str | None:
    """Return the key of the assessment that a recommendation comes of: what it was found by, or a GUID of its own."""
    source, own = key_at(_metadata(row), "source"), _extended(row).get("assessmentKey")
    if source and _ASSESSMENTS in source:
        return source
    return arm_key(f"{_resource(row)}{_ASSESSMENTS}{own}") if own else None


def _extended(row: Any) -> dict[str, Any]:
    return object_at(properties_of(row), "extendedProperties")


def _metadata(row: Any) -> dict[str, Any]:
    return object_at(properties_of(row), "resourceMetadata")


def _number(text: Any) -> float | None:
    """Return a number that Azure gives as a text; ``None`` for what is none."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
