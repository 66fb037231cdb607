"""Services that are offered to networks of others by private endpoints."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    in_groups,
    keys_in,
    keys_of,
    named_by,
    parts_of,
    private_endpoints_of,
    properties_of,
    resource,
    texts_at,
)

_SERVICE = "microsoft.network/privatelinkservices"
_ALL = "*"
_STATUS = "properties", "privateLinkServiceConnectionState", "status"


@entity_step(
    "NetworkEndpoint", permissions=["Microsoft.Network/privateLinkServices/read"], per_row=True, resources=[_SERVICE]
)
def azure_private_link_service(ctx: Context) -> Iterator[Entity]:
    """What a load balancer serves, offered to networks of others by private endpoints."""
    for row in ctx.azure.resources(_SERVICE):
        visible, approved = (_subscriptions(row, name) for name in ("visibility", "autoApproval"))
        subnets = texts_at(parts_of(row, "ipConfigurations"), "properties", "subnet", "id")
        states = texts_at(parts_of(row, "privateEndpointConnections"), *_STATUS)
        yield resource(
            row,
            visibleToAll=_ALL in visible,
            visibleSubscriptionIds=[each for each in visible if each != _ALL],
            autoApprovesAll=_ALL in approved,
            autoApprovedSubscriptionIds=[each for each in approved if each != _ALL],
            subnetIds=keys_of(subnets),
            frontendIpIds=_frontends(row),
            loadBalancerIds=_load_balancers(row),
            networkInterfaceIds=keys_in(row, "networkInterfaces"),
            privateEndpointIds=private_endpoints_of(row),
            connectionStates=list(dict.fromkeys(states)),
        )


@relationship_step("azure_resource_group", "HAS", "azure_private_link_service", per_row=True)
def azure_resource_group_has_private_link_service(ctx: Context) -> Iterator[Relationship]:
    """A service that others reach by private endpoints is in a resource group."""
    yield from in_groups(ctx.entities("azure_private_link_service"))


@relationship_step("azure_private_link_service", "CONNECTS", "azure_lb", per_row=True)
def azure_private_link_service_connects_lb(ctx: Context) -> Iterator[Relationship]:
    """Whoever reaches a service by a private endpoint reaches a load balancer, and what is behind that."""
    for row in ctx.azure.resources(_SERVICE):
        for balancer in _load_balancers(row):
            yield Relationship(arm_key(row["id"]), balancer)


@relationship_step("azure_private_link_service", "CONNECTS", "azure_lb_frontend_ip", per_row=True)
def azure_private_link_service_connects_lb_frontend_ip(ctx: Context) -> Iterator[Relationship]:
    """Whoever reaches a service by a private endpoint reaches one address of a load balancer."""
    yield from named_by(ctx.entities("azure_private_link_service"), "frontendIpIds")


@relationship_step("azure_private_link_service", "USES", "azure_nic", per_row=True)
def azure_private_link_service_uses_nic(ctx: Context) -> Iterator[Relationship]:
    """A service has its addresses by network interfaces."""
    for row in ctx.azure.resources(_SERVICE):
        for interface in keys_in(row, "networkInterfaces"):
            yield Relationship(arm_key(row["id"]), interface)


def _subscriptions(row: Any, name: str) -> list[str]:
    """Return the subscriptions that something about a service is for, sorted; a star stands for all."""
    return sorted({id.lower() for id in texts_at(properties_of(row), name, "subscriptions[]")})


def _frontends(row: Any) -> list[str]:
    """Return the keys of the addresses of load balancers that a service stands before."""
    return keys_in(row, "loadBalancerFrontendIpConfigurations")


def _load_balancers(row: Any) -> list[str]:
    """Return the keys of the load balancers whose frontends a service stands before."""
    return list(dict.fromkeys(key.rpartition("/frontendipconfigurations/")[0] for key in _frontends(row)))
