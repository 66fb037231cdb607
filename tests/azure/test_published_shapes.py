"""Resources are read down to where the definitions that Microsoft publishes of their types have it.

Source: Azure/bicep-types-az, the types of each provider.
"""

from typing import Any

import pytest

from tests.azure.one_group import azure, check_told, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

NET = "Microsoft.Network"
CLUSTER = "Microsoft.ContainerService/managedClusters"
APP = "Microsoft.App/containerApps"


@pytest.mark.parametrize(
    ("type", "of", "properties", "expected"),
    [
        (
            "azure_application_gateway",
            f"{NET}/applicationGateways",
            {
                "defaultPredefinedSslPolicy": "AppGwSslPolicy20150501",
                "httpListeners": [part("/h", {"protocol": "Https"})],
                "listeners": [part("/t", {"protocol": "Tls"}), part("/u", {})],
            },
            {"defaultSslPolicyName": "AppGwSslPolicy20150501", "listenerProtocols": ["Https", "Tls"]},
        ),
        (
            "azure_kubernetes_cluster",
            CLUSTER,
            {
                "kubernetesVersion": "1.28",
                "currentKubernetesVersion": "1.28.5",
                "agentPoolProfiles": [{"vnetSubnetID": "/Nodes", "podSubnetID": "/Pods"}, {"vnetSubnetID": None}],
                "apiServerAccessProfile": {"enablePrivateClusterPublicFQDN": True, "subnetId": "/Servers"},
                "securityProfile": {"azureKeyVaultKms": {"enabled": True, "keyId": "https://v.example/keys/k/1"}},
            },
            {
                "currentKubernetesVersion": "1.28.5",
                "enablePrivateClusterPublicFQDN": True,
                "keyVaultKmsKeyId": "https://v.example/keys/k/1",
                "subnetIds": ["/nodes", "/pods", "/servers"],
            },
        ),
        ("azure_kubernetes_cluster", CLUSTER, {"apiServerAccessProfile": None}, {"subnetIds": []}),
        (
            "azure_network_firewall",
            f"{NET}/azureFirewalls",
            {"ipGroups": [to("/Groups/One"), None], "autoscaleConfiguration": {"minCapacity": 2, "maxCapacity": None}},
            {"ipGroupIds": ["/groups/one"], "minCapacity": 2, "maxCapacity": None},
        ),
        (
            "azure_network_firewall_policy",
            f"{NET}/firewallPolicies",
            {
                "dnsSettings": {"requireProxyForNetworkRules": True},
                "sql": {"allowSqlRedirect": True},
                "snat": {"privateRanges": ["198.18.0.0/16"], "autoLearnPrivateRanges": "Enabled"},
                "explicitProxy": {"httpPort": 80, "httpsPort": 443, "pacFile": "https://st.example/p?sig=hush"},
                "intrusionDetection": {"configuration": {"privateRanges": ["198.18.0.0/16", None]}},
            },
            {
                "dnsProxyRequired": True,
                "allowSqlRedirect": True,
                "snatPrivateRanges": ["198.18.0.0/16"],
                "snatAutoLearn": "Enabled",
                "explicitProxyHttpPort": 80,
                "explicitProxyHttpsPort": 443,
                "intrusionDetectionPrivateRanges": ["198.18.0.0/16"],
            },
        ),
        ("azure_network_firewall_policy", f"{NET}/firewallPolicies", {"sql": None}, {"allowSqlRedirect": None}),
        (
            "azure_container_app_environment",
            "Microsoft.App/managedEnvironments",
            {
                "peerAuthentication": {"mtls": {"enabled": False}},
                "peerTrafficConfiguration": {"encryption": {"enabled": True}},
                "appLogsConfiguration": {"destination": "azure-monitor", "logAnalyticsConfiguration": None},
            },
            {"mtlsEnabled": False, "peerTrafficEncryptionEnabled": True, "logsDestination": "azure-monitor"},
        ),
        (
            "azure_app_service_environment",
            "Microsoft.Web/hostingEnvironments",
            {
                "clusterSettings": [
                    {"name": "InternalEncryption", "value": "true"},
                    None,
                    {"name": "DisableTls1.0", "value": "1"},
                ]
            },
            {"clusterSettings": ["DisableTls1.0=1", "InternalEncryption=true"]},
        ),
        (
            "azure_api_management_service",
            "Microsoft.ApiManagement/service",
            {"apiVersionConstraint": {"minApiVersion": "2021-08-01"}},
            {"minApiVersion": "2021-08-01"},
        ),
        (
            "azure_container_registry",
            "Microsoft.ContainerRegistry/registries",
            {"encryption": {"status": "enabled", "keyVaultProperties": {"keyIdentifier": "https://v.example/keys/k"}}},
            {"encryptionStatus": "enabled", "keyIdentifier": "https://v.example/keys/k"},
        ),
        (
            "azure_api_management_service",
            "Microsoft.ApiManagement/service",
            {
                "virtualNetworkConfiguration": {"subnetResourceId": "/Here"},
                "additionalLocations": [
                    {"virtualNetworkConfiguration": {"subnetResourceId": "/There"}},
                    {"virtualNetworkConfiguration": None},
                    None,
                ],
            },
            {"subnetId": "/here", "subnetIds": ["/here", "/there"]},
        ),
        (
            "azure_container_app",
            APP,
            {"configuration": {"ingress": {"external": False, "additionalPortMappings": [{"external": True}, None]}}},
            {"public": True},
        ),
        (
            "azure_container_app",
            APP,
            {"configuration": {"ingress": {"external": False, "additionalPortMappings": None}}},
            {"public": False},
        ),
        ("azure_container_app", APP, {"configuration": {"ingress": None}}, {"public": None}),
        (
            "azure_web_app_slot",
            "Microsoft.Web/sites/slots",
            {
                "clientCertMode": "Required",
                "endToEndEncryptionEnabled": True,
                "privateEndpointConnections": [part("/c", {"privateEndpoint": to("/PE")})],
            },
            {"clientCertMode": "Required", "endToEndEncryptionEnabled": True, "privateEndpointIds": ["/pe"]},
        ),
    ],
)
def test_properties_are_where_they_are_said_to_be(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    place.put(of, "one/two" if of.count("/") > 1 else "one", properties)
    check_told(azure, type, expected)


def test_a_plan_of_defender_tells_how_many_resources_it_protects(place: Place, azure: Azure) -> None:
    given = {"pricingTier": "Standard", "resourcesCoverageStatus": "PartiallyCovered"}
    place.put("Microsoft.Security/pricings", "StorageAccounts", given, table="securityresources")
    type = "azure_security_center_subscription_pricing"
    assert verdicts(azure.run(type)) == {"complete"}
    assert entities(type)["StorageAccounts"]["resourcesCoverageStatus"] == "PartiallyCovered"


@pytest.mark.parametrize(
    ("type", "of", "properties"),
    [
        ("application_gateway", "applicationGateways", {"gatewayIPConfigurations": [part("/g", {"subnet": "?"})]}),
        ("bastion_host", "bastionHosts", {"ipConfigurations": [part("/b", {"subnet": "?"})]}),
        ("lb", "loadBalancers", {"frontendIPConfigurations": [part("/f", {"subnet": "?"})]}),
        ("network_firewall", "azureFirewalls", {"ipConfigurations": [part("/i", {"subnet": "?"})]}),
        ("nic", "networkInterfaces", {"ipConfigurations": [part("/i", {"subnet": "?"}), part("/j", {"subnet": "?"})]}),
        (
            "virtual_network_gateway",
            "virtualNetworkGateways",
            {"ipConfigurations": [part("/v", {"subnet": "?"}), part("/w", {"subnet": None})]},
        ),
    ],
)
def test_a_subnet_has_what_has_addresses_in_it(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any]
) -> None:
    network = place.of(f"{NET}/virtualNetworks", "v")
    subnet = part(f"{network}/subnets/s", {})
    place.put(f"{NET}/virtualNetworks", "v", {"subnets": [subnet]})
    given = {
        name: [
            {**each, "properties": {"subnet": each["properties"]["subnet"] and to(subnet["id"].upper())}}
            for each in parts
        ]
        for name, parts in properties.items()
    }
    member = place.put(f"{NET}/{of}", "one", given)
    place.put(f"{NET}/{of}", "elsewhere", dict.fromkeys(properties))
    assert verdicts(azure.run(f"azure_subnet_has_{type}")) == {"complete"}
    assert edges() == {(subnet["id"].lower(), member.lower())}


def test_apps_use_the_subnet_by_which_they_reach_networks(place: Place, azure: Azure) -> None:
    subnet = part(f"{place.of(f'{NET}/virtualNetworks', 'v')}/subnets/s", {})
    place.put(f"{NET}/virtualNetworks", "v", {"subnets": [subnet]})
    given = {"virtualNetworkSubnetId": subnet["id"].upper()}
    app = place.put("Microsoft.Web/sites", "shop", given, kind="app")
    slot = place.put("Microsoft.Web/sites/slots", "shop/next", given, kind="app")
    place.put("Microsoft.Web/sites", "alone", {"virtualNetworkSubnetId": None}, kind="functionapp")
    types = [f"azure_{each}_uses_subnet" for each in ("web_app", "web_app_slot", "function_app")]
    assert verdicts(azure.run(*types)) <= {"complete", "empty"}
    assert edges() == {(each.lower(), subnet["id"].lower()) for each in (app, slot)}


@pytest.mark.parametrize(
    ("of", "properties"),
    [
        (
            f"{NET}/applicationGateways",
            {
                "sslCertificates": [
                    part("/a", {"keyVaultSecretId": "https://KV.vault.example/secrets/a"}),
                    part("/b", {"keyVaultSecretId": "https://kv.vault.example:443/secrets/b"}),
                    part("/c", {"keyVaultSecretId": None}),
                ]
            },
        ),
        (
            "Microsoft.ApiManagement/service",
            {"hostnameConfigurations": [{"keyVaultId": "https://kv.vault.example/secrets/a"}, {"keyVaultId": None}]},
        ),
        (
            CLUSTER,
            {"securityProfile": {"azureKeyVaultKms": {"keyId": "https://kv.vault.example/keys/a/1"}}},
        ),
        (
            "Microsoft.AppConfiguration/configurationStores",
            {"encryption": {"keyVaultProperties": {"keyIdentifier": "https://kv.vault.example/keys/a"}}},
        ),
        (
            "Microsoft.ContainerRegistry/registries",
            {"encryption": {"keyVaultProperties": {"keyIdentifier": "https://kv.vault.example/keys/a"}}},
        ),
        (
            "Microsoft.RecoveryServices/vaults",
            {"encryption": {"keyVaultProperties": {"keyUri": "https://kv.vault.example/keys/a"}}},
        ),
    ],
)
def test_what_a_vault_keeps_a_key_or_a_certificate_for_uses_it(
    place: Place, azure: Azure, of: str, properties: dict[str, Any]
) -> None:
    vault = place.put("Microsoft.KeyVault/vaults", "kv", {"vaultUri": "https://kv.vault.example/"})
    place.put("Microsoft.KeyVault/vaults", "other", {"vaultUri": "https://other.vault.example/"})
    user = place.put(of, "one", properties)
    place.put(of, "two", {"encryption": None})
    assert verdicts(azure.run("azure_resource_uses_keyvault_service")) == {"complete"}
    assert edges() == {(user.lower(), vault.lower())}


def test_a_public_address_is_of_the_resource_that_one_of_whose_parts_has_it(place: Place, azure: Azure) -> None:
    address, expected = f"{NET}/publicIPAddresses", set()
    for of, below in (
        ("networkInterfaces", "/ipConfigurations/one"),
        ("applicationGateways", "/frontendIPConfigurations/one"),
        ("azureFirewalls", "/azureFirewallIpConfigurations/one"),
        ("natGateways", ""),
    ):
        user = place.put(f"{NET}/{of}", "one", {})
        told = {"ipConfiguration": to(f"{user.upper()}{below}")} if below else {"natGateway": to(user.upper())}
        expected.add((user.lower(), place.put(address, of, told).lower()))
    place.put(address, "unused", {"ipConfiguration": None})
    type = "azure_resource_uses_public_ip"
    names = ("azure_nic", "azure_application_gateway", "azure_network_firewall", "azure_nat_gateway")
    assert verdicts(azure.run(type, *names), [type]) == {"complete"}
    assert edges() == expected


def test_what_a_log_of_flows_tells_is_analysed_in_a_workspace(place: Place, azure: Azure) -> None:
    workspace = place.put("Microsoft.OperationalInsights/workspaces", "logs", {})
    told = {"networkWatcherFlowAnalyticsConfiguration": {"enabled": True, "workspaceResourceId": workspace.upper()}}
    log = place.put(f"{NET}/networkWatchers/flowLogs", "nw/one", {"flowAnalyticsConfiguration": told})
    place.put(f"{NET}/networkWatchers/flowLogs", "nw/two", {"flowAnalyticsConfiguration": None})
    type = "azure_security_group_flow_logs_uses_log_analytics_workspace"
    assert verdicts(azure.run(type)) == {"complete"}
    assert edges() == {(log.lower(), workspace.lower())}


def test_a_cluster_uses_what_encrypts_its_disks_and_where_its_logs_go(place: Place, azure: Azure) -> None:
    logs, alerts = (place.put("Microsoft.OperationalInsights/workspaces", name, {}) for name in ("logs", "alerts"))
    disks = place.put("Microsoft.Compute/diskEncryptionSets", "des", {})
    config = {"logAnalyticsWorkspaceResourceID": logs.upper(), "useAADAuth": "true"}
    properties = {
        "diskEncryptionSetID": disks.upper(),
        "addonProfiles": {"omsAgent": {"enabled": True, "config": config}, "azurepolicy": None},
        "securityProfile": {"defender": {"logAnalyticsWorkspaceResourceId": alerts}},
    }
    cluster = place.put(CLUSTER, "aks", properties)
    place.put(CLUSTER, "bare", {"addonProfiles": {"omsagent": {"enabled": False, "config": None}}})
    types = [f"azure_kubernetes_cluster_uses_{end}" for end in ("disk_encryption_set", "log_analytics_workspace")]
    assert verdicts(azure.run(*types)) == {"complete"}
    assert edges() == {(cluster.lower(), end.lower()) for end in (logs, alerts, disks)}


def test_a_group_of_those_who_are_told_starts_what_acts(place: Place, azure: Azure) -> None:
    started = {
        "functionAppResourceId": place.put("Microsoft.Web/sites", "f", {}, kind="functionapp"),
        "resourceId": place.put("Microsoft.Logic/workflows", "w", {}),
        "automationAccountId": place.put("Microsoft.Automation/automationAccounts", "a", {}),
    }
    lists = ("azureFunctionReceivers", "logicAppReceivers", "automationRunbookReceivers")
    given = {of: [{name: id.upper()}, None] for of, (name, id) in zip(lists, started.items(), strict=True)}
    group = place.put("Microsoft.Insights/actionGroups", "g", given)
    type = "azure_monitor_action_group_triggers_resource"
    names = ("azure_function_app", "azure_logic_app_workflow", "azure_automation_account")
    assert verdicts(azure.run(type, *names), [type]) == {"complete"}
    assert edges() == {(group.lower(), id.lower()) for id in started.values()}


def test_a_load_balancer_leads_to_the_interface_that_an_address_of_a_pool_is_of(place: Place, azure: Azure) -> None:
    nic = place.put(f"{NET}/networkInterfaces", "nic", {})
    addresses = [
        {"name": "a", "properties": {"networkInterfaceIPConfiguration": to(f"{nic.upper()}/ipConfigurations/one")}},
        {"name": "b", "properties": {"ipAddress": "198.18.0.4", "networkInterfaceIPConfiguration": None}},
    ]
    pools = [part("/pool", {"loadBalancerBackendAddresses": addresses}), part("/none", {})]
    lb = place.put(f"{NET}/loadBalancers", "lb", {"backendAddressPools": pools})
    assert verdicts(azure.run("azure_lb_connects_nic")) == {"complete"}
    assert edges() == {(lb.lower(), nic.lower())}


def test_the_names_of_a_private_zone_are_known_in_the_networks_that_it_is_linked_to(place: Place, azure: Azure) -> None:
    zone = place.put(f"{NET}/privateDnsZones", "inner.example", {})
    network = place.put(f"{NET}/virtualNetworks", "v", {})
    link = f"{NET}/privateDnsZones/virtualNetworkLinks"
    place.put(link, "inner.example/one", {"virtualNetwork": to(network.upper())})
    place.put(link, "inner.example/two", {"virtualNetwork": None})
    place.put("Contoso.Widgets/widgets", "three", {"virtualNetwork": to(network)})
    type = "azure_private_dns_zone_connects_vnet"
    assert verdicts(azure.run(type)) == {"complete"}
    assert edges() == {(zone.lower(), network.lower())}
