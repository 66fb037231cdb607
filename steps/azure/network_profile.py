"""Profiles by which container groups are put into subnets."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import in_groups, keys_at, parts_of, properties_of, resource

_PROFILE = "microsoft.network/networkprofiles"


@entity_step(
    "Configuration", permissions=["Microsoft.Network/networkProfiles/read"], per_row=True, resources=[_PROFILE]
)
def azure_network_profile(ctx: Context) -> Iterator[Entity]:
    """How container groups are put into subnets."""
    for row in ctx.azure.resources(_PROFILE):
        interfaces = parts_of(row, "containerNetworkInterfaceConfigurations")
        addresses = [properties_of(each) for part in interfaces for each in parts_of(part, "ipConfigurations")]
        yield resource(row, subnetIds=keys_at(addresses, "subnet"))


@relationship_step("azure_resource_group", "HAS", "azure_network_profile", per_row=True)
def azure_resource_group_has_network_profile(ctx: Context) -> Iterator[Relationship]:
    """A profile is in a resource group."""
    yield from in_groups(ctx.entities("azure_network_profile"))
