"""What resources of the demo's tenant tell of how they are set up, beside what put them there."""

from typing import Any

from tests.simulator.azure.demo_told import tell
from tests.simulator.azure.place import Place

_APPLICATION = "00000000-0000-4000-8000-000000000071"
_SLOTS = "Microsoft.Web/sites/slots"
_WEB: dict[str, Any] = {
    "AcrUseManagedIdentityCreds": True,
    "DetailedErrorLoggingEnabled": True,
    "HealthCheckPath": "/health",
    "LocalMySqlEnabled": False,
    "MinTlsCipherSuite": "TLS_AES_128_GCM_SHA256",
    "PowerShellVersion": "7.4",
    "RequestTracingEnabled": True,
    "ScmType": "GitHubAction",
    "SiteAuthEnabled": True,
    "Use32BitWorkerProcess": False,
    "WebSocketsEnabled": True,
    "WindowsFxVersion": "DOCKER|crweb.azurecr.example/shop:1",
}


def add_settings(web: Place) -> None:
    """Have storage, databases, apps, clusters and machines tell more of how they are set up."""
    _data(web)
    _apps(web)
    machine = {
        "additionalCapabilities": {"hibernationEnabled": False, "ultraSSDEnabled": True},
        "storageProfile": {"diskControllerType": "NVMe"},
    }
    tell(web, "Microsoft.Compute/virtualMachines", "vm-web-01", machine)
    disk = {"tier": "P30", "burstingEnabled": True, "securityProfile": {"securityType": "TrustedLaunch"}}
    tell(web, "Microsoft.Compute/disks", "vm-web-01", disk)
    tell(web, "Microsoft.Compute/snapshots", "snap", {"diskState": "ActiveSAS"})
    analytics = {"networkWatcherFlowAnalyticsConfiguration": {"trafficAnalyticsInterval": 10}}
    log = "Microsoft.Network/networkWatchers/flowLogs"
    tell(web, log, "nw-westeurope/fl-web", {"flowAnalyticsConfiguration": analytics})


def _data(web: Place) -> None:
    policy = {"state": "Unlocked", "immutabilityPeriodSinceCreationInDays": 30}
    account = {
        "statusOfPrimary": "available",
        "statusOfSecondary": "available",
        "largeFileSharesState": "Enabled",
        "dnsEndpointType": "Standard",
        "immutableStorageWithVersioning": {"immutabilityPolicy": policy},
        "encryption": {"identity": {"federatedIdentityClientId": _APPLICATION}},
    }
    tell(web, "Microsoft.Storage/storageAccounts", "stdata", account)
    often = {"backupIntervalInMinutes": 240, "backupRetentionIntervalInHours": 8, "backupStorageRedundancy": "Geo"}
    cosmos = {
        "backupPolicy": {"periodicModeProperties": often, "continuousModeProperties": {"tier": "Continuous7Days"}},
        "consistencyPolicy": {"defaultConsistencyLevel": "Session"},
        "enableAnalyticalStorage": False,
        "enableFreeTier": False,
        "defaultIdentity": "FirstPartyIdentity",
    }
    tell(web, "Microsoft.DocumentDB/databaseAccounts", "cosmos-web", cosmos)
    server = {
        "federatedClientId": _APPLICATION,
        "isIPv6Enabled": "Disabled",
        "externalGovernanceStatus": "Disabled",
    }
    tell(web, "Microsoft.Sql/servers", "sql-web", server)
    flexible = {
        "highAvailability": {"state": "Healthy", "standbyAvailabilityZone": "2"},
        "maintenanceWindow": {"customWindow": "Enabled"},
        "dataEncryption": {"geoBackupKeyURI": "https://kv-web.vault.azure.example/keys/geo/1"},
        "storage": {"iops": 500},
    }
    for type, name in (("PostgreSQL", "pg-web"), ("MySQL", "my-web")):
        tell(web, f"Microsoft.DBfor{type}/flexibleServers", name, flexible)


def _apps(web: Place) -> None:
    settings = web.tenant.tables["appserviceresources"]
    for id in (web.of("Microsoft.Web/sites/config", "shop/web"), web.of(f"{_SLOTS}/config", "shop/staging/web")):
        settings[id.lower()]["properties"] |= _WEB
    slot = {"siteConfig": {"minTlsVersion": "1.2", "ftpsState": "Disabled", "http20Enabled": True}}
    tell(web, _SLOTS, "shop/staging", slot)
    registry = {
        "policies": {"retentionPolicy": {"days": 7}, "softDeletePolicy": {"status": "enabled", "retentionDays": 7}},
        "networkRuleBypassAllowedForTasks": False,
        "roleAssignmentMode": "AbacRepositoryPermissions",
    }
    tell(web, "Microsoft.ContainerRegistry/registries", "crweb", registry)
    network = {"networkPluginMode": "overlay", "networkDataplane": "cilium", "loadBalancerSku": "standard"}
    cluster = {
        "networkProfile": {**network, "podCidr": "192.0.2.0/24", "serviceCidr": "198.51.100.0/24"},
        "serviceMeshProfile": {"mode": "Disabled"},
        "ingressProfile": {"webAppRouting": {"enabled": False}},
        "apiServerAccessProfile": {"enableVnetIntegration": True},
        "nodeResourceGroupProfile": {"restrictionLevel": "ReadOnly"},
        "securityProfile": {"azureKeyVaultKms": {"keyVaultNetworkAccess": "Private"}},
        "supportPlan": "KubernetesOfficial",
    }
    tell(web, "Microsoft.ContainerService/managedClusters", "aks", cluster)
