"""What Microsoft Entra ID Protection holds for at risk: users and applications that others may act as."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps._words import says

USER, PRINCIPAL = "azure_risky_user", "azure_risky_service_principal"
_USERS_READ, _PRINCIPALS_READ = ["IdentityRiskyUser.Read.All"], ["IdentityRiskyServicePrincipal.Read.All"]
_MOST = 500
"""The most users of a page (List riskyUsers)."""
_SEVERITIES = {"high": ("high", 8), "medium": ("medium", 5), "low": ("low", 3), "none": ("none", 0)}
"""What is made of a level of risk; Graph hides the level from who lacks the licence for it, and may add others."""
_UNKNOWN = ("unknown", 0)


@entity_step("Finding", permissions=_USERS_READ, licences=["AAD_PREMIUM_P2"], per_row=True)
def azure_risky_user(ctx: Context) -> Iterator[Entity]:
    """A user whose account somebody else may use: what of it Microsoft saw, and whether that is settled."""
    for row in ctx.graph.list("/identityProtection/riskyUsers", also=["userDisplayName"], top=_MOST):
        name = row["userDisplayName"] or row["userPrincipalName"] or row["id"]
        yield Entity(f"{USER}:{row['id']}", row, name=name, displayName=name, **_judged(row))


@entity_step("Finding", permissions=_PRINCIPALS_READ, licences=["AAD_WRKLDID_P1", "AAD_WRKLDID_P2"], per_row=True)
def azure_risky_service_principal(ctx: Context) -> Iterator[Entity]:
    """An application whose credentials somebody else may use: what of it Microsoft saw, and whether that is settled."""
    for row in ctx.graph.list("/identityProtection/riskyServicePrincipals", also=["displayName"], top=None):
        name = row["displayName"] or row["appId"] or row["id"]
        yield Entity(f"{PRINCIPAL}:{row['id']}", row, name=name, displayName=name, **_judged(row))


@relationship_step("azure_user", "HAS", USER, per_row=True)
def azure_user_has_risky_user(ctx: Context) -> Iterator[Relationship]:
    """Somebody else may use the account of a user; that of a deleted one is left out."""
    for risk in ctx.entities(USER):
        if not risk.properties.get("isDeleted"):
            yield Relationship(str(risk.properties["userId"]), risk.key)


@relationship_step("azure_service_principal", "HAS", PRINCIPAL, per_row=True)
def azure_service_principal_has_risky_service_principal(ctx: Context) -> Iterator[Relationship]:
    """Somebody else may use the credentials of an application."""
    for risk in ctx.entities(PRINCIPAL):
        yield Relationship(str(risk.properties["servicePrincipalId"]), risk.key)


def _judged(row: Any) -> dict[str, Any]:
    """Return how bad it is, and whether it is open: neither remedied nor dismissed."""
    level = row["riskLevel"]
    severity, number = next((told for word, told in _SEVERITIES.items() if says(level, word)), _UNKNOWN)
    return {
        "category": "identity-risk",
        "severity": severity,
        "numericSeverity": number,
        "open": says(row["riskState"], "atRisk", "confirmedCompromised"),
    }
