"""File shares of storage accounts, and which volumes of containers they are."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import Children
from steps.azure._resource import parts_of, resource
from steps.azure.container_group import CONTAINER_GROUP, volume_id
from steps.azure.storage_account import STORAGE_ACCOUNT

_SHARES = Children(STORAGE_ACCOUNT, "/fileServices/default/shares", "2023-05-01")
_READ = ["Microsoft.Storage/storageAccounts/fileServices/shares/read"]


@entity_step("DataStore", permissions=_READ, per_row=True, on_demand=True)
def azure_storage_file_share(ctx: Context) -> Iterator[Entity]:
    """A file share of a storage account."""
    for row in _SHARES.rows(ctx):
        yield resource(row, classification=None, encrypted=True)


@relationship_step("azure_storage_account", "HAS", "azure_storage_file_share", permissions=_READ, per_row=True)
def azure_storage_account_has_file_share(ctx: Context) -> Iterator[Relationship]:
    """A storage account has a file share."""
    yield from _SHARES.in_parents(ctx)


@relationship_step("azure_container_volume", "USES", "azure_storage_file_share")
def azure_container_volume_uses_storage_file_share(ctx: Context) -> Iterator[Relationship]:
    """A volume of containers is a file share, which is known by the name of its account."""
    accounts = {row["name"].lower(): arm_key(row["id"]) for row in ctx.azure.resources(STORAGE_ACCOUNT)}
    for row in ctx.azure.resources(CONTAINER_GROUP):
        for volume in parts_of(row, "volumes"):
            share = volume.get("azureFile") or {}
            if account := accounts.get((share.get("storageAccountName") or "").lower()):
                key = arm_key(f"{account}/fileservices/default/shares/{share['shareName']}")
                yield Relationship(arm_key(volume_id(row, volume)), key)
