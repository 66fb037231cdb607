"""Network interfaces."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import in_groups, key_of, keys_of, listed, parts_of, properties_of, resource

NIC = "microsoft.network/networkinterfaces"


@entity_step(
    "NetworkInterface", permissions=["Microsoft.Network/networkInterfaces/read"], per_row=True, resources=[NIC]
)
def azure_nic(ctx: Context) -> Iterator[Entity]:
    """A network interface of a virtual machine or of a private endpoint."""
    for row in ctx.azure.resources(NIC):
        parts = [properties_of(each) for each in parts_of(row, "ipConfigurations")]
        groups = (group for part in parts for group in listed(part, "applicationSecurityGroups"))
        addresses = [part["privateIPAddress"] for part in parts if part.get("privateIPAddress")]
        filtered_by = key_of(properties_of(row).get("networkSecurityGroup"))
        yield resource(
            row,
            privateIpAddresses=addresses,
            privateIp=addresses,
            privateIpAddress=addresses,
            publicIpAddressIds=keys_of(part.get("publicIPAddress") for part in parts),
            subnetIds=keys_of(part.get("subnet") for part in parts),
            applicationSecurityGroupIds=keys_of(groups),
            virtualMachineId=key_of(properties_of(row).get("virtualMachine")),
            networkSecurityGroupId=filtered_by,
            securityGroupId=filtered_by,
            privateEndpointId=key_of(properties_of(row).get("privateEndpoint")),
        )


@relationship_step("azure_resource_group", "HAS", "azure_nic", per_row=True)
def azure_resource_group_has_nic(ctx: Context) -> Iterator[Relationship]:
    """A network interface is in a resource group."""
    yield from in_groups(ctx.azure.resources(NIC))
