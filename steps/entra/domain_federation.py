"""Who signs in the users of federated domains, and the guests from domains of others."""

from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha1
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.errors import NotFound
from integration.values import certificate_end
from steps._forms import expanded, objects_in, text_in

DOMAIN, FEDERATION = "azure_domain", "azure_domain_federation"
EXTERNAL = "azure_external_domain_federation"
READ = ["Domain-InternalFederation.Read.All"]
_OF_OTHERS = "/directory/federationConfigurations/graph.samlOrWsFedExternalDomainFederation"


@entity_step("Configuration", permissions=READ, needs=[DOMAIN])
def azure_domain_federation(ctx: Context) -> Iterator[Entity]:
    """An identity provider that signs in the users of a domain and of those below, as whom its key lets one sign in."""
    for domain, federation in _federations(ctx):
        yield Entity(
            _key(federation),
            federation,
            name=federation.get("displayName") or domain.properties["domainName"],
            domainName=domain.properties["domainName"],
            **_certified("signingCertificate", federation),
            **_certified("nextSigningCertificate", federation),
        )


@relationship_step(DOMAIN, "HAS", FEDERATION, permissions=READ)
def azure_domain_has_federation(ctx: Context) -> Iterator[Relationship]:
    """The users of a domain are signed in by an identity provider."""
    for domain, federation in _federations(ctx):
        yield Relationship(domain.key, _key(federation))


@entity_step("Configuration", permissions=["Domain.Read.All"], per_row=True)
def azure_external_domain_federation(ctx: Context) -> Iterator[Entity]:
    """An identity provider of another organization, by SAML or WS-Fed, that signs in the guests from its domains.

    Source: List samlOrWsFedExternalDomainFederations, which takes no ``$select``.
    """
    for federation in ctx.graph.list(_OF_OTHERS, select=None, expand="domains", top=None):
        yield Entity(
            f"{EXTERNAL}:{federation['id']}",
            federation,
            name=federation.get("displayName") or federation["id"],
            domainNames=sorted(text_in(each, "id") for each in objects_in(expanded(federation, "domains"), "domains")),
            **_certified("signingCertificate", federation),
        )


def _federations(ctx: Context) -> Iterator[tuple[Entity, Any]]:
    """Yield each federated domain with its federation, which those below it share: they have none of their own.

    Raises:
        NotFound: Graph knows the federation of no domain; of one that went meanwhile there is none to be missed.
    """
    gone, is_known = None, False
    for domain in ctx.entities(DOMAIN):
        if domain.properties.get("isFederated") and domain.properties.get("isRoot") is not False:
            path = f"/domains/{domain.properties['id']}/federationConfiguration"
            try:
                for federation in ctx.graph.list(path, select=None, top=None):
                    yield domain, federation
                is_known = True
            except NotFound as error:
                gone = error
    if gone and not is_known:
        raise gone


def _key(federation: Any) -> str:
    return f"{FEDERATION}:{federation['id']}"


def _certified(name: str, federation: Any) -> dict[str, Any]:
    """Return the thumbprint of a certificate, which comes in Base64, and until when it is valid."""
    try:
        content = b64decode(federation.get(name) or "", validate=True)
    except ValueError:
        content = b""
    thumbprint = sha1(content, usedforsecurity=False).hexdigest().upper() if content else None
    return {f"{name}Thumbprint": thumbprint, f"{name}ExpiresOn": certificate_end(content)}
