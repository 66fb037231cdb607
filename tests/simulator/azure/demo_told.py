"""What resources of the demo's tenant tell beside what put them there: of networks, keys, agents and addresses."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID, identity_of
from tests.simulator.azure.demo_storage import endpoints_of
from tests.simulator.azure.place import Place, part, to

_NET = "Microsoft.Network"
_SITE = {"hostNamesDisabled": False, "outboundIpAddresses": "203.0.113.41,203.0.113.42"}
_PUB_SUB = {"externalIP": "203.0.113.43", "networkACLs": {"publicNetwork": {"allow": ["ClientConnection"]}}}


def add_told(web: Place, lab: Place) -> None:
    """Have resources that are there tell more."""
    _networks(web)
    _data(web)
    _apps(web, lab)
    _lab(lab)
    _more(web)


def tell(place: Place, type: str, name: str, properties: dict[str, Any], **given: Any) -> None:
    """Have a resource that is there tell more, beside what it told."""
    row = place.tenant.tables["resources"][place.of(type, name).lower()]
    _merge(row["properties"], properties)
    row |= given


def _merge(known: dict[str, Any], more: dict[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(known.get(name), dict):
            known[name] = dict(known[name])
            _merge(known[name], value)
        else:
            known[name] = value


def _networks(web: Place) -> None:
    endpoint = {"privateEndpoint": to(web.of(f"{_NET}/privateEndpoints", "pe"))}
    gateway = {
        "trustedClientCertificates": [part("/partners", {})],
        "enableFips": False,
        "privateEndpointConnections": [part("/pe", endpoint)],
    }
    off = {"disabledRuleGroups": [{"ruleGroupName": "REQUEST-942-APPLICATION-ATTACK-SQLI", "rules": [942100]}]}
    tell(
        web, f"{_NET}/applicationGateways", "agw", {**gateway, "webApplicationFirewallConfiguration": off}, zones=["1"]
    )
    looks = {
        "profile": "Basic",
        "configuration": {
            "signatureOverrides": [{"id": "2024897", "mode": "Off"}],
            "bypassTrafficSettings": [{"name": "backups", "protocol": "TCP"}],
        },
    }
    policy = {
        "intrusionDetection": looks,
        "threatIntelWhitelist": {"ipAddresses": ["198.18.9.9"], "fqdns": ["updates.contoso.example"]},
        "transportSecurity": {
            "certificateAuthority": {"name": "ca", "keyVaultSecretId": "https://kv-web.vault.azure.net/secrets/ca"}
        },
        "explicitProxy": {"enableExplicitProxy": False},
        "insights": {"isEnabled": True, "retentionDays": 30},
    }
    tell(web, f"{_NET}/firewallPolicies", "fp-web", policy)
    tunnel = {
        "ipsecEncryption": "AES256",
        "ipsecIntegrity": "SHA256",
        "ikeEncryption": "AES256",
        "ikeIntegrity": "SHA384",
        "dhGroup": "DHGroup24",
        "pfsGroup": "None",
    }
    tell(web, f"{_NET}/connections", "to-office", {"ipsecPolicies": [tunnel]})
    devices = {"vpnClientConfiguration": {"vpnClientProtocols": ["OpenVPN"]}}
    own = {"vpnGatewayGeneration": "Generation2", "enablePrivateIpAddress": False}
    tell(web, f"{_NET}/virtualNetworkGateways", "vpn-web", {**devices, **own})
    address = {
        "dnsSettings": {"reverseFqdn": "shop.contoso.example"},
        "publicIPPrefix": to(web.of(f"{_NET}/publicIPPrefixes", "prefix")),
    }
    tell(web, f"{_NET}/publicIPAddresses", "pip-0", address, zones=["1", "2"])
    names = {"dnsSettings": {"dnsServers": ["198.18.0.53"]}}
    tell(web, f"{_NET}/networkInterfaces", "nic-web-02", {**names, "vnetEncryptionSupported": False})
    tell(web, f"{_NET}/networkInterfaces", "nic-web-01", {"disableTcpStateTracking": False})
    network = web.tenant.tables["resources"][web.of(f"{_NET}/virtualNetworks", "v").lower()]
    policies = [to(web.of(f"{_NET}/serviceEndpointPolicies", "own-accounts"))]
    subnet = {"serviceEndpointPolicies": policies, "privateLinkServiceNetworkPolicies": "Enabled"}
    network["properties"]["subnets"][0]["properties"] |= subnet


def _data(web: Place) -> None:
    keys = {"queue": {"keyType": "Account"}, "table": {"keyType": "Service"}}
    account = {"encryption": {"services": keys}, "primaryLocation": "westeurope", "secondaryLocation": "northeurope"}
    tell(web, "Microsoft.Storage/storageAccounts", "stdata", account)
    tell(web, "Microsoft.Sql/servers/databases", "sql-web/shop", {"earliestRestoreDate": "2024-01-15T00:00:00Z"})
    mongo = {"capabilities": [{"name": "EnableMongo"}], "apiProperties": {"serverVersion": "4.2"}}
    tell(web, "Microsoft.DocumentDB/databaseAccounts", "cosmos-web", mongo)
    kept = {"redisConfiguration": {"rdb-backup-enabled": "true", "aof-backup-enabled": "false"}}
    tell(web, "Microsoft.Cache/redis", "redis-web", kept)
    policies = [{"keyName": "iothubowner", "rights": "RegistryRead, RegistryWrite"}]
    tell(web, "Microsoft.Devices/IotHubs", "iot-web", {"authorizationPolicies": policies})
    tell(web, "Microsoft.Search/searchServices", "srch-web", {"replicaCount": 3, "networkRuleSet": {"bypass": "None"}})
    cluster = {
        "tier": "Standard",
        "securityProfile": {"directoryType": "ActiveDirectory", "domain": "aadds.contoso.example"},
        "computeIsolationProperties": {"enableComputeIsolation": False},
    }
    tell(web, "Microsoft.HDInsight/clusters", "hdi-web", cluster)
    place = f"{web.id.rpartition('/')[0]}/databricks-rg"
    tell(web, "Microsoft.Databricks/workspaces", "dbw-web", {"managedResourceGroupId": place})
    subnet = f"{web.of(f'{_NET}/virtualNetworks', 'v')}/subnets/s"
    services = {
        "customSubDomainName": "ai-web",
        "allowedFqdnList": ["stdata.blob.contoso.example"],
        "networkAcls": {"virtualNetworkRules": [to(subnet)]},
    }
    tell(web, "Microsoft.CognitiveServices/accounts", "ai-web", services)


def _apps(web: Place, lab: Place) -> None:
    for type, name in (("sites", "shop"), ("sites", "orders"), ("sites/slots", "shop/staging")):
        tell(web, f"Microsoft.Web/{type}", name, _SITE)
    cluster = web.tenant.tables["resources"][web.of("Microsoft.ContainerService/managedClusters", "aks").lower()]
    cluster["properties"]["agentPoolProfiles"][0]["securityProfile"]["sshAccess"] = "LocalUser"
    own = {"securityProfile": {"imageCleaner": {"enabled": True}}, "podIdentityProfile": {"enabled": False}}
    tell(web, "Microsoft.ContainerService/managedClusters", "aks", own)
    machine = {
        "osProfile": {"linuxConfiguration": {"provisionVMAgent": True}},
        "storageProfile": {"imageReference": {"publisher": "Canonical"}},
        "availabilitySet": to(web.of("Microsoft.Compute/availabilitySets", "web")),
    }
    tell(web, "Microsoft.Compute/virtualMachines", "vm-web-01", machine)
    clients = {
        "clientCertificateThumbprints": [
            {"isAdmin": True, "certificateThumbprint": "0" * 39 + "1"},
            {"isAdmin": False, "certificateThumbprint": "0" * 39 + "2"},
        ],
        "vmImage": "Windows",
    }
    tell(web, "Microsoft.ServiceFabric/clusters", "sf-web", clients)
    tell(web, "Microsoft.SignalRService/signalR", "signal-web", {**_PUB_SUB, "cors": {"allowedOrigins": ["*"]}})
    tell(web, "Microsoft.SignalRService/webPubSub", "pubsub-web", _PUB_SUB)
    tell(web, "Microsoft.ApiManagement/service", "api-web", {}, zones=["1", "2"])
    seen = {"accessControl": {"contents": {"allowedCallerIpAddresses": [{"addressRange": "198.18.0.0/24"}]}}}
    tell(web, "Microsoft.Logic/workflows", "logic-web", seen)


def _lab(lab: Place) -> None:
    own = {"vaultBaseUrl": "https://kv-web.vault.azure.net/", "keyName": "containers"}
    tell(lab, "Microsoft.ContainerInstance/containerGroups", "worker", {"encryptionProperties": own})
    environment = {
        "customDomainConfiguration": {"dnsSuffix": "apps.contoso.example"},
        "infrastructureResourceGroup": "ME_cae-lab",
        "privateEndpointConnections": [],
    }
    tell(lab, "Microsoft.App/managedEnvironments", "cae-lab", environment)
    scope = f"{lab.id}/providers/Microsoft.HybridCompute/privateLinkScopes/scope"
    machine = {
        "osSku": "Windows Server 2022 Datacenter",
        "domainName": "contoso",
        "adFqdn": "factory-01.contoso.example",
        "lastStatusChange": "2024-01-22T08:00:00Z",
        "privateLinkScopeResourceId": scope,
    }
    tell(lab, "Microsoft.HybridCompute/machines", "factory-01", machine)
    workspace = {
        "managedVirtualNetworkSettings": {"allowedAadTenantIdsForLinking": ["00000000-0000-4000-8000-00000000000b"]},
        "cspWorkspaceAdminProperties": {"initialWorkspaceAdminObjectId": GUID.format("7304")},
        "workspaceRepositoryConfiguration": {"accountName": "contoso", "repositoryName": "pipelines"},
    }
    tell(lab, "Microsoft.Synapse/workspaces", "synapse", workspace)


def _more(web: Place) -> None:
    """Put there what gives devices their hub, SQL Server on a machine, and what keeps servers and shares the same."""
    identity = identity_of(web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"))
    more: dict[str, Any] = {"identity": identity, "tags": {"owner": "team-data"}}
    host = "iot-web.azure-devices.example"
    hubs = {
        "state": "Active",
        "allocationPolicy": "Hashed",
        "deviceProvisioningHostName": "global.devices.example",
        "serviceOperationsHostName": "dps-web.devices.example",
        "idScope": "0ne00000001",
        "authorizationPolicies": [{"keyName": "provisioningserviceowner", "rights": "ServiceConfig"}],
        "disableLocalAuth": False,
        "ipFilterRules": [
            {"filterName": "office", "action": "Accept", "ipMask": "198.18.0.0/24"},
            {"filterName": "known-bad", "action": "Reject", "ipMask": "203.0.113.66"},
        ],
        "iotHubs": [{"name": host, "hostName": host, "location": "westeurope", "authenticationType": "KeyBased"}],
        "publicNetworkAccess": "Enabled",
        "privateEndpointConnections": endpoints_of(web),
    }
    web.put("Microsoft.Devices/provisioningServices", "dps-web", hubs, sku={"name": "S1"}, **more)
    connectivity = {"connectivityType": "PRIVATE", "port": 1433}
    server = {
        "virtualMachineResourceId": web.of("Microsoft.Compute/virtualMachines", "vm-web-02").upper(),
        "sqlImageOffer": "SQL2022-WS2022",
        "sqlImageSku": "Standard",
        "sqlManagement": "Full",
        "sqlServerLicenseType": "PAYG",
        "leastPrivilegeMode": "Enabled",
        "autoPatchingSettings": {"enable": True, "dayOfWeek": "Sunday"},
        "autoBackupSettings": {"enable": True, "enableEncryption": False, "retentionPeriod": 30},
        "serverConfigurationsManagementSettings": {"sqlConnectivityUpdateSettings": connectivity},
    }
    web.put("Microsoft.SqlVirtualMachine/sqlVirtualMachines", "vm-web-02", server, **more)
    sync = {
        "incomingTrafficPolicy": "AllowAllTraffic",
        "useIdentity": True,
        "privateEndpointConnections": endpoints_of(web),
    }
    web.put("Microsoft.StorageSync/storageSyncServices", "sync-web", sync, **more)
