"""Authentication strengths, which conditional access policies demand."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step
from steps._forms import values_in

_PHISHING_RESISTANT = frozenset({"windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"})


@entity_step(
    "ControlPolicy",
    permissions=["Policy.Read.AuthenticationMethod"],
    licences=["AAD_PREMIUM", "AAD_PREMIUM_P2"],
    outlasts_licence=True,
    per_row=True,
)
def azure_authentication_strength_policy(ctx: Context) -> Iterator[Entity]:
    """A set of combinations of sign-in methods that a conditional access policy can demand."""
    for strength in ctx.graph.list("/policies/authenticationStrengthPolicies", select=None, top=None):
        combinations = values_in(strength, "allowedCombinations")
        yield Entity(
            f"azure_authentication_strength_policy:{strength['id']}",
            strength,
            name=strength.get("displayName") or strength["id"],
            category="config",
            isPhishingResistant=bool(combinations) and _PHISHING_RESISTANT.issuperset(combinations),
        )
