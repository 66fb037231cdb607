"""Services that are put into subnets of the customer's own."""

from collections.abc import Iterator

from integration import Context, Relationship, relationship_family
from integration.values import arm_key
from steps.azure._resource import keys_of, properties_of, texts_at
from steps.azure.data_platform import NODES

_INTERFACES = "virtualMachineProfile", "networkProfile", "networkInterfaceConfigurations"
_DELEGATED = "network", "delegatedSubnetResourceId"
_MEMBERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "azure_hdinsight_cluster": ("microsoft.hdinsight/clusters", NODES),
    "azure_mysql_server": ("microsoft.dbformysql/flexibleservers", _DELEGATED),
    "azure_postgresql_server": ("microsoft.dbforpostgresql/flexibleservers", _DELEGATED),
    "azure_redis_cache": ("microsoft.cache/redis", ("subnetId",)),
    "azure_vm_scale_set": (
        "microsoft.compute/virtualmachinescalesets",
        (*_INTERFACES, "properties", "ipConfigurations", "properties", "subnet", "id"),
    ),
}
"""Types of what is in subnets: the type of the resources, and where they tell the id of the subnet."""


@relationship_family("azure_subnet", "HAS", list(_MEMBERS), per_row=True)
def azure_subnet_has_member(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A server, a cache, a cluster or the machines of a scale set are in a subnet."""
    type, names = _MEMBERS[to_type]
    for row in ctx.azure.resources(type):
        for subnet in keys_of(texts_at(properties_of(row), *names)):
            yield Relationship(subnet, arm_key(row["id"]))
