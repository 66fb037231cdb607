"""Private endpoints."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    in_groups,
    key_at,
    keys_at,
    keys_in,
    object_at,
    parts_of,
    properties_of,
    resource,
    texts_at,
    texts_in,
)

_ENDPOINT = "microsoft.network/privateendpoints"


@entity_step(
    "NetworkEndpoint", permissions=["Microsoft.Network/privateEndpoints/read"], per_row=True, resources=[_ENDPOINT]
)
def azure_private_endpoint(ctx: Context) -> Iterator[Entity]:
    """A private endpoint, by which a service is reached at an address in a subnet."""
    for row in ctx.azure.resources(_ENDPOINT):
        connections = _connections(row)
        names = parts_of(row, "customDnsConfigs")
        given = [properties_of(each).get("privateIPAddress") for each in parts_of(row, "ipConfigurations")]
        addresses = [*texts_at(names, "ipAddresses[]"), *given]
        states = [object_at(each, "privateLinkServiceConnectionState").get("status") for each in connections]
        yield resource(
            row,
            subnetId=key_at(properties_of(row), "subnet"),
            networkInterfaceIds=keys_in(row, "networkInterfaces"),
            connectedResourceIds=keys_at(connections, "privateLinkServiceId"),
            groupIds=list(dict.fromkeys(id for each in connections for id in texts_in(each, "groupIds"))),
            fqdns=list(dict.fromkeys(texts_at(names, "fqdn"))),
            privateIpAddresses=[address for address in dict.fromkeys(addresses) if address],
            applicationSecurityGroupIds=keys_in(row, "applicationSecurityGroups"),
            connectionStates=list(dict.fromkeys(state for state in states if state)),
        )


@relationship_step("azure_resource_group", "HAS", "azure_private_endpoint", per_row=True)
def azure_resource_group_has_private_endpoint(ctx: Context) -> Iterator[Relationship]:
    """A private endpoint is in a resource group."""
    yield from in_groups(ctx.entities("azure_private_endpoint"))


@relationship_step("azure_private_endpoint", "USES", "azure_nic", per_row=True)
def azure_private_endpoint_uses_nic(ctx: Context) -> Iterator[Relationship]:
    """A private endpoint has its address by a network interface."""
    for row in ctx.azure.resources(_ENDPOINT):
        for interface in keys_in(row, "networkInterfaces"):
            yield Relationship(arm_key(row["id"]), interface)


@relationship_step("azure_subnet", "HAS", "azure_private_endpoint", per_row=True)
def azure_subnet_has_private_endpoint(ctx: Context) -> Iterator[Relationship]:
    """A private endpoint is in a subnet."""
    for row in ctx.azure.resources(_ENDPOINT):
        if subnet := key_at(properties_of(row), "subnet"):
            yield Relationship(subnet, arm_key(row["id"]))


@relationship_step(
    "azure_private_endpoint", "CONNECTS", any_of("azure"), type="azure_private_endpoint_connects_resource", per_row=True
)
def azure_private_endpoint_connects_resource(ctx: Context) -> Iterator[Relationship]:
    """A private endpoint leads to a service, also where its owner has not approved that yet."""
    for row in ctx.azure.resources(_ENDPOINT):
        for service in keys_at(_connections(row), "privateLinkServiceId"):
            yield Relationship(arm_key(row["id"]), service)


def _connections(row: Any) -> list[dict[str, Any]]:
    """Return the properties of an endpoint's connections, those that somebody has to approve included."""
    names = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
    return [properties_of(each) for name in names for each in parts_of(row, name)]
