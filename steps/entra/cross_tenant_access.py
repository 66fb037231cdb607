"""Access between tenants: the policy, and the partners for which something else holds."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step

POLICY, PARTNER = "azure_cross_tenant_access_policy", "azure_cross_tenant_access_partner"
PERMISSIONS = ["Policy.Read.All"]
_PATH = "/policies/crossTenantAccessPolicy"


@entity_step("AccessPolicy", permissions=PERMISSIONS, needs=["azure_account"])
def azure_cross_tenant_access_policy(ctx: Context) -> Iterator[Entity]:
    """What holds for other tenants of which no partner configuration says something else."""
    tenant = ctx.one("azure_account").properties["id"]
    yield Entity(
        f"{POLICY}:{tenant}",
        ctx.graph.get(f"{_PATH}/default", select=None),
        id=tenant,
        name="Cross-tenant access policy",
        allowedCloudEndpoints=ctx.graph.get(_PATH, select=None).get("allowedCloudEndpoints"),
    )


@entity_step("AccessPolicy", permissions=PERMISSIONS, per_row=True)
def azure_cross_tenant_access_partner(ctx: Context) -> Iterator[Entity]:
    """What holds for one other tenant; what it leaves open is absent, and as the cross-tenant access policy says."""
    path = f"{_PATH}/partners"
    for partner in ctx.graph.list(path, select=None, expand="identitySynchronization", key="tenantId", top=None):
        yield Entity(
            f"{PARTNER}:{partner['tenantId']}",
            partner,
            name=(partner.get("identitySynchronization") or {}).get("displayName") or partner["tenantId"],
        )


@relationship_step(POLICY, "HAS", PARTNER, per_row=True)
def azure_cross_tenant_access_policy_has_partner(ctx: Context) -> Iterator[Relationship]:
    """The cross-tenant access policy has a partner for which something else holds."""
    policy = ctx.one(POLICY)
    for partner in ctx.entities(PARTNER):
        yield Relationship(policy.key, partner.key)
