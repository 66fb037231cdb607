"""Lakes of data of the demo's tenant, a cache of files, what is set for its managed instance, and Defender for IoT."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID, MADE, identity_of
from tests.simulator.azure.place import Place, part, to

_LET_IN = {
    "firewallState": "Enabled",
    "firewallAllowAzureIps": "Disabled",
    "firewallRules": [part("/office", {"startIpAddress": "203.0.113.0", "endIpAddress": "203.0.113.9"})],
}


def add_lakes(web: Place) -> None:
    """Put them there."""
    vault, subnet = (
        web.of("Microsoft.KeyVault/vaults", "kv-web"),
        f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps",
    )
    known = {"state": "Active", "currentTier": "Consumption", "creationTime": MADE, "lastModifiedTime": MADE, **_LET_IN}
    store = {
        "accountId": GUID.format("7301"),
        "endpoint": "lakeweb.azuredatalakestore.example",
        "encryptionState": "Enabled",
        "encryptionConfig": {
            "type": "UserManaged",
            "keyVaultMetaInfo": {
                "keyVaultResourceId": vault,
                "encryptionKeyName": "lake",
                "encryptionKeyVersion": "1",
            },
        },
        "virtualNetworkRules": [part("/apps", {"subnetId": subnet})],
        "defaultGroup": GUID.format("7302"),
        "trustedIdProviderState": "Enabled",
        "trustedIdProviders": [part("/partner", {"idProvider": "https://sts.contoso.example/partner"})],
        **known,
    }
    identity = identity_of(web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"))
    owner = {"owner": "team-platform"}
    web.put("Microsoft.DataLakeStore/accounts", "lakeweb", store, identity=identity, tags=owner)
    analytics = {
        "accountId": GUID.format("7303"),
        "endpoint": "analyticsweb.azuredatalakeanalytics.example",
        "defaultDataLakeStoreAccount": "lakeweb",
        "dataLakeStoreAccounts": [part("/lakeweb", {"suffix": "azuredatalakestore.example"})],
        "storageAccounts": [part("/stdata", {"suffix": "blob.example"})],
        "computePolicies": [part("/analysts", {"objectType": "Group", "maxDegreeOfParallelismPerJob": 8})],
        "maxDegreeOfParallelism": 32,
        "maxJobCount": 20,
        "queryStoreRetention": 30,
        **known,
    }
    web.put("Microsoft.DataLakeAnalytics/accounts", "analyticsweb", analytics, tags=owner)
    _cache(web, subnet)
    _instance(web)
    watching = {
        "status": "Enabled",
        "displayName": "Devices of the web team",
        "iotHubs": [web.of("Microsoft.Devices/IotHubs", "iot-web")],
        "workspace": web.of("Microsoft.OperationalInsights/workspaces", "logs"),
        "export": ["RawEvents"],
        "disabledDataSources": ["TwinData"],
        "unmaskedIpLoggingStatus": "Disabled",
    }
    web.put("Microsoft.Security/iotSecuritySolutions", "iot-watch", watching, tags=owner)


def _cache(web: Place, subnet: str) -> None:
    rules = [
        {"scope": "network", "filter": "198.18.0.0/24", "access": "rw", "rootSquash": False},
        {"scope": "default", "access": "no", "rootSquash": True},
    ]
    names = {"usernameSource": "LDAP", "encryptLdapConnection": True, "requireValidCertificate": True}
    cache = {
        "cacheSizeGB": 3072,
        "health": {"state": "Healthy", "statusDescription": "The cache is healthy."},
        "subnet": subnet,
        "mountAddresses": ["198.18.0.20", "198.18.0.21"],
        "networkSettings": {"dnsServers": ["198.18.0.53"], "ntpServer": "time.contoso.example"},
        "securitySettings": {"accessPolicies": [{"name": "default", "accessRules": rules}]},
        "directoryServicesSettings": {
            "usernameDownload": names,
            "activeDirectory": {"domainName": "inner.contoso.example", "domainJoined": "Yes"},
        },
        "encryptionSettings": {
            "keyEncryptionKey": {
                "keyUrl": "https://kv-web.vault.azure.example/keys/cache/1",
                "sourceVault": to(web.of("Microsoft.KeyVault/vaults", "kv-web")),
            },
            "rotationToLatestKeyVersionEnabled": True,
        },
        "upgradeStatus": {
            "currentFirmwareVersion": "7.1.2",
            "firmwareUpdateStatus": "unavailable",
            "firmwareUpdateDeadline": "2024-06-01T00:00:00Z",
            "lastFirmwareUpdate": MADE,
        },
        "zones": ["1"],
    }
    more: dict[str, Any] = {
        "identity": identity_of(web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web")),
        "tags": {"owner": "team-web"},
    }
    web.put("Microsoft.StorageCache/caches", "cache-web", cache, sku={"name": "Standard_2G"}, **more)


def _instance(web: Place) -> None:
    instance, tell = web.of("Microsoft.Sql/managedInstances", "mi-web"), web.tenant.set_child
    protector = {
        "serverKeyType": "AzureKeyVault",
        "serverKeyName": "kv-web_mi_1",
        "uri": "https://kv-web.vault.azure.example/keys/mi/1",
        "autoRotationEnabled": False,
    }
    tell(instance, "/encryptionProtector/current", protector)
    alerts = {
        "state": "Enabled",
        "disabledAlerts": ["Data_Exfiltration"],
        "emailAddresses": ["security@contoso.example"],
        "emailAccountAdmins": True,
        "retentionDays": 30,
        "creationTime": MADE,
    }
    tell(instance, "/securityAlertPolicies/default", alerts)
    scans = {"isEnabled": True, "emailSubscriptionAdmins": False, "emails": ["security@contoso.example"]}
    kept = {"recurringScans": scans, "storageContainerPath": "https://stdata.blob.example/scans/"}
    tell(instance, "/vulnerabilityAssessments/default", kept)
