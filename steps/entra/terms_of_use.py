"""Terms of use, and the conditional access policies that ask for them to be accepted."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.entra.conditional_access_policy import POLICY

AGREEMENT = "azure_terms_of_use_agreement"


@entity_step(
    "Document",
    permissions=["Agreement.Read.All"],
    licences=["AAD_PREMIUM", "AAD_PREMIUM_P2"],
    outlasts_licence=True,
    per_row=True,
    on_demand=True,
)
def azure_terms_of_use_agreement(ctx: Context) -> Iterator[Entity]:
    """Terms that users must accept before they use something; Graph may give them to a signed-in user alone."""
    for agreement in ctx.graph.list("/identityGovernance/termsOfUse/agreements"):
        yield Entity(f"{AGREEMENT}:{agreement['id']}", agreement, name=agreement["displayName"] or agreement["id"])


@relationship_step(POLICY, "USES", AGREEMENT, per_row=True)
def azure_conditional_access_policy_uses_terms_of_use_agreement(ctx: Context) -> Iterator[Relationship]:
    """A conditional access policy asks for terms of use to be accepted; terms that are deleted lead nowhere."""
    for policy in ctx.entities(POLICY):
        for id in dict.fromkeys(policy.properties.get("termsOfUse") or ()):
            yield Relationship(policy.key, f"{AGREEMENT}:{id}")
