"""Assessments of Microsoft Defender for Cloud: what it finds wrong with resources."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._defender import SECURITY, told
from steps.azure._ids import portal_link
from steps.azure._resource import in_subscriptions, key_of, properties_of

_TYPE = "microsoft.security/assessments"
_READ = ["Microsoft.Security/assessments/read"]


@entity_step("Assessment", permissions=_READ, per_row=True, on_demand=True)
def azure_security_assessment(ctx: Context) -> Iterator[Entity]:
    """Something that Microsoft Defender for Cloud finds wrong with a resource now; what it finds right is left out."""
    for row in ctx.azure.table(SECURITY, type=_TYPE):
        properties = properties_of(row)
        if not _is_unhealthy(properties):
            continue
        details = properties.get("resourceDetails") or {}
        name = properties.get("displayName") or row["name"]
        yield Entity(
            arm_key(row["id"]),
            row,
            name=row["name"],
            displayName=name,
            summary=name,
            category="Security Assessment",
            internal=True,
            scannedResourceId=key_of(told(details, "id")) if told(details, "source") == "Azure" else None,
            webLink=portal_link(row),
        )


@relationship_step("azure_subscription", "PERFORMED", "azure_security_assessment", permissions=_READ, per_row=True)
def azure_subscription_performed_security_assessment(ctx: Context) -> Iterator[Relationship]:
    """Defender for Cloud has assessed something in a subscription."""
    rows = ctx.azure.table(SECURITY, type=_TYPE)
    yield from in_subscriptions(row for row in rows if row["subscriptionId"] and _is_unhealthy(properties_of(row)))


def _is_unhealthy(properties: dict[str, dict[str, str]]) -> bool:
    """Tell whether something is wrong; else all is right, or the assessment does not apply."""
    return ((properties.get("status") or {}).get("code") or "").lower() == "unhealthy"
