"""Private endpoints."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import in_groups, key_of, keys_of, parts_of, properties_of, resource

_ENDPOINT = "microsoft.network/privateendpoints"


@entity_step("NetworkEndpoint", permissions=["Microsoft.Network/privateEndpoints/read"], per_row=True)
def azure_private_endpoint(ctx: Context) -> Iterator[Entity]:
    """A private endpoint, by which a service is reached at an address in a subnet."""
    for row in ctx.azure.resources(_ENDPOINT):
        connections = [
            properties_of(each)
            for name in ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
            for each in parts_of(row, name)
        ]
        states = [(each.get("privateLinkServiceConnectionState") or {}).get("status") for each in connections]
        yield resource(
            row,
            subnetId=key_of(properties_of(row).get("subnet")),
            networkInterfaceIds=keys_of(parts_of(row, "networkInterfaces")),
            connectedResourceIds=keys_of(each.get("privateLinkServiceId") for each in connections),
            groupIds=list(dict.fromkeys(id for each in connections for id in each.get("groupIds") or ())),
            connectionStates=list(dict.fromkeys(state for state in states if state)),
        )


@relationship_step("azure_resource_group", "HAS", "azure_private_endpoint", per_row=True)
def azure_resource_group_has_private_endpoint(ctx: Context) -> Iterator[Relationship]:
    """A private endpoint is in a resource group."""
    yield from in_groups(ctx.azure.resources(_ENDPOINT))


@relationship_step("azure_private_endpoint", "USES", "azure_nic", per_row=True)
def azure_private_endpoint_uses_nic(ctx: Context) -> Iterator[Relationship]:
    """A private endpoint has its address by a network interface."""
    for row in ctx.azure.resources(_ENDPOINT):
        for interface in keys_of(parts_of(row, "networkInterfaces")):
            yield Relationship(arm_key(row["id"]), interface)


@relationship_step("azure_subnet", "HAS", "azure_private_endpoint", per_row=True)
def azure_subnet_has_private_endpoint(ctx: Context) -> Iterator[Relationship]:
    """A private endpoint is in a subnet."""
    for row in ctx.azure.resources(_ENDPOINT):
        if subnet := key_of(properties_of(row).get("subnet")):
            yield Relationship(subnet, arm_key(row["id"]))
