"""Who signs in to storage accounts as a local user, and which keys encrypt single containers and blobs."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._children import Children
from steps.azure._resource import objects_in, properties_of, resource, text_in, texts_at
from steps.azure._vaults import VAULTS, host_of, vaults_by_host
from steps.azure.storage_account import STORAGE_ACCOUNT

_USERS = Children(STORAGE_ACCOUNT, "/localUsers", "2023-05-01")
_SCOPES = Children(STORAGE_ACCOUNT, "/encryptionScopes", "2023-05-01")
_READ_USERS = ["Microsoft.Storage/storageAccounts/localUsers/read"]
_READ_SCOPES = ["Microsoft.Storage/storageAccounts/encryptionScopes/read"]


@entity_step("User", permissions=_READ_USERS, per_row=True, on_demand=True)
def azure_storage_local_user(ctx: Context) -> Iterator[Entity]:
    """Somebody who signs in to a storage account by SFTP, with a password or a key of SSH, past Microsoft Entra."""
    for row in _USERS.rows(ctx):
        yield resource(row, username=row["name"], permissions=_permissions(properties_of(row)))


@entity_step("Configuration", permissions=_READ_SCOPES, per_row=True, on_demand=True)
def azure_storage_encryption_scope(ctx: Context) -> Iterator[Entity]:
    """A key by which containers or blobs of a storage account are encrypted that name it, instead of the account's."""
    for row in _SCOPES.rows(ctx):
        yield resource(row)


@relationship_step("azure_storage_account", "HAS", "azure_storage_local_user", permissions=_READ_USERS, per_row=True)
def azure_storage_account_has_local_user(ctx: Context) -> Iterator[Relationship]:
    """A storage account has a user of its own."""
    yield from _USERS.in_parents(ctx)


@relationship_step(
    "azure_storage_account", "HAS", "azure_storage_encryption_scope", permissions=_READ_SCOPES, per_row=True
)
def azure_storage_account_has_encryption_scope(ctx: Context) -> Iterator[Relationship]:
    """A storage account has a further key for encryption."""
    yield from _SCOPES.in_parents(ctx)


@relationship_family("azure_storage_encryption_scope", "USES", list(VAULTS), permissions=_READ_SCOPES)
def azure_storage_encryption_scope_uses_vault(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A further key for encryption is in a vault; its address tells which."""
    vaults = vaults_by_host(ctx, to_type)
    for row in _SCOPES.rows(ctx):
        for address in texts_at(properties_of(row), "keyVaultProperties", "keyUri"):
            if vault := vaults.get(host_of(address)):
                yield Relationship(arm_key(row["id"]), vault)


def _permissions(properties: Any) -> list[str]:
    """Return what a local user may do where: the service, the container or share, and a letter for each right."""
    scopes = objects_in(properties, "permissionScopes")
    told = ([text_in(scope, name) for name in ("service", "resourceName", "permissions")] for scope in scopes)
    return sorted(f"{service}:{name}={rights}" for service, name, rights in told)
