"""The authorization policy, and what it refers to."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps._forms import values_in

POLICY = "azure_authorization_policy"


@entity_step("AccessPolicy", permissions=["Policy.Read.All"], needs=["azure_account"])
def azure_authorization_policy(ctx: Context) -> Iterator[Entity]:
    """What users and guests may do in the tenant without a role."""
    policy = ctx.graph.get("/policies/authorizationPolicy", select=None)
    yield Entity(
        f"{POLICY}:{ctx.one('azure_account').properties['id']}",
        policy,
        name=policy.get("displayName") or "Authorization Policy",
    )


@relationship_step(POLICY, "USES", "azure_permission_grant_policy", per_row=True)
def azure_authorization_policy_uses_permission_grant_policy(ctx: Context) -> Iterator[Relationship]:
    """A permission grant policy says what users may consent to."""
    for policy in ctx.entities(POLICY):
        assigned = values_in(policy.properties, "permissionGrantPoliciesAssigned")
        for id in dict.fromkeys(each.partition(".")[2] for each in assigned if "." in each):
            yield Relationship(policy.key, f"azure_permission_grant_policy:{id}")


@relationship_step(POLICY, "USES", "azure_ad_role_definition", per_row=True)
def azure_authorization_policy_uses_ad_role_definition(ctx: Context) -> Iterator[Relationship]:
    """A directory role, one of three, says what guests may see."""
    for policy in ctx.entities(POLICY):
        if role := policy.properties.get("guestUserRoleId"):
            yield Relationship(policy.key, role)
