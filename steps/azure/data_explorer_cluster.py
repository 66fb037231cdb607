"""Clusters of Azure Data Explorer."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    object_at,
    private_endpoints_of,
    properties_of,
    resource,
    says,
)

_TYPES = {
    "azure_data_explorer_cluster": "microsoft.kusto/clusters",
}


@entity_step(
    "Cluster",
    permissions=["Microsoft.Kusto/clusters/read"],
    per_row=True,
    resources=[_TYPES["azure_data_explorer_cluster"]],
)
def azure_data_explorer_cluster(ctx: Context) -> Iterator[Entity]:
    """A cluster of Azure Data Explorer, which looks through very many records."""
    for row in ctx.azure.resources(_TYPES["azure_data_explorer_cluster"]):
        yield resource(
            row,
            subnetId=_subnet(row),
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_data_explorer_cluster", per_row=True)
def azure_resource_group_has_data_explorer_cluster(ctx: Context) -> Iterator[Relationship]:
    """A cluster of Azure Data Explorer is in a resource group."""
    yield from in_groups(ctx.entities("azure_data_explorer_cluster"))


def _subnet(row: Any) -> str | None:
    """Return the key of the subnet that a cluster is in; ``None`` also where it has been taken out of that."""
    network = object_at(properties_of(row), "virtualNetworkConfiguration")
    return None if says(network.get("state"), "disabled") else key_at(network, "subnetId")
