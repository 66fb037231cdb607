"""Microsoft Defender for IoT, as it watches the devices of hubs."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import active, in_groups, key_at, keys_in, properties_of, resource

_SOLUTION = "microsoft.security/iotsecuritysolutions"


@entity_step(
    "Service", permissions=["Microsoft.Security/iotSecuritySolutions/read"], per_row=True, resources=[_SOLUTION]
)
def azure_iot_security_solution(ctx: Context) -> Iterator[Entity]:
    """Microsoft Defender for IoT, as it watches the devices of some hubs.

    Source: Azure Resource Manager, Microsoft.Security/iotSecuritySolutions; Prowler, ``defender_service.py``.
    """
    for row in ctx.azure.resources(_SOLUTION):
        yield resource(
            row,
            category=["security"],
            function=["monitoring"],
            active=active(row),
            iotHubIds=keys_in(row, "iotHubs"),
            workspaceId=key_at(properties_of(row), "workspace"),
        )


@relationship_step("azure_resource_group", "HAS", "azure_iot_security_solution", per_row=True)
def azure_resource_group_has_iot_security_solution(ctx: Context) -> Iterator[Relationship]:
    """Defender for IoT is in a resource group."""
    yield from in_groups(ctx.entities("azure_iot_security_solution"))


@relationship_step("azure_iot_security_solution", "USES", "azure_log_analytics_workspace", per_row=True)
def azure_iot_security_solution_uses_log_analytics_workspace(ctx: Context) -> Iterator[Relationship]:
    """What Defender for IoT finds is kept in a workspace."""
    for row in ctx.azure.resources(_SOLUTION):
        if workspace := key_at(properties_of(row), "workspace"):
            yield Relationship(arm_key(row["id"]), workspace)


@relationship_step("azure_iot_security_solution", "MONITORS", "azure_iot_hub", per_row=True)
def azure_iot_security_solution_monitors_hub(ctx: Context) -> Iterator[Relationship]:
    """Defender for IoT watches the devices of a hub."""
    for solution in ctx.entities("azure_iot_security_solution"):
        for hub in solution.properties.get("iotHubIds", ()):
            yield Relationship(solution.key, hub)
