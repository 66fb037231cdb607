"""Tables of storage accounts."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import Children
from steps.azure._resource import resource
from steps.azure.storage_account import STORAGE_ACCOUNT

_TABLES = Children(STORAGE_ACCOUNT, "/tableServices/default/tables", "2023-05-01")
_READ = ["Microsoft.Storage/storageAccounts/tableServices/tables/read"]


@entity_step(["DataStore", "Database"], permissions=_READ, per_row=True, on_demand=True)
def azure_storage_table(ctx: Context) -> Iterator[Entity]:
    """A table of a storage account, with rows that have no schema."""
    for row in _TABLES.rows(ctx):
        yield resource(row, classification=None, encrypted=True)


@relationship_step("azure_storage_account", "HAS", "azure_storage_table", permissions=_READ, per_row=True)
def azure_storage_account_has_table(ctx: Context) -> Iterator[Relationship]:
    """A storage account has a table."""
    yield from _TABLES.in_parents(ctx)
