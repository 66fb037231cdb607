"""What is in subnets, what reaches networks by them, and what lets in those that are in them."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, relationship_family
from steps.azure._resource import named_by

_PLACED = [
    "azure_api_management_service",
    "azure_app_service_environment",
    "azure_application_gateway",
    "azure_application_gateway_frontend_ip",
    "azure_bastion_host",
    "azure_container_app_environment",
    "azure_container_group",
    "azure_data_explorer_cluster",
    "azure_domain_service",
    "azure_hdinsight_cluster",
    "azure_hpc_cache",
    "azure_kubernetes_agent_pool",
    "azure_kubernetes_cluster",
    "azure_lb",
    "azure_lb_frontend_ip",
    "azure_mysql_server",
    "azure_network_firewall",
    "azure_network_profile",
    "azure_nic",
    "azure_postgresql_server",
    "azure_private_link_service",
    "azure_redis_cache",
    "azure_spring_service",
    "azure_synapse_workspace",
    "azure_virtual_network_gateway",
    "azure_vm_scale_set",
]
_LET_IN = {
    "azure_cognitive_services_account": "virtualNetworkSubnetIds",
    "azure_cosmosdb_account": "virtualNetworkSubnetIds",
    "azure_data_lake_store_account": "virtualNetworkSubnetIds",
    "azure_event_hub_network_rule_set": "virtualNetworkSubnetIds",
    "azure_keyvault_service": "networkAcls.virtualNetworkSubnetIds",
    "azure_service_bus_network_rule_set": "virtualNetworkSubnetIds",
    "azure_sql_server_firewall_rule": "subnetId",
    "azure_storage_account": "networkRuleSet.virtualNetworkSubnetIds",
    "azure_web_app_configuration": "allowedSubnetIds",
}
"""Types of what subnets are let in by, and the property that tells which."""
_JOINED = ["azure_function_app", "azure_web_app", "azure_web_app_slot"]


@relationship_family("azure_subnet", "HAS", _PLACED, per_row=True)
def azure_subnet_has_member(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A resource has its addresses in a subnet."""
    for member in ctx.entities(to_type):
        for subnet in _subnets(member):
            yield Relationship(subnet, member.key)


@relationship_family(_JOINED, "USES", "azure_subnet", per_row=True)
def azure_app_uses_subnet(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An app reaches networks by a subnet, and is not in it."""
    for app in ctx.entities(from_type):
        for subnet in _subnets(app):
            yield Relationship(app.key, subnet)


@relationship_family(list(_LET_IN), "ALLOWS", "azure_subnet", per_row=True)
def azure_service_allows_subnet(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """What is in a subnet may reach a service, also where its firewall keeps out everybody else."""
    yield from named_by(ctx.entities(from_type), _LET_IN[from_type])


def _subnets(member: Entity) -> list[str]:
    """Return the keys of the subnets that something says it is in, or uses."""
    told = member.properties
    one = [told.get(name) for name in ("subnetId", "delegatedSubnetId", "virtualNetworkSubnetId")]
    return list(dict.fromkeys(filter(None, [*told.get("subnetIds", ()), *one])))
