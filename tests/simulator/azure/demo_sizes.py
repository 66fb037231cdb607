"""What networks and stores of the demo tell that other tools have columns of, beside what they told."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID
from tests.simulator.azure.demo_told import tell
from tests.simulator.azure.place import Place


def add_sizes(web: Place, lab: Place) -> None:
    """Have networks and stores that are there tell more."""
    _network(web, lab)
    _data(web, lab)
    for place, type, name, more in (
        (web, "Microsoft.Network/publicIPAddresses", "pip-0", {"tier": "Regional"}),
        (web, "Microsoft.Network/expressRouteCircuits", "er-web", {"family": "MeteredData"}),
        (web, "Microsoft.Storage/storageAccounts", "stdata", {"tier": "Standard"}),
        (web, "Microsoft.RecoveryServices/vaults", "rsv", {"tier": "Standard"}),
    ):
        row = place.tenant.tables["resources"][place.of(type, name).lower()]
        row["sku"] = {**(row["sku"] or {}), **more}


def _network(web: Place, lab: Place) -> None:
    application_gateway: dict[str, Any] = {
        "sku": {"capacity": 2},
        "autoscaleConfiguration": {"minCapacity": 1, "maxCapacity": 10},
        "sslPolicy": {"policyType": "Custom"},
        "webApplicationFirewallConfiguration": {"ruleSetType": "OWASP", "ruleSetVersion": "3.2"},
        "forceFirewallPolicyAssociation": True,
    }
    tell(web, "Microsoft.Network/applicationGateways", "agw", application_gateway)
    virtual_network_gateway: dict[str, Any] = {
        "resourceGuid": GUID.format("8105"),
        "sku": {"tier": "VpnGw1", "capacity": 2},
        "bgpSettings": {"asn": 65515, "bgpPeeringAddress": "198.18.3.30", "peerWeight": 0},
        "enableDnsForwarding": False,
        "inboundDnsForwardingEndpoint": "198.18.3.53",
        "disableIPSecReplayProtection": False,
        "allowRemoteVnetTraffic": False,
    }
    tell(web, "Microsoft.Network/virtualNetworkGateways", "vpn-web", virtual_network_gateway)
    vnet: dict[str, Any] = {
        "resourceGuid": GUID.format("8106"),
        "encryption": {"enforcement": "AllowUnencrypted"},
        "enableVmProtection": False,
        "flowTimeoutInMinutes": 10,
        "bgpCommunities": {"virtualNetworkCommunity": "12076:20001"},
        "privateEndpointVNetPolicies": "Disabled",
    }
    tell(web, "Microsoft.Network/virtualNetworks", "v", vnet)
    route_table: dict[str, Any] = {"resourceGuid": GUID.format("8107")}
    tell(web, "Microsoft.Network/routeTables", "rt-web", route_table)
    nat_gateway: dict[str, Any] = {"resourceGuid": GUID.format("8108")}
    tell(web, "Microsoft.Network/natGateways", "ng-web", nat_gateway)
    public_ip: dict[str, Any] = {
        "dnsSettings": {"domainNameLabel": "shop"},
        "idleTimeoutInMinutes": 4,
        "ipTags": [{"tag": "Unprivileged"}],
        "deleteOption": "Detach",
        "migrationPhase": "None",
    }
    tell(web, "Microsoft.Network/publicIPAddresses", "pip-0", public_ip)
    bastion_host: dict[str, Any] = {"scaleUnits": 2}
    tell(web, "Microsoft.Network/bastionHosts", "bst-web", bastion_host, zones=["1"])
    expressroute_circuit: dict[str, Any] = {
        "serviceProviderNotes": "Second floor",
        "bandwidthInGbps": 1.0,
        "stag": 31,
        "authorizationStatus": "Available",
    }
    tell(web, "Microsoft.Network/expressRouteCircuits", "er-web", expressroute_circuit)
    private_endpoint: dict[str, Any] = {"customNetworkInterfaceName": "pe.nic"}
    tell(web, "Microsoft.Network/privateEndpoints", "pe", private_endpoint)


def _data(web: Place, lab: Place) -> None:
    storage_account: dict[str, Any] = {
        "primaryEndpoints": {
            "queue": "https://stdata.queue.example/",
            "table": "https://stdata.table.example/",
            "web": "https://stdata.web.example/",
        },
        "customDomain": {"name": "data.contoso.example"},
        "routingPreference": {"routingChoice": "MicrosoftRouting"},
        "enableExtendedGroups": False,
        "accountMigrationInProgress": False,
        "storageAccountSkuConversionStatus": {"targetSkuName": "Standard_ZRS"},
    }
    tell(web, "Microsoft.Storage/storageAccounts", "stdata", storage_account)
    redis_cache: dict[str, Any] = {
        "sku": {"family": "P", "capacity": 1},
        "replicasPerPrimary": 1,
        "zonalAllocationPolicy": "Automatic",
    }
    tell(web, "Microsoft.Cache/redis", "redis-web", redis_cache)
    mysql_server: dict[str, Any] = {
        "databasePort": 3306,
        "maintenanceWindow": {"dayOfWeek": 0},
        "storage": {"autoIoScaling": "Enabled", "logOnDisk": "Disabled"},
    }
    tell(web, "Microsoft.DBforMySQL/flexibleServers", "my-web", mysql_server)
    postgresql_server: dict[str, Any] = {
        "minorVersion": "4",
        "authConfig": {"tenantId": GUID.format("8109")},
        "network": {"privateDnsZoneArmResourceId": web.of("Microsoft.Network/privateDnsZones", "pg.private.example")},
        "maintenanceWindow": {"dayOfWeek": 0},
        "storage": {"tier": "P10"},
    }
    tell(web, "Microsoft.DBforPostgreSQL/flexibleServers", "pg-web", postgresql_server)
    synapse_workspace: dict[str, Any] = {"extraProperties": {"WorkspaceType": "Normal"}}
    tell(lab, "Microsoft.Synapse/workspaces", "synapse", synapse_workspace)
    hpc_cache: dict[str, Any] = {"networkSettings": {"mtu": 1500}}
    tell(web, "Microsoft.StorageCache/caches", "cache-web", hpc_cache)
    storage_sync_service: dict[str, Any] = {
        "storageSyncServiceUid": GUID.format("810b"),
        "storageSyncServiceStatus": 0,
        "lastOperationName": "ICreateStorageSyncServiceWorkflow",
    }
    tell(web, "Microsoft.StorageSync/storageSyncServices", "sync-web", storage_sync_service)
    recovery_vault: dict[str, Any] = {
        "backupStorageVersion": "V2",
        "bcdrSecurityLevel": "Fair",
        "restoreSettings": {"crossSubscriptionRestoreSettings": {"crossSubscriptionRestoreState": "Enabled"}},
        "moveState": "None",
    }
    tell(web, "Microsoft.RecoveryServices/vaults", "rsv", recovery_vault)
