"""Access between tenants: the policy, and the partners for which something else holds."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import guid_key
from steps._forms import object_at, objects_in, required_text
from steps._words import says
from steps.entra._apps import principal_key
from steps.entra._partners import PATH, partner_name, partners
from steps.entra.external_tenant import external_tenant_key

POLICY, PARTNER = "azure_cross_tenant_access_policy", "azure_cross_tenant_access_partner"
EXTERNAL = "azure_external_tenant"
PERMISSIONS = ["Policy.Read.All"]
_TRUST = ("inboundTrustMfa", "inboundTrustCompliantDevice", "inboundTrustHybridJoinedDevice")
"""What a partner is believed; what it leaves open is as the policy says."""
_OUTBOUND = ("b2bCollaborationOutbound", "b2bDirectConnectOutbound", "m365CollaborationOutbound")
_INBOUND = ("b2bCollaborationInbound", "b2bDirectConnectInbound")
_NAMED = {
    "azure_user": ("user", "usersAndGroups", _OUTBOUND),
    "azure_user_group": ("group", "usersAndGroups", _OUTBOUND),
    "azure_service_principal": ("application", "applications", _INBOUND),
}
"""Types of the tenant's own that settings name: as which kind of target, in which list, and in which settings.

Whom settings of the other direction name is of the other tenant. Sources: Microsoft Graph,
crossTenantAccessPolicyB2BSetting and crossTenantAccessPolicyTarget.
"""
_NOBODY_IN_PARTICULAR = frozenset({"AllUsers", "AllApplications", "AllMicrosoftApps", "Office365"})


@entity_step("AccessPolicy", permissions=PERMISSIONS, needs=["azure_account"])
def azure_cross_tenant_access_policy(ctx: Context) -> Iterator[Entity]:
    """What holds for other tenants of which no partner configuration says something else."""
    tenant = ctx.one("azure_account").properties["id"]
    yield Entity(
        f"{POLICY}:{tenant}",
        ctx.graph.get(f"{PATH}/default", select=None),
        id=tenant,
        name="Cross-tenant access policy",
        allowedCloudEndpoints=ctx.graph.get(PATH, select=None).get("allowedCloudEndpoints"),
    )


@entity_step("AccessPolicy", permissions=PERMISSIONS, per_row=True)
def azure_cross_tenant_access_partner(ctx: Context) -> Iterator[Entity]:
    """What holds for one other tenant; what it leaves open is absent, and as the cross-tenant access policy says."""
    for partner in partners(ctx):
        yield Entity(
            f"{PARTNER}:{partner['tenantId']}",
            partner,
            name=partner_name(partner) or partner["tenantId"],
        )


@relationship_step(PARTNER, "IS", EXTERNAL, per_row=True)
def azure_cross_tenant_access_partner_is_external_tenant(ctx: Context) -> Iterator[Relationship]:
    """A partner is another tenant."""
    for partner in ctx.entities(PARTNER):
        yield Relationship(partner.key, external_tenant_key(partner.properties["tenantId"]))


@relationship_step("azure_account", "TRUSTS", EXTERNAL, needs=[POLICY, PARTNER])
def azure_account_trusts_external_tenant(ctx: Context) -> Iterator[Relationship]:
    """The tenant believes what a partner says of its users and devices, or lets it create users."""
    account, policy = ctx.one("azure_account"), ctx.one(POLICY)
    for partner in ctx.entities(PARTNER):
        trust = {name: partner.properties.get(name, policy.properties.get(name)) is True for name in _TRUST}
        mfa, compliant, joined = trust.values()
        sync = partner.properties.get("userSyncInboundAllowed") is True
        if mfa or compliant or joined or sync:
            tenant = external_tenant_key(partner.properties["tenantId"])
            yield Relationship(account.key, tenant, mfa=mfa, device=compliant or joined, sync=sync)


@relationship_family([POLICY, PARTNER], "ALLOWS", list(_NAMED), permissions=PERMISSIONS)
def azure_cross_tenant_access_allows(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Settings let own users and groups go to other tenants, or people of these use own applications."""
    yield from _named(ctx, from_type, to_type, "allowed")


@relationship_family([POLICY, PARTNER], "DENIES", list(_NAMED), permissions=PERMISSIONS)
def azure_cross_tenant_access_denies(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Settings keep own users and groups from other tenants, or people of these from own applications."""
    yield from _named(ctx, from_type, to_type, "blocked")


@relationship_step(POLICY, "HAS", PARTNER, per_row=True)
def azure_cross_tenant_access_policy_has_partner(ctx: Context) -> Iterator[Relationship]:
    """The cross-tenant access policy has a partner for which something else holds."""
    policy = ctx.one(POLICY)
    for partner in ctx.entities(PARTNER):
        yield Relationship(policy.key, partner.key)


def _named(ctx: Context, from_type: str, to_type: str, access: str) -> Iterator[Relationship]:
    """Yield whom of a type the policy or the partners allow or block, each with the settings that do."""
    found: dict[tuple[str, str], list[str]] = {}
    kind, within, settings = _NAMED[to_type]
    for key, row in _holders(ctx, from_type):
        for setting in settings:
            told = object_at(row, setting, within)
            if says(told.get("accessType"), access):
                for id in _targets(told, kind):
                    found.setdefault((key, id), []).append(setting)
    keys: dict[str, str] | None = None
    if to_type == "azure_service_principal":
        wanted = {id for _, id in found}
        principals = ((guid_key(each.properties["appId"]), each.key) for each in ctx.entities(to_type))
        keys = {id: key for id, key in principals if id in wanted}
    for (key, id), names in found.items():
        yield Relationship(key, id if keys is None else principal_key(id, keys), settings=", ".join(names))


def _targets(told: dict[str, Any], kind: str) -> list[str]:
    """Return the ids of the targets of a kind, each once, without the words that stand for many."""
    targets = (each.get("target") for each in objects_in(told, "targets") if says(each.get("targetType"), kind))
    return [id for id in dict.fromkeys(guid_key(id) for id in targets if id) if not says(id, *_NOBODY_IN_PARTICULAR)]


def _holders(ctx: Context, type: str) -> Iterator[tuple[str, Any]]:
    """Yield the key and the object of the policy, or of each partner."""
    if type == POLICY:
        yield ctx.one(POLICY).key, ctx.graph.get(f"{PATH}/default", select=None)
    else:
        for partner in partners(ctx):
            if tenant := required_text(partner, "tenantId"):
                yield f"{PARTNER}:{tenant}", partner
