"""Access between tenants: the policy, and the partners for which something else holds."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.entra._partners import PATH, partner_name, partners
from steps.entra.external_tenant import external_tenant_key

POLICY, PARTNER = "azure_cross_tenant_access_policy", "azure_cross_tenant_access_partner"
EXTERNAL = "azure_external_tenant"
PERMISSIONS = ["Policy.Read.All"]
_TRUST = ("inboundTrustMfa", "inboundTrustCompliantDevice", "inboundTrustHybridJoinedDevice")
"""What a partner is believed; what it leaves open is as the policy says."""


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


@relationship_step(POLICY, "HAS", PARTNER, per_row=True)
def azure_cross_tenant_access_policy_has_partner(ctx: Context) -> Iterator[Relationship]:
    """The cross-tenant access policy has a partner for which something else holds."""
    policy = ctx.one(POLICY)
    for partner in ctx.entities(PARTNER):
        yield Relationship(policy.key, partner.key)
