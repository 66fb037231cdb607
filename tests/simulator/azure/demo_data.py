"""The databases of the demo's tenant."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID, MADE, identity_of
from tests.simulator.azure.demo_storage import endpoints_of
from tests.simulator.azure.place import Place, to

_OWNER = {"owner": "team-data"}
_ID = "Microsoft.ManagedIdentity/userAssignedIdentities"


def add_data(web: Place, lab: Place) -> None:
    """Put servers there that are flexible and single, closed and open, and what belongs to them."""
    identity = identity_of(web.of(_ID, "id-web"))
    closed: dict[str, Any] = {"privateEndpointConnections": endpoints_of(web)}
    _sql(web, lab, closed, identity)
    _servers(web, lab, closed, identity)
    _others(web, lab, closed, identity)


def _sql(web: Place, lab: Place, closed: dict[str, Any], identity: dict[str, Any]) -> None:
    server = {
        "fullyQualifiedDomainName": "sql-web.database.example",
        "version": "12.0",
        "state": "Ready",
        "administratorLogin": "operator",
        "minimalTlsVersion": "1.2",
        "publicNetworkAccess": "Disabled",
        "restrictOutboundNetworkAccess": "Enabled",
        "keyId": "https://kv-web.vault.azure.example/keys/sql/1",
        "administrators": {
            "administratorType": "ActiveDirectory",
            "principalType": "Group",
            "login": "Database administrators",
            "sid": GUID.format("4001"),
            "tenantId": GUID.format("000a"),
            "azureADOnlyAuthentication": True,
        },
        **closed,
    }
    web.put("Microsoft.Sql/servers", "sql-web", server, kind="v12.0", identity=identity, tags=_OWNER)
    database = {
        "databaseId": GUID.format("4101"),
        "status": "Online",
        "creationDate": MADE,
        "collation": "SQL_Latin1_General_CP1_CI_AS",
        "maxSizeBytes": 34359738368,
        "zoneRedundant": False,
        "isLedgerOn": False,
        "isInfraEncryptionEnabled": False,
        "requestedBackupStorageRedundancy": "Geo",
        "elasticPoolId": web.of("Microsoft.Sql/servers/elasticPools", "sql-web/pool"),
        "failoverGroupId": web.of("Microsoft.Sql/servers/failoverGroups", "sql-web/both"),
        "catalogCollation": "SQL_Latin1_General_CP1_CI_AS",
        "currentServiceObjectiveName": "GP_S_Gen5_2",
        "requestedServiceObjectiveName": "GP_S_Gen5_2",
        "licenseType": "LicenseIncluded",
        "autoPauseDelay": 60,
        "minCapacity": 0.5,
        "maxLogSizeBytes": 68719476736,
        "readScale": "Disabled",
        "readReplicaCount": 0,
        "defaultSecondaryLocation": "northeurope",
    }
    sku = {"name": "GP_Gen5", "tier": "GeneralPurpose", "family": "Gen5", "capacity": 2}
    managed: dict[str, Any] = {"managedBy": web.of("Microsoft.Synapse/workspaces", "synapse-web"), "tags": _OWNER}
    web.put("Microsoft.Sql/servers/databases", "sql-web/shop", database, kind="v12.0,user", sku=sku, **managed)
    open_server = {"version": "12.0", "administratorLogin": "operator", "publicNetworkAccess": "Enabled"}
    lab.put("Microsoft.Sql/servers", "sql-lab", open_server, kind="v12.0")
    lab.put("Microsoft.Sql/servers/databases", "sql-lab/master", {"status": "Online"}, kind="v12.0,system")


def _servers(web: Place, lab: Place, closed: dict[str, Any], identity: dict[str, Any]) -> None:
    subnet = f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps"
    flexible: dict[str, Any] = {
        "version": "16",
        "state": "Ready",
        "administratorLogin": "operator",
        "network": {"publicNetworkAccess": "Disabled", "delegatedSubnetResourceId": subnet},
        "backup": {"geoRedundantBackup": "Enabled", "backupRetentionDays": 14},
        "storage": {"storageSizeGB": 128, "autoGrow": "Enabled"},
        "highAvailability": {"mode": "ZoneRedundant"},
        "dataEncryption": {"type": "AzureKeyVault", "primaryKeyURI": "https://kv-web.vault.azure.example/keys/db/1"},
        **closed,
    }
    more: dict[str, Any] = {"identity": identity, "sku": {"name": "Standard_D2ads_v5", "tier": "GeneralPurpose"}}
    for provider, name in (("Microsoft.DBforPostgreSQL", "pg-web"), ("Microsoft.DBforMySQL", "my-web")):
        signed_in = {"authConfig": {"activeDirectoryAuth": "Enabled", "passwordAuth": "Disabled"}}
        told = {"fullyQualifiedDomainName": f"{name}.database.example", **flexible, **signed_in}
        web.put(f"{provider}/flexibleServers", name, told, tags=_OWNER, **more)
    for provider, name in (
        ("Microsoft.DBforPostgreSQL", "pg-old"),
        ("Microsoft.DBforMySQL", "my-old"),
        ("Microsoft.DBforMariaDB", "maria-old"),
    ):
        single = {
            "fullyQualifiedDomainName": f"{name}.database.example",
            "version": "10.3",
            "userVisibleState": "Ready",
            "administratorLogin": "operator",
            "sslEnforcement": "Disabled",
            "minimalTlsVersion": "TLSEnforcementDisabled",
            "publicNetworkAccess": "Enabled",
            "infrastructureEncryption": "Disabled",
            "byokEnforcement": "Disabled",
            "replicationRole": "Replica",
            "masterServerId": lab.of(f"{provider}/servers", "first").upper(),
            "replicaCapacity": 0,
            "storageProfile": {
                "geoRedundantBackup": "Disabled",
                "backupRetentionDays": 7,
                "storageMB": 102400,
                "storageAutogrow": "Enabled",
            },
            **closed,
        }
        sku = {"name": "GP_Gen5_2", "tier": "GeneralPurpose", "family": "Gen5", "capacity": 2, "size": "102400"}
        lab.put(f"{provider}/servers", name, single, sku=sku, tags=_OWNER)


def _others(web: Place, lab: Place, closed: dict[str, Any], identity: dict[str, Any]) -> None:
    subnet = f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps"
    cosmos: dict[str, Any] = {
        "instanceId": GUID.format("4301"),
        "createMode": "Default",
        "documentEndpoint": "https://cosmos-web.documents.example/",
        "enableAutomaticFailover": True,
        "enableMultipleWriteLocations": False,
        "isVirtualNetworkFilterEnabled": True,
        "virtualNetworkRules": [to(subnet)],
        "ipRules": [{"ipAddressOrRange": "203.0.113.0/24"}],
        "disableLocalAuth": True,
        "disableKeyBasedMetadataWriteAccess": True,
        "keysMetadata": {
            name: {"generationTime": MADE}
            for name in (
                "primaryMasterKey",
                "primaryReadonlyMasterKey",
                "secondaryMasterKey",
                "secondaryReadonlyMasterKey",
            )
        },
        "minimalTlsVersion": "Tls12",
        "backupPolicy": {"type": "Continuous"},
        "keyVaultKeyUri": "https://kv-web.vault.azure.example/keys/cosmos",
        "locations": [{"locationName": "West Europe", "failoverPriority": 0}],
        "networkAclBypass": "AzureServices",
        "networkAclBypassResourceIds": [web.of("Microsoft.Synapse/workspaces", "synapse-web")],
        "cors": [{"allowedOrigins": "https://shop.example"}],
        "diagnosticLogSettings": {"enableFullTextQuery": "False"},
        "publicNetworkAccess": "Enabled",
        **closed,
    }
    kind = "GlobalDocumentDB"
    tags = {**_OWNER, "environment": "production"}
    web.put("Microsoft.DocumentDB/databaseAccounts", "cosmos-web", cosmos, kind=kind, identity=identity, tags=tags)
    kept = f"{'/'.join(web.id.split('/')[:3])}/providers/Microsoft.DocumentDB/locations/westeurope"
    source = f"{kept}/restorableDatabaseAccounts/{cosmos['instanceId']}"
    restored = {"restoreMode": "PointInTime", "restoreSource": source, "restoreTimestampInUtc": MADE}
    copy = {"instanceId": GUID.format("4302"), "createMode": "Restore", "restoreParameters": restored}
    lab.put("Microsoft.DocumentDB/databaseAccounts", "cosmos-copy", copy, kind=kind)
    first = web.of("Microsoft.Cache/redis", "redis-web")
    redis: dict[str, Any] = {
        "hostName": "redis-web.cache.example",
        "port": 6379,
        "sslPort": 6380,
        "sku": {"name": "Premium", "family": "P", "capacity": 1},
        "shardCount": 1,
        "replicasPerMaster": 1,
        "staticIP": "198.18.1.60",
        "redisVersion": "6.0",
        "redisConfiguration": {"aad-enabled": "true", "authnotrequired": "False", "maxclients": "7500"},
        "updateChannel": "Stable",
        "enableNonSslPort": False,
        "minimumTlsVersion": "1.2",
        "disableAccessKeyAuthentication": True,
        "subnetId": subnet,
        "linkedServers": [to(f"{first}/linkedServers/redis-web-2")],
        "publicNetworkAccess": "Disabled",
        **closed,
    }
    web.put("Microsoft.Cache/redis", "redis-web", redis, identity=identity, zones=["1", "2"], tags=_OWNER)
    web.put("Microsoft.Cache/redis", "redis-web-2", {"enableNonSslPort": True, "sku": {"name": "Premium"}})
    workspace = {
        "workspaceUID": GUID.format("4201"),
        "managedVirtualNetwork": "default",
        "managedVirtualNetworkSettings": {"preventDataExfiltration": True, "allowedAadTenantIdsForLinking": []},
        "virtualNetworkProfile": {"computeSubnetId": subnet},
        "managedResourceGroupName": "synapse-managed",
        "sqlAdministratorLogin": "operator",
        "azureADOnlyAuthentication": True,
        "encryption": {
            "doubleEncryptionEnabled": True,
            "cmk": {"key": {"name": "default", "keyVaultUrl": "https://kv-web.vault.azure.example/keys/synapse"}},
        },
        "trustedServiceBypassEnabled": False,
        "defaultDataLakeStorage": {"accountUrl": "https://stdata.dfs.example", "filesystem": "synapse"},
        "publicNetworkAccess": "Disabled",
        **closed,
    }
    lab.put("Microsoft.Synapse/workspaces", "synapse", workspace, identity=identity, tags=_OWNER)
    pool = {
        "status": "Online",
        "collation": "SQL_Latin1_General_CP1_CI_AS",
        "creationDate": MADE,
        "maxSizeBytes": 263882790666240,
        "storageAccountType": "GRS",
    }
    lab.put("Microsoft.Synapse/workspaces/sqlPools", "synapse/pool", pool, sku={"name": "DW100c"}, tags=_OWNER)
    spark: dict[str, Any] = {
        "sparkVersion": "3.4",
        "nodeSize": "Small",
        "nodeSizeFamily": "MemoryOptimized",
        "nodeCount": 3,
        "autoScale": {"enabled": True, "minNodeCount": 3, "maxNodeCount": 10},
        "autoPause": {"enabled": True, "delayInMinutes": 15},
        "isComputeIsolationEnabled": False,
        "sessionLevelPackagesEnabled": True,
        "libraryRequirements": {"filename": "requirements.txt", "content": ""},
        "customLibraries": [{"name": "orders.whl", "type": "whl"}],
        "creationDate": MADE,
        "provisioningState": "Succeeded",
    }
    lab.put("Microsoft.Synapse/workspaces/bigDataPools", "synapse/spark", spark, tags=_OWNER)
