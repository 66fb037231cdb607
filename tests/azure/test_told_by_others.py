"""What other scanners read of resources is read here, too, down to where the published types have it.

Source: Steampipe's tables, Cartography's nodes and Azure's built-in policies; the types are those of Azure's libraries.
"""

from typing import Any

import pytest

from tests.azure.one_group import azure, check_told, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

NET, APP, SLOT = "Microsoft.Network", "Microsoft.Web/sites", "Microsoft.Web/sites/slots"
GATEWAY, POLICY = f"{NET}/applicationGateways", f"{NET}/firewallPolicies"
ADDRESSES = {"outboundIpAddresses": "203.0.113.1,203.0.113.2", "hostNamesDisabled": True}
TOLD = {"outboundIpAddresses": ["203.0.113.1", "203.0.113.2"], "hostNamesDisabled": True}
SYSTEMS = ("windowsConfiguration", "linuxConfiguration")


@pytest.mark.parametrize(
    ("type", "of", "properties", "expected"),
    [
        (
            "azure_application_gateway",
            GATEWAY,
            {
                "backendHttpSettingsCollection": [part("/a", {"protocol": "Https"}), part("/b", {"protocol": "Http"})],
                "backendSettingsCollection": [part("/c", {"protocol": "Tls"}), part("/d", {})],
                "backendAddressPools": [
                    part("/p", {"backendAddresses": [{"fqdn": "a.example"}, {"ipAddress": "198.18.0.9"}, {}]}),
                    part("/q", {"backendAddresses": None}),
                ],
                "trustedClientCertificates": [part("/partners", {"data": "MII"})],
                "webApplicationFirewallConfiguration": {"disabledRuleGroups": [{"ruleGroupName": "SQLI"}]},
                "enableFips": False,
                "privateEndpointConnections": [part("/e", {"privateEndpoint": to("/PE")})],
            },
            {
                "backendProtocols": ["Http", "Https", "Tls"],
                "backendAddresses": ["a.example", "198.18.0.9"],
                "trustedClientCertificates": ["partners"],
                "disabledRuleGroups": ["SQLI"],
                "enableFips": False,
                "privateEndpointIds": ["/pe"],
            },
        ),
        (
            "azure_network_firewall_policy",
            POLICY,
            {
                "intrusionDetection": {
                    "profile": "Basic",
                    "configuration": {
                        "signatureOverrides": [{"id": "1", "mode": "Off"}],
                        "bypassTrafficSettings": [{"name": "all", "sourceAddresses": ["*"]}],
                    },
                },
                "threatIntelWhitelist": {"ipAddresses": ["198.18.0.1"], "fqdns": ["*.example"]},
                "transportSecurity": {"certificateAuthority": {"keyVaultSecretId": "https://v.example/secrets/ca"}},
                "explicitProxy": {"enableExplicitProxy": True},
                "insights": {"isEnabled": False, "retentionDays": 0},
            },
            {
                "intrusionDetectionProfile": "Basic",
                "intrusionDetectionOverrides": ["1=Off"],
                "intrusionDetectionBypasses": ["all"],
                "threatIntelAllowedAddresses": ["198.18.0.1"],
                "threatIntelAllowedNames": ["*.example"],
                "tlsInspectionSecretId": "https://v.example/secrets/ca",
                "explicitProxyEnabled": True,
                "insightsEnabled": False,
                "insightsRetentionDays": 0,
            },
        ),
        (
            "azure_network_firewall_policy",
            POLICY,
            {"intrusionDetection": {"mode": "Alert", "configuration": None}},
            {"intrusionDetectionOverrides": None, "intrusionDetectionBypasses": None, "tlsInspectionSecretId": None},
        ),
        (
            "azure_network_connection",
            f"{NET}/connections",
            {
                "ipsecPolicies": [
                    {"ipsecEncryption": "DES3", "ipsecIntegrity": "MD5", "ikeEncryption": "DES", "ikeIntegrity": "SHA1"}
                    | {"dhGroup": "DHGroup1", "pfsGroup": "None"}
                ]
            },
            {"ipsecEncryption": ["DES3"], "ikeIntegrity": ["SHA1"], "dhGroups": ["DHGroup1"], "pfsGroups": ["None"]},
        ),
        (
            "azure_kubernetes_cluster",
            "Microsoft.ContainerService/managedClusters",
            {
                "securityProfile": {"imageCleaner": {"enabled": False}},
                "agentPoolProfiles": [{"securityProfile": {"sshAccess": "Disabled"}}, {"securityProfile": None}],
                "podIdentityProfile": {"enabled": True},
            },
            {"imageCleanerEnabled": False, "sshAccess": ["Disabled"], "podIdentityEnabled": True},
        ),
        (
            "azure_vm",
            "Microsoft.Compute/virtualMachines",
            {
                "osProfile": {"windowsConfiguration": {"provisionVMAgent": False}},
                "availabilitySet": to("/Sets/A"),
                "diagnosticsProfile": {"bootDiagnostics": {"enabled": True, "storageUri": "https://st.example/"}},
            },
            {
                "vmAgentProvisioned": False,
                "availabilitySetId": "/sets/a",
                "bootDiagnosticsStorageUri": "https://st.example/",
            },
        ),
        (
            "azure_vm",
            "Microsoft.Compute/virtualMachines",
            {"osProfile": dict.fromkeys(SYSTEMS)},
            {"vmAgentProvisioned": None},
        ),
        (
            "azure_redis_cache",
            "Microsoft.Cache/redis",
            {"redisConfiguration": {"rdb-backup-enabled": "True", "aof-backup-enabled": "false"}},
            {"rdbBackupEnabled": True, "aofBackupEnabled": False},
        ),
        (
            "azure_iot_hub",
            "Microsoft.Devices/IotHubs",
            {"authorizationPolicies": [{"keyName": "service", "rights": "ServiceConnect"}]},
            {"sharedAccessPolicies": ["service"]},
        ),
        (
            "azure_service_fabric_cluster",
            "Microsoft.ServiceFabric/clusters",
            {
                "clientCertificateThumbprints": [
                    {"isAdmin": True, "certificateThumbprint": "01"},
                    {"isAdmin": False, "certificateThumbprint": "02"},
                ],
                "clientCertificateCommonNames": [{"isAdmin": True, "certificateCommonName": "ops.example"}],
            },
            {"clientCertificates": ["01", "02"], "adminCertificates": ["01", "ops.example"]},
        ),
        (
            "azure_cognitive_services_account",
            "Microsoft.CognitiveServices/accounts",
            {"allowedFqdnList": ["a.example"], "networkAcls": {"virtualNetworkRules": [to("/Subnets/S")]}},
            {"allowedFqdns": ["a.example"], "virtualNetworkSubnetIds": ["/subnets/s"]},
        ),
        (
            "azure_storage_account",
            "Microsoft.Storage/storageAccounts",
            {"encryption": {"services": {"queue": {"keyType": "Account"}, "table": {"keyType": "Service"}}}},
            {"queueEncryptionKeyType": "Account", "tableEncryptionKeyType": "Service"},
        ),
        (
            "azure_container_group",
            "Microsoft.ContainerInstance/containerGroups",
            {
                "encryptionProperties": {"vaultBaseUrl": "https://v.example/", "keyName": "k"},
                "diagnostics": {"logAnalytics": {"workspaceId": "w", "workspaceKey": "secret"}},
            },
            {"keyVaultUri": "https://v.example/", "logAnalyticsWorkspaceId": "w"},
        ),
        (
            "azure_batch_pool",
            "Microsoft.Batch/batchAccounts/pools",
            {
                "deploymentConfiguration": {
                    "virtualMachineConfiguration": {"diskEncryptionConfiguration": {"targets": ["OsDisk"]}}
                }
            },
            {"diskEncryptionTargets": ["OsDisk"]},
        ),
        ("azure_web_app_slot", SLOT, ADDRESSES, TOLD),
        (
            "azure_logic_app_workflow",
            "Microsoft.Logic/workflows",
            {"accessControl": {"contents": {"allowedCallerIpAddresses": [{"addressRange": "198.18.0.0/24"}]}}},
            {"contentsAllowedCallerIpAddresses": ["198.18.0.0/24"]},
        ),
    ],
)
def test_what_others_read_is_told(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    table = "batchresources" if of.startswith("Microsoft.Batch") else ""
    place.put(of, "one/two" if of.count("/") > 1 else "one", properties, table=table)
    check_told(azure, type, expected)


@pytest.mark.parametrize("type", ["azure_web_app", "azure_function_app"])
def test_apps_tell_where_they_ask_from(place: Place, azure: Azure, type: str) -> None:
    kind = "functionapp" if type == "azure_function_app" else "app"
    place.put(APP, "one", ADDRESSES, kind=kind)
    place.put(APP, "none", {"outboundIpAddresses": ""}, kind=kind)
    assert verdicts(azure.run(type)) == {"complete"}
    found = entities(type)
    assert {name: found["one"].get(name) for name in TOLD} == TOLD
    assert found["none"].get("outboundIpAddresses") is None


def test_a_gateway_leads_to_interfaces_once_and_not_to_those_of_scale_sets(place: Place, azure: Azure) -> None:
    interface = place.put(f"{NET}/networkInterfaces", "nic", {})
    machines = place.of("Microsoft.Compute/virtualMachineScaleSets", "set")
    ends = [
        to(f"{interface.upper()}/ipConfigurations/one"),
        to(f"{interface}/ipConfigurations/two"),
        to(f"{machines}/virtualMachines/0/networkInterfaces/n/ipConfigurations/i"),
    ]
    pools = [part("/p", {"backendIPConfigurations": ends}), part("/q", {"backendIPConfigurations": ends[:1]})]
    gateway = place.put(GATEWAY, "agw", {"backendAddressPools": pools})
    place.put(GATEWAY, "idle", {"backendAddressPools": None})
    assert verdicts(azure.run("azure_application_gateway_connects_nic")) == {"complete"}
    assert edges() == {(gateway.lower(), interface.lower())}


def test_devices_are_given_a_hub_by_the_name_that_it_answers_to(place: Place, azure: Azure) -> None:
    hub = place.put("Microsoft.Devices/IotHubs", "iot", {"hostName": "iot.azure-devices.example"})
    place.put("Microsoft.Devices/IotHubs", "unnamed", {})
    hubs = [{"name": "IOT.azure-devices.example", "connectionString": "HostName=x"}, {"hostName": "gone.example"}, {}]
    service = place.put("Microsoft.Devices/provisioningServices", "dps", {"iotHubs": hubs, "idScope": "0ne1"})
    place.put("Microsoft.Devices/provisioningServices", "idle", {"iotHubs": None})
    assert verdicts(azure.run("azure_iot_provisioning_service_connects_hub")) == {"complete"}
    assert edges() == {(service.lower(), hub.lower())}
    found = entities("azure_iot_provisioning_service")
    assert found["dps"]["iotHubNames"] == ["IOT.azure-devices.example", "gone.example"]
    assert (found["dps"]["idScope"], found["idle"].get("iotHubNames")) == ("0ne1", [])


def test_sql_server_uses_the_machine_that_it_is_on(place: Place, azure: Azure) -> None:
    machine = place.put("Microsoft.Compute/virtualMachines", "vm", {})
    backups = {"enable": True, "enableEncryption": False, "password": "secret"}
    given = {"virtualMachineResourceId": machine.upper(), "autoBackupSettings": backups, "sqlImageSku": "Web"}
    server = place.put("Microsoft.SqlVirtualMachine/sqlVirtualMachines", "vm", given)
    place.put("Microsoft.SqlVirtualMachine/sqlVirtualMachines", "alone", {"autoBackupSettings": None})
    assert verdicts(azure.run("azure_sql_virtual_machine_uses_vm")) == {"complete"}
    assert edges() == {(server.lower(), machine.lower())}
    found = entities("azure_sql_virtual_machine")["vm"]
    assert (found["autoBackupEnabled"], found["backupEncryptionEnabled"], found["edition"]) == (True, False, "Web")


def test_a_service_of_file_sync_tells_which_networks_reach_it(place: Place, azure: Azure) -> None:
    place.put("Microsoft.StorageSync/storageSyncServices", "sync", {"incomingTrafficPolicy": "AllowAllTraffic"})
    assert verdicts(azure.run("azure_storage_sync_service")) == {"complete"}
    assert entities("azure_storage_sync_service")["sync"]["incomingTrafficPolicy"] == "AllowAllTraffic"
