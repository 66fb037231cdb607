"""Keys and secrets of key vaults: what Azure Resource Manager tells of them, which is neither a key nor a value."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import Children
from steps.azure._resource import object_at, properties_of, resource, says, text_in, texts_at
from steps.azure.keyvault_service import VAULT

_KEYS = Children(VAULT, "/keys", "2023-07-01")
_SECRETS = Children(VAULT, "/secrets", "2023-07-01")
_READ_KEYS = ["Microsoft.KeyVault/vaults/keys/read"]
_READ_SECRETS = ["Microsoft.KeyVault/vaults/secrets/read"]
_TIMES = {"notBefore": "nbf", "expiresOn": "exp", "createdOn": "created", "updatedOn": "updated"}


@entity_step("Key", permissions=_READ_KEYS, per_row=True, on_demand=True)
def azure_keyvault_key(ctx: Context) -> Iterator[Entity]:
    """A key in a key vault: what it is for and until when, never the key itself."""
    for row in _KEYS.rows(ctx):
        is_told = properties_of(row).get("rotationPolicy") is not None
        actions = texts_at(properties_of(row), "rotationPolicy", "lifetimeActions[]", "action", "type")
        rotates = any(says(each, "rotate") for each in actions) if is_told else None
        yield resource(row, rotatesAutomatically=rotates, **_addressed(row, "keyUri"), **_times(row))


@entity_step("Secret", permissions=_READ_SECRETS, per_row=True, on_demand=True)
def azure_keyvault_secret(ctx: Context) -> Iterator[Entity]:
    """A secret in a key vault: its name and until when it can be used, never its value."""
    for row in _SECRETS.rows(ctx):
        yield resource(row, **_addressed(row, "secretUri"), **_times(row))


@relationship_step("azure_keyvault_service", "CONTAINS", "azure_keyvault_key", permissions=_READ_KEYS, per_row=True)
def azure_keyvault_service_contains_key(ctx: Context) -> Iterator[Relationship]:
    """A key vault has a key."""
    yield from _KEYS.in_parents(ctx)


@relationship_step(
    "azure_keyvault_service", "CONTAINS", "azure_keyvault_secret", permissions=_READ_SECRETS, per_row=True
)
def azure_keyvault_service_contains_secret(ctx: Context) -> Iterator[Relationship]:
    """A key vault has a secret."""
    yield from _SECRETS.in_parents(ctx)


def _times(row: Any) -> dict[str, int | None]:
    """Return the times of a key or a secret, which Azure tells in seconds."""
    told = object_at(properties_of(row), "attributes")
    return {name: told[of] * 1000 if told.get(of) is not None else None for name, of in _TIMES.items()}


def _addressed(row: Any, name: str) -> dict[str, str | None]:
    """Return what the addresses of a key or a secret tell: its vault, and its newest version."""
    properties = properties_of(row)
    address, newest = urlsplit(text_in(properties, name)), properties.get(f"{name}WithVersion")
    return {
        "vaultUrl": f"{address.scheme}://{address.hostname}" if address.hostname else None,
        "version": newest.rstrip("/").rpartition("/")[2] if newest else None,
    }
