"""Caches of Redis."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    keys_in,
    object_at,
    private_endpoints_of,
    properties_of,
    resource,
    whether,
)

_CACHE = "microsoft.cache/redis"


@entity_step(
    ["Database", "DataStore", "Cluster"], permissions=["Microsoft.Cache/redis/read"], per_row=True, resources=[_CACHE]
)
def azure_redis_cache(ctx: Context) -> Iterator[Entity]:
    """A cache of Redis."""
    for row in ctx.azure.resources(_CACHE):
        told = object_at(properties_of(row), "redisConfiguration")
        signs_in, is_open = _flag(told.get("aad-enabled")), _flag(told.get("authnotrequired"))
        yield resource(
            row,
            classification=None,
            microsoftEntraEnabled=signs_in,
            authenticationRequired=None if is_open is None else not is_open,
            rdbBackupEnabled=_flag(told.get("rdb-backup-enabled")),
            aofBackupEnabled=_flag(told.get("aof-backup-enabled")),
            subnetId=key_at(properties_of(row), "subnetId"),
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_redis_cache", per_row=True)
def azure_resource_group_has_redis_cache(ctx: Context) -> Iterator[Relationship]:
    """A cache of Redis is in a resource group."""
    yield from in_groups(ctx.entities("azure_redis_cache"))


@relationship_step("azure_redis_cache", "CONNECTS", "azure_redis_cache")
def azure_redis_cache_connects_cache(ctx: Context) -> Iterator[Relationship]:
    """A cache of Redis is linked with another one, and both say so: the id of the link ends in the other's name.

    That id is below the cache that has it, and does not tell where the other one is. Its name does: no two caches of
    Azure have the same, since it is part of a host's.
    """
    caches = {row["name"].lower(): arm_key(row["id"]) for row in ctx.azure.resources(_CACHE)}
    for row in ctx.azure.resources(_CACHE):
        for link in keys_in(row, "linkedServers"):
            own, _, name = link.partition("/linkedservers/")
            beside = f"{own.rpartition('/')[0]}/{name}" if name else link
            yield Relationship(arm_key(row["id"]), caches.get(name, beside))


def _flag(told: Any) -> bool | None:
    """Return what a setting says that Redis writes as a text, in any case of letters."""
    return whether(str(told), "true") if told is not None else None
