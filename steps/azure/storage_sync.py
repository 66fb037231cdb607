"""Services that keep servers and file shares the same."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import identities_of, in_groups, private_endpoints_of, resource

_SYNC = "microsoft.storagesync/storagesyncservices"


@entity_step("Service", permissions=["Microsoft.StorageSync/storageSyncServices/read"], per_row=True, resources=[_SYNC])
def azure_storage_sync_service(ctx: Context) -> Iterator[Entity]:
    """A service of Azure File Sync, which keeps servers and file shares the same."""
    for row in ctx.azure.resources(_SYNC):
        yield resource(
            row,
            category=["infrastructure"],
            function=["storage"],
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_storage_sync_service", per_row=True)
def azure_resource_group_has_storage_sync_service(ctx: Context) -> Iterator[Relationship]:
    """A service of Azure File Sync is in a resource group."""
    yield from in_groups(ctx.entities("azure_storage_sync_service"))
