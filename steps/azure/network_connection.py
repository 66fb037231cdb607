"""How networks of Azure are joined to others: connections, and networks elsewhere."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    in_groups,
    key_at,
    properties_of,
    resource,
)

_TYPES = {
    "azure_network_connection": "microsoft.network/connections",
    "azure_local_network_gateway": "microsoft.network/localnetworkgateways",
}
_PEERS = {
    "azure_local_network_gateway": "localNetworkGateway2",
    "azure_virtual_network_gateway": "virtualNetworkGateway2",
    "azure_expressroute_circuit": "peer",
}
_KINDS = {
    "azure_local_network_gateway": "localnetworkgateways",
    "azure_virtual_network_gateway": "virtualnetworkgateways",
    "azure_expressroute_circuit": "expressroutecircuits",
}


@entity_step(
    "Network",
    permissions=["Microsoft.Network/connections/read"],
    per_row=True,
    resources=[_TYPES["azure_network_connection"]],
)
def azure_network_connection(ctx: Context) -> Iterator[Entity]:
    """A connection of a virtual network gateway: to a network elsewhere, to another gateway, or by a circuit."""
    for row in ctx.azure.resources(_TYPES["azure_network_connection"]):
        yield resource(
            row, virtualNetworkGatewayId=key_at(properties_of(row), "virtualNetworkGateway1"), peerId=_peer(row)
        )


@entity_step(
    "Gateway",
    permissions=["Microsoft.Network/localNetworkGateways/read"],
    per_row=True,
    resources=[_TYPES["azure_local_network_gateway"]],
)
def azure_local_network_gateway(ctx: Context) -> Iterator[Entity]:
    """A network elsewhere as Azure knows it: its address and what is behind that."""
    for row in ctx.azure.resources(_TYPES["azure_local_network_gateway"]):
        yield resource(row, category=["network"], function=["remote-access-gateway"])


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_network_connection(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A connection or a network elsewhere is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_virtual_network_gateway", "HAS", "azure_network_connection", per_row=True)
def azure_virtual_network_gateway_has_network_connection(ctx: Context) -> Iterator[Relationship]:
    """A gateway has a connection; one between two gateways has one for each direction."""
    for row in ctx.azure.resources(_TYPES["azure_network_connection"]):
        if gateway := key_at(properties_of(row), "virtualNetworkGateway1"):
            yield Relationship(gateway, arm_key(row["id"]))


@relationship_family("azure_network_connection", "CONNECTS", list(_PEERS), per_row=True)
def azure_network_connection_connects(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A connection leads to a network elsewhere, to another gateway, or to a circuit."""
    for row in ctx.azure.resources(_TYPES["azure_network_connection"]):
        if (peer := key_at(properties_of(row), _PEERS[to_type])) and f"/{_KINDS[to_type]}/" in peer:
            yield Relationship(arm_key(row["id"]), peer)


def _peer(row: Any) -> str | None:
    """Return the key of what a connection leads to."""
    return next(filter(None, (key_at(properties_of(row), name) for name in _PEERS.values())), None)
