"""Services for much data: HDInsight and Microsoft Purview."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family
from steps.azure._resource import (
    identities_of,
    in_groups,
    keys_of,
    private_endpoints_of,
    properties_of,
    resource,
    texts_at,
)

_TYPES = {
    "azure_hdinsight_cluster": "microsoft.hdinsight/clusters",
    "azure_purview_account": "microsoft.purview/accounts",
}
NODES = "computeProfile", "roles[]", "virtualNetworkProfile", "subnet"
"""Where a cluster of HDInsight tells the id of the subnet of its machines."""


@entity_step(
    "Cluster",
    permissions=["Microsoft.HDInsight/clusters/read"],
    per_row=True,
    resources=[_TYPES["azure_hdinsight_cluster"]],
)
def azure_hdinsight_cluster(ctx: Context) -> Iterator[Entity]:
    """A cluster of HDInsight, which works on much data with Hadoop, Spark or Kafka."""
    for row in ctx.azure.resources(_TYPES["azure_hdinsight_cluster"]):
        yield resource(
            row,
            subnetIds=keys_of(texts_at(properties_of(row), *NODES)),
            endpoints=list(dict.fromkeys(texts_at(properties_of(row), "connectivityEndpoints[]", "location"))),
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@entity_step(
    "Service",
    permissions=["Microsoft.Purview/accounts/read"],
    per_row=True,
    resources=[_TYPES["azure_purview_account"]],
)
def azure_purview_account(ctx: Context) -> Iterator[Entity]:
    """An account of Microsoft Purview, which finds out what data there is."""
    for row in ctx.azure.resources(_TYPES["azure_purview_account"]):
        yield resource(
            row,
            category=["infrastructure"],
            function=["data-governance"],
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_data_platform(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A service for much data is in a resource group."""
    yield from in_groups(ctx.entities(to_type))
