"""Findings of assessments of Microsoft Defender for Cloud, such as single vulnerabilities of a machine or an image."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._defender import object_told, objects_told, told, unhealthy
from steps.azure._ids import portal_link
from steps.azure._resource import below_parents, key_of, object_at, properties_of, says, whether

_TYPE = "microsoft.security/assessments/subassessments"
_READ = ["Microsoft.Security/assessments/subAssessments/read"]
_SEVERITIES = {"high": 10, "medium": 5, "low": 1}


@entity_step("Finding", permissions=_READ, per_row=True, on_demand=True)
def azure_security_sub_assessment(ctx: Context) -> Iterator[Entity]:
    """One of the things that an assessment of Microsoft Defender for Cloud finds wrong, such as a vulnerability."""
    for row in unhealthy(ctx, _TYPE):
        properties = properties_of(row)
        details, more = object_at(properties, "resourceDetails"), object_at(properties, "additionalData")
        name = properties.get("displayName") or row["name"]
        severity = object_at(properties, "status").get("severity")
        yield Entity(
            arm_key(row["id"]),
            row,
            name=name,
            displayName=name,
            severity=severity,
            numericSeverity=_SEVERITIES.get((severity or "").lower()),
            open=True,
            cves=_vulnerabilities(more),
            patchable=_is_patchable(more),
            scannedResourceId=key_of(told(details, "id")) if says(told(details, "source"), "azure") else None,
            webLink=portal_link(row),
        )


def _vulnerabilities(more: dict[str, Any]) -> list[str]:
    """Return the names of the vulnerabilities that a finding is about; of an image's it tells one, in another place."""
    found = [each.get("title") for each in objects_told(more, "cve")]
    found.append(told(object_told(more, "vulnerabilityDetails"), "cveId"))
    return sorted({name for name in found if name})


def _is_patchable(more: dict[str, Any]) -> bool | None:
    """Tell whether there is a remedy for what a finding is about; ``None`` where Defender does not say."""
    fix = told(object_told(more, "softwareDetails"), "fixStatus")
    return whether(fix, "fixavailable", "patchavailable") if fix else told(more, "patchable")


@relationship_step("azure_security_assessment", "HAS", "azure_security_sub_assessment", permissions=_READ, per_row=True)
def azure_security_assessment_has_sub_assessment(ctx: Context) -> Iterator[Relationship]:
    """An assessment finds something wrong because of single findings."""
    yield from below_parents(ctx.entities("azure_security_sub_assessment"))


@relationship_step(
    any_of("azure"),
    "HAS",
    "azure_security_sub_assessment",
    type="azure_resource_has_security_sub_assessment",
    permissions=_READ,
    per_row=True,
)
def azure_resource_has_security_sub_assessment(ctx: Context) -> Iterator[Relationship]:
    """A resource, or an image in a registry, has a vulnerability, or what else is found wrong with it."""
    for finding in ctx.entities("azure_security_sub_assessment"):
        if scanned := finding.properties.get("scannedResourceId"):
            yield Relationship(scanned, finding.key)
