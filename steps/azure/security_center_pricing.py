"""Plans of Microsoft Defender for Cloud, and the scores that it gives."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._defender import SECURITY
from steps.azure._ids import portal_link
from steps.azure._resource import below_parents, in_subscriptions, object_at, parts_of, properties_of, says

_TYPES = {
    "azure_security_center_subscription_pricing": "microsoft.security/pricings",
    "azure_security_center_secure_score": "microsoft.security/securescores",
}
_CONTROL = "microsoft.security/securescores/securescorecontrols"


@entity_step("Configuration", permissions=["Microsoft.Security/pricings/read"], per_row=True)
def azure_security_center_subscription_pricing(ctx: Context) -> Iterator[Entity]:
    """A plan of Microsoft Defender for Cloud in a subscription, such as that for servers: whether it is bought."""
    for row in ctx.azure.table(SECURITY, type=_TYPES["azure_security_center_subscription_pricing"]):
        extensions = parts_of(row, "extensions")
        on = [each["name"] for each in extensions if says(str(each.get("isEnabled")), "true")]
        off = [each["name"] for each in extensions if says(str(each.get("isEnabled")), "false")]
        failed = [each["name"] for each in extensions if says(object_at(each, "operationStatus").get("code"), "failed")]
        yield Entity(
            arm_key(row["id"]),
            row,
            name=row["name"],
            displayName=row["name"],
            enabledExtensions=sorted(on),
            disabledExtensions=sorted(off),
            failedExtensions=sorted(failed),
            webLink=portal_link(row),
        )


@entity_step("Assessment", permissions=["Microsoft.Security/secureScores/read"], per_row=True)
def azure_security_center_secure_score(ctx: Context) -> Iterator[Entity]:
    """How much of what Microsoft Defender for Cloud recommends is done in a subscription."""
    for row in ctx.azure.table(SECURITY, type=_TYPES["azure_security_center_secure_score"]):
        name = properties_of(row).get("displayName") or row["name"]
        known = {"name": row["name"], "displayName": name, "summary": name, "webLink": portal_link(row)}
        yield Entity(arm_key(row["id"]), row, category="Security Assessment", internal=True, **known)


@entity_step("Assessment", permissions=["Microsoft.Security/secureScores/read"], per_row=True)
def azure_security_center_secure_score_control(ctx: Context) -> Iterator[Entity]:
    """One part of a secure score, such as that for management ports: how much of it is reached, and by how many."""
    for row in ctx.azure.table(SECURITY, type=_CONTROL):
        name = properties_of(row).get("displayName") or row["name"]
        known = {"name": row["name"], "displayName": name, "summary": name, "webLink": portal_link(row)}
        yield Entity(arm_key(row["id"]), row, category="Security Assessment", internal=True, **known)


@relationship_step(
    "azure_security_center_secure_score", "HAS", "azure_security_center_secure_score_control", per_row=True
)
def azure_security_center_secure_score_has_control(ctx: Context) -> Iterator[Relationship]:
    """A part counts for a secure score."""
    yield from below_parents(ctx.entities("azure_security_center_secure_score_control"))


@relationship_family("azure_subscription", "HAS", list(_TYPES), per_row=True)
def azure_subscription_has_security_center(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A plan or a score of Microsoft Defender for Cloud is of a subscription."""
    yield from in_subscriptions(row for row in ctx.azure.table(SECURITY, type=_TYPES[to_type]) if row["subscriptionId"])
