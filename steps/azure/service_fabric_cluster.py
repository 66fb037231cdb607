"""Clusters of Service Fabric."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import in_groups, parts_of, resource

_TYPES = {
    "azure_service_fabric_cluster": "microsoft.servicefabric/clusters",
}


@entity_step(
    "Cluster",
    permissions=["Microsoft.ServiceFabric/clusters/read"],
    per_row=True,
    resources=[_TYPES["azure_service_fabric_cluster"]],
)
def azure_service_fabric_cluster(ctx: Context) -> Iterator[Entity]:
    """A cluster of Service Fabric, which applications of many small parts run on."""
    for row in ctx.azure.resources(_TYPES["azure_service_fabric_cluster"]):
        certificates = [*parts_of(row, "clientCertificateThumbprints"), *parts_of(row, "clientCertificateCommonNames")]
        admins = [each for each in certificates if each.get("isAdmin")]
        named = (each.get("certificateThumbprint") or each.get("certificateCommonName") for each in admins)
        yield resource(row, adminCertificates=[each for each in named if each])


@relationship_step("azure_resource_group", "HAS", "azure_service_fabric_cluster", per_row=True)
def azure_resource_group_has_service_fabric_cluster(ctx: Context) -> Iterator[Relationship]:
    """A cluster of Service Fabric is in a resource group."""
    yield from in_groups(ctx.entities("azure_service_fabric_cluster"))
