"""Network security groups, and what they protect."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    environment_of,
    in_groups,
    key_at,
    keys_in,
    parts_of,
    properties_of,
    resource,
    says,
    texts_in,
)
from steps.azure._rules import SECURITY_GROUP
from steps.azure.nic import NIC
from steps.azure.vnet import VNET

READ = ["Microsoft.Network/networkSecurityGroups/read"]
_ANYWHERE = {"*", "0.0.0.0/0", "::/0", "internet"}
_EVERY_PORT = {"*", "0-65535"}


@entity_step("Firewall", permissions=READ, per_row=True, resources=[SECURITY_GROUP])
def azure_security_group(ctx: Context) -> Iterator[Entity]:
    """A network security group: rules for what goes into and out of subnets and network interfaces."""
    for row in ctx.azure.resources(SECURITY_GROUP):
        rules = parts_of(row, "securityRules")
        subnets, interfaces = keys_in(row, "subnets"), keys_in(row, "networkInterfaces")
        yield resource(
            row,
            environment=environment_of(row),
            category=[*(["network"] if subnets else []), *(["host"] if interfaces else [])],
            isWideOpen=any(_is_wide_open(properties_of(rule)) for rule in rules),
            subnetIds=subnets,
            networkInterfaceIds=interfaces,
            flowLogIds=keys_in(row, "flowLogs"),
        )


@relationship_step("azure_resource_group", "HAS", "azure_security_group", per_row=True)
def azure_resource_group_has_security_group(ctx: Context) -> Iterator[Relationship]:
    """A network security group is in a resource group."""
    yield from in_groups(ctx.entities("azure_security_group"))


@relationship_step("azure_security_group", "PROTECTS", "azure_nic", per_row=True)
def azure_security_group_protects_nic(ctx: Context) -> Iterator[Relationship]:
    """The rules of a network security group hold for a network interface."""
    for row in ctx.azure.resources(NIC):
        if group := key_at(properties_of(row), "networkSecurityGroup"):
            yield Relationship(group, arm_key(row["id"]))


@relationship_step("azure_security_group", "PROTECTS", "azure_subnet", per_row=True)
def azure_security_group_protects_subnet(ctx: Context) -> Iterator[Relationship]:
    """The rules of a network security group hold for a subnet."""
    for row in ctx.azure.resources(VNET):
        for subnet in parts_of(row, "subnets"):
            if group := key_at(properties_of(subnet), "networkSecurityGroup"):
                yield Relationship(group, arm_key(subnet["id"]))


def _is_wide_open(rule: dict[str, Any]) -> bool:
    """Tell whether a rule, by itself, lets everybody in the world reach every port."""
    sources = {rule.get("sourceAddressPrefix"), *texts_in(rule, "sourceAddressPrefixes")}
    ports = {rule.get("destinationPortRange"), *texts_in(rule, "destinationPortRanges")}
    return (
        says(rule.get("direction"), "inbound")
        and says(rule.get("access"), "allow")
        and not _ANYWHERE.isdisjoint(str(source).lower() for source in sources)
        and not _EVERY_PORT.isdisjoint(ports)
    )
