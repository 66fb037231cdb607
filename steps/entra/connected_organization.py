"""Connected organizations: others whose people may ask for access packages."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps._forms import values_in
from steps.entra._packages import GOVERNANCE, MANAGEMENT, READ, subjects
from steps.entra.external_tenant import external_tenant_key


@entity_step("Organization", permissions=READ, licences=GOVERNANCE, per_row=True)
def azure_connected_organization(ctx: Context) -> Iterator[Entity]:
    """Another organization whose people may ask for access packages."""
    for organization in _organizations(ctx):
        name = organization["displayName"] or organization["id"]
        sources = values_in(organization, "identitySources")
        yield Entity(
            organization["id"],
            organization,
            name=name,
            displayName=name,
            tenantIds=subjects(sources, "tenantId"),
            domainNames=subjects(sources, "domainName"),
        )


@relationship_step(
    "azure_connected_organization",
    "IS",
    "azure_external_tenant",
    permissions=READ,
    licences=GOVERNANCE,
    per_row=True,
)
def azure_connected_organization_is_external_tenant(ctx: Context) -> Iterator[Relationship]:
    """The people of a connected organization are those of another tenant."""
    for organization in _organizations(ctx):
        for tenant in subjects(values_in(organization, "identitySources"), "tenantId"):
            yield Relationship(organization["id"], external_tenant_key(tenant))


def _organizations(ctx: Context) -> Iterator[Any]:
    """Yield the connected organizations: one read serves all."""
    path, also = f"{MANAGEMENT}/connectedOrganizations", ["displayName", "identitySources"]
    return ctx.graph.list(path, schema="azure_connected_organization", also=also, top=None)
