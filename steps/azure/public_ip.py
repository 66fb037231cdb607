"""Public addresses."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import in_groups, key_at, parts_of, properties_of, resource
from steps.azure.nic import interfaces_of_machines

PUBLIC_IP = "microsoft.network/publicipaddresses"
READ = ["Microsoft.Network/publicIPAddresses/read"]
_PARTS = 9
"""Of the key of a resource in a resource group, where slashes part it."""


@entity_step("IpAddress", permissions=READ, per_row=True, resources=[PUBLIC_IP])
def azure_public_ip(ctx: Context) -> Iterator[Entity]:
    """A public address, also one that nothing uses."""
    for row in ctx.azure.resources(PUBLIC_IP):
        yield resource(
            row,
            public=True,
            usedBy=_used_by(row),
            publicIpPrefixId=key_at(properties_of(row), "publicIPPrefix"),
        )


@relationship_step("azure_resource_group", "HAS", "azure_public_ip", per_row=True)
def azure_resource_group_has_public_ip(ctx: Context) -> Iterator[Relationship]:
    """A public address is in a resource group."""
    yield from in_groups(ctx.entities("azure_public_ip"))


@relationship_step("azure_vm", "USES", "azure_public_ip")
def azure_vm_uses_public_ip(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine is reached at a public address by one of its network interfaces."""
    for machine, row in interfaces_of_machines(ctx):
        for part in parts_of(row, "ipConfigurations"):
            if address := key_at(properties_of(part), "publicIPAddress"):
                yield Relationship(machine, address)


@relationship_step(any_of("azure"), "USES", "azure_public_ip", type="azure_resource_uses_public_ip", per_row=True)
def azure_resource_uses_public_ip(ctx: Context) -> Iterator[Relationship]:
    """A network interface, a gateway, a firewall or a load balancer has a public address."""
    for row in ctx.azure.resources(PUBLIC_IP):
        if used_by := _used_by(row):
            yield Relationship("/".join(used_by.split("/")[:_PARTS]), arm_key(row["id"]))


def _used_by(row: Any) -> str | None:
    """Return the key of what uses an address: of a part of a resource, or of a gateway that translates addresses."""
    return key_at(properties_of(row), "ipConfiguration") or key_at(properties_of(row), "natGateway")
