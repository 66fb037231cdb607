"""Virtual WANs, their hubs, and the gateways of these."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    in_groups,
    key_at,
    properties_of,
    resource,
    texts_at,
)

_TYPES = {
    "azure_virtual_wan": "microsoft.network/virtualwans",
    "azure_virtual_hub": "microsoft.network/virtualhubs",
    "azure_vpn_gateway": "microsoft.network/vpngateways",
    "azure_expressroute_gateway": "microsoft.network/expressroutegateways",
}
_GATEWAYS = ["azure_vpn_gateway", "azure_expressroute_gateway"]


@entity_step(
    "Network", permissions=["Microsoft.Network/virtualWans/read"], per_row=True, resources=[_TYPES["azure_virtual_wan"]]
)
def azure_virtual_wan(ctx: Context) -> Iterator[Entity]:
    """A network over the world, of hubs that virtual networks and places elsewhere are joined to."""
    for row in ctx.azure.resources(_TYPES["azure_virtual_wan"]):
        yield resource(row)


@entity_step(
    "Network", permissions=["Microsoft.Network/virtualHubs/read"], per_row=True, resources=[_TYPES["azure_virtual_hub"]]
)
def azure_virtual_hub(ctx: Context) -> Iterator[Entity]:
    """A hub of Azure Virtual WAN in a region."""
    for row in ctx.azure.resources(_TYPES["azure_virtual_hub"]):
        yield resource(
            row,
            virtualWanId=key_at(properties_of(row), "virtualWan"),
            azureFirewallId=key_at(properties_of(row), "azureFirewall"),
        )


@entity_step(
    "Gateway", permissions=["Microsoft.Network/vpnGateways/read"], per_row=True, resources=[_TYPES["azure_vpn_gateway"]]
)
def azure_vpn_gateway(ctx: Context) -> Iterator[Entity]:
    """A gateway by which places elsewhere reach a virtual hub."""
    for row in ctx.azure.resources(_TYPES["azure_vpn_gateway"]):
        yield resource(
            row,
            category=["network"],
            function=["remote-access-gateway"],
            virtualHubId=key_at(properties_of(row), "virtualHub"),
            tunnelIpAddresses=_tunnels(row),
        )


@entity_step(
    "Gateway",
    permissions=["Microsoft.Network/expressRouteGateways/read"],
    per_row=True,
    resources=[_TYPES["azure_expressroute_gateway"]],
)
def azure_expressroute_gateway(ctx: Context) -> Iterator[Entity]:
    """A gateway by which circuits of ExpressRoute reach a virtual hub."""
    for row in ctx.azure.resources(_TYPES["azure_expressroute_gateway"]):
        yield resource(
            row,
            category=["network"],
            function=["remote-access-gateway"],
            virtualHubId=key_at(properties_of(row), "virtualHub"),
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_virtual_wan(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A Virtual WAN, a hub or a gateway of one is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_virtual_wan", "HAS", "azure_virtual_hub", per_row=True)
def azure_virtual_wan_has_hub(ctx: Context) -> Iterator[Relationship]:
    """A Virtual WAN has a hub."""
    for row in ctx.azure.resources(_TYPES["azure_virtual_hub"]):
        if wan := key_at(properties_of(row), "virtualWan"):
            yield Relationship(wan, arm_key(row["id"]))


@relationship_family("azure_virtual_hub", "HAS", _GATEWAYS, per_row=True)
def azure_virtual_hub_has_gateway(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A hub has a gateway."""
    for row in ctx.azure.resources(_TYPES[to_type]):
        if hub := key_at(properties_of(row), "virtualHub"):
            yield Relationship(hub, arm_key(row["id"]))


@relationship_step("azure_virtual_hub", "HAS", "azure_network_firewall", per_row=True)
def azure_virtual_hub_has_network_firewall(ctx: Context) -> Iterator[Relationship]:
    """What goes through a hub goes through a firewall."""
    for row in ctx.azure.resources(_TYPES["azure_virtual_hub"]):
        if firewall := key_at(properties_of(row), "azureFirewall"):
            yield Relationship(arm_key(row["id"]), firewall)


def _tunnels(row: Any) -> list[str]:
    """Return the addresses at which places elsewhere reach a gateway, of each of the two that it consists of."""
    told = texts_at(properties_of(row), "bgpSettings", "bgpPeeringAddresses[]", "tunnelIpAddresses[]")
    return list(dict.fromkeys(told))
