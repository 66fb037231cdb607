"""Machines and clusters elsewhere that Azure manages: Azure Arc."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import in_groups, key_at, properties_of, resource, texts_at, whether

_TYPES = {
    "azure_arc_kubernetes_cluster": "microsoft.kubernetes/connectedclusters",
    "azure_arc_machine": "microsoft.hybridcompute/machines",
}


@entity_step(
    "Cluster",
    permissions=["Microsoft.Kubernetes/connectedClusters/read"],
    per_row=True,
    resources=[_TYPES["azure_arc_kubernetes_cluster"]],
)
def azure_arc_kubernetes_cluster(ctx: Context) -> Iterator[Entity]:
    """A Kubernetes cluster elsewhere that Azure manages."""
    for row in ctx.azure.resources(_TYPES["azure_arc_kubernetes_cluster"]):
        yield resource(row)


@entity_step(
    "Host", permissions=["Microsoft.HybridCompute/machines/read"], per_row=True, resources=[_TYPES["azure_arc_machine"]]
)
def azure_arc_machine(ctx: Context) -> Iterator[Entity]:
    """A machine elsewhere that Azure manages."""
    for row in ctx.azure.resources(_TYPES["azure_arc_machine"]):
        system = properties_of(row).get("osType")
        yield resource(
            row,
            active=whether(properties_of(row).get("status"), "connected"),
            platform=system.lower() if system else None,
            privateLinkScopeId=key_at(properties_of(row), "privateLinkScopeResourceId"),
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_arc(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A machine or a cluster elsewhere is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_user_group", "MANAGES", "azure_arc_kubernetes_cluster", per_row=True)
def azure_user_group_manages_arc_kubernetes_cluster(ctx: Context) -> Iterator[Relationship]:
    """The members of a group of Microsoft Entra administer a cluster elsewhere."""
    for row in ctx.azure.resources(_TYPES["azure_arc_kubernetes_cluster"]):
        for group in texts_at(properties_of(row), "aadProfile", "adminGroupObjectIDs[]"):
            yield Relationship(group.lower(), arm_key(row["id"]))


@relationship_step("azure_stack_hci_cluster", "HAS", "azure_arc_machine", per_row=True)
def azure_stack_hci_cluster_has_arc_machine(ctx: Context) -> Iterator[Relationship]:
    """A machine is one of those that an instance of Azure Local is made of."""
    for row in ctx.azure.resources(_TYPES["azure_arc_machine"]):
        if cluster := key_at(properties_of(row), "parentClusterResourceId"):
            yield Relationship(cluster, arm_key(row["id"]))
