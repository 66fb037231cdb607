"""Room for volumes of Azure Elastic SAN."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import (
    in_groups,
    private_endpoints_of,
    resource,
)

_TYPES = {
    "azure_elastic_san": "microsoft.elasticsan/elasticsans",
}


@entity_step(
    ["DataStore", "Disk"],
    permissions=["Microsoft.ElasticSan/elasticSans/read"],
    per_row=True,
    resources=[_TYPES["azure_elastic_san"]],
)
def azure_elastic_san(ctx: Context) -> Iterator[Entity]:
    """Room for volumes that machines use as disks."""
    for row in ctx.azure.resources(_TYPES["azure_elastic_san"]):
        yield resource(row, classification=None, privateEndpointIds=private_endpoints_of(row))


@relationship_step("azure_resource_group", "HAS", "azure_elastic_san", per_row=True)
def azure_resource_group_has_elastic_san(ctx: Context) -> Iterator[Relationship]:
    """An Elastic SAN is in a resource group."""
    yield from in_groups(ctx.entities("azure_elastic_san"))
