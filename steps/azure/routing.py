"""Routes, and gateways by which networks reach others."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    in_groups,
    joined,
    key_at,
    keys_at,
    keys_in,
    keys_of,
    named_by,
    named_in,
    object_at,
    parts_of,
    properties_of,
    resource,
)
from steps.azure.vnet import VNET

_TYPES = {
    "azure_bastion_host": "microsoft.network/bastionhosts",
    "azure_nat_gateway": "microsoft.network/natgateways",
    "azure_route_table": "microsoft.network/routetables",
    "azure_virtual_network_gateway": "microsoft.network/virtualnetworkgateways",
}


@entity_step(
    "Gateway",
    permissions=["Microsoft.Network/bastionHosts/read"],
    per_row=True,
    resources=[_TYPES["azure_bastion_host"]],
)
def azure_bastion_host(ctx: Context) -> Iterator[Entity]:
    """A bastion, by which people reach machines that have no public address."""
    for row in ctx.azure.resources(_TYPES["azure_bastion_host"]):
        fronts = _fronts(row)
        network = key_at(properties_of(row), "virtualNetwork")
        # One for developers has no address of its own: it is reached at one that Azure has many bastions share.
        public = fronts["public"] or network is not None
        yield resource(row, virtualNetworkId=network, **fronts | {"public": public})


@entity_step(
    "Gateway", permissions=["Microsoft.Network/natGateways/read"], per_row=True, resources=[_TYPES["azure_nat_gateway"]]
)
def azure_nat_gateway(ctx: Context) -> Iterator[Entity]:
    """A gateway that lets what is in some subnets reach the internet, and nobody in."""
    for row in ctx.azure.resources(_TYPES["azure_nat_gateway"]):
        addresses = [*parts_of(row, "publicIpAddresses"), *parts_of(row, "publicIpAddressesV6")]
        yield resource(
            row,
            category=["network"],
            function=["nat"],
            public=True,
            publicIpAddressIds=keys_of(addresses),
            publicIpPrefixIds=keys_of([*keys_in(row, "publicIpPrefixes"), *keys_in(row, "publicIpPrefixesV6")]),
            subnetIds=keys_in(row, "subnets"),
            virtualNetworkId=key_at(properties_of(row), "sourceVirtualNetwork"),
        )


@entity_step(
    "Configuration",
    permissions=["Microsoft.Network/routeTables/read"],
    per_row=True,
    resources=[_TYPES["azure_route_table"]],
)
def azure_route_table(ctx: Context) -> Iterator[Entity]:
    """Routes of some subnets, which say by what way addresses are reached."""
    for row in ctx.azure.resources(_TYPES["azure_route_table"]):
        routes = [properties_of(route) for route in parts_of(row, "routes")]
        ways = joined(routes, "=", "addressPrefix", "nextHopType")
        yield resource(row, routes=ways, subnetIds=keys_in(row, "subnets"))


@entity_step(
    "Gateway",
    permissions=["Microsoft.Network/virtualNetworkGateways/read"],
    per_row=True,
    resources=[_TYPES["azure_virtual_network_gateway"]],
)
def azure_virtual_network_gateway(ctx: Context) -> Iterator[Entity]:
    """A gateway by which a virtual network reaches others, or people reach it: VPN or ExpressRoute."""
    for row in ctx.azure.resources(_TYPES["azure_virtual_network_gateway"]):
        clients = object_at(properties_of(row), "vpnClientConfiguration")
        radius = [clients.get("radiusServerAddress"), *named_in(clients, "radiusServers", "radiusServerAddress")]
        yield resource(
            row,
            defaultSiteId=key_at(properties_of(row), "gatewayDefaultSite"),
            radiusServerAddresses=[address for address in dict.fromkeys(radius) if address],
            **_fronts(row),
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_routing(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Routes or a gateway are in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_subnet", "USES", "azure_route_table", per_row=True)
def azure_subnet_uses_route_table(ctx: Context) -> Iterator[Relationship]:
    """The routes of a table hold for a subnet."""
    for row in ctx.azure.resources(VNET):
        for subnet in parts_of(row, "subnets"):
            if table := key_at(properties_of(subnet), "routeTable"):
                yield Relationship(arm_key(subnet["id"]), table)


@relationship_step("azure_subnet", "USES", "azure_nat_gateway", per_row=True)
def azure_subnet_uses_nat_gateway(ctx: Context) -> Iterator[Relationship]:
    """What is in a subnet reaches the internet by a gateway."""
    for row in ctx.azure.resources(VNET):
        for subnet in parts_of(row, "subnets"):
            if gateway := key_at(properties_of(subnet), "natGateway"):
                yield Relationship(arm_key(subnet["id"]), gateway)


@relationship_step("azure_vnet", "USES", "azure_nat_gateway", per_row=True)
def azure_vnet_uses_nat_gateway(ctx: Context) -> Iterator[Relationship]:
    """What is in a network reaches the internet by a gateway, unless its subnet has another one."""
    for gateway in ctx.entities("azure_nat_gateway"):
        if network := gateway.properties.get("virtualNetworkId"):
            yield Relationship(network, gateway.key)


@relationship_step("azure_vnet", "HAS", "azure_bastion_host", per_row=True)
def azure_vnet_has_bastion_host(ctx: Context) -> Iterator[Relationship]:
    """Machines of a network are reached by a bastion that is in none of its subnets: one for developers."""
    for bastion in ctx.entities("azure_bastion_host"):
        if network := bastion.properties.get("virtualNetworkId"):
            yield Relationship(network, bastion.key)


@relationship_step("azure_virtual_network_gateway", "USES", "azure_local_network_gateway", per_row=True)
def azure_virtual_network_gateway_uses_local_network_gateway(ctx: Context) -> Iterator[Relationship]:
    """A gateway sends all that goes to the internet to a site first."""
    yield from named_by(ctx.entities("azure_virtual_network_gateway"), "defaultSiteId")


def _fronts(row: Any) -> dict[str, Any]:
    """Return how people or networks come in by a gateway: at addresses in subnets."""
    fronts = [properties_of(front) for front in parts_of(row, "ipConfigurations")]
    return {
        "category": ["network"],
        "function": ["remote-access-gateway"],
        "public": any(front.get("publicIPAddress") for front in fronts),
        "publicIpAddressIds": keys_at(fronts, "publicIPAddress"),
        "subnetIds": keys_at(fronts, "subnet"),
    }
