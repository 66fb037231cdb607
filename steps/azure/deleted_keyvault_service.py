"""Key vaults that were deleted, and can still be brought back."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import below_scopes
from steps.azure._resource import in_subscriptions, key_at, properties_of, resource

_READ = ["Microsoft.KeyVault/deletedVaults/read"]


@entity_step("Vault", permissions=_READ, on_demand=True)
def azure_deleted_keyvault_service(ctx: Context) -> Iterator[Entity]:
    """A key vault that was deleted, and can still be brought back or purged."""
    for row in _vaults(ctx):
        properties = properties_of(row)
        told = {**row, "tags": properties.get("tags")}
        yield resource(told, keyVaultId=key_at(properties, "vaultId"))


@relationship_step("azure_subscription", "HAS", "azure_deleted_keyvault_service", permissions=_READ)
def azure_subscription_has_deleted_keyvault_service(ctx: Context) -> Iterator[Relationship]:
    """A vault was deleted in a subscription."""
    yield from in_subscriptions(_vaults(ctx))


def _vaults(ctx: Context) -> Iterator[Any]:
    yield from below_scopes(ctx, "/providers/Microsoft.KeyVault/deletedVaults", "2023-07-01")
