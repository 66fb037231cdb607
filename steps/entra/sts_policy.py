"""Policies on tokens and on how a sign-in goes, for the whole tenant or for what they are assigned to."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step

_KINDS = {
    "activityBasedTimeout": "activityBasedTimeoutPolicies",
    "claimsMapping": "claimsMappingPolicies",
    "homeRealmDiscovery": "homeRealmDiscoveryPolicies",
    "tokenIssuance": "tokenIssuancePolicies",
    "tokenLifetime": "tokenLifetimePolicies",
}
"""Where the policies of each kind are listed; Graph's common type for all of them is stsPolicy."""


@entity_step("ControlPolicy", permissions=["Policy.Read.All"])
def azure_sts_policy(ctx: Context) -> Iterator[Entity]:
    """A policy on tokens or sign-ins: claims, lifetimes, signing, home realm discovery, or idle sessions."""
    for kind, listing in _KINDS.items():
        for policy in ctx.graph.list(f"/policies/{listing}", select=None, top=None):
            yield Entity(
                f"azure_sts_policy:{policy['id']}",
                policy,
                name=policy.get("displayName") or policy["id"],
                category="config",
                policyType=kind,
            )
