"""The storage accounts and key vaults of the demo's tenant."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID, MADE, identity_of
from tests.simulator.azure.place import Place, part, to

_OWNER = {"environment": "production", "owner": "team-data"}
_STORAGE = "Microsoft.Storage/storageAccounts"
_VAULT = "Microsoft.KeyVault/vaults"
_ENTRA = "00000000-0000-4000-8000-815a66122e83"
"""Id of the tenant in the cassettes of Entra."""


def endpoints_of(place: Place) -> list[dict[str, Any]]:
    """The connections of a resource that is reached over a private endpoint."""
    endpoint = to(place.of("Microsoft.Network/privateEndpoints", "pe"))
    return [part("/connections/pe", {"privateEndpoint": endpoint, "privateLinkServiceConnectionState": {}})]


def add_storage(web: Place, lab: Place) -> None:
    """Put an account and a vault there that are closed, and old ones about which nobody chose anything."""
    subnet = f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps"
    rules = {
        "defaultAction": "Deny",
        "bypass": "AzureServices",
        "ipRules": [{"value": "203.0.113.0/24", "action": "Allow"}],
        "virtualNetworkRules": [{"id": subnet.upper(), "action": "Allow"}],
    }
    services = {name: {"enabled": True, "keyType": "Account"} for name in ("blob", "file", "table", "queue")}
    closed: dict[str, Any] = {
        "creationTime": MADE,
        "accessTier": "Hot",
        "primaryEndpoints": {name: f"https://stdata.{name}.example/" for name in ("blob", "file", "dfs")},
        "supportsHttpsTrafficOnly": True,
        "minimumTlsVersion": "TLS1_2",
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": False,
        "allowCrossTenantReplication": False,
        "allowCrossTenantDelegationSas": False,
        "defaultToOAuthAuthentication": True,
        "allowedCopyScope": "AAD",
        "isHnsEnabled": True,
        "isSftpEnabled": False,
        "isLocalUserEnabled": False,
        "isNfsV3Enabled": False,
        "immutableStorageWithVersioning": {"enabled": True},
        "encryption": {
            "services": services,
            "keySource": "Microsoft.Keyvault",
            "requireInfrastructureEncryption": True,
            "keyvaultproperties": {
                "keyname": "storage",
                "keyversion": "1",
                "keyvaulturi": "https://KV-Web.vault.azure.example",
                "currentVersionedKeyIdentifier": "https://kv-web.vault.azure.example/keys/storage/1",
                "currentVersionedKeyExpirationTimestamp": "2030-01-01T00:00:00Z",
                "lastKeyRotationTimestamp": MADE,
            },
        },
        "keyPolicy": {"keyExpirationPeriodInDays": 90},
        "keyCreationTime": {"key1": MADE, "key2": MADE},
        "sasPolicy": {"sasExpirationPeriod": "1.00:00:00", "expirationAction": "Log"},
        "azureFilesIdentityBasedAuthentication": {
            "directoryServiceOptions": "AADKERB",
            "defaultSharePermission": "None",
        },
        "networkAcls": {**rules, "resourceAccessRules": [{"tenantId": GUID.format("000a"), "resourceId": web.id}]},
        "publicNetworkAccess": "Enabled",
        "privateEndpointConnections": endpoints_of(web),
    }
    identity = identity_of(web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"))
    more: dict[str, Any] = {"kind": "StorageV2", "identity": identity, "tags": _OWNER}
    web.put(_STORAGE, "stdata", closed, sku={"name": "Standard_GRS", "tier": "Standard"}, **more)
    old = {
        "primaryEndpoints": {"blob": "https://stold.blob.example/"},
        "encryption": {"keySource": "Microsoft.Storage"},
    }
    own = {"keyvaulturi": "https://hsm-web.managedhsm.example", "keyname": "sealed", "keyversion": "1"}
    sealed = {"encryption": {"keySource": "Microsoft.Keyvault", "keyvaultproperties": own}}
    web.put(_STORAGE, "stsealed", sealed, kind="StorageV2", sku={"name": "Standard_ZRS", "tier": "Standard"})
    lab.put(_STORAGE, "stold", old, kind="Storage", sku={"name": "Standard_LRS", "tier": "Standard"})
    everything = {"keys": ["Get"], "secrets": ["get", "list"], "certificates": ["get"], "storage": ["get"]}
    vault: dict[str, Any] = {
        "vaultUri": "https://kv-web.vault.azure.example/",
        "sku": {"family": "A", "name": "premium"},
        "tenantId": GUID.format("000a"),
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": 90,
        "enablePurgeProtection": True,
        "enableRbacAuthorization": False,
        "enabledForDeployment": False,
        "enabledForDiskEncryption": True,
        "enabledForTemplateDeployment": False,
        "accessPolicies": [
            {"objectId": GUID.format("3901"), "permissions": {"keys": ["Get", "WrapKey"]}},
            {"objectId": GUID.format("7301"), "applicationId": GUID.format("7302"), "permissions": everything},
        ],
        "networkAcls": rules,
        "publicNetworkAccess": "Enabled",
        "privateEndpointConnections": endpoints_of(web),
    }
    web.put(_VAULT, "kv-web", vault, tags=_OWNER, tenantId=_ENTRA)
    open_vault = {"vaultUri": "https://kv-lab.vault.azure.example/", "enableRbacAuthorization": True}
    lab.put(_VAULT, "kv-lab", {**open_vault, "sku": {"family": "A", "name": "standard"}})
    _files(web, lab)


def _files(web: Place, lab: Place) -> None:
    """How the accounts keep file shares: one as benchmarks want it, of the other nobody chose anything."""
    files: dict[str, Any] = {
        "shareDeleteRetentionPolicy": {"enabled": True, "days": 7},
        "protocolSettings": {
            "smb": {
                "versions": "SMB3.0;SMB3.1.1;",
                "authenticationMethods": "Kerberos;",
                "kerberosTicketEncryption": "AES-256;",
                "channelEncryption": "AES-128-GCM;AES-256-GCM;",
                "multichannel": {"enabled": False},
            }
        },
        "cors": {"corsRules": [{"allowedOrigins": ["https://shop.example"], "allowedMethods": ["GET"]}]},
    }
    web.tenant.set_child(web.of(_STORAGE, "stdata"), "/fileServices/default", files)
    unchosen = {"protocolSettings": {"smb": {}}, "cors": {"corsRules": []}}
    lab.tenant.set_child(lab.of(_STORAGE, "stold"), "/fileServices/default", unchosen)
