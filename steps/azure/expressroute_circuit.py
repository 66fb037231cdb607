"""Circuits of ExpressRoute, and how they are joined to others."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    in_groups,
    key_at,
    object_at,
    part_of,
    parts_of,
    properties_of,
    resource,
    type_of,
)

_TYPES = {
    "azure_expressroute_circuit": "microsoft.network/expressroutecircuits",
}
_READ = ["Microsoft.Network/expressRouteCircuits/read"]


@entity_step(
    "Network",
    permissions=["Microsoft.Network/expressRouteCircuits/read"],
    per_row=True,
    resources=[_TYPES["azure_expressroute_circuit"]],
)
def azure_expressroute_circuit(ctx: Context) -> Iterator[Entity]:
    """A circuit of ExpressRoute: a line of a provider between networks of Azure and others."""
    for row in ctx.azure.resources(_TYPES["azure_expressroute_circuit"]):
        properties = properties_of(row)
        of_provider, gigabits = object_at(properties, "serviceProviderProperties"), properties.get("bandwidthInGbps")
        yield resource(
            row,
            expressRoutePortId=key_at(properties, "expressRoutePort"),
            bandwidthInMbps=of_provider.get("bandwidthInMbps") if gigabits is None else round(gigabits * 1000),
            peeringTypes=sorted(
                {kind for each in parts_of(row, "peerings") if (kind := properties_of(each).get("peeringType"))}
            ),
        )


@relationship_step("azure_resource_group", "HAS", "azure_expressroute_circuit", per_row=True)
def azure_resource_group_has_expressroute_circuit(ctx: Context) -> Iterator[Relationship]:
    """A circuit is in a resource group."""
    yield from in_groups(ctx.entities("azure_expressroute_circuit"))


@entity_step("Network", permissions=_READ, per_row=True)
def azure_expressroute_circuit_connection(ctx: Context) -> Iterator[Entity]:
    """A connection of a circuit to another one, by which networks reach each other over Microsoft's."""
    for row, peering, part in _parts(ctx, "connections"):
        properties = properties_of(part)
        peer = key_at(properties, "peerExpressRouteCircuitPeering")
        known = {"type": type_of(part), "peeringId": arm_key(peering["id"])}
        yield part_of(row, part, peerExpressRouteCircuitPeeringId=peer, **known)


@entity_step("Network", permissions=_READ, per_row=True)
def azure_peer_expressroute_circut_connection(ctx: Context) -> Iterator[Entity]:
    """A connection of a circuit as the other one made it; its type is misspelt as in graph-azure."""
    for row, peering, part in _parts(ctx, "peeredConnections"):
        named = ("expressRouteCircuitPeering", "peerExpressRouteCircuitPeering")
        told = {f"{name}Id": key_at(properties_of(part), name) for name in named}
        yield part_of(row, part, type=type_of(part), peeringId=arm_key(peering["id"]), **told)


@relationship_step("azure_expressroute_circuit", "HAS", "azure_expressroute_circuit_connection", per_row=True)
def azure_expressroute_circuit_has_connection(ctx: Context) -> Iterator[Relationship]:
    """A circuit is joined to another one."""
    for row, _, part in _parts(ctx, "connections"):
        yield Relationship(arm_key(row["id"]), arm_key(part["id"]))


@relationship_step("azure_expressroute_circuit", "HAS", "azure_peer_expressroute_circut_connection", per_row=True)
def azure_expressroute_circuit_has_peer_expressroute_circut_connection(ctx: Context) -> Iterator[Relationship]:
    """Another circuit is joined to a circuit."""
    for row, _, part in _parts(ctx, "peeredConnections"):
        yield Relationship(arm_key(row["id"]), arm_key(part["id"]))


def _parts(ctx: Context, name: str) -> Iterator[tuple[Any, Any, Any]]:
    """Yield each circuit, a peering of it, and a part of that."""
    for row in ctx.azure.resources(_TYPES["azure_expressroute_circuit"]):
        for peering in parts_of(row, "peerings"):
            for part in parts_of(peering, name):
                yield row, peering, part
