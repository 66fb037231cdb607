"""Load balancers."""

from collections.abc import Iterable, Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import in_groups, key_of, keys_at, keys_in, keys_of, parts_of, properties_of, resource

LOAD_BALANCER = "microsoft.network/loadbalancers"
_OF_SCALE_SET = "/virtualmachinescalesets/"


@entity_step("Gateway", permissions=["Microsoft.Network/loadBalancers/read"], per_row=True, resources=[LOAD_BALANCER])
def azure_lb(ctx: Context) -> Iterator[Entity]:
    """A load balancer, which shares what reaches its addresses among machines."""
    for row in ctx.azure.resources(LOAD_BALANCER):
        fronts = [properties_of(front) for front in parts_of(row, "frontendIPConfigurations")]
        addresses = keys_at(fronts, "publicIPAddress")
        private = [front["privateIPAddress"] for front in fronts if front.get("privateIPAddress")]
        yield resource(
            row,
            category=["network"],
            function=["load-balancing"],
            public=bool(addresses or keys_at(fronts, "publicIPPrefix")),
            publicIpAddressIds=addresses,
            privateIpAddresses=private,
            privateIp=private,
            subnetIds=keys_at(fronts, "subnet"),
            outboundRulePublicIpAddressIds=_outbound(row),
            probes=[_probe(properties_of(each)) for each in parts_of(row, "probes")],
        )


@relationship_step("azure_resource_group", "HAS", "azure_lb", per_row=True)
def azure_resource_group_has_lb(ctx: Context) -> Iterator[Relationship]:
    """A load balancer is in a resource group."""
    yield from in_groups(ctx.entities("azure_lb"))


@relationship_step("azure_lb", "CONNECTS", "azure_nic", per_row=True)
def azure_lb_connects_nic(ctx: Context) -> Iterator[Relationship]:
    """A load balancer leads to a network interface; those of scale sets, which are no resources, are left out."""
    for row in ctx.azure.resources(LOAD_BALANCER):
        pools = parts_of(row, "backendAddressPools")
        ends: list[Any] = [end for pool in pools for end in parts_of(pool, "backendIPConfigurations")]
        addresses = [address for pool in pools for address in parts_of(pool, "loadBalancerBackendAddresses")]
        ends += [properties_of(address).get("networkInterfaceIPConfiguration") for address in addresses]
        ends += [properties_of(rule).get("backendIPConfiguration") for rule in parts_of(row, "inboundNatRules")]
        for interface in interfaces_of(keys_of(ends)):
            yield Relationship(arm_key(row["id"]), interface)


def _outbound(row: Any) -> list[str]:
    """Return the keys of the public addresses that machines have on the internet by the rules for what goes out."""
    fronts = {key_of(front): properties_of(front) for front in parts_of(row, "frontendIPConfigurations")}
    used = (key for rule in parts_of(row, "outboundRules") for key in keys_in(rule, "frontendIPConfigurations"))
    return keys_at((fronts[key] for key in used if key in fronts), "publicIPAddress")


def _probe(properties: dict[str, Any]) -> str:
    """Return how a probe asks a machine: the protocol, the port, and the path where it has one."""
    told = (properties.get(name) for name in ("protocol", "port", "requestPath"))
    return " ".join(str(each) for each in told if each)


def interfaces_of(ends: Iterable[str]) -> list[str]:
    """Return the interfaces that some configurations of addresses are of, each once, without those of scale sets."""
    return list(dict.fromkeys(end.partition("/ipconfigurations/")[0] for end in ends if _OF_SCALE_SET not in end))
