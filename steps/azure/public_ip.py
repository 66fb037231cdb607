"""Public addresses."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import in_groups, key_of, parts_of, properties_of, resource
from steps.azure.nic import NIC

PUBLIC_IP = "microsoft.network/publicipaddresses"
READ = ["Microsoft.Network/publicIPAddresses/read"]


@entity_step("IpAddress", permissions=READ, per_row=True, resources=[PUBLIC_IP])
def azure_public_ip(ctx: Context) -> Iterator[Entity]:
    """A public address, also one that nothing uses."""
    for row in ctx.azure.resources(PUBLIC_IP):
        yield resource(
            row,
            public=True,
            usedBy=key_of(properties_of(row).get("ipConfiguration") or properties_of(row).get("natGateway")),
        )


@relationship_step("azure_resource_group", "HAS", "azure_public_ip", per_row=True)
def azure_resource_group_has_public_ip(ctx: Context) -> Iterator[Relationship]:
    """A public address is in a resource group."""
    yield from in_groups(ctx.azure.resources(PUBLIC_IP))


@relationship_step("azure_vm", "USES", "azure_public_ip", per_row=True)
def azure_vm_uses_public_ip(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine is reached at a public address by one of its network interfaces."""
    for row in ctx.azure.resources(NIC):
        machine = key_of(properties_of(row).get("virtualMachine"))
        for part in parts_of(row, "ipConfigurations"):
            address = key_of(properties_of(part).get("publicIPAddress"))
            if machine and address:
                yield Relationship(machine, address)
