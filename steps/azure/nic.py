"""Network interfaces."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import in_groups, key_at, keys_at, keys_of, parts_of, properties_of, references_in, resource
from steps.azure.vm import VM, interfaces_of

NIC = "microsoft.network/networkinterfaces"


@entity_step(
    "NetworkInterface", permissions=["Microsoft.Network/networkInterfaces/read"], per_row=True, resources=[NIC]
)
def azure_nic(ctx: Context) -> Iterator[Entity]:
    """A network interface of a virtual machine or of a private endpoint."""
    for row in ctx.azure.resources(NIC):
        parts = [properties_of(each) for each in parts_of(row, "ipConfigurations")]
        groups = (group for part in parts for group in references_in(part, "applicationSecurityGroups"))
        addresses = [part["privateIPAddress"] for part in parts if part.get("privateIPAddress")]
        filtered_by = key_at(properties_of(row), "networkSecurityGroup")
        yield resource(
            row,
            privateIpAddresses=addresses,
            privateIp=addresses,
            privateIpAddress=addresses,
            publicIpAddressIds=keys_at(parts, "publicIPAddress"),
            subnetIds=keys_at(parts, "subnet"),
            applicationSecurityGroupIds=keys_of(groups),
            virtualMachineId=key_at(properties_of(row), "virtualMachine"),
            networkSecurityGroupId=filtered_by,
            securityGroupId=filtered_by,
            privateEndpointId=key_at(properties_of(row), "privateEndpoint"),
        )


@relationship_step("azure_resource_group", "HAS", "azure_nic", per_row=True)
def azure_resource_group_has_nic(ctx: Context) -> Iterator[Relationship]:
    """A network interface is in a resource group."""
    yield from in_groups(ctx.entities("azure_nic"))


def interfaces_of_machines(ctx: Context) -> Iterator[tuple[str, Any]]:
    """Yield the key of each virtual machine with each of its network interfaces.

    The interface names its machine, and the machine its interfaces; where one of the two is older than the other, one
    alone does.
    """
    alone = {}
    for row in ctx.azure.resources(NIC):
        if machine := key_at(properties_of(row), "virtualMachine"):
            yield machine, row
        elif not key_at(properties_of(row), "privateEndpoint"):
            alone[arm_key(row["id"])] = row
    for row in ctx.azure.resources(VM) if alone else ():
        for interface in interfaces_of(row):
            if interface in alone:
                yield arm_key(row["id"]), alone[interface]
