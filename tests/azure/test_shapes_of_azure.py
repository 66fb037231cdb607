"""Resources are read in the shape that Azure answers with, down to where it differs from that of their neighbours."""

from typing import Any

import pytest

from tests.azure.one_group import azure, check_told, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

NET = "Microsoft.Network"
COMPUTE = "Microsoft.Compute/virtualMachines"
AGENT = {"extended": {"instanceView": {"osName": "ubuntu", "osVersion": "24.04"}}}
WAF = {
    "resourceState": "Enabled",
    "policySettings": {"enabledState": "Disabled", "mode": "Detection", "requestBodyCheck": "Enabled"},
    "customRules": {"rules": [{"name": "one", "priority": 1}, {"name": "two", "priority": 2}]},
    "managedRules": {"managedRuleSets": [{"ruleSetType": "DefaultRuleSet", "ruleSetVersion": "1.0"}]},
}
IN_HUB = {
    "sku": {"name": "AZFW_Hub", "tier": "Standard"},
    "hubIPAddresses": {
        "publicIPs": {"addresses": [{"address": "203.0.113.12"}], "count": 1},
        "privateIPAddress": "198.18.9.4",
    },
}
POOLS = {
    "loadBalancerBackendAddressPools": [to("/LB/backendAddressPools/all")],
    "loadBalancerInboundNatPools": [to("/LB/inboundNatPools/ssh"), to("/Ports/inboundNatPools/ssh")],
}
POOLED = part("/nic", {"ipConfigurations": [part("/ip", POOLS)]})
MANAGED = part("/own", {"publicIPAddress": to("/PIP"), "subnet": to("/Net/Subnets/AzureFirewallManagementSubnet")})


@pytest.mark.parametrize(
    ("type", "of", "properties", "expected"),
    [
        (
            "azure_frontdoor_waf_policy",
            f"{NET}/frontDoorWebApplicationFirewallPolicies",
            WAF,
            {"enabledState": "Disabled", "mode": "Detection", "customRules": ["one", "two"]},
        ),
        (
            "azure_frontdoor_waf_policy",
            f"{NET}/frontDoorWebApplicationFirewallPolicies",
            {"policySettings": None, "customRules": {"rules": []}},
            {"enabledState": None, "customRules": []},
        ),
        ("azure_virtual_hub", f"{NET}/virtualHubs", {"sku": "Standard"}, {"sku": "Standard"}),
        (
            "azure_network_firewall",
            f"{NET}/azureFirewalls",
            IN_HUB,
            {"publicIpAddresses": ["203.0.113.12"], "privateIpAddresses": ["198.18.9.4"], "publicIpAddressIds": []},
        ),
        (
            "azure_network_firewall",
            f"{NET}/azureFirewalls",
            {"managementIpConfiguration": MANAGED},
            {"publicIpAddressIds": ["/pip"], "subnetIds": ["/net/subnets/azurefirewallmanagementsubnet"]},
        ),
        (
            "azure_lb",
            f"{NET}/loadBalancers",
            {"frontendIPConfigurations": [part("/out", {"publicIPPrefix": to("/prefix")})]},
            {"public": True, "publicIpAddressIds": []},
        ),
        ("azure_vm", COMPUTE, {"timeCreated": "2024-03-20T10:40:57.0460787+00:00"}, {"createdOn": 1710931257046}),
        ("azure_vm", COMPUTE, AGENT, {"osName": "ubuntu", "osVersion": "24.04"}),
        (
            "azure_vm",
            COMPUTE,
            AGENT | {"storageProfile": {"imageReference": {"offer": "0001-com-ubuntu", "exactVersion": "22.04.1"}}},
            {"osName": "0001-com-ubuntu", "osVersion": "22.04.1"},
        ),
        (
            "azure_vm_scale_set",
            "Microsoft.Compute/virtualMachineScaleSets",
            {"virtualMachineProfile": {"networkProfile": {"networkInterfaceConfigurations": [POOLED]}}},
            {"loadBalancerIds": ["/lb", "/ports"]},
        ),
        (
            "azure_sql_database",
            "Microsoft.Sql/servers/databases",
            {"isInfraEncryptionEnabled": False, "kind": None},
            {"isInfraEncryptionEnabled": False},
        ),
        (
            "azure_nat_gateway",
            f"{NET}/natGateways",
            {
                "publicIpAddresses": [to("/Four")],
                "publicIpAddressesV6": [to("/Six")],
                "sourceVirtualNetwork": to("/Net"),
            },
            {"publicIpAddressIds": ["/four", "/six"], "virtualNetworkId": "/net"},
        ),
        (
            "azure_bastion_host",
            f"{NET}/bastionHosts",
            {
                "virtualNetwork": to("/Net"),
                "networkAcls": {"ipRules": [{"addressPrefix": "203.0.113.0/24"}]},
                "ipConfigurations": [],
            },
            {"public": True, "virtualNetworkId": "/net", "allowedIpAddresses": ["203.0.113.0/24"]},
        ),
        (
            "azure_bastion_host",
            f"{NET}/bastionHosts",
            {"enablePrivateOnlyBastion": True, "ipConfigurations": [part("/own", {"subnet": to("/s")})]},
            {"public": False, "subnetIds": ["/s"]},
        ),
        (
            "azure_vpn_gateway",
            f"{NET}/vpnGateways",
            {
                "bgpSettings": {
                    "bgpPeeringAddresses": [
                        {"ipconfigurationId": "Instance0", "tunnelIpAddresses": ["203.0.113.1", None]},
                        {"tunnelIpAddresses": ["203.0.113.1", "203.0.113.2"]},
                        {"tunnelIpAddresses": None},
                        None,
                    ]
                }
            },
            {"tunnelIpAddresses": ["203.0.113.1", "203.0.113.2"]},
        ),
        ("azure_vpn_gateway", f"{NET}/vpnGateways", {"bgpSettings": None}, {"tunnelIpAddresses": []}),
        (
            "azure_network_connection",
            f"{NET}/connections",
            {"authenticationType": "Certificate"},
            {"authenticationType": "Certificate"},
        ),
        (
            "azure_iot_hub",
            "Microsoft.Devices/IotHubs",
            {"ipFilterRules": [{"filterName": "office", "action": "Accept", "ipMask": "203.0.113.0/24"}, None]},
            {"ipFilterRules": ["203.0.113.0/24"]},
        ),
        (
            "azure_iot_hub",
            "Microsoft.Devices/IotHubs",
            {
                "ipFilterRules": [{"ipMask": "203.0.113.1"}],
                "networkRuleSets": {"defaultAction": "Deny", "ipRules": [{"ipMask": "203.0.113.2"}]},
            },
            {"ipFilterRules": ["203.0.113.2"]},
        ),
        (
            "azure_managed_disk",
            "Microsoft.Compute/disks",
            {"encryptionSettingsCollection": {"enabled": True, "encryptionSettings": [{}]}},
            {"azureDiskEncryptionEnabled": True},
        ),
        (
            "azure_synapse_workspace",
            "Microsoft.Synapse/workspaces",
            {
                "managedVirtualNetworkSettings": {
                    "preventDataExfiltration": False,
                    "linkedAccessCheckOnTargetResource": True,
                }
            },
            {"preventDataExfiltration": False},
        ),
    ],
)
def test_what_azure_tells_is_told(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    place.put(of, "one/two" if of.count("/") > 1 else "one", properties)
    check_told(azure, type, expected)


def test_a_subnet_is_of_the_environment_of_its_network_however_that_is_tagged(place: Place, azure: Azure) -> None:
    subnet = part(f"{place.of(f'{NET}/virtualNetworks', 'v')}/subnets/s", {"addressPrefix": "198.18.0.0/24"})
    place.put(f"{NET}/virtualNetworks", "v", {"subnets": [subnet]}, tags={"Environment": "Prod"})
    assert verdicts(azure.run("azure_vnet", "azure_subnet")) == {"complete"}
    assert {entities(type)[name]["environment"] for type, name in (("azure_vnet", "v"), ("azure_subnet", "s"))} == {
        "prod"
    }


def test_a_vulnerability_of_an_image_has_its_name_and_whether_there_is_a_remedy(place: Place, azure: Azure) -> None:
    found = "Microsoft.Security/assessments/subassessments"
    for name, fix, more in (
        ("one", "FixAvailable", {"cveId": "CVE-2026-1", "severity": "High"}),
        ("two", "NoFix", {"CveId": "CVE-2026-2"}),
        ("three", None, None),
    ):
        told: dict[str, Any] = {"vulnerabilityDetails": more}
        told["softwareDetails"] = {"packageName": "ncurses", "fixStatus": fix}
        properties = {"status": {"code": "Unhealthy"}, "displayName": name, "additionalData": told}
        place.put(found, f"a/{name}", properties, table="securityresources")
    assert verdicts(azure.run("azure_security_sub_assessment")) == {"complete"}
    told_of = {
        name: (of["cves"], of.get("patchable")) for name, of in entities("azure_security_sub_assessment").items()
    }
    assert told_of == {"one": (["CVE-2026-1"], True), "two": (["CVE-2026-2"], False), "three": ([], None)}


def test_a_load_balancer_leads_to_the_interface_that_one_of_its_ports_is_of(place: Place, azure: Azure) -> None:
    nic = place.put(f"{NET}/networkInterfaces", "nic", {})
    port = part(
        "/rules/ssh", {"frontendPort": 50022, "backendIPConfiguration": to(f"{nic.upper()}/ipConfigurations/one")}
    )
    lb = place.put(f"{NET}/loadBalancers", "lb", {"inboundNatRules": [port, part("/rules/unused", {})]})
    assert verdicts(azure.run("azure_lb_connects_nic")) == {"complete"}
    assert edges() == {(lb.lower(), nic.lower())}


def test_a_log_of_flows_is_of_what_it_is_about(place: Place, azure: Azure) -> None:
    network = place.of(f"{NET}/virtualNetworks", "v")
    subnet = part(f"{network}/subnets/s", {})
    place.put(f"{NET}/virtualNetworks", "v", {"subnets": [subnet]})
    about = {
        "azure_security_group_has_flow_logs": place.put(f"{NET}/networkSecurityGroups", "nsg", {}),
        "azure_vnet_has_security_group_flow_logs": network,
        "azure_subnet_has_security_group_flow_logs": subnet["id"],
        "azure_nic_has_security_group_flow_logs": place.put(f"{NET}/networkInterfaces", "nic", {}),
    }
    expected = set()
    for number, target in enumerate(about.values()):
        given = {"targetResourceId": target.upper(), "enabled": True}
        log = place.put(f"{NET}/networkWatchers/flowLogs", f"nw/{number}", given)
        expected.add((target.lower(), log.lower()))
    assert verdicts(azure.run(*about)) == {"complete"}
    assert edges() == expected


def test_a_policy_against_attacks_holds_for_listeners_paths_names_and_profiles(place: Place, azure: Azure) -> None:
    kind = f"{NET}/ApplicationGatewayWebApplicationFirewallPolicies"
    whole, listening, path = (place.put(kind, name, {}) for name in ("whole", "listening", "path"))
    gateway = {
        "firewallPolicy": to(whole),
        "httpListeners": [part("/l", {"firewallPolicy": to(listening.upper())}), part("/m", {})],
        "urlPathMaps": [part("/u", {"pathRules": [part("/p", {"firewallPolicy": to(path)})]}), part("/v", {})],
    }
    agw = place.put(f"{NET}/applicationGateways", "agw", gateway).lower()
    end = part(f"{place.of(f'{NET}/frontDoors', 'fd')}/frontendEndpoints/e", {})
    place.put(f"{NET}/frontDoors", "fd", {"frontendEndpoints": [end]})
    profile = place.put("Microsoft.Cdn/profiles", "afd", {})
    links = [to(f"{profile.upper()}/SECURITYPOLICIES/{name}") for name in "ab"]
    linked = {"frontendEndpointLinks": [to(end["id"].lower())], "securityPolicyLinks": links}
    waf = place.put(f"{NET}/frontDoorWebApplicationFirewallPolicies", "waf", linked).lower()
    types = (
        "azure_application_gateway_uses_waf_policy",
        "azure_frontdoor_frontend_endpoint_uses_waf_policy",
        "azure_cdn_profile_uses_frontdoor_waf_policy",
    )
    assert verdicts(azure.run(*types)) == {"complete"}
    policies = {(agw, each.lower()) for each in (whole, listening, path)}
    assert edges() == policies | {(end["id"].lower(), waf), (profile.lower(), waf)}


@pytest.mark.parametrize(
    ("name", "kind", "to_type"),
    [
        ("applicationInsights", "Microsoft.Insights/components", "azure_application_insights"),
        ("containerRegistry", "Microsoft.ContainerRegistry/registries", "azure_container_registry"),
        ("keyVault", "Microsoft.KeyVault/vaults", "azure_keyvault_service"),
        ("storageAccount", "Microsoft.Storage/storageAccounts", "azure_storage_account"),
    ],
)
def test_a_workspace_that_learns_uses_what_it_keeps_things_in(
    place: Place, azure: Azure, name: str, kind: str, to_type: str
) -> None:
    used, of = place.put(kind, "used", {}), "Microsoft.MachineLearningServices/workspaces"
    workspace = place.put(of, "mlw", {name: used.upper()})
    place.put(of, "hub", {name: None})
    uses = f"azure_machine_learning_workspace_uses_{to_type.removeprefix('azure_')}"
    assert verdicts(azure.run(uses)) == {"complete"}
    assert edges() == {(workspace.lower(), used.lower())}


def test_a_pool_has_the_databases_that_share_it(place: Place, azure: Azure) -> None:
    place.put("Microsoft.Sql/servers", "sql", {})
    pool = place.put("Microsoft.Sql/servers/elasticPools", "sql/pool", {})
    shop = place.put("Microsoft.Sql/servers/databases", "sql/shop", {"elasticPoolId": pool.upper()})
    place.put("Microsoft.Sql/servers/databases", "sql/alone", {"elasticPoolId": None})
    assert verdicts(azure.run("azure_sql_elastic_pool_has_database")) == {"complete"}
    assert edges() == {(pool.lower(), shop.lower())}


@pytest.mark.parametrize(
    ("type", "of"),
    [
        ("azure_sql_database", "Microsoft.Sql/servers/databases"),
        ("azure_monitor_scheduled_query_rule", "Microsoft.Insights/scheduledQueryRules"),
        ("azure_monitor_metric_alert", "Microsoft.Insights/metricAlerts"),
        ("azure_monitor_data_collection_rule", "Microsoft.Insights/dataCollectionRules"),
        ("azure_virtual_desktop_host_pool", "Microsoft.DesktopVirtualization/hostPools"),
        ("azure_security_group_flow_logs", f"{NET}/networkWatchers/flowLogs"),
        ("azure_log_analytics_workspace", "Microsoft.OperationalInsights/workspaces"),
        ("azure_virtual_network_gateway", f"{NET}/virtualNetworkGateways"),
        ("azure_gallery", "Microsoft.Compute/galleries"),
        ("azure_container_app_environment", "Microsoft.App/managedEnvironments"),
    ],
)
def test_what_may_act_as_an_identity_is_told(place: Place, azure: Azure, type: str, of: str) -> None:
    identity = place.put("Microsoft.ManagedIdentity/userAssignedIdentities", "id", {})
    given = {"type": "UserAssigned", "userAssignedIdentities": {identity.upper(): {"principalId": "p"}}}
    name = "one/two" if of.count("/") > 1 else "one"
    holder = place.put(of, name, {}, identity=given)
    assert verdicts(azure.run(type, "azure_resource_uses_user_assigned_identity"), [type]) == {"complete"}
    assert (holder.lower(), identity.lower()) in edges()


def test_an_assignment_of_a_policy_acts_as_the_identity_that_it_was_given(place: Place, azure: Azure) -> None:
    identity = place.put("Microsoft.ManagedIdentity/userAssignedIdentities", "id", {})
    given = {"identity": {"type": "UserAssigned", "userAssignedIdentities": {identity.upper(): {}}}}
    policy = place.put("Microsoft.Authorization/policyAssignments", "deploy", {}, table="policyresources", **given)
    type = "azure_policy_assignment_uses_user_assigned_identity"
    assert verdicts(azure.run(type), [type]) == {"complete"}
    assert edges() == {(policy.lower(), identity.lower())}


def test_a_rule_of_a_firewall_that_names_nothing_beside_an_address_leads_to_the_address(
    place: Place, azure: Azure
) -> None:
    rule = {"destinationAddresses": [None, "", "203.0.113.9"], "destinationPorts": ["", "443"], "protocols": ["TCP"]}
    collection = {"action": {"type": "Allow"}, "priority": 100, "rules": [{"name": "r", **rule}]}
    firewall = place.put(f"{NET}/azureFirewalls", "fw", {"networkRuleCollections": [part("/c", collection)]})
    type = "azure_network_firewall_allows_destination"
    assert verdicts(azure.run("azure_external_address", type), [type]) == {"complete"}
    assert edges() == {(firewall.lower(), "azure_external_address:203.0.113.9")}


POLICY, ROLE = "Microsoft.Authorization/policySetDefinitions", "Microsoft.Authorization/roleDefinitions"


@pytest.mark.parametrize(
    ("type", "of", "table", "properties"),
    [
        ("azure_policy_set_definition_contains_definition", POLICY, "policyresources", {"policyDefinitions": [None]}),
        ("azure_role_definition", ROLE, "authorizationresources", {"permissions": [None, {"actions": [None]}]}),
        (
            "azure_subscription_contains_role_definition",
            ROLE,
            "authorizationresources",
            {"type": "CustomRole", "assignableScopes": [None]},
        ),
        (
            "azure_monitor_data_collection_rule",
            "Microsoft.Insights/dataCollectionRules",
            "",
            {"dataFlows": [{"streams": [None, "Microsoft-Perf"]}], "destinations": {"logAnalytics": [None]}},
        ),
        (
            "azure_vm_scale_set",
            "Microsoft.Compute/virtualMachineScaleSets",
            "",
            {"virtualMachineProfile": {"networkProfile": {"networkInterfaceConfigurations": [None]}}},
        ),
        (
            "azure_web_app_configuration",
            "Microsoft.Web/sites/config",
            "appserviceresources",
            {"ipSecurityRestrictions": [None]},
        ),
        ("azure_vm_uses_managed_disk", COMPUTE, "", {"storageProfile": {"dataDisks": [None]}}),
        ("azure_vm", COMPUTE, "", {"storageProfile": {"osDisk": {"managedDisk": {"id": "/d"}}, "dataDisks": [None]}}),
        ("azure_vm_uses_nic", COMPUTE, "", {"networkProfile": {"networkInterfaces": [None]}}),
        ("azure_vm_uses_storage_account", COMPUTE, "", {"storageProfile": {"dataDisks": [None]}}),
        (
            "azure_storage_account",
            "Microsoft.Storage/storageAccounts",
            "",
            {"networkAcls": {"ipRules": [None, {"action": "Allow"}, {"value": "203.0.113.9"}]}},
        ),
    ],
)
def test_nulls_in_a_list_cost_nothing(
    place: Place, azure: Azure, type: str, of: str, table: str, properties: dict[str, Any]
) -> None:
    place.put(of, "shop/web" if of.count("/") > 1 else "one", properties, table=table)
    assert verdicts(azure.run(type), [type]) == {"complete"}


@pytest.mark.parametrize(
    ("type", "of", "below", "properties"),
    [
        (
            "azure_storage_blob_service",
            "Microsoft.Storage/storageAccounts",
            "/blobServices",
            {"cors": {"corsRules": [None, {"allowedOrigins": [None, "*"]}]}},
        ),
        (
            "azure_service_bus_authorization_rule",
            "Microsoft.ServiceBus/namespaces",
            "/authorizationRules",
            {"rights": [None, "Listen"]},
        ),
        (
            "azure_user_assigned_identity_credential",
            "Microsoft.ManagedIdentity/userAssignedIdentities",
            "/federatedIdentityCredentials",
            {"audiences": [None, "api://AzureADTokenExchange"]},
        ),
    ],
)
def test_nulls_in_a_list_of_what_is_below_cost_nothing(
    place: Place, azure: Azure, type: str, of: str, below: str, properties: dict[str, Any]
) -> None:
    parent = place.put(of, "one", {})
    if type == "azure_storage_blob_service":
        place.tenant.set_child(parent, f"{below}/default", properties)
    else:
        place.tenant.add_child(parent, below, "child", properties)
    assert verdicts(azure.run(type), [type]) == {"complete"}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"version": "1.2.1"}, "1.2.1"),
        ({"version": "1.2.1", "metadata": {"version": "1.2.1-preview"}}, "1.2.1-preview"),
        ({"metadata": None}, None),
    ],
)
def test_a_rule_has_its_version_wherever_it_is_told(
    place: Place, azure: Azure, told: dict[str, Any], expected: str | None
) -> None:
    given = {"policyType": "Custom", **told}
    place.put("Microsoft.Authorization/policyDefinitions", "one", given, table="policyresources")
    assert verdicts(azure.run("azure_policy_definition")) == {"complete"}
    assert entities("azure_policy_definition")["one"].get("version") == expected


def test_addresses_of_mail_in_one_text_are_several(place: Place, azure: Azure) -> None:
    server = place.put("Microsoft.Sql/servers", "sql", {})
    mail = ["a@contoso.example; b@contoso.example;", None, ""]
    place.tenant.set_child(server, "/securityAlertPolicies/default", {"state": "Enabled", "emailAddresses": mail})
    place.tenant.set_child(server, "/vulnerabilityAssessments/default", {"recurringScans": {"emails": mail}})
    types = {
        "azure_sql_server_security_alert_policy": "emailAddresses",
        "azure_sql_server_vulnerability_assessment": "emails",
    }
    assert verdicts(azure.run(*types)) == {"complete"}
    for type, name in types.items():
        (found,) = entities(type).values()
        assert found[name] == ["a@contoso.example", "b@contoso.example"]


@pytest.mark.parametrize(
    "cors",
    [
        {"allowedOrigins": ["*", None], "supportCredentials": True},
        {"AllowedOrigins": ["*"], "SupportCredentials": True},
    ],
    ids=["small", "large"],
)
def test_an_app_tells_whose_scripts_may_call_it(place: Place, azure: Azure, cors: dict[str, Any]) -> None:
    config, put = "Microsoft.Web/sites/config", {"table": "appserviceresources"}
    place.put(config, "shop/web", {"cors": cors, "netFrameworkVersion": "v8.0"}, **put)
    place.put(config, "closed/web", {"cors": None}, **put)
    assert verdicts(azure.run("azure_web_app_configuration")) == {"complete"}
    found = entities("azure_web_app_configuration")
    told = {name: (of.get("corsAllowedOrigins"), of.get("corsSupportCredentials")) for name, of in found.items()}
    assert told == {"shop/web": (["*"], True), "closed/web": (None, None)}
    assert found["shop/web"]["netFrameworkVersion"] == "v8.0"


@pytest.mark.parametrize("odd", [False, 0, [], "public"])
def test_whether_something_is_public_is_not_guessed_where_what_says_so_has_another_form(
    place: Place, azure: Azure, odd: Any
) -> None:
    address = {"properties": {"publicIPAddressConfiguration": odd}}
    interface = {"properties": {"ipConfigurations": [address]}}
    profile = {"networkProfile": {"networkInterfaceConfigurations": [interface]}}
    place.put("Microsoft.Compute/virtualMachineScaleSets", "set", {"virtualMachineProfile": profile})
    fronts = [part("/front", {"publicIPPrefix": odd if odd != "public" else ["public"]})]
    place.put(f"{NET}/loadBalancers", "lb", {"frontendIPConfigurations": fronts})
    report = azure.run("azure_vm_scale_set", "azure_lb")
    for type, name in (("azure_vm_scale_set", "publicIPAddressConfiguration"), ("azure_lb", "publicIPPrefix")):
        assert (report.of(type).verdict, name in report.of(type).reason) == ("partial", True)
