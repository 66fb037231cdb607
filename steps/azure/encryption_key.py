"""Vaults and managed HSMs that keep keys or certificates for resources, which tell the addresses of these."""

from collections.abc import Iterator

from integration import Context, Relationship, any_of, relationship_family
from integration.values import arm_key
from steps.azure._resource import properties_of, texts_at
from steps.azure._vaults import VAULTS, host_of, vaults_by_host

_ANY = any_of("azure")
_NAMES = {(_ANY, to_type): f"azure_resource_uses_{to_type.removeprefix('azure_')}" for to_type in VAULTS}
_FLEXIBLE: list[tuple[str, ...]] = [("dataEncryption", "primaryKeyURI"), ("dataEncryption", "geoBackupKeyURI")]
_IN_MACHINES: list[tuple[str, ...]] = [
    ("encryptionSettingsCollection", "encryptionSettings[]", "diskEncryptionKey", "secretUrl"),
    ("encryptionSettingsCollection", "encryptionSettings[]", "keyEncryptionKey", "keyUrl"),
]
_IN_HEALTHCARE: list[tuple[str, ...]] = [("encryption", "customerManagedKeyEncryption", "keyEncryptionKeyUrl")]
_ADDRESSES: dict[str, list[tuple[str, ...]]] = {
    "microsoft.apimanagement/service": [("hostnameConfigurations[]", "keyVaultId")],
    "microsoft.appconfiguration/configurationstores": [("encryption", "keyVaultProperties", "keyIdentifier")],
    "microsoft.automation/automationaccounts": [("encryption", "keyVaultProperties", "keyvaultUri")],
    "microsoft.batch/batchaccounts": [
        ("encryption", "keyVaultProperties", "keyIdentifier"),
        ("keyVaultReference", "url"),
    ],
    "microsoft.cache/redisenterprise": [("encryption", "customerManagedKeyEncryption", "keyEncryptionKeyUrl")],
    "microsoft.cognitiveservices/accounts": [("encryption", "keyVaultProperties", "keyVaultUri")],
    "microsoft.compute/diskencryptionsets": [("activeKey", "keyUrl")],
    "microsoft.compute/disks": _IN_MACHINES,
    "microsoft.compute/snapshots": _IN_MACHINES,
    "microsoft.compute/virtualmachines/extensions": [("protectedSettingsFromKeyVault", "secretUrl")],
    "microsoft.containerinstance/containergroups": [("encryptionProperties", "vaultBaseUrl")],
    "microsoft.containerregistry/registries": [("encryption", "keyVaultProperties", "keyIdentifier")],
    "microsoft.containerservice/managedclusters": [("securityProfile", "azureKeyVaultKms", "keyId")],
    "microsoft.databricks/workspaces": [
        ("encryption", "entities", "managedDisk", "keyVaultProperties", "keyVaultUri"),
        ("encryption", "entities", "managedServices", "keyVaultProperties", "keyVaultUri"),
        ("parameters", "encryption", "value", "keyvaulturi"),
    ],
    "microsoft.datafactory/factories": [("encryption", "vaultBaseUrl")],
    "microsoft.datalakestore/accounts": [("encryptionConfig", "keyVaultMetaInfo", "keyVaultResourceId")],
    "microsoft.dataprotection/backupvaults": [
        ("securitySettings", "encryptionSettings", "keyVaultProperties", "keyUri")
    ],
    "microsoft.dbformysql/flexibleservers": _FLEXIBLE,
    "microsoft.dbforpostgresql/flexibleservers": _FLEXIBLE,
    "microsoft.documentdb/databaseaccounts": [("keyVaultKeyUri",)],
    "microsoft.eventhub/namespaces": [("encryption", "keyVaultProperties[]", "keyVaultUri")],
    "microsoft.hdinsight/clusters": [("diskEncryptionProperties", "vaultUri")],
    "microsoft.healthcareapis/services": [("cosmosDbConfiguration", "keyVaultKeyUri")],
    "microsoft.healthcareapis/workspaces/dicomservices": _IN_HEALTHCARE,
    "microsoft.healthcareapis/workspaces/fhirservices": _IN_HEALTHCARE,
    "microsoft.kusto/clusters": [("keyVaultProperties", "keyVaultUri")],
    "microsoft.machinelearningservices/workspaces": [("encryption", "keyVaultProperties", "keyIdentifier")],
    "microsoft.netapp/netappaccounts": [("encryption", "keyVaultProperties", "keyVaultUri")],
    "microsoft.network/applicationgateways": [("sslCertificates[]", "properties", "keyVaultSecretId")],
    "microsoft.network/firewallpolicies": [("transportSecurity", "certificateAuthority", "keyVaultSecretId")],
    "microsoft.network/frontdoors": [
        (
            *("frontendEndpoints[]", "properties", "customHttpsConfiguration"),
            *("keyVaultCertificateSourceParameters", "vault", "id"),
        )
    ],
    "microsoft.recoveryservices/vaults": [("encryption", "keyVaultProperties", "keyUri")],
    "microsoft.servicebus/namespaces": [("encryption", "keyVaultProperties[]", "keyVaultUri")],
    "microsoft.sql/managedinstances": [("keyId",)],
    "microsoft.sql/servers": [("keyId",)],
    "microsoft.sql/servers/databases": [("encryptionProtector",)],
    "microsoft.storagecache/caches": [("encryptionSettings", "keyEncryptionKey", "keyUrl")],
    "microsoft.synapse/workspaces": [("encryption", "cmk", "key", "keyVaultUrl")],
}
"""Types of resources, and where they tell the address of a key or of its vault, or its id; storage accounts do so
themselves.
"""


@relationship_family(_ANY, "USES", list(VAULTS), types=_NAMES)
def azure_resource_uses_vault(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A resource is encrypted with a key in a vault, shows a certificate from there, or keeps its secrets there."""
    vaults = vaults_by_host(ctx, to_type)
    known = {*vaults.values()}
    for type, paths in _ADDRESSES.items():
        for row in ctx.azure.resources(type):
            told = [address for names in paths for address in texts_at(properties_of(row), *names)]
            found = (arm_key(each) if each.startswith("/") else vaults.get(host_of(each)) for each in told)
            for vault in dict.fromkeys(found):
                if vault in known:
                    yield Relationship(arm_key(row["id"]), vault)
