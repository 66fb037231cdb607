"""Nulls in lists, and members that lack what others have, cost themselves and not the resource."""

from typing import Any

import pytest

from integration.sdk.plugins import declared_steps, load
from integration.sdk.schema import load_schema
from tests.azure.one_group import azure, check_told, entities, place
from tests.azure.reading import Azure, verdicts
from tests.simulator.azure.place import Place

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

ONE = "198.18.0.1"
GROUP = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Insights/actionGroups/on-call"
_WITH_GAPS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    (
        "azure_monitor_activity_log_alert",
        "Microsoft.Insights/activityLogAlerts",
        {
            "condition": {"allOf": [None, {"field": "level", "equals": "Error"}, {"anyOf": [None]}]},
            "actions": {"actionGroups": [None, {"webhookProperties": {}}, {"actionGroupId": GROUP}]},
        },
        {"conditions": ["level=Error"], "actionGroupIds": [GROUP.lower()]},
    ),
    (
        "azure_container_app",
        "Microsoft.App/containerApps",
        {"configuration": {"ingress": {"ipSecurityRestrictions": [None, {"name": "a"}, {"ipAddressRange": ONE}]}}},
        {"ipSecurityRestrictions": [ONE]},
    ),
    (
        "azure_container_registry",
        "Microsoft.ContainerRegistry/registries",
        {"networkRuleSet": {"ipRules": [None, {"action": "Allow"}, {"action": "Allow", "value": ONE}]}},
        {"networkRuleSet.allowedIpAddresses": [ONE]},
    ),
    (
        "azure_keyvault_service",
        "Microsoft.KeyVault/vaults",
        {"networkAcls": {"ipRules": [None, {}, {"value": ONE}]}},
        {"networkAcls.allowedIpAddresses": [ONE]},
    ),
    (
        "azure_cosmosdb_account",
        "Microsoft.DocumentDB/databaseAccounts",
        {"ipRules": [None, {}, {"ipAddressOrRange": ONE}]},
        {"ipRangeFilter": [ONE]},
    ),
    (
        "azure_container_group",
        "Microsoft.ContainerInstance/containerGroups",
        {"ipAddress": {"type": None, "ports": [None, {"protocol": "TCP"}, {"port": 80}]}},
        {"public": None, "ports": ["80"]},
    ),
    (
        "azure_container",
        "Microsoft.ContainerInstance/containerGroups",
        {
            "containers": [
                {"properties": {}},
                {"name": "one", "properties": {"environmentVariables": [{"value": "x"}, {"name": "A"}]}},
            ]
        },
        {"environmentVariableNames": ["A"]},
    ),
    (
        "azure_container_volume",
        "Microsoft.ContainerInstance/containerGroups",
        {"volumes": [None, {"emptyDir": {}}, {"name": "one", "emptyDir": {}}]},
        {"kind": "emptyDir"},
    ),
    (
        "azure_logic_app_workflow",
        "Microsoft.Logic/workflows",
        {"accessControl": {"triggers": {"allowedCallerIpAddresses": [None, {}, {"addressRange": ONE}]}}},
        {"allowedCallerIpAddresses": [ONE]},
    ),
]


@pytest.mark.parametrize(("type", "of", "properties", "expected"), _WITH_GAPS, ids=[each[0] for each in _WITH_GAPS])
def test_a_gap_in_a_list_costs_itself(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    place.put(of, "one", properties)
    check_told(azure, type, expected)


def test_a_policy_of_copies_without_all_of_its_times_is_one(place: Place, azure: Azure) -> None:
    vaults = "Microsoft.DataProtection/backupVaults"
    place.put(vaults, "bv", {})
    schedule = {"repeatingTimeIntervals": [None, "R/2026-01-01T01:00:00+00:00/P1D"]}
    rules = [None, {"trigger": {"schedule": schedule}}, {"name": "Monthly", "lifecycles": [None]}]
    below = {"table": "recoveryservicesresources"}
    place.put(f"{vaults}/backupPolicies", "bv/daily", {"policyRules": rules}, **below)
    assert verdicts(azure.run("azure_backup_vault_policy")) == {"complete"}
    found = entities("azure_backup_vault_policy")["daily"]
    assert found["repeatingTimeIntervals"] == ["R/2026-01-01T01:00:00+00:00/P1D"]


def test_what_is_below_a_resource_may_have_gaps_too(place: Place, azure: Azure) -> None:
    cluster = place.put("Microsoft.ContainerService/managedClusters", "aks", {})
    vault = place.put("Microsoft.KeyVault/vaults", "kv", {})
    spans = [None, {"start": "2026-12-20T00:00:00Z"}]
    place.tenant.add_child(cluster, "/maintenanceConfigurations", "default", {"notAllowedTime": spans})
    place.tenant.add_child(cluster, "/trustedAccessRoleBindings", "ml", {"roles": [None, "a/b"]})
    place.tenant.add_child(vault, "/keys", "key", {"keyOps": [None, "sign"], "keyUri": "https://kv.example/keys/key"})
    types = ("azure_kube_maintenance_configuration", "azure_kube_cluster_role_binding", "azure_keyvault_key")
    assert verdicts(azure.run(*types)) == {"complete"}
    assert entities(types[0])["default"]["notAllowedTime"] == ["2026-12-20T00:00:00Z/"]
    assert entities(types[1])["ml"]["roles"] == ["a/b"]
    assert entities(types[2])["key"]["keyOps"] == ["sign"]


def test_a_denial_names_the_operations_that_it_has(place: Place, azure: Azure) -> None:
    subscription = "/".join(place.id.split("/")[:3])
    told = {"permissions": [None, {"actions": [None, "*/write"]}], "principals": [None, {"type": "User"}]}
    place.tenant.add_child(subscription, "/providers/Microsoft.Authorization/denyAssignments", "d", told)
    assert verdicts(azure.run("azure_deny_assignment")) == {"complete"}
    assert entities("azure_deny_assignment")["d"]["actions"] == ["*/write"]


def test_records_of_a_name_are_read_where_one_is_null(place: Place, azure: Azure) -> None:
    zones, below = "Microsoft.Network/dnsZones", {"table": "dnsresources"}
    place.put(zones, "contoso.example", {})
    place.put(f"{zones}/A", "contoso.example/www", {"ARecords": [None, {"ipv4Address": ONE}]}, **below)
    place.put(f"{zones}/TXT", "contoso.example/said", {"TXTRecords": [None, {"value": [None, "a"]}]}, **below)
    assert verdicts(azure.run("azure_dns_record_set")) == {"complete"}
    found = entities("azure_dns_record_set")
    assert (found["www"]["aRecordsIps"], found["said"]["txtRecordsValues"]) == ([ONE], ["a"])


def test_an_alert_of_defender_is_about_those_that_it_names(place: Place, azure: Azure) -> None:
    machine = place.put("Microsoft.Compute/virtualMachines", "vm", {})
    told = {
        "alertDisplayName": "alert",
        "resourceIdentifiers": [None, {"type": "AzureResource", "azureResourceId": machine}],
        "techniques": [None, "T1059"],
    }
    place.put("Microsoft.Security/locations/alerts", "westeurope/a", told, table="securityresources")
    assert verdicts(azure.run("azure_defender_alert", "azure_resource_has_defender_alert")) == {"complete"}
    found = entities("azure_defender_alert")["alert"]
    assert (found["resourceIds"], found["techniques"]) == ([machine.lower()], ["T1059"])


def test_a_list_is_copied_without_its_nulls() -> None:
    """A schema says by ``[]`` that it takes a list."""
    taken = [
        (step.name, name, of["x-from"])
        for step in declared_steps(load())
        for name, of in load_schema(step).document["properties"].items()
        if of.get("type") == "array" and "x-from" in of
    ]
    assert taken
    assert [each for each in taken if "[]" not in each[2]] == []


NOTHING = {"name": None}
HALF: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    (
        "azure_route_table",
        "Microsoft.Network/routeTables",
        {"routes": [{"properties": {"addressPrefix": "10.0.0.0/8", "nextHopType": None}}, {"properties": NOTHING}]},
        {"routes": ["10.0.0.0/8="]},
    ),
    (
        "azure_app_service_environment",
        "Microsoft.Web/hostingEnvironments",
        {"clusterSettings": [{"name": "DisableTls1.0", "value": None}, NOTHING]},
        {"clusterSettings": ["DisableTls1.0="]},
    ),
    (
        "azure_network_firewall_policy",
        "Microsoft.Network/firewallPolicies",
        {"intrusionDetection": {"configuration": {"signatureOverrides": [None, {"id": "1", "mode": None}, NOTHING]}}},
        {"intrusionDetectionOverrides": ["1="]},
    ),
    (
        "azure_private_link_service",
        "Microsoft.Network/privateLinkServices",
        {"fqdns": ["a.example", None]},
        {"fqdns": ["a.example"]},
    ),
]


@pytest.mark.parametrize(("type", "of", "properties", "expected"), HALF)
def test_what_is_half_told_says_no_none(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    place.put(of, "one", properties)
    assert verdicts(azure.run(type)) == {"complete"}
    assert {name: entities(type)["one"].get(name) for name in expected} == expected
