"""Databases and other stores of the demo's tenant, beside those that most tenants have."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID, MADE, identity_of
from tests.simulator.azure.demo_storage import endpoints_of
from tests.simulator.azure.place import Place

_OWNER = {"owner": "team-platform"}


def add_databases(web: Place) -> None:
    """Put them there, closed to public networks."""
    identity = identity_of(web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"))
    closed: dict[str, Any] = {"publicNetworkAccess": "Disabled", "privateEndpointConnections": endpoints_of(web)}
    more: dict[str, Any] = {"identity": identity, "tags": _OWNER}
    _sql(web, more)
    _keys(web, closed, more)
    _stores(web, closed, more)


def _sql(web: Place, more: dict[str, Any]) -> None:
    sql_managed_instance: dict[str, Any] = {
        "state": "Ready",
        "createTime": MADE,
        "fullyQualifiedDomainName": "mi-web.abc.database.windows.example",
        "administratorLogin": "operator",
        "administrators": {
            "login": "Database team",
            "sid": GUID.format("7101"),
            "principalType": "Group",
            "azureADOnlyAuthentication": True,
        },
        "publicDataEndpointEnabled": False,
        "proxyOverride": "Proxy",
        "minimalTlsVersion": "1.2",
        "keyId": "https://hsm-web.managedhsm.example/keys/mi/1",
        "licenseType": "BasePrice",
        "vCores": 4,
        "storageSizeInGB": 256,
        "zoneRedundant": False,
        "currentBackupStorageRedundancy": "Geo",
        "subnetId": f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/s",
        "privateEndpointConnections": endpoints_of(web),
    }
    web.put("Microsoft.Sql/managedInstances", "mi-web", sql_managed_instance, sku={"name": "GP_Gen5"}, **more)
    sql_managed_database: dict[str, Any] = {
        "status": "Online",
        "collation": "SQL_Latin1_General_CP1_CI_AS",
        "isLedgerOn": False,
        "creationDate": MADE,
    }
    web.put("Microsoft.Sql/managedInstances/databases", "mi-web/shop", sql_managed_database, tags=_OWNER)
    sql_elastic_pool: dict[str, Any] = {
        "state": "Ready",
        "zoneRedundant": False,
        "maxSizeBytes": 34359738368,
        "licenseType": "BasePrice",
        "creationDate": MADE,
    }
    web.put(
        "Microsoft.Sql/servers/elasticPools",
        "sql-web/pool",
        sql_elastic_pool,
        sku={"name": "StandardPool"},
        tags=_OWNER,
    )


def _keys(web: Place, closed: dict[str, Any], more: dict[str, Any]) -> None:
    keyvault_managed_hsm: dict[str, Any] = {
        "hsmUri": "https://hsm-web.managedhsm.example/",
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": 90,
        "enablePurgeProtection": True,
        "initialAdminObjectIds": [GUID.format("7102")],
        "networkAcls": {"defaultAction": "Deny", "bypass": "None"},
        **closed,
    }
    web.put("Microsoft.KeyVault/managedHSMs", "hsm-web", keyvault_managed_hsm, sku={"name": "Standard_B1"}, **more)


def _stores(web: Place, closed: dict[str, Any], more: dict[str, Any]) -> None:
    data_explorer_cluster: dict[str, Any] = {
        "state": "Running",
        "uri": "https://adx.westeurope.kusto.example",
        "dataIngestionUri": "https://ingest-adx.westeurope.kusto.example",
        "enableDiskEncryption": True,
        "enableDoubleEncryption": False,
        "enablePurge": False,
        "restrictOutboundNetworkAccess": "Disabled",
        "trustedExternalTenants": [{"value": "MyTenantOnly"}],
        "allowedIpRangeList": ["203.0.113.0/24"],
        "keyVaultProperties": {"keyVaultUri": "https://kv-web.vault.azure.example/"},
        "virtualNetworkConfiguration": {
            "subnetId": f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps".upper()
        },
        **closed,
    }
    web.put(
        "Microsoft.Kusto/clusters", "adx", data_explorer_cluster, sku={"name": "Standard"}, zones=["1", "2"], **more
    )
    redis_enterprise: dict[str, Any] = {
        "hostName": "redis-web.westeurope.redisenterprise.example",
        "minimumTlsVersion": "1.2",
        "redisVersion": "7.2",
        "highAvailability": "Enabled",
        "encryption": {
            "customerManagedKeyEncryption": {"keyEncryptionKeyUrl": "https://kv-web.vault.azure.example/keys/redis/1"}
        },
        **closed,
    }
    web.put(
        "Microsoft.Cache/redisEnterprise",
        "redis-web",
        redis_enterprise,
        sku={"name": "Standard"},
        zones=["1", "2"],
        **more,
    )
    netapp_account: dict[str, Any] = {
        "encryption": {"keySource": "Microsoft.KeyVault"},
        "activeDirectories": [{"domain": "corp.example"}],
        "disableShowmount": True,
    }
    web.put("Microsoft.NetApp/netAppAccounts", "anf-web", netapp_account, **more)
    netapp_volume: dict[str, Any] = {
        "fileSystemId": GUID.format("7103"),
        "protocolTypes": ["NFSv4.1"],
        "kerberosEnabled": False,
        "smbEncryption": False,
        "securityStyle": "unix",
        "encryptionKeySource": "Microsoft.KeyVault",
        "serviceLevel": "Premium",
        "exportPolicy": {"rules": [{"allowedClients": "198.18.0.0/24"}]},
        "subnetId": f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/s",
    }
    web.put("Microsoft.NetApp/netAppAccounts/capacityPools/volumes", "anf-web/pool/home", netapp_volume, tags=_OWNER)
