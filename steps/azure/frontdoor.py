"""Front doors."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import in_groups, parts_of, properties_of, resource

_FRONTDOOR = "microsoft.network/frontdoors"


@entity_step("Service", permissions=["Microsoft.Network/frontDoors/read"], per_row=True, resources=[_FRONTDOOR])
def azure_frontdoor(ctx: Context) -> Iterator[Entity]:
    """A front door of the first kind, which takes web requests all over the world and hands them on."""
    for row in ctx.azure.resources(_FRONTDOOR):
        ends = [properties_of(end) for end in parts_of(row, "frontendEndpoints")]
        yield resource(
            row,
            category=["infrastructure"],
            function=["content-distribution"],
            endpoints=[end["hostName"] for end in ends if end.get("hostName")],
        )


@relationship_step("azure_resource_group", "HAS", "azure_frontdoor", per_row=True)
def azure_resource_group_has_frontdoor(ctx: Context) -> Iterator[Relationship]:
    """A front door is in a resource group."""
    yield from in_groups(ctx.azure.resources(_FRONTDOOR))
