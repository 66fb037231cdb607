"""Application security groups, and plans that protect from floods."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    in_groups,
    in_subscriptions,
    key_at,
    keys_in,
    keys_of,
    parts_of,
    properties_of,
    resource,
)
from steps.azure.nic import interfaces_of_machines
from steps.azure.vnet import VNET

_PLAN = "microsoft.network/ddosprotectionplans"
_TYPES = {
    "azure_application_security_group": "microsoft.network/applicationsecuritygroups",
    "azure_ddos_protection_plan": _PLAN,
}


@entity_step(
    "Firewall",
    permissions=["Microsoft.Network/applicationSecurityGroups/read"],
    per_row=True,
    resources=[_TYPES["azure_application_security_group"]],
)
def azure_application_security_group(ctx: Context) -> Iterator[Entity]:
    """A name for some network interfaces, that rules of network security groups use."""
    for row in ctx.azure.resources(_TYPES["azure_application_security_group"]):
        yield resource(row, category=["application"])


@entity_step(
    "Configuration", permissions=["Microsoft.Network/ddosProtectionPlans/read"], per_row=True, resources=[_PLAN]
)
def azure_ddos_protection_plan(ctx: Context) -> Iterator[Entity]:
    """A plan that protects public addresses from floods of requests."""
    for row in ctx.azure.resources(_PLAN):
        addresses = keys_in(row, "publicIPAddresses")
        networks = keys_in(row, "virtualNetworks")
        yield resource(
            row,
            publicIpAddressIds=addresses,
            publicIPAddresses=addresses,
            virtualNetworkIds=networks,
            virtualNetworks=networks,
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_network_protection(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An application security group or a plan is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_subscription", "HAS", "azure_ddos_protection_plan", per_row=True)
def azure_subscription_has_ddos_protection_plan(ctx: Context) -> Iterator[Relationship]:
    """A subscription has a plan."""
    yield from in_subscriptions(ctx.azure.resources(_PLAN))


@relationship_step("azure_application_security_group", "PROTECTS", "azure_vm")
def azure_application_security_group_protects_vm(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine has an interface that is in an application security group."""
    seen = set()
    for machine, row in interfaces_of_machines(ctx):
        parts = parts_of(row, "ipConfigurations")
        for group in keys_of(each for part in parts for each in parts_of(part, "applicationSecurityGroups")):
            if (group, machine) not in seen:
                seen.add((group, machine))
                yield Relationship(group, machine)


@relationship_family(
    "azure_application_security_group", "PROTECTS", ["azure_nic", "azure_private_endpoint"], per_row=True
)
def azure_application_security_group_protects_member(
    ctx: Context, from_type: str, to_type: str
) -> Iterator[Relationship]:
    """The rules that name an application security group hold for a network interface or a private endpoint."""
    for member in ctx.entities(to_type):
        for group in member.properties.get("applicationSecurityGroupIds", ()):
            yield Relationship(group, member.key)


@relationship_step("azure_ddos_protection_plan", "ASSIGNED", "azure_public_ip", per_row=True)
def azure_ddos_protection_plan_assigned_public_ip(ctx: Context) -> Iterator[Relationship]:
    """A plan protects a public address by itself."""
    for row in ctx.azure.resources(_PLAN):
        for address in keys_in(row, "publicIPAddresses"):
            yield Relationship(arm_key(row["id"]), address)


@relationship_step("azure_ddos_protection_plan", "ASSIGNED", "azure_vnet", per_row=True)
def azure_ddos_protection_plan_assigned_vnet(ctx: Context) -> Iterator[Relationship]:
    """A plan protects the public addresses of a virtual network, which names it."""
    for row in ctx.azure.resources(VNET):
        if plan := key_at(properties_of(row), "ddosProtectionPlan"):
            yield Relationship(plan, arm_key(row["id"]))
