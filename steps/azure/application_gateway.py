"""Application gateways."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import identities_of, in_groups, key_of, keys_of, parts_of, properties_of, resource

_GATEWAY = "microsoft.network/applicationgateways"


@entity_step("Network", permissions=["Microsoft.Network/applicationGateways/read"], per_row=True, resources=[_GATEWAY])
def azure_application_gateway(ctx: Context) -> Iterator[Entity]:
    """An application gateway, which shares web requests among machines and may refuse attacks."""
    for row in ctx.azure.resources(_GATEWAY):
        fronts = [properties_of(front) for front in parts_of(row, "frontendIPConfigurations")]
        addresses = keys_of(front.get("publicIPAddress") for front in fronts)
        own = [properties_of(each).get("subnet") for each in parts_of(row, "gatewayIPConfigurations")]
        listeners = [*parts_of(row, "httpListeners"), *parts_of(row, "listeners")]
        protocols = [properties_of(listener).get("protocol") for listener in listeners]
        yield resource(
            row,
            public=bool(addresses),
            publicIpAddressIds=addresses,
            subnetIds=keys_of(own),
            firewallPolicyId=key_of(properties_of(row).get("firewallPolicy")),
            listenerProtocols=sorted({protocol for protocol in protocols if protocol}),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_application_gateway", per_row=True)
def azure_resource_group_has_application_gateway(ctx: Context) -> Iterator[Relationship]:
    """An application gateway is in a resource group."""
    yield from in_groups(ctx.azure.resources(_GATEWAY))
