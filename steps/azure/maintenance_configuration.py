"""When machines are maintained."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import in_groups, properties_of, resource, texts_at

_CONFIGURATION = "microsoft.maintenance/maintenanceconfigurations"
_LEFT_OUT = [("windowsParameters", "kbNumbersToExclude[]"), ("linuxParameters", "packageNameMasksToExclude[]")]


@entity_step(
    "Configuration",
    permissions=["Microsoft.Maintenance/maintenanceConfigurations/read"],
    per_row=True,
    resources=[_CONFIGURATION],
)
def azure_maintenance_configuration(ctx: Context) -> Iterator[Entity]:
    """When machines and hosts are maintained, and with which patches."""
    for row in ctx.azure.resources(_CONFIGURATION):
        excluded = {each for names in _LEFT_OUT for each in texts_at(properties_of(row), "installPatches", *names)}
        yield resource(row, excludedPatches=sorted(excluded))


@relationship_step("azure_resource_group", "HAS", "azure_maintenance_configuration", per_row=True)
def azure_resource_group_has_maintenance_configuration(ctx: Context) -> Iterator[Relationship]:
    """A plan for maintenance is in a resource group."""
    yield from in_groups(ctx.entities("azure_maintenance_configuration"))
