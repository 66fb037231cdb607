"""Queues of storage accounts."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import Children
from steps.azure._resource import resource
from steps.azure.storage_account import STORAGE_ACCOUNT

_QUEUES = Children(STORAGE_ACCOUNT, "/queueServices/default/queues", "2023-05-01")
_READ = ["Microsoft.Storage/storageAccounts/queueServices/queues/read"]


@entity_step("Queue", permissions=_READ, per_row=True, on_demand=True)
def azure_storage_queue(ctx: Context) -> Iterator[Entity]:
    """A queue of messages in a storage account."""
    for row in _QUEUES.rows(ctx):
        yield resource(row, encrypted=True)


@relationship_step("azure_storage_account", "HAS", "azure_storage_queue", permissions=_READ, per_row=True)
def azure_storage_account_has_queue(ctx: Context) -> Iterator[Relationship]:
    """A storage account has a queue."""
    yield from _QUEUES.in_parents(ctx)
