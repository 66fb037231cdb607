"""What load balancers are made of: addresses, pools of machines, rules and probes."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    below_parents,
    each_part,
    key_at,
    keys_in,
    keys_of,
    named_by,
    part_of,
    parts_of,
    properties_of,
    type_of,
)
from steps.azure.lb import LOAD_BALANCER, interfaces_of

_READ = ["Microsoft.Network/loadBalancers/read"]
_PARTS = {
    "azure_lb_frontend_ip": "frontendIPConfigurations",
    "azure_lb_backend_pool": "backendAddressPools",
    "azure_lb_rule": "loadBalancingRules",
    "azure_lb_inbound_nat_rule": "inboundNatRules",
    "azure_lb_outbound_rule": "outboundRules",
    "azure_lb_probe": "probes",
}
_RULES = ["azure_lb_rule", "azure_lb_inbound_nat_rule", "azure_lb_outbound_rule"]


@entity_step("Configuration", permissions=_READ, per_row=True)
def azure_lb_frontend_ip(ctx: Context) -> Iterator[Entity]:
    """An address that a load balancer answers to."""
    for row, front in _parts(ctx, "azure_lb_frontend_ip"):
        properties = properties_of(front)
        address, prefix = key_at(properties, "publicIPAddress"), key_at(properties, "publicIPPrefix")
        yield part_of(
            row,
            front,
            type=type_of(front),
            public=bool(address or prefix),
            publicIpAddressId=address,
            publicIpPrefixId=prefix,
            subnetId=key_at(properties, "subnet"),
            gatewayLoadBalancerId=key_at(properties, "gatewayLoadBalancer"),
        )


@entity_step("Configuration", permissions=_READ, per_row=True)
def azure_lb_backend_pool(ctx: Context) -> Iterator[Entity]:
    """Machines that a load balancer shares what comes among."""
    for row, pool in _parts(ctx, "azure_lb_backend_pool"):
        addresses = [properties_of(each) for each in parts_of(pool, "loadBalancerBackendAddresses")]
        networks = (key_at(each, "virtualNetwork") for each in (properties_of(pool), *addresses))
        yield part_of(
            row,
            pool,
            type=type_of(pool),
            networkInterfaceIds=_interfaces(pool),
            addresses=[each["ipAddress"] for each in addresses if each.get("ipAddress")],
            vnetId=next(filter(None, networks), None),
        )


@entity_step("Rule", permissions=_READ, per_row=True)
def azure_lb_rule(ctx: Context) -> Iterator[Entity]:
    """Which port of which address a load balancer shares among which machines."""
    for row, rule in _parts(ctx, "azure_lb_rule"):
        properties = properties_of(rule)
        yield part_of(
            row,
            rule,
            type=type_of(rule),
            frontendIpId=key_at(properties, "frontendIPConfiguration"),
            backendPoolIds=_pools(rule),
            probeId=key_at(properties, "probe"),
        )


@entity_step("Rule", permissions=_READ, per_row=True)
def azure_lb_inbound_nat_rule(ctx: Context) -> Iterator[Entity]:
    """Which port of an address leads to a single machine."""
    for row, rule in _parts(ctx, "azure_lb_inbound_nat_rule"):
        yield part_of(
            row,
            rule,
            type=type_of(rule),
            frontendIpId=key_at(properties_of(rule), "frontendIPConfiguration"),
            backendPoolIds=_pools(rule),
            networkInterfaceIds=_interfaces(rule),
        )


@entity_step("Rule", permissions=_READ, per_row=True)
def azure_lb_outbound_rule(ctx: Context) -> Iterator[Entity]:
    """By which addresses the machines of a pool reach the internet."""
    for row, rule in _parts(ctx, "azure_lb_outbound_rule"):
        yield part_of(row, rule, type=type_of(rule), frontendIpIds=_fronts(rule), backendPoolIds=_pools(rule))


@entity_step("Configuration", permissions=_READ, per_row=True)
def azure_lb_probe(ctx: Context) -> Iterator[Entity]:
    """How a load balancer finds out whether a machine answers."""
    for row, probe in _parts(ctx, "azure_lb_probe"):
        yield part_of(row, probe, type=type_of(probe))


@relationship_family("azure_lb", "HAS", list(_PARTS), permissions=_READ, per_row=True)
def azure_lb_has_part(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A load balancer is made of addresses, pools, rules and probes."""
    yield from below_parents(ctx.entities(to_type))


@relationship_step("azure_lb_frontend_ip", "USES", "azure_public_ip", permissions=_READ, per_row=True)
def azure_lb_frontend_ip_uses_public_ip(ctx: Context) -> Iterator[Relationship]:
    """What a load balancer answers to is a public address."""
    for _, front in _parts(ctx, "azure_lb_frontend_ip"):
        if address := key_at(properties_of(front), "publicIPAddress"):
            yield Relationship(arm_key(front["id"]), address)


@relationship_family(_RULES, "USES", "azure_lb_frontend_ip", permissions=_READ, per_row=True)
def azure_lb_rule_uses_frontend(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A rule is for an address; one for what goes out may be for several."""
    for _, rule in _parts(ctx, from_type):
        for front in _fronts(rule):
            yield Relationship(arm_key(rule["id"]), front)


@relationship_family(_RULES, "CONNECTS", "azure_lb_backend_pool", permissions=_READ, per_row=True)
def azure_lb_rule_connects_pool(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A rule is for the machines of a pool."""
    for _, rule in _parts(ctx, from_type):
        for pool in _pools(rule):
            yield Relationship(arm_key(rule["id"]), pool)


@relationship_step("azure_lb_frontend_ip", "USES", "azure_lb_frontend_ip", permissions=_READ, per_row=True)
def azure_lb_frontend_ip_uses_ip(ctx: Context) -> Iterator[Relationship]:
    """What comes in goes by the appliances of another load balancer first: it looks at all, and lets through some."""
    yield from named_by(ctx.entities("azure_lb_frontend_ip"), "gatewayLoadBalancerId")


@relationship_step("azure_lb_backend_pool", "CONNECTS", "azure_vnet", permissions=_READ, per_row=True)
def azure_lb_backend_pool_connects_vnet(ctx: Context) -> Iterator[Relationship]:
    """A load balancer finds the machines of a pool by their addresses in a network."""
    yield from named_by(ctx.entities("azure_lb_backend_pool"), "vnetId")


@relationship_step("azure_lb_rule", "USES", "azure_lb_probe", permissions=_READ, per_row=True)
def azure_lb_rule_uses_probe(ctx: Context) -> Iterator[Relationship]:
    """A rule leads to those machines alone that a probe found to answer."""
    for _, rule in _parts(ctx, "azure_lb_rule"):
        if probe := key_at(properties_of(rule), "probe"):
            yield Relationship(arm_key(rule["id"]), probe)


@relationship_family(
    ["azure_lb_backend_pool", "azure_lb_inbound_nat_rule"], "CONNECTS", "azure_nic", permissions=_READ, per_row=True
)
def azure_lb_part_connects_nic(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """What is shared, or a single port, leads to a network interface; those of scale sets are left out."""
    for _, part in _parts(ctx, from_type):
        for interface in _interfaces(part):
            yield Relationship(arm_key(part["id"]), interface)


def _parts(ctx: Context, type: str) -> Iterator[tuple[Any, Any]]:
    """Yield each load balancer with each of its parts of a type."""
    return each_part(ctx.azure.resources(LOAD_BALANCER), _PARTS[type])


def _fronts(rule: Any) -> list[str]:
    """Return the keys of the addresses that a rule is for."""
    one = key_at(properties_of(rule), "frontendIPConfiguration")
    return list(dict.fromkeys([*([one] if one else []), *keys_in(rule, "frontendIPConfigurations")]))


def _pools(rule: Any) -> list[str]:
    """Return the keys of the pools that a rule is for: Azure tells one, several, or one in both ways."""
    one = key_at(properties_of(rule), "backendAddressPool")
    return list(dict.fromkeys([*([one] if one else []), *keys_in(rule, "backendAddressPools")]))


def _interfaces(part: Any) -> list[str]:
    """Return the keys of the network interfaces in a pool, or of the one that a port leads to."""
    addresses = map(properties_of, parts_of(part, "loadBalancerBackendAddresses"))
    ends: list[Any] = [*parts_of(part, "backendIPConfigurations")]
    ends += [address.get("networkInterfaceIPConfiguration") for address in addresses]
    return interfaces_of(keys_of([*ends, properties_of(part).get("backendIPConfiguration")]))
