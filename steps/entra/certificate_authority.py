"""Certificate authorities that users sign in by: who has the key of one can sign in as anybody it may be for."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step

_STORES = "/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations"


@entity_step("Certificate", permissions=["PublicKeyInfrastructure.Read.All"])
def azure_certificate_authority(ctx: Context) -> Iterator[Entity]:
    """A certificate authority whose certificates the tenant takes for proof of who signs in."""
    for store in ctx.graph.list(_STORES, select=("id",), top=None):
        path = f"{_STORES}/{store['id']}/certificateAuthorities"
        for authority in ctx.graph.list(path, also=["displayName"], top=None):
            yield Entity(
                authority["id"],
                authority,
                name=authority["displayName"] or authority["issuer"] or authority["id"],
                storeId=store["id"],
            )
