"""Containers of blobs, whose blobs are never listed, and how storage accounts keep blobs."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import Children, cors_origins, setting
from steps.azure._resource import properties_of, resource, says
from steps.azure.storage_account import STORAGE_ACCOUNT

_CONTAINERS = Children(STORAGE_ACCOUNT, "/blobServices/default/containers", "2023-05-01")
_SERVICES = Children(STORAGE_ACCOUNT, "/blobServices/default", "2023-05-01")
_READ = ["Microsoft.Storage/storageAccounts/blobServices/containers/read"]
_READ_SERVICE = ["Microsoft.Storage/storageAccounts/blobServices/read"]


@entity_step("DataStore", permissions=_READ, per_row=True, on_demand=True)
def azure_storage_container(ctx: Context) -> Iterator[Entity]:
    """A container of blobs in a storage account."""
    for row in _CONTAINERS.rows(ctx):
        is_public = says(properties_of(row).get("publicAccess"), "blob", "container")
        yield resource(row, classification=None, encrypted=True, public=is_public)


@entity_step("Configuration", permissions=_READ_SERVICE, per_row=True, on_demand=True)
def azure_storage_blob_service(ctx: Context) -> Iterator[Entity]:
    """How a storage account keeps blobs: versions, and how long deleted ones can be restored."""
    for row in _SERVICES.rows(ctx):
        yield setting(row, corsAllowedOrigins=cors_origins(row))


@relationship_step("azure_storage_account", "HAS", "azure_storage_container", permissions=_READ, per_row=True)
def azure_storage_account_has_container(ctx: Context) -> Iterator[Relationship]:
    """A storage account has a container of blobs."""
    yield from _CONTAINERS.in_parents(ctx)


@relationship_step(
    "azure_storage_account", "HAS", "azure_storage_blob_service", permissions=_READ_SERVICE, per_row=True
)
def azure_storage_account_has_blob_service(ctx: Context) -> Iterator[Relationship]:
    """A storage account keeps blobs in this way."""
    yield from _SERVICES.in_parents(ctx)
