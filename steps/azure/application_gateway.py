"""Application gateways."""

from collections.abc import Iterable, Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    keys_at,
    keys_of,
    parts_of,
    private_endpoints_of,
    properties_of,
    resource,
)
from steps.azure.lb import interfaces_of

APPLICATION_GATEWAY = "microsoft.network/applicationgateways"


@entity_step(
    "Network", permissions=["Microsoft.Network/applicationGateways/read"], per_row=True, resources=[APPLICATION_GATEWAY]
)
def azure_application_gateway(ctx: Context) -> Iterator[Entity]:
    """An application gateway, which shares web requests among machines and may refuse attacks."""
    for row in ctx.azure.resources(APPLICATION_GATEWAY):
        fronts = [properties_of(front) for front in parts_of(row, "frontendIPConfigurations")]
        addresses = keys_at(fronts, "publicIPAddress")
        own = [properties_of(each).get("subnet") for each in parts_of(row, "gatewayIPConfigurations")]
        listeners = [*parts_of(row, "httpListeners"), *parts_of(row, "listeners")]
        onwards = [*parts_of(row, "backendHttpSettingsCollection"), *parts_of(row, "backendSettingsCollection")]
        pools = parts_of(row, "backendAddressPools")
        ends = [end for pool in pools for end in parts_of(pool, "backendAddresses")]
        yield resource(
            row,
            public=bool(addresses),
            publicIpAddressIds=addresses,
            subnetIds=keys_of(own),
            firewallPolicyId=key_at(properties_of(row), "firewallPolicy"),
            listenerProtocols=_protocols(listeners),
            backendProtocols=_protocols(onwards),
            backendAddresses=[named for end in ends if (named := end.get("fqdn") or end.get("ipAddress"))],
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_application_gateway", per_row=True)
def azure_resource_group_has_application_gateway(ctx: Context) -> Iterator[Relationship]:
    """An application gateway is in a resource group."""
    yield from in_groups(ctx.entities("azure_application_gateway"))


@relationship_step("azure_application_gateway", "CONNECTS", "azure_nic", per_row=True)
def azure_application_gateway_connects_nic(ctx: Context) -> Iterator[Relationship]:
    """An application gateway hands requests on to a network interface; those of scale sets are left out."""
    for row in ctx.azure.resources(APPLICATION_GATEWAY):
        pools = parts_of(row, "backendAddressPools")
        ends = keys_of(end for pool in pools for end in parts_of(pool, "backendIPConfigurations"))
        for interface in interfaces_of(ends):
            yield Relationship(arm_key(row["id"]), interface)


def _protocols(parts: Iterable[Any]) -> list[str]:
    """Return by what some parts of a gateway ask, or are asked."""
    told = (properties_of(part).get("protocol") for part in parts)
    return sorted({protocol for protocol in told if protocol})
