"""What Azure Resource Manager alone tells of the resources of the demo's tenant."""

from collections.abc import Mapping
from typing import Any

from tests.simulator.azure.demo_compute import GUID, MADE
from tests.simulator.azure.demo_doors import add_doors
from tests.simulator.azure.demo_messages import add_messages
from tests.simulator.azure.place import Place

_STORAGE = "Microsoft.Storage/storageAccounts"
_VAULT = "Microsoft.KeyVault/vaults"
_FIRST, _LAST = "0.0.0.0", "255.255.255.255"  # noqa: S104 - nothing is bound to it
_SETTINGS = "/providers/microsoft.insights/diagnosticSettings"


def add_children(web: Place, lab: Place) -> None:
    """Put children below some resources: others of their types have none."""
    _storage(web, lab)
    _vaults(web, lab)
    _sql(web, lab)
    _servers(web, lab)
    _others(web, lab)
    add_messages(web, lab)
    add_doors(web)
    _logs(web)


def _storage(web: Place, lab: Place) -> None:
    data, old = web.of(_STORAGE, "stdata"), lab.of(_STORAGE, "stold")
    add, containers = web.tenant.add_child, "/blobServices/default/containers"
    closed = {
        "publicAccess": "None",
        "defaultEncryptionScope": "$account-encryption-key",
        "denyEncryptionScopeOverride": True,
        "hasImmutabilityPolicy": True,
        "hasLegalHold": False,
        "legalHold": {"hasLegalHold": False, "tags": [{"tag": "case23"}]},
        "immutabilityPolicy": {"properties": {"state": "Locked", "immutabilityPeriodSinceCreationInDays": 30}},
        "immutableStorageWithVersioning": {"enabled": True},
        "leaseState": "Leased",
        "leaseStatus": "Locked",
        "leaseDuration": "Infinite",
        "enableNfsV3RootSquash": True,
        "enableNfsV3AllSquash": False,
        "lastModifiedTime": MADE,
    }
    add(data, containers, "invoices", closed)
    add(data, containers, "$web", {"publicAccess": "Blob", "lastModifiedTime": MADE})
    add(old, containers, "everything", {"publicAccess": "Container", "lastModifiedTime": MADE})
    kept: dict[str, Any] = {
        "deleteRetentionPolicy": {"enabled": True, "days": 14, "allowPermanentDelete": False},
        "containerDeleteRetentionPolicy": {"enabled": True, "days": 7},
        "isVersioningEnabled": True,
        "changeFeed": {"enabled": True, "retentionInDays": 90},
        "defaultServiceVersion": "2020-06-12",
        "automaticSnapshotPolicyEnabled": True,
        "restorePolicy": {"enabled": True, "days": 6},
        "lastAccessTimeTrackingPolicy": {"enable": False},
        "cors": {"corsRules": [{"allowedOrigins": ["https://shop.example"], "allowedMethods": ["GET"]}]},
    }
    web.tenant.set_child(data, "/blobServices/default", kept)
    none = {"deleteRetentionPolicy": {"enabled": False}, "cors": {"corsRules": []}}
    web.tenant.set_child(old, "/blobServices/default", none)
    share = {"enabledProtocols": "SMB", "shareQuota": 1024, "accessTier": "Hot", "lastModifiedTime": MADE}
    leased = {"leaseState": "Leased", "leaseStatus": "Locked", "leaseDuration": "Fixed"}
    changed = {"accessTierStatus": "Changed", "accessTierChangeTime": MADE}
    add(data, "/fileServices/default/shares", "files", {**share, **leased, **changed})
    mounted = {"enabledProtocols": "NFS", "rootSquash": "NoRootSquash", "shareQuota": 100, "lastModifiedTime": MADE}
    add(old, "/fileServices/default/shares", "home", mounted)
    add(data, "/queueServices/default/queues", "orders", {"metadata": {}})
    add(data, "/tableServices/default/tables", "visits", {"tableName": "visits"})


def _vaults(web: Place, lab: Place) -> None:
    """Keys and secrets, some of which are for ever."""
    closed, add = web.of(_VAULT, "kv-web"), web.tenant.add_child
    until = {"enabled": True, "nbf": 1704067200, "exp": 1767225600, "created": 1704067200, "updated": 1706745600}
    address = "https://kv-web.vault.azure.example"
    key: dict[str, Any] = {
        "attributes": {**until, "exportable": False, "recoveryLevel": "Recoverable"},
        "keyUri": f"{address}/keys/storage",
        "keyUriWithVersion": f"{address}/keys/storage/1",
        "kty": "RSA-HSM",
        "keySize": 4096,
        "keyOps": ["wrapKey", "unwrapKey"],
        "rotationPolicy": {
            "attributes": {"expiryTime": "P1Y"},
            "lifetimeActions": [{"trigger": {"timeBeforeExpiry": "P30D"}, "action": {"type": "rotate"}}],
        },
    }
    add(closed, "/keys", "storage", key)
    curve = {"attributes": {"enabled": False, "created": 1704067200}, "kty": "EC", "curveName": "P-256"}
    add(lab.of(_VAULT, "kv-lab"), "/keys", "old", curve)
    secret = {
        "attributes": until,
        "contentType": "password",
        "secretUri": f"{address}/secrets/database",
        "secretUriWithVersion": f"{address}/secrets/database/2",
    }
    add(closed, "/secrets", "database", secret)
    add(closed, "/secrets", "for-ever", {"attributes": {"enabled": True, "created": 1704067200}})


def _sql(web: Place, lab: Place) -> None:
    closed, open_ = web.of("Microsoft.Sql/servers", "sql-web"), lab.of("Microsoft.Sql/servers", "sql-lab")
    tenant = web.tenant
    _let_in(tenant.add_child, closed, {"office": ("203.0.113.10", "203.0.113.20")})
    every = {"AllowAllWindowsAzureIps": (_FIRST, _FIRST), "all": (_FIRST, _LAST)}
    _let_in(tenant.add_child, open_, every)
    six = {"startIPv6Address": "2001:db8::10", "endIPv6Address": "2001:db8::20"}
    tenant.add_child(closed, "/ipv6FirewallRules", "office-6", six)
    subnet = f"{web.of('Microsoft.Network/virtualNetworks', 'v')}/subnets/apps"
    tenant.add_child(closed, "/virtualNetworkRules", "apps", {"virtualNetworkSubnetId": subnet, "state": "Ready"})
    copied = {
        "readWriteEndpoint": {"failoverPolicy": "Automatic", "failoverWithDataLossGracePeriodMinutes": 60},
        "readOnlyEndpoint": {"failoverPolicy": "Disabled"},
        "replicationRole": "Primary",
        "replicationState": "CATCH_UP",
        "partnerServers": [{"id": open_, "location": "East US", "replicationRole": "Secondary"}],
        "databases": [web.of("Microsoft.Sql/servers/databases", "sql-web/shop")],
    }
    tenant.add_child(closed, "/failoverGroups", "copies", copied, location="West Europe", tags={"env": "prod"})
    groups = ["SUCCESSFUL_DATABASE_AUTHENTICATION_GROUP", "FAILED_DATABASE_AUTHENTICATION_GROUP"]
    auditing = {
        "state": "Enabled",
        "storageEndpoint": "https://stdata.blob.example/",
        "isAzureMonitorTargetEnabled": True,
        "retentionDays": 90,
        "auditActionsAndGroups": groups,
    }
    tenant.set_child(closed, "/auditingSettings/default", auditing)
    tenant.set_child(open_, "/auditingSettings/default", {"state": "Disabled"})
    protector = {
        "serverKeyType": "AzureKeyVault",
        "serverKeyName": "kv-web_sql_1",
        "uri": "https://kv-web.vault.azure.example/keys/sql/1",
        "autoRotationEnabled": True,
    }
    tenant.set_child(closed, "/encryptionProtector/current", protector)
    tenant.set_child(open_, "/encryptionProtector/current", {"serverKeyType": "ServiceManaged"})
    alerts = {
        "state": "Enabled",
        "disabledAlerts": ["Data_Exfiltration"],
        "emailAddresses": ["security@contoso.example"],
        "emailAccountAdmins": True,
        "retentionDays": 30,
        "creationTime": MADE,
    }
    tenant.set_child(closed, "/securityAlertPolicies/default", alerts)
    scans = {"isEnabled": True, "emailSubscriptionAdmins": False, "emails": ["security@contoso.example"]}
    kept = {"recurringScans": scans, "storageContainerPath": "https://stdata.blob.example/scans/"}
    tenant.set_child(closed, "/vulnerabilityAssessments/default", kept)
    for server, database, state in ((web, "sql-web/shop", "Enabled"), (lab, "sql-lab/master", "Disabled")):
        id = server.of("Microsoft.Sql/servers/databases", database)
        tenant.set_child(id, "/transparentDataEncryption/current", {"state": state})


def _let_in(add: Any, server: str, ranges: Mapping[str, tuple[str, str]]) -> None:
    for name, (first, last) in ranges.items():
        add(server, "/firewallRules", name, {"startIpAddress": first, "endIpAddress": last})


def _servers(web: Place, lab: Place) -> None:
    """Servers of PostgreSQL, MySQL and MariaDB, flexible and single."""
    add = web.tenant.add_child
    text = {"charset": "UTF8", "collation": "en_US.utf8"}
    chosen = {"value": "on", "defaultValue": "off", "source": "user-override"}
    places = [
        (web.of("Microsoft.DBforPostgreSQL/flexibleServers", "pg-web"), "log_connections"),
        (lab.of("Microsoft.DBforPostgreSQL/servers", "pg-old"), "log_checkpoints"),
        (web.of("Microsoft.DBforMySQL/flexibleServers", "my-web"), "require_secure_transport"),
        (lab.of("Microsoft.DBforMySQL/servers", "my-old"), "audit_log_enabled"),
        (lab.of("Microsoft.DBforMariaDB/servers", "maria-old"), ""),
    ]
    for server, parameter in places:
        _let_in(add, server, {"office": ("203.0.113.10", "203.0.113.20")})
        add(server, "/databases", "shop", text)
        if parameter:
            add(server, "/configurations", parameter, chosen)
            add(server, "/configurations", "work_mem", {**chosen, "value": "4096"})
    admin = {
        "principalName": "Database administrators",
        "objectId": GUID.format("4001"),
        "principalType": "Group",
        "tenantId": GUID.format("000a"),
    }
    add(places[0][0], "/administrators", GUID.format("4001"), admin)
    of_mysql = {
        "administratorType": "ActiveDirectory",
        "login": "Database administrators",
        "sid": GUID.format("4001"),
        "tenantId": GUID.format("000a"),
        "identityResourceId": web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"),
    }
    add(places[2][0], "/administrators", "ActiveDirectory", of_mysql)


def _others(web: Place, lab: Place) -> None:
    add, tenant = web.tenant.add_child, web.tenant
    account = web.of("Microsoft.DocumentDB/databaseAccounts", "cosmos-web")
    add(account, "/sqlDatabases", "shop", {"resource": {"id": "shop"}})
    assignment = {
        "principalId": GUID.format("3901"),
        "roleDefinitionId": f"{account}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002",
        "scope": account,
    }
    add(account, "/sqlRoleAssignments", GUID.format("4301"), assignment)
    redis = web.of("Microsoft.Cache/redis", "redis-web")
    add(redis, "/firewallRules", "all", {"startIP": _FIRST, "endIP": _LAST})
    synapse = lab.of("Microsoft.Synapse/workspaces", "synapse")
    key = {"isActiveCMK": True, "keyVaultUrl": "https://kv-web.vault.azure.example/keys/synapse"}
    add(synapse, "/keys", "default", key)
    _let_in(add, synapse, {"all": (_FIRST, _LAST)})
    pool = lab.of("Microsoft.Synapse/workspaces/sqlPools", "synapse/pool")
    policy = {
        "dataMaskingState": "Enabled",
        "exemptPrincipals": "operator;",
        "applicationPrincipals": "reports;",
        "maskingLevel": "Standard",
    }
    managed: dict[str, Any] = {"kind": "Policy", "managedBy": web.of("Microsoft.Solutions/applications", "desk")}
    tenant.set_child(pool, "/dataMaskingPolicies/Default", policy, **managed)
    rule = {
        "ruleState": "Enabled",
        "schemaName": "dbo",
        "tableName": "people",
        "columnName": "mail",
        "aliasName": "address",
        "maskingFunction": "Text",
        "id": "dbo_people_mail",
        "numberFrom": "0",
        "numberTo": "0",
        "prefixSize": "1",
        "suffixSize": "2",
        "replacementString": "xxx",
    }
    add(pool, "/dataMaskingPolicies/Default/rules", "people-mail", rule)
    cluster = web.of("Microsoft.ContainerService/managedClusters", "aks")
    times = {
        "timeInWeek": [{"day": "Sunday", "hourSlots": [1, 2]}],
        "notAllowedTime": [{"start": "2026-12-20T00:00:00Z", "end": "2027-01-02T00:00:00Z"}],
    }
    add(cluster, "/maintenanceConfigurations", "default", times)
    window: dict[str, Any] = {"schedule": {"weekly": {"intervalWeeks": 1, "dayOfWeek": "Sunday"}}, "durationHours": 8}
    window |= {"startTime": "01:00", "utcOffset": "+01:00"}
    add(cluster, "/maintenanceConfigurations", "aksManagedAutoUpgradeSchedule", {"maintenanceWindow": window})
    learning = web.of("Microsoft.MachineLearningServices/workspaces", "mlw-web")
    role = "Microsoft.MachineLearningServices/workspaces/mlworkload"
    bound = {"roles": [role], "sourceResourceId": learning, "provisioningState": "Succeeded"}
    add(cluster, "/trustedAccessRoleBindings", "learning", bound)
    identity = web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web")
    trusted = {
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:contoso/shop:ref:refs/heads/main",
        "audiences": ["api://AzureADTokenExchange"],
    }
    add(identity, "/federatedIdentityCredentials", "workflows", trusted)


def _logs(web: Place) -> None:
    """Settings of a vault, whose logs are kept, of the blobs of an account, of a gate and of a subscription."""
    add = web.tenant.add_child
    workspace, account = web.of("Microsoft.OperationalInsights/workspaces", "logs"), web.of(_STORAGE, "stdata")
    rule = web.of("Microsoft.EventHub/namespaces/authorizationRules", "eh-web/RootManageSharedAccessKey")
    all_logs = {
        "workspaceId": workspace.upper(),
        "storageAccountId": account,
        "eventHubAuthorizationRuleId": rule,
        "eventHubName": "logs",
        "serviceBusRuleId": web.of("Microsoft.ServiceBus/namespaces/authorizationRules", "sb-web/logs"),
        "marketplacePartnerId": web.of("Microsoft.Datadog/monitors", "watch"),
        "logAnalyticsDestinationType": "Dedicated",
        "logs": [{"categoryGroup": "allLogs", "enabled": True}, {"category": "AuditEvent", "enabled": False}],
        "metrics": [{"category": "AllMetrics", "enabled": True}],
    }
    add(web.of(_VAULT, "kv-web"), _SETTINGS, "everything", all_logs)
    of_rules = {"workspaceId": workspace, "logs": [{"category": "NetworkSecurityGroupEvent", "enabled": True}]}
    add(web.of("Microsoft.Network/networkSecurityGroups", "nsg-web"), _SETTINGS, "rules", of_rules)
    of_blobs = {"workspaceId": workspace, "logs": [{"category": "StorageRead", "enabled": True}]}
    add(f"{account}/blobServices/default", _SETTINGS, "blobs", of_blobs)
    subscription = "/".join(web.id.split("/")[:3])
    activity = {"workspaceId": workspace, "logs": [{"category": "Administrative", "enabled": True}]}
    add(subscription, _SETTINGS, "activity", activity)
