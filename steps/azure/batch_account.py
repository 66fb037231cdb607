"""Accounts of Azure Batch."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import identities_of, in_groups, private_endpoints_of, resource

_ACCOUNT = "microsoft.batch/batchaccounts"


@entity_step("Service", permissions=["Microsoft.Batch/batchAccounts/read"], per_row=True, resources=[_ACCOUNT])
def azure_batch_account(ctx: Context) -> Iterator[Entity]:
    """An account of Azure Batch, which runs jobs on many machines."""
    for row in ctx.azure.resources(_ACCOUNT):
        yield resource(
            row,
            category=["infrastructure"],
            function=["workload-management"],
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_batch_account", per_row=True)
def azure_resource_group_has_batch_account(ctx: Context) -> Iterator[Relationship]:
    """An account of Azure Batch is in a resource group."""
    yield from in_groups(ctx.azure.resources(_ACCOUNT))
