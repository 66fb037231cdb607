"""Other tenants that applications of this one come from, or that vouch for sign-ins to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from integration import BadRequest, Context, Entity, Forbidden, NotFound, Relationship, entity_step, relationship_step
from steps.entra._apps import APPLICATIONS, READ, service_principals
from steps.entra._partners import partner_name, partners
from steps.entra.federated_identity_credential import RELATION, SELECT, issuer_tenant
from steps.entra.service_principal import is_microsoft

_OF_GUESTS = ("includeExternalTenantIds", "excludeExternalTenantIds")
"""Where a conditional access policy names the tenants whose people it applies to, or exempts."""


@dataclass
class _Sighting:
    """What is known of a tenant: where it was seen, and names that others know it by."""

    seen_as: set[str] = field(default_factory=set)
    publishers: set[str] = field(default_factory=set)
    organizations: set[str] = field(default_factory=set)
    name: str | None = None


@entity_step(
    "Organization",
    permissions=READ,
    optional=[*READ, "Policy.Read.All"],
    needs=["azure_account", "azure_application"],
    wants=["azure_conditional_access_policy", "azure_connected_organization"],
    target_filter_keys=["_class", "tenantId"],
)
def azure_external_tenant(ctx: Context) -> Iterator[Entity]:
    """Another Microsoft Entra tenant that this one knows of: by applications, policies, sign-ins, or as a partner."""
    found: dict[str, _Sighting] = {}
    for principal in service_principals(ctx):
        if owner := principal["appOwnerOrganizationId"]:
            sighting = found.setdefault(owner.lower(), _Sighting())
            sighting.seen_as.add("servicePrincipalOwner")
            publisher = (principal["verifiedPublisher"] or {}).get("displayName")
            sighting.publishers.update([publisher] if publisher else [])
    for issuer in _issuers(ctx):
        found.setdefault(issuer, _Sighting()).seen_as.add("federatedCredentialIssuer")
    for tenant, name in _partners(ctx):
        sighting = found.setdefault(tenant, _Sighting())
        sighting.seen_as.add("crossTenantAccessPartner")
        sighting.name = name
    for organization in ctx.entities("azure_connected_organization"):
        tenants = organization.properties["tenantIds"]
        for tenant in tenants:
            sighting = found.setdefault(tenant.lower(), _Sighting())
            sighting.seen_as.add("connectedOrganization")
            sighting.organizations.update([organization.properties["displayName"]] if len(tenants) == 1 else [])
    for policy in ctx.entities("azure_conditional_access_policy"):
        for tenant in (id for name in _OF_GUESTS for id in policy.properties.get(name, ())):
            found.setdefault(tenant.lower(), _Sighting()).seen_as.add("conditionalAccessPolicy")
    found.pop(_own_tenant(ctx), None)
    for tenant, sighting in found.items():
        name = sighting.name or min(sighting.publishers or sighting.organizations, default=tenant)
        yield Entity(
            external_tenant_key(tenant),
            id=tenant,
            tenantId=tenant,
            name=name,
            displayName=name,
            isMicrosoft=is_microsoft(tenant),
            seenAs=sorted(sighting.seen_as),
        )


@relationship_step(
    "azure_external_tenant", "OWNS", "azure_service_principal", permissions=READ, needs=["azure_account"], per_row=True
)
def azure_external_tenant_owns_service_principal(ctx: Context) -> Iterator[Relationship]:
    """An application is registered in another tenant, whose administrators control it."""
    own = _own_tenant(ctx)
    for principal in service_principals(ctx):
        owner = principal["appOwnerOrganizationId"]
        if owner and owner.lower() != own:
            yield Relationship(external_tenant_key(owner), principal["id"])


@relationship_step(
    "azure_federated_identity_credential", "TRUSTS", "azure_external_tenant", needs=["azure_account"], per_row=True
)
def azure_federated_identity_credential_trusts_external_tenant(ctx: Context) -> Iterator[Relationship]:
    """A workload of another tenant may sign in as an application."""
    own = _own_tenant(ctx)
    for credential in ctx.entities("azure_federated_identity_credential"):
        issuer = credential.properties.get("issuerTenantId")
        if issuer and issuer != own:
            yield Relationship(credential.key, external_tenant_key(issuer))


def external_tenant_key(tenant: str) -> str:
    """Return the key of another tenant."""
    return f"azure_external_tenant:{tenant.lower()}"


def _issuers(ctx: Context) -> Iterator[str]:
    """Yield the tenants that vouch for sign-ins to applications; none where the credentials are refused."""
    try:
        for _, credential in ctx.graph.related(APPLICATIONS, RELATION, select=SELECT):
            if issuer := issuer_tenant(credential["issuer"]):
                yield issuer
    except Forbidden:
        return


def _partners(ctx: Context) -> list[tuple[str, str | None]]:
    """Return the ids and names of partners for which cross-tenant access is configured; none where that is refused."""
    try:
        return [(partner["tenantId"].lower(), partner_name(partner)) for partner in partners(ctx)]
    except (BadRequest, Forbidden, NotFound):
        return []


def _own_tenant(ctx: Context) -> str:
    return str(ctx.one("azure_account").properties["id"]).lower()
