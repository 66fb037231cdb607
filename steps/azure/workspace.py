"""Where logs are kept and copies for the worst case."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family
from steps.azure._resource import identities_of, in_groups, private_endpoints_of, resource

_TYPES = {
    "azure_log_analytics_workspace": "microsoft.operationalinsights/workspaces",
    "azure_recovery_vault": "microsoft.recoveryservices/vaults",
}


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


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_workspace(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A workspace or a vault is in a resource group."""
    yield from in_groups(ctx.azure.resources(_TYPES[to_type]))
