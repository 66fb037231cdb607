"""Virtual networks and their subnets."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    environment_of,
    in_groups,
    key_at,
    keys_at,
    keys_in,
    object_at,
    part_of,
    parts_of,
    properties_of,
    resource,
    texts_in,
    values_in,
)
from steps.azure.nic import interfaces_of_machines

VNET = "microsoft.network/virtualnetworks"
_PEERING = (
    "peeringState",
    "allowVirtualNetworkAccess",
    "allowForwardedTraffic",
    "allowGatewayTransit",
    "useRemoteGateways",
)
READ = ["Microsoft.Network/virtualNetworks/read"]


@entity_step("Network", permissions=READ, per_row=True, resources=[VNET])
def azure_vnet(ctx: Context) -> Iterator[Entity]:
    """A virtual network."""
    for row in ctx.azure.resources(VNET):
        prefixes = texts_in(object_at(properties_of(row), "addressSpace"), "addressPrefixes")
        peers = map(properties_of, parts_of(row, "virtualNetworkPeerings"))
        yield resource(
            row,
            environment=environment_of(row),
            CIDR=next(iter(prefixes), None),
            public=False,
            internal=True,
            peeredNetworkIds=keys_at(peers, "remoteVirtualNetwork"),
            ddosProtectionPlanId=key_at(properties_of(row), "ddosProtectionPlan"),
        )


@entity_step("Network", permissions=READ, per_row=True)
def azure_subnet(ctx: Context) -> Iterator[Entity]:
    """A part of a virtual network, with the rules and routes that hold for it."""
    for row in ctx.azure.resources(VNET):
        for subnet in parts_of(row, "subnets"):
            properties = properties_of(subnet)
            prefixes = values_in(properties, "addressPrefixes") or [properties.get("addressPrefix")]
            services = (properties_of(delegation).get("serviceName") for delegation in parts_of(subnet, "delegations"))
            yield part_of(
                row,
                subnet,
                CIDR=prefixes[0],
                addressPrefixes=[prefix for prefix in prefixes if prefix],
                public=False,
                internal=True,
                environment=environment_of(row),
                virtualNetworkId=arm_key(row["id"]),
                networkSecurityGroupId=key_at(properties, "networkSecurityGroup"),
                routeTableId=key_at(properties, "routeTable"),
                serviceEndpointPolicyIds=keys_in(subnet, "serviceEndpointPolicies"),
                natGatewayId=key_at(properties, "natGateway"),
                delegatedServices=[service for service in services if service],
            )


@relationship_step("azure_resource_group", "HAS", "azure_vnet", per_row=True)
def azure_resource_group_has_vnet(ctx: Context) -> Iterator[Relationship]:
    """A virtual network is in a resource group."""
    yield from in_groups(ctx.entities("azure_vnet"))


@relationship_step("azure_vnet", "CONTAINS", "azure_subnet", per_row=True)
def azure_vnet_contains_subnet(ctx: Context) -> Iterator[Relationship]:
    """A virtual network has a subnet."""
    for row in ctx.azure.resources(VNET):
        for key in keys_in(row, "subnets"):
            yield Relationship(arm_key(row["id"]), key)


@relationship_step("azure_subnet", "HAS", "azure_vm")
def azure_subnet_has_vm(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine has an interface in a subnet."""
    seen = set()
    for machine, row in interfaces_of_machines(ctx):
        for part in parts_of(row, "ipConfigurations"):
            subnet = key_at(properties_of(part), "subnet")
            if subnet and (subnet, machine) not in seen:
                seen.add((subnet, machine))
                yield Relationship(subnet, machine)


@relationship_step("azure_vnet", "CONNECTS", "azure_vnet", per_row=True)
def azure_vnet_connects_vnet(ctx: Context) -> Iterator[Relationship]:
    """A virtual network is peered with another one; each of the two has a peering of its own."""
    for row in ctx.azure.resources(VNET):
        for peering in parts_of(row, "virtualNetworkPeerings"):
            properties = properties_of(peering)
            if remote := key_at(properties, "remoteVirtualNetwork"):
                told = {name: properties.get(name) for name in _PEERING}
                known = {name: value for name, value in told.items() if value is not None}
                yield Relationship(arm_key(row["id"]), remote, **known)
