"""Pools of nodes of Azure Kubernetes Service, which Azure tells with their cluster."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import keys_of, object_at, part_of, parts_of, properties_of, text_in

_CLUSTER, _SCALE_SET = "microsoft.containerservice/managedclusters", "microsoft.compute/virtualmachinescalesets"
_READ = ["Microsoft.ContainerService/managedClusters/read"]
_OF_POOL = "aks-managed-poolname"
"""The tag, in small letters, by which a scale set tells which pool it is. Source: Cluster API Provider Azure, which
finds the machines of a pool by it among those of the cluster's group of nodes."""


@entity_step("Group", permissions=_READ, per_row=True)
def azure_kubernetes_agent_pool(ctx: Context) -> Iterator[Entity]:
    """A pool of nodes of a cluster: machines of one size, with one image."""
    for row in ctx.azure.resources(_CLUSTER):
        for pool in _pools(row):
            yield part_of(
                row,
                {**pool, "id": _id(row, pool)},
                type=f"{_CLUSTER}/agentpools",
                subnetIds=keys_of([pool.get("vnetSubnetID"), pool.get("podSubnetID")]),
            )


@relationship_step("azure_kubernetes_cluster", "HAS", "azure_kubernetes_agent_pool", per_row=True)
def azure_kubernetes_cluster_has_agent_pool(ctx: Context) -> Iterator[Relationship]:
    """A pool of nodes is a part of a cluster."""
    for row in ctx.azure.resources(_CLUSTER):
        for pool in _pools(row):
            yield Relationship(arm_key(row["id"]), arm_key(_id(row, pool)))


@relationship_step("azure_kubernetes_agent_pool", "USES", "azure_vm_scale_set")
def azure_kubernetes_agent_pool_uses_vm_scale_set(ctx: Context) -> Iterator[Relationship]:
    """The nodes of a pool are the machines of a scale set, in the group that Azure makes for a cluster's nodes."""
    of_groups: dict[tuple[str, str], dict[str, str]] = {}
    for row in ctx.azure.resources(_CLUSTER):
        if group := text_in(properties_of(row), "nodeResourceGroup"):
            of_groups[_place(row, group)] = {pool["name"].lower(): _id(row, pool) for pool in _pools(row)}
    for row in ctx.azure.resources(_SCALE_SET):
        pools = of_groups.get(_place(row, text_in(row, "resourceGroup")), {})
        named = {tag.lower(): value for tag, value in object_at(row, "tags").items()}
        if pool := pools.get(text_in(named, _OF_POOL).lower()):
            yield Relationship(arm_key(pool), arm_key(row["id"]))


def _pools(row: Any) -> list[dict[str, Any]]:
    """Return the pools of a cluster; what has no name is none."""
    return [pool for pool in parts_of(row, "agentPoolProfiles") if pool.get("name")]


def _id(row: Any, pool: dict[str, Any]) -> str:
    """Return the id of a pool, which Azure tells where it is asked for pools alone."""
    return f"{row['id']}/agentPools/{pool['name']}"


def _place(row: Any, group: str) -> tuple[str, str]:
    return text_in(row, "subscriptionId").lower(), group.lower()
