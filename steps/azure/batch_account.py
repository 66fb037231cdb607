"""Accounts of Azure Batch, and their pools of machines."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    below_parents,
    identities_of,
    in_groups,
    key_at,
    object_at,
    private_endpoints_of,
    properties_of,
    resource,
)

_ACCOUNT = "microsoft.batch/batchaccounts"
BATCH, BATCH_POOL = "batchresources", "microsoft.batch/batchaccounts/pools"


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


@entity_step("Cluster", permissions=["Microsoft.Batch/batchAccounts/pools/read"], per_row=True)
def azure_batch_pool(ctx: Context) -> Iterator[Entity]:
    """A pool of machines that jobs of Azure Batch run on."""
    for row in ctx.azure.table(BATCH, type=BATCH_POOL):
        properties = properties_of(row)
        machine = object_at(properties, "deploymentConfiguration", "virtualMachineConfiguration")
        network = object_at(properties, "networkConfiguration")
        slots = properties.get("taskSlotsPerNode")
        slots = properties.get("maxTasksPerNode") if slots is None else slots
        yield resource(
            row,
            displayName=properties.get("displayName") or row["name"],
            taskSlotsPerNode=slots,
            maxTasksPerNode=slots,
            subnetId=key_at(network, "subnetId"),
            imagePublisher=object_at(machine, "imageReference").get("publisher"),
            imageOffer=object_at(machine, "imageReference").get("offer"),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_batch_account", "HAS", "azure_batch_pool", per_row=True)
def azure_batch_account_has_pool(ctx: Context) -> Iterator[Relationship]:
    """An account of Azure Batch has a pool of machines."""
    yield from below_parents(ctx.entities("azure_batch_pool"))


@relationship_step("azure_resource_group", "HAS", "azure_batch_account", per_row=True)
def azure_resource_group_has_batch_account(ctx: Context) -> Iterator[Relationship]:
    """An account of Azure Batch is in a resource group."""
    yield from in_groups(ctx.entities("azure_batch_account"))


@relationship_step("azure_subnet", "HAS", "azure_batch_pool", per_row=True)
def azure_subnet_has_batch_pool(ctx: Context) -> Iterator[Relationship]:
    """The machines of a pool are in a subnet."""
    for row in ctx.azure.table(BATCH, type=BATCH_POOL):
        if subnet := key_at(object_at(properties_of(row), "networkConfiguration"), "subnetId"):
            yield Relationship(subnet, arm_key(row["id"]))
