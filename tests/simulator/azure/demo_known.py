"""What resources of the demo's tenant tell that other scanners know of: of networks, machines, databases and vaults."""

from tests.simulator.azure.demo_told import tell
from tests.simulator.azure.place import Place, part, to

_NET, _COMPUTE = "Microsoft.Network", "Microsoft.Compute"
_WHEN = "2024-01-15T00:00:00Z"


def add_known(web: Place, lab: Place) -> None:
    """Have resources that are there tell more."""
    _networks(web)
    _machines(web)
    _data(web, lab)
    _platform(web, lab)
    _hardening(web, lab)


def _networks(web: Place) -> None:
    prefix = {"publicIpPrefixes": [to(web.of(f"{_NET}/publicIPPrefixes", "prefix"))]}
    tell(web, f"{_NET}/natGateways", "ng-web", prefix, zones=["1"])
    interface = {"dnsSettings": {"appliedDnsServers": ["198.18.0.53"]}, "primary": True}
    tell(web, f"{_NET}/networkInterfaces", "nic-web-02", interface)
    endpoint = {
        "customDnsConfigs": [{"fqdn": "kv-web.vault.contoso.example", "ipAddresses": ["198.18.0.7"]}],
        "applicationSecurityGroups": [to(web.of(f"{_NET}/applicationSecurityGroups", "asg-web"))],
    }
    tell(web, f"{_NET}/privateEndpoints", "pe", endpoint)
    clients = {
        "vpnClientAddressPool": {"addressPrefixes": ["198.18.9.0/24"]},
        "aadTenant": "https://login.microsoftonline.example/contoso/",
        "vpnClientRootCertificates": [part("/contoso-root", {})],
        "vpnClientRevokedCertificates": [part("/lost-laptop", {})],
        "radiusServers": [{"radiusServerAddress": "198.18.0.6", "radiusServerScore": 30}],
    }
    gateway = {
        "gatewayDefaultSite": to(web.of(f"{_NET}/localNetworkGateways", "office")),
        "customRoutes": {"addressPrefixes": ["198.18.8.0/24"]},
        "vpnClientConfiguration": clients,
    }
    tell(web, f"{_NET}/virtualNetworkGateways", "vpn-web", gateway)
    tell(web, f"{_NET}/networkWatchers/flowLogs", "nw-westeurope/fl-web", {"format": {"type": "JSON", "version": 2}})
    circuit = {
        "expressRoutePort": to(web.of(f"{_NET}/expressRoutePorts", "port-web")),
        "authorizations": [part("/partner", {"authorizationUseStatus": "Available"})],
    }
    tell(web, f"{_NET}/expressRouteCircuits", "er-web", circuit)
    groups = {"ipGroups": [to(web.of(f"{_NET}/ipGroups", "ipg-known-bad"))]}
    grows = {"autoscaleConfiguration": {"minCapacity": 2, "maxCapacity": 10}}
    tell(web, f"{_NET}/azureFirewalls", "fw", groups | grows)
    policy = {
        "dnsSettings": {"requireProxyForNetworkRules": True},
        "sql": {"allowSqlRedirect": False},
        "snat": {"privateRanges": ["198.18.0.0/16"], "autoLearnPrivateRanges": "Disabled"},
        "explicitProxy": {"httpPort": 8080, "httpsPort": 8443},
        "intrusionDetection": {"configuration": {"privateRanges": ["198.18.0.0/16"]}},
    }
    tell(web, f"{_NET}/firewallPolicies", "fp-web", policy)


def _machines(web: Place) -> None:
    disk = {"diskEncryptionSet": to(web.of(f"{_COMPUTE}/diskEncryptionSets", "des-web"))}
    tell(web, f"{_COMPUTE}/images", "img-web", {"storageProfile": {"osDisk": disk, "zoneResilient": True}})
    group = web.of("Microsoft.SqlVirtualMachine/sqlVirtualMachineGroups", "sql-group")
    server = {"sqlVirtualMachineGroupResourceId": group, "keyVaultCredentialSettings": {"enable": False}}
    tell(web, "Microsoft.SqlVirtualMachine/sqlVirtualMachines", "vm-web-02", server)


def _data(web: Place, lab: Place) -> None:
    backup = {"backup": {"earliestRestoreDate": _WHEN}, "availabilityZone": "1"}
    tell(web, "Microsoft.DBforPostgreSQL/flexibleServers", "pg-web", backup)
    tell(web, "Microsoft.DBforMySQL/flexibleServers", "my-web", backup)
    tell(lab, "Microsoft.DBforMariaDB/servers", "maria-old", {"earliestRestoreDate": _WHEN})
    pool = web.of("Microsoft.Sql/instancePools", "pool-web")
    tell(web, "Microsoft.Sql/managedInstances", "mi-web", {"instancePoolId": pool})
    for type, name in (("vaults", "kv-web"), ("managedHSMs", "hsm-web")):
        tell(web, f"Microsoft.KeyVault/{type}", name, {"tenantId": web.tenant.id})
    alerts = {"monitoringSettings": {"azureMonitorAlertSettings": {"alertsForAllJobFailures": "Enabled"}}}
    private = {"privateEndpointStateForBackup": "Enabled", "privateEndpointStateForSiteRecovery": "None"}
    tell(web, "Microsoft.RecoveryServices/vaults", "rsv", alerts | private)
    tell(web, "Microsoft.DataProtection/backupVaults", "bv-web", alerts)


def _platform(web: Place, lab: Place) -> None:
    for type, name in (("ServiceBus", "sb-web"), ("EventHub", "eh-web")):
        tell(web, f"Microsoft.{type}/namespaces", name, {"updatedAt": _WHEN})
    cluster = {
        "certificateCommonNames": {"commonNames": [{"certificateCommonName": "nodes.contoso.example"}]},
        "clientCertificateCommonNames": [{"isAdmin": False, "certificateCommonName": "ops.contoso.example"}],
        "reverseProxyCertificate": {"thumbprint": "0" * 39 + "3"},
        "addOnFeatures": ["BackupRestoreService"],
    }
    tell(web, "Microsoft.ServiceFabric/clusters", "sf-web", cluster)
    identities = {
        "storageAccountIdentity": {"principalId": "00000000-0000-4000-8000-000000000d01"},
        "managedDiskIdentity": {"principalId": "00000000-0000-4000-8000-000000000d02"},
    }
    kept = {
        "automaticClusterUpdate": {"value": "Enabled"},
        "complianceSecurityProfile": {"value": "Enabled", "complianceStandards": ["HIPAA", "PCI_DSS"]},
        "enhancedSecurityMonitoring": {"value": "Enabled"},
    }
    tell(web, "Microsoft.Databricks/workspaces", "dbw-web", {**identities, "enhancedSecurityCompliance": kept})
    learning = {
        "encryption": {"keyVaultProperties": {"keyIdentifier": "https://kv-web.vault.azure.example/keys/learning"}},
        "allowPublicAccessWhenBehindVnet": False,
        "systemDatastoresAuthMode": "Identity",
        "enableDataIsolation": True,
        "v1LegacyMode": False,
    }
    tell(web, "Microsoft.MachineLearningServices/workspaces", "mlw-web", learning)
    tell(web, "Microsoft.CognitiveServices/accounts", "ai-web", {"networkAcls": {"bypass": "AzureServices"}})
    portals = {"developerPortalStatus": "Enabled", "legacyPortalStatus": "Disabled"}
    tell(web, "Microsoft.ApiManagement/service", "api-web", portals)
    site = {
        "clientCertExclusionPaths": "/health",
        "keyVaultReferenceIdentity": web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"),
        "storageAccountRequired": False,
        "sshEnabled": False,
    }
    routes = {f"vnet{what}Enabled": True for what in ("RouteAll", "ContentShare", "ImagePull", "BackupRestore")}
    traffic = dict.fromkeys(("application", "contentShare", "imagePull", "backupRestore"), False)
    routed = {"outboundVnetRouting": {"allTraffic": False, **{f"{of}Traffic": is_on for of, is_on in traffic.items()}}}
    for kind, name, told in (
        ("sites", "shop", routes),
        ("sites", "orders", routed),
        ("sites/slots", "shop/staging", routed),
    ):
        tell(web, f"Microsoft.Web/{kind}", name, {**site, **told})
    workspace = {
        "encryption": {"cmk": {"status": "Activated"}},
        "connectivityEndpoints": {"web": "https://web.synapse.example", "sql": "synapse.sql.example"},
        "purviewConfiguration": {"purviewResourceId": web.of("Microsoft.Purview/accounts", "purview")},
    }
    tell(lab, "Microsoft.Synapse/workspaces", "synapse", workspace)
    reached = [{"name": "SSH", "protocol": "TCP", "location": "hdi-web-ssh.hdinsight.example", "port": 22}]
    tell(web, "Microsoft.HDInsight/clusters", "hdi-web", {"connectivityEndpoints": reached})
    storage = {"autoStorage": {"authenticationMode": "BatchAccountManagedIdentity"}}
    tell(lab, "Microsoft.Batch/batchAccounts", "batchlab", storage)


def _hardening(web: Place, lab: Place) -> None:
    identity = web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web")
    for type, name in (("servers", "sql-web"), ("managedInstances", "mi-web")):
        tell(web, f"Microsoft.Sql/{type}", name, {"primaryUserAssignedIdentityId": identity})
    people = {"type": "SystemAssigned", "principalId": "00000000-0000-4000-8000-000000000d04"}
    instance = {"authenticationMetadata": "Windows", "servicePrincipal": people}
    tell(web, "Microsoft.Sql/managedInstances", "mi-web", instance)
    database = {
        "currentBackupStorageRedundancy": "Geo",
        "encryptionProtector": "https://kv-web.vault.azure.example/keys/shop/1",
        "federatedClientId": "00000000-0000-4000-8000-000000007a02",
        "secondaryType": "Geo",
    }
    tell(web, "Microsoft.Sql/servers/databases", "sql-web/shop", database)
    machine = {"enableAutomaticUpgrade": True, "additionalVmPatch": "WU"}
    tell(web, "Microsoft.SqlVirtualMachine/sqlVirtualMachines", "vm-web-02", machine)
    linked = {"managedVirtualNetworkSettings": {"linkedAccessCheckOnTargetResource": True}}
    tell(lab, "Microsoft.Synapse/workspaces", "synapse", linked)
    tell(web, "Microsoft.RecoveryServices/vaults", "rsv", {"secureScore": "Adequate"})
    jobs = {"defaultAction": "Deny", "ipRules": [{"action": "Allow", "value": "203.0.113.0/24"}]}
    network = {"accountAccess": jobs, "nodeManagementAccess": {"defaultAction": "Allow"}}
    tell(lab, "Microsoft.Batch/batchAccounts", "batchlab", {"networkProfile": network})
    connector = web.of("Microsoft.Databricks/accessConnectors", "dbw-reads")
    bricks = {"isUcEnabled": True, "accessConnector": {"id": connector, "identityType": "SystemAssigned"}}
    tell(web, "Microsoft.Databricks/workspaces", "dbw-web", bricks)
    names = {"restrictOutboundNetworkAccess": True, "allowedFqdnList": ["stdata.blob.example"]}
    tell(web, "Microsoft.Devices/IotHubs", "iot-web", {"disableModuleSAS": True, **names})
    tell(web, "Microsoft.Kusto/clusters", "adx", {"allowedFqdnList": ["stdata.blob.example"]})
    tell(web, "Microsoft.OperationalInsights/workspaces", "logs", {"workspaceCapping": {"dailyQuotaGb": 2.5}})
    tell(web, "Microsoft.DocumentDB/databaseAccounts", "cosmos-web", {"customerManagedKeyStatus": "Access is active."})
    compliance = {"encryptionWithCmk": {"encryptionComplianceStatus": "Compliant"}}
    tell(web, "Microsoft.Search/searchServices", "srch-web", compliance)
    valid = {"dataEncryption": {"primaryEncryptionKeyStatus": "Valid"}}
    tell(web, "Microsoft.DBforPostgreSQL/flexibleServers", "pg-web", valid)
    maker = {"createdByObjectId": "00000000-0000-4000-8000-000000000d03"}
    tell(web, "Microsoft.Purview/accounts", "purview", maker)
