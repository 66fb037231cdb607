"""File shares of storage accounts, how accounts keep them, and which volumes of containers they are."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import Children, cors_origins, setting
from steps.azure._resource import object_at, parts_of, properties_of, required_text, resource, text_in
from steps.azure.container_group import CONTAINER_GROUP, volume_id
from steps.azure.storage_account import STORAGE_ACCOUNT, accounts_by_name

_SHARES = Children(STORAGE_ACCOUNT, "/fileServices/default/shares", "2023-05-01")
_SERVICES = Children(STORAGE_ACCOUNT, "/fileServices/default", "2023-05-01")
_READ = ["Microsoft.Storage/storageAccounts/fileServices/shares/read"]
_READ_SERVICE = ["Microsoft.Storage/storageAccounts/fileServices/read"]
_SMB = {
    "smbVersions": "versions",
    "smbAuthenticationMethods": "authenticationMethods",
    "smbKerberosTicketEncryption": "kerberosTicketEncryption",
    "smbChannelEncryption": "channelEncryption",
}
"""Properties, and what Azure calls them: texts of which each has several words with semicolons between them."""


@entity_step("DataStore", permissions=_READ, per_row=True, on_demand=True)
def azure_storage_file_share(ctx: Context) -> Iterator[Entity]:
    """A file share of a storage account."""
    for row in _SHARES.rows(ctx):
        yield resource(row, classification=None, encrypted=True)


@entity_step("Configuration", permissions=_READ_SERVICE, per_row=True, on_demand=True)
def azure_storage_file_service(ctx: Context) -> Iterator[Entity]:
    """How a storage account keeps file shares: until when deleted ones can be restored, how clients sign in."""
    for row in _SERVICES.rows(ctx):
        smb = object_at(properties_of(row), "protocolSettings", "smb")
        chosen = {name: [word for word in text_in(smb, of).split(";") if word] for name, of in _SMB.items()}
        told = {name: words for name, words in chosen.items() if words}
        yield setting(row, corsAllowedOrigins=cors_origins(row), **told)


@relationship_step("azure_storage_account", "HAS", "azure_storage_file_share", permissions=_READ, per_row=True)
def azure_storage_account_has_file_share(ctx: Context) -> Iterator[Relationship]:
    """A storage account has a file share."""
    yield from _SHARES.in_parents(ctx)


@relationship_step(
    "azure_storage_account", "HAS", "azure_storage_file_service", permissions=_READ_SERVICE, per_row=True
)
def azure_storage_account_has_file_service(ctx: Context) -> Iterator[Relationship]:
    """A storage account keeps file shares in this way."""
    yield from _SERVICES.in_parents(ctx)


@relationship_step("azure_container_volume", "USES", "azure_storage_file_share")
def azure_container_volume_uses_storage_file_share(ctx: Context) -> Iterator[Relationship]:
    """A volume of containers is a file share, which is known by the name of its account."""
    accounts = accounts_by_name(ctx)
    for row in ctx.azure.resources(CONTAINER_GROUP):
        for volume in parts_of(row, "volumes"):
            share = object_at(volume, "azureFile")
            account = accounts.get(text_in(share, "storageAccountName").lower())
            if account and (name := required_text(share, "shareName")):
                key = arm_key(f"{account}/fileservices/default/shares/{name}")
                yield Relationship(arm_key(volume_id(row, volume)), key)
