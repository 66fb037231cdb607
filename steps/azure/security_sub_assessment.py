"""Findings of assessments of Microsoft Defender for Cloud, such as single vulnerabilities of a machine or an image."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._defender import told, unhealthy
from steps.azure._ids import portal_link
from steps.azure._resource import below_parents, key_of, properties_of, says

_TYPE = "microsoft.security/assessments/subassessments"
_READ = ["Microsoft.Security/assessments/subAssessments/read"]
_SEVERITIES = {"high": 10, "medium": 5, "low": 1}


@entity_step("Finding", permissions=_READ, per_row=True, on_demand=True)
def azure_security_sub_assessment(ctx: Context) -> Iterator[Entity]:
    """One of the things that an assessment of Microsoft Defender for Cloud finds wrong, such as a vulnerability."""
    for row in unhealthy(ctx, _TYPE):
        properties = properties_of(row)
        details, more = properties.get("resourceDetails") or {}, properties.get("additionalData") or {}
        name = properties.get("displayName") or row["name"]
        severity = (properties.get("status") or {}).get("severity")
        yield Entity(
            arm_key(row["id"]),
            row,
            name=name,
            displayName=name,
            severity=severity,
            numericSeverity=_SEVERITIES.get((severity or "").lower()),
            open=True,
            cves=sorted({each["title"] for each in told(more, "cve") or () if each.get("title")}),
            patchable=told(more, "patchable"),
            scannedResourceId=key_of(told(details, "id")) if says(told(details, "source"), "azure") else None,
            webLink=portal_link(row),
        )


@relationship_step("azure_security_assessment", "HAS", "azure_security_sub_assessment", permissions=_READ, per_row=True)
def azure_security_assessment_has_sub_assessment(ctx: Context) -> Iterator[Relationship]:
    """An assessment finds something wrong because of single findings."""
    yield from below_parents(unhealthy(ctx, _TYPE))
