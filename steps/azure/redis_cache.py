"""Caches of Redis."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_of,
    keys_of,
    parts_of,
    private_endpoints_of,
    properties_of,
    resource,
)

_CACHE = "microsoft.cache/redis"


@entity_step(
    ["Database", "DataStore", "Cluster"], permissions=["Microsoft.Cache/redis/read"], per_row=True, resources=[_CACHE]
)
def azure_redis_cache(ctx: Context) -> Iterator[Entity]:
    """A cache of Redis."""
    for row in ctx.azure.resources(_CACHE):
        signs_in = (properties_of(row).get("redisConfiguration") or {}).get("aad-enabled")
        yield resource(
            row,
            classification=None,
            microsoftEntraEnabled=None if signs_in is None else str(signs_in).lower() == "true",
            subnetId=key_of(properties_of(row).get("subnetId")),
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_redis_cache", per_row=True)
def azure_resource_group_has_redis_cache(ctx: Context) -> Iterator[Relationship]:
    """A cache of Redis is in a resource group."""
    yield from in_groups(ctx.azure.resources(_CACHE))


@relationship_step("azure_redis_cache", "CONNECTS", "azure_redis_cache", per_row=True)
def azure_redis_cache_connects_cache(ctx: Context) -> Iterator[Relationship]:
    """A cache of Redis is linked with another one, and both say so; an id of the link ends in the other's name."""
    for row in ctx.azure.resources(_CACHE):
        for link in keys_of(parts_of(row, "linkedServers")):
            own, _, name = link.partition("/linkedservers/")
            yield Relationship(arm_key(row["id"]), f"{own.rpartition('/')[0]}/{name}" if name else link)
