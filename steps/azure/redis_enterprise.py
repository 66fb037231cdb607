"""Clusters of Azure Managed Redis."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import (
    identities_of,
    in_groups,
    private_endpoints_of,
    resource,
)

_TYPES = {
    "azure_redis_enterprise": "microsoft.cache/redisenterprise",
}


@entity_step(
    ["Database", "DataStore", "Cluster"],
    permissions=["Microsoft.Cache/redisEnterprise/read"],
    per_row=True,
    resources=[_TYPES["azure_redis_enterprise"]],
)
def azure_redis_enterprise(ctx: Context) -> Iterator[Entity]:
    """A cluster of Azure Managed Redis, or Redis Enterprise."""
    for row in ctx.azure.resources(_TYPES["azure_redis_enterprise"]):
        yield resource(
            row,
            classification=None,
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_redis_enterprise", per_row=True)
def azure_resource_group_has_redis_enterprise(ctx: Context) -> Iterator[Relationship]:
    """A cluster of Azure Managed Redis is in a resource group."""
    yield from in_groups(ctx.entities("azure_redis_enterprise"))
