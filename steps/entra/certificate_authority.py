"""Certificate authorities that users sign in by: who has the key of one can sign in as anybody it may be for."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step

_STORES = "/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations"
_SELECT = (
    "id",
    "certificateAuthorityType",
    "certificateRevocationListUrl",
    "createdDateTime",
    "deltaCertificateRevocationListUrl",
    "displayName",
    "expirationDateTime",
    "isIssuerHintEnabled",
    "issuer",
    "issuerSubjectKeyIdentifier",
    "thumbprint",
)


@entity_step("Certificate", permissions=["PublicKeyInfrastructure.Read.All"], per_row=True)
def azure_certificate_authority(ctx: Context) -> Iterator[Entity]:
    """A certificate authority whose certificates the tenant takes for proof of who signs in."""
    for store, authority in ctx.graph.related(_STORES, "certificateAuthorities", select=_SELECT):
        yield Entity(
            authority["id"],
            authority,
            name=authority["displayName"] or authority["issuer"] or authority["id"],
            storeId=store,
        )
