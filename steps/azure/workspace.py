"""Where logs are kept and copies for the worst case."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    private_endpoints_of,
    properties_of,
    resource,
    text_in,
    texts_at,
)

_TYPES = {
    "azure_log_analytics_workspace": "microsoft.operationalinsights/workspaces",
    "azure_recovery_vault": "microsoft.recoveryservices/vaults",
}
_TOLD: dict[str, tuple[str, tuple[str, ...]]] = {
    "azure_container_app_environment": (
        "microsoft.app/managedenvironments",
        ("appLogsConfiguration", "logAnalyticsConfiguration", "customerId"),
    ),
    "azure_container_group": (
        "microsoft.containerinstance/containergroups",
        ("diagnostics", "logAnalytics", "workspaceId"),
    ),
}
"""Types of what runs containers: the type of the resources, and where they tell which workspace is told."""


@entity_step(
    "Logs",
    permissions=["Microsoft.OperationalInsights/workspaces/read"],
    per_row=True,
    resources=[_TYPES["azure_log_analytics_workspace"]],
)
def azure_log_analytics_workspace(ctx: Context) -> Iterator[Entity]:
    """A workspace of Log Analytics, which keeps logs."""
    for row in ctx.azure.resources(_TYPES["azure_log_analytics_workspace"]):
        yield resource(row)


@entity_step(
    "Backup",
    permissions=["Microsoft.RecoveryServices/vaults/read"],
    per_row=True,
    resources=[_TYPES["azure_recovery_vault"]],
)
def azure_recovery_vault(ctx: Context) -> Iterator[Entity]:
    """A recovery services vault, which keeps copies of machines, disks and databases."""
    for row in ctx.azure.resources(_TYPES["azure_recovery_vault"]):
        yield resource(row, privateEndpointIds=private_endpoints_of(row), userAssignedIdentityIds=identities_of(row))


@relationship_family(list(_TOLD), "USES", "azure_log_analytics_workspace")
def azure_container_host_uses_log_analytics_workspace(
    ctx: Context, from_type: str, to_type: str
) -> Iterator[Relationship]:
    """What containers write goes to a workspace, of which the id that its customers know is told."""
    rows = ctx.azure.resources(_TYPES["azure_log_analytics_workspace"])
    workspaces = {text_in(properties_of(row), "customerId").lower(): arm_key(row["id"]) for row in rows}
    type, names = _TOLD[from_type]
    for row in ctx.azure.resources(type):
        for told in texts_at(properties_of(row), *names):
            if workspace := workspaces.get(told.lower()):
                yield Relationship(arm_key(row["id"]), workspace)


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_workspace(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A workspace or a vault is in a resource group."""
    yield from in_groups(ctx.entities(to_type))
