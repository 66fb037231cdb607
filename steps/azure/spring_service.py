"""Services that run apps made with Spring."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import in_groups, key_at, keys_of, object_at, properties_of, resource

_SERVICE = "microsoft.appplatform/spring"


@entity_step("Service", permissions=["Microsoft.AppPlatform/Spring/read"], per_row=True, resources=[_SERVICE])
def azure_spring_service(ctx: Context) -> Iterator[Entity]:
    """A service that runs apps made with Spring."""
    for row in ctx.azure.resources(_SERVICE):
        network = object_at(properties_of(row), "networkProfile")
        yield resource(
            row,
            category=["infrastructure"],
            function=["workload-management"],
            subnetIds=keys_of(key_at(network, name) for name in ("appSubnetId", "serviceRuntimeSubnetId")),
        )


@relationship_step("azure_resource_group", "HAS", "azure_spring_service", per_row=True)
def azure_resource_group_has_spring_service(ctx: Context) -> Iterator[Relationship]:
    """A service that runs apps made with Spring is in a resource group."""
    yield from in_groups(ctx.entities("azure_spring_service"))
