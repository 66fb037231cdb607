"""Resources that key vaults keep keys or certificates for, of which the resources tell the addresses."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from integration import Context, Entity, Relationship, relationship_family
from steps.azure.keyvault_service import address_of

_ADDRESSES = {
    "azure_api_management_service": "keyVaultSecretIds",
    "azure_app_configuration_store": "keyIdentifier",
    "azure_application_gateway": "keyVaultSecretIds",
    "azure_container_registry": "keyIdentifier",
    "azure_kubernetes_cluster": "keyVaultKmsKeyId",
    "azure_recovery_vault": "encryptionKeyUri",
}
"""Where they tell the addresses: of keys that encrypt what they keep, and of certificates by which they are known."""


@relationship_family(list(_ADDRESSES), "USES", "azure_keyvault_service")
def azure_resource_uses_keyvault_service(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A resource is encrypted with a key in a vault, or shows a certificate from there."""
    vaults = {address_of(vault.properties.get("vaultUrl")): vault.key for vault in ctx.entities(to_type)}
    for user in ctx.entities(from_type):
        found = (vaults.get(address) for address in _vaults(user, _ADDRESSES[from_type]))
        for vault in dict.fromkeys(filter(None, found)):
            yield Relationship(user.key, vault)


def _vaults(user: Entity, name: str) -> Iterator[str]:
    """Yield the address of the vault that each address leads into."""
    told = user.properties.get(name) or ()
    for address in [told] if isinstance(told, str) else told:
        parts = urlsplit(address)
        yield f"{parts.scheme}://{parts.netloc}".lower()
