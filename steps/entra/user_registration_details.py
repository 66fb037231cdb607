"""What users have registered to prove who they are."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step

REPORT = "/reports/authenticationMethods/userRegistrationDetails"
TYPE = "azure_user_registration_details"
AUDIT = ["AuditLog.Read.All"]
PREMIUM = ["AAD_PREMIUM"]
PHISHING_RESISTANT = frozenset(
    {
        "fido2",
        "fido2SecurityKey",
        "macOsSecureEnclaveKey",
        "passKeyDeviceBound",
        "passKeyDeviceBoundAuthenticator",
        "passKeyDeviceBoundWindowsHello",
        "passKeySynced",
        "windowsHelloForBusiness",
        "x509CertificateMultiFactor",
    }
)
"""Methods that cannot be relayed by who poses as the tenant (userAuthenticationMethodSummary, authenticationMethod)."""


@entity_step("Record", permissions=AUDIT, licences=PREMIUM, per_row=True)
def azure_user_registration_details(ctx: Context) -> Iterator[Entity]:
    """What a user has registered to sign in and to reset the password with; Graph tells it of enabled users alone."""
    for row in ctx.graph.list(REPORT, top=None):
        name = row["userPrincipalName"] or row["id"]
        methods = row["methodsRegistered"]
        yield Entity(
            _key(row["id"]),
            row,
            displayName=name,
            name=name,
            isPhishingResistantCapable=None if methods is None else not PHISHING_RESISTANT.isdisjoint(methods),
        )


@relationship_step("azure_user", "HAS", TYPE, permissions=AUDIT, licences=PREMIUM, per_row=True)
def azure_user_has_registration_details(ctx: Context) -> Iterator[Relationship]:
    """A user has registered methods; a user without these details is not in Graph's report."""
    for row in ctx.graph.list(REPORT, schema=TYPE, top=None):
        yield Relationship(row["id"], _key(row["id"]))


def _key(user: str) -> str:
    return f"{TYPE}:{user}"
