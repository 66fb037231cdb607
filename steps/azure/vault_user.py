"""Resources that key vaults keep keys or certificates for, of which the resources tell the addresses."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from integration import Context, Relationship, relationship_family

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
def azure_service_uses_keyvault_service(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A resource is encrypted with a key in a vault, or shows a certificate from there."""
    vaults = {_host(vault.properties.get("vaultUrl")): vault.key for vault in ctx.entities(to_type)}
    for user in ctx.entities(from_type):
        told = user.properties.get(_ADDRESSES[from_type]) or ()
        hosts = map(_host, [told] if isinstance(told, str) else told)
        for vault in dict.fromkeys(vaults.get(host) for host in hosts if host):
            if vault:
                yield Relationship(user.key, vault)


def _host(address: str | None) -> str | None:
    """Return the name of the host in an address, in lower case; ``None`` where there is none."""
    return urlsplit(address).hostname if address else None
