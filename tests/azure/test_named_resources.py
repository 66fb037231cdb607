"""What a row names by its id is led to: no reference stays a text alone."""

from typing import Any

import pytest

from tests.azure.one_group import S, azure, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

NET = "Microsoft.Network"
GROUP = f"/subscriptions/{S}/resourceGroups/RG/providers"
SUBNET = f"{GROUP}/Microsoft.Network/virtualNetworks/vnet/subnets/Web"


@pytest.mark.parametrize(
    ("name", "of", "properties", "expected", "backwards"),
    [
        ("azure_synapse_workspace_uses_purview_account", "Microsoft.Synapse/workspaces",
         {"purviewConfiguration": {"purviewResourceId": f"{GROUP}/Microsoft.Purview/accounts/P"}},
         "microsoft.purview/accounts/p", False),
        ("azure_application_security_group_protects_nic", f"{NET}/networkInterfaces",
         {"ipConfigurations": [part("/ip", {"applicationSecurityGroups": [
             to(f"{GROUP}/{NET}/applicationSecurityGroups/Web")]})] * 2},
         "microsoft.network/applicationsecuritygroups/web", True),
        ("azure_application_security_group_protects_private_endpoint", f"{NET}/privateEndpoints",
         {"applicationSecurityGroups": [to(f"{GROUP}/{NET}/applicationSecurityGroups/Web")]},
         "microsoft.network/applicationsecuritygroups/web", True),
        ("azure_private_link_service_connects_lb_frontend_ip", f"{NET}/privateLinkServices",
         {"loadBalancerFrontendIpConfigurations": [to(f"{GROUP}/{NET}/loadBalancers/LB/frontendIPConfigurations/F")]},
         "microsoft.network/loadbalancers/lb/frontendipconfigurations/f", False),
        ("azure_virtual_network_gateway_uses_local_network_gateway", f"{NET}/virtualNetworkGateways",
         {"gatewayDefaultSite": to(f"{GROUP}/{NET}/localNetworkGateways/Site")},
         "microsoft.network/localnetworkgateways/site", False),
    ],
)  # fmt: skip
def test_a_resource_leads_to_what_its_row_names(
    place: Place, azure: Azure, name: str, of: str, properties: dict[str, Any], expected: str, backwards: bool
) -> None:
    holder, named = place.put(of, "one", properties).lower(), f"{GROUP}/{expected}".lower()
    place.put(of, "silent", {})
    place.put(of, "null", dict.fromkeys(properties))
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(named, holder) if backwards else (holder, named)}


def test_a_front_of_a_balancer_or_a_gateway_is_in_its_subnet(place: Place, azure: Azure) -> None:
    fronts = set()
    for type in ("loadBalancers", "applicationGateways"):
        front = f"{place.of(f'{NET}/{type}', 'one')}/frontendIPConfigurations/inside"
        open_ = f"{place.of(f'{NET}/{type}', 'one')}/frontendIPConfigurations/open"
        told = [part(front, {"subnet": to(SUBNET)}), part(open_, {"subnet": None})]
        place.put(f"{NET}/{type}", "one", {"frontendIPConfigurations": told})
        fronts.add(front.lower())
    names = ["azure_subnet_has_lb_frontend_ip", "azure_subnet_has_application_gateway_frontend_ip"]
    assert verdicts(azure.run(*names), names) == {"complete"}
    assert edges() == {(SUBNET.lower(), front) for front in fronts}


def test_a_rule_of_a_front_door_leads_to_all_that_it_names(place: Place, azure: Azure) -> None:
    door = place.of(f"{NET}/frontDoors", "door")
    policy = f"{GROUP}/{NET}/frontdoorwebapplicationfirewallpolicies/waf"
    named = {
        "frontendEndpoints": [to(f"{door}/FrontendEndpoints/shop"), None],
        "rulesEngine": to(f"{door}/RulesEngines/headers"),
        "webApplicationFirewallPolicyLink": to(policy),
        "routeConfiguration": {"backendPool": to(f"{door}/BackendPools/web")},
    }
    rules = [part(f"{door}/routingRules/all", named), part(f"{door}/routingRules/away", {"routeConfiguration": None})]
    place.put(f"{NET}/frontDoors", "door", {"routingRules": rules})
    names = [
        f"azure_frontdoor_routing_rule_{end}"
        for end in ("uses_frontend_endpoint", "uses_rules_engine", "uses_waf_policy", "connects_backend_pool")
    ]
    assert verdicts(azure.run(*names), names) == {"complete"}
    ends = (f"{door}/frontendendpoints/shop", f"{door}/rulesengines/headers", f"{door}/backendpools/web", policy)
    assert edges() == {(rules[0]["id"].lower(), end.lower()) for end in ends}


def test_a_rule_of_a_gateway_leads_to_the_policies_of_its_paths(place: Place, azure: Azure) -> None:
    gateway = place.of(f"{NET}/applicationGateways", "agw")
    policy = f"{GROUP}/{NET}/ApplicationGatewayWebApplicationFirewallPolicies/waf"
    paths = [part("/p/1", {"paths": ["/a"], "firewallPolicy": to(policy)}), part("/p/2", {"paths": ["/b"]})]
    rule = part(f"{gateway}/requestRoutingRules/paths", {"urlPathMap": to(f"{gateway}/urlPathMaps/map")})
    told = {"requestRoutingRules": [rule], "urlPathMaps": [part(f"{gateway}/urlPathMaps/map", {"pathRules": paths})]}
    place.put(f"{NET}/applicationGateways", "agw", told)
    name = "azure_application_gateway_rule_uses_waf_policy"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(rule["id"].lower(), policy.lower())}


def test_an_origin_leads_to_the_resource_that_it_is_once(place: Place, azure: Azure) -> None:
    app = place.put("Microsoft.Web/sites", "shop", {}, kind="app")
    profile, add = place.put("Microsoft.Cdn/profiles", "afd", {}), place.tenant.add_child
    add(profile, "/originGroups", "all", {})
    private = {"azureOrigin": to(app), "sharedPrivateLinkResource": {"privateLink": to(app.upper())}}
    add(f"{profile}/originGroups/all", "/origins", "app", {"hostName": "shop.example", **private})
    add(f"{profile}/originGroups/all", "/origins", "elsewhere", {"hostName": "other.example", "azureOrigin": None})
    name = "azure_frontdoor_origin_connects_resource"
    assert verdicts(azure.run(name, "azure_web_app"), [name]) == {"complete"}
    assert edges() == {(f"{profile}/origingroups/all/origins/app".lower(), app.lower())}


@pytest.mark.parametrize("form", [str, str.capitalize], ids=["small", "large"])
def test_an_app_lets_in_the_subnets_that_its_rules_allow(place: Place, azure: Azure, form: Any) -> None:
    place.put("Microsoft.Web/sites", "shop", {}, kind="app")
    rules: list[dict[str, Any] | None] = [
        {"action": "allow", "vnetSubnetResourceId": SUBNET, "priority": 2},
        {"action": "Allow", "vnetSubnetResourceId": SUBNET.upper(), "priority": 3},
        {"action": "Deny", "vnetSubnetResourceId": f"{SUBNET}-other"},
        {"action": "Allow", "ipAddress": "203.0.113.0/24"},
        None,
    ]
    told = {
        "ipSecurityRestrictions": [rule and {form(name): value for name, value in rule.items()} for rule in rules],
        "scmIpSecurityRestrictions": [{"action": "Allow", "vnetSubnetResourceId": f"{SUBNET}-deploys"}],
    }
    web = place.put("Microsoft.Web/sites/config", "shop/web", told, table="appserviceresources")
    name = "azure_web_app_configuration_allows_subnet"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(web.lower(), SUBNET.lower())}
    (found,) = entities("azure_web_app_configuration").values()
    assert found["allowedSubnetIds"] == [SUBNET.lower()]


def test_logs_that_are_sent_to_a_service_bus_lead_to_it(place: Place, azure: Azure) -> None:
    bus, vault = (
        place.put("Microsoft.ServiceBus/namespaces", "Bus", {}),
        place.put("Microsoft.KeyVault/vaults", "v", {}),
    )
    sent = {"serviceBusRuleId": f"{bus}/AuthorizationRules/all", "eventHubAuthorizationRuleId": None}
    place.tenant.add_child(vault, "/providers/Microsoft.Insights/diagnosticSettings", "old", sent)
    name = "azure_diagnostic_setting_uses_service_bus_namespace"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    setting = f"{vault}/providers/microsoft.insights/diagnosticsettings/old".lower()
    assert edges() == {(setting, bus.lower())}
