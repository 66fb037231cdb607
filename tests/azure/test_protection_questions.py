"""The questions about what keeps services apart, current and told of against an independent computation."""

import random
from typing import Any

import pytest

from tests.azure.test_hardening_questions import MAYBE, SUBSCRIPTION, check, every, place, whether
from tests.question_graphs import Json, Made, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

CLUSTER, VAULT, CONFIGURATION = "azure_kubernetes_cluster", "azure_keyvault_service", "azure_web_app_configuration"
APPS = ["azure_web_app", "azure_function_app", "azure_web_app_slot"]
NETWORK, ADDRESS, MACHINE = "azure_vnet", "azure_public_ip", "azure_vm"
POLICY, WORKSPACE, AI = (
    "azure_jit_network_access_policy",
    "azure_databricks_workspace",
    "azure_cognitive_services_account",
)
STORAGE, COSMOS, RECOVERY = "azure_storage_account", "azure_cosmosdb_account", "azure_recovery_vault"
SERVERS = ["azure_mariadb_server", "azure_mysql_server", "azure_postgresql_server"]
ALERT, CONTACT = "azure_monitor_activity_log_alert", "azure_security_center_contact"
INSIGHTS, ASSIGNMENT = "azure_application_insights", "azure_policy_assignment"
ENDPOINTS: list[Any] = [None, [], ["/endpoint"]]
KEYS = [None, "Default", "Microsoft.Keyvault", "Microsoft.KeyVault"]
HEALTH = "category=ServiceHealth"
PROPERTIES: dict[str, dict[str, list[Any]]] = {
    CLUSTER: {
        "upgradeChannel": [None, "none", "stable", "stable"], "nodeOSUpgradeChannel": [None, "None", "NodeImage"],
        "defenderEnabled": [True, True, False, None], "monitoringEnabled": MAYBE, "azureMonitorMetricsEnabled": MAYBE,
        "enableNodePublicIP": MAYBE, "keyVaultKmsEnabled": [True, True, None],
    },
    **{type: {
        "publicNetworkAccess": [None, "", "Enabled", "Disabled"], "privateEndpointIds": ENDPOINTS,
        "clientCertEnabled": MAYBE, "clientCertMode": [None, "Required", "Optional"], "http20Enabled": MAYBE,
    } for type in APPS},
    **{type: {} for type in (VAULT, WORKSPACE, AI, STORAGE, COSMOS)},
    NETWORK: {"enableDdosProtection": MAYBE, "ddosProtectionPlanId": [None, "/plan", "/plan"]},
    ADDRESS: {}, MACHINE: {"state": [None, "running"]}, INSIGHTS: {},
    POLICY: {"virtualMachineIds": [None, [], ["/azure_vm:0"], ["/azure_vm:1", "/azure_vm:2"]]},
    RECOVERY: {"storageRedundancy": [None, "LocallyRedundant", "GeoRedundant", "ZoneRedundant"]},
    **{type: {
        "geoRedundantBackup": [None, "Disabled", "Enabled"], "highAvailabilityMode": [None, "Disabled", "SameZone"],
    } for type in SERVERS},
    ALERT: {
        "enabled": [True, None, False], "scopes": [["/subscriptions/one"], ["/subscriptions/two", "/rg"]],
        "conditions": [None, ["category=Administrative"], [HEALTH], [HEALTH, "properties.incidentType=Incident"],
                       [HEALTH, "properties.incidentType=Maintenance"]],
    },
    CONTACT: {
        "isEnabled": [True, None, False], "alertMinimalSeverity": [None, "High"],
        "attackPathMinimalRiskLevel": [None, "Critical"], "notificationsByRoleState": [None, "On", "Off"],
        "notificationsByRoleRoles": [None, ["Owner"], ["Contributor"]],
    },
    ASSIGNMENT: {"enforcementMode": [None, "Default", "DoNotEnforce"], "scope": ["/scope"]},
}  # fmt: skip
MORE: dict[str, dict[str, list[Any]]] = {
    VAULT: {"enableRbacAuthorization": MAYBE, "accessPolicyObjectIds": [None, [], ["a", "b"]]},
    WORKSPACE: {
        "enableNoPublicIp": MAYBE, "virtualNetworkId": [None, "/vnet", "/vnet"], "managedServicesKeySource": KEYS,
        "managedDiskKeySource": KEYS, "rootKeySource": KEYS,
    },
    AI: {
        "identityType": [None, "None", "SystemAssigned", "UserAssigned"], "encryptionKeySource": KEYS,
        "restrictOutboundNetworkAccess": [True, True, False, None],
    },
    STORAGE: {"sku": [None, "Standard_LRS", "Standard_RAGZRS", "Premium_ZRS", "Standard_GRS"]},
    COSMOS: {
        "locations": [None, [], ["West Europe"], ["West Europe", "East US"]], "enableAutomaticFailover": MAYBE,
        "backupPolicyType": [None, "Periodic", "Continuous"],
    },
}  # fmt: skip


def made_up(seed: int) -> Made:
    """Return a tenant with a few resources of each type, three of them at most that say something of subscriptions."""
    made, rng = Made(), random.Random(seed)
    made.entities[SUBSCRIPTION] = {
        f"/subscriptions/{id}": {"displayName": id.upper(), "subscriptionId": id, "state": state}
        for id, state in (("one", rng.choice([None, "Enabled"])), ("two", rng.choice(["Warned", "Disabled"])))
    }
    for type, properties in PROPERTIES.items():
        every_one = properties | MORE.get(type, {})
        made.entities[type] = {
            f"/{type}:{n}": {
                "displayName": f"{rng.choice('aA')} {n % 3}", "subscriptionId": rng.choice(["one", "two", "unseen"]),
                "resourceGroup": "rg", **{name: rng.choice(values) for name, values in every_one.items()},
            }
            for n in range(3 if type in (ALERT, CONTACT) else rng.randint(0, 2) if type == INSIGHTS else 6)
        }  # fmt: skip
    apps = [key for type in APPS for key in made.of(type)]
    made.entities[CONFIGURATION] = {
        f"{app}/config/web": {
            "appId": app,
            "displayName": "web",
            "publicNetworkAccess": rng.choice([None, "", "Enabled", "Disabled"]),
            "http20Enabled": rng.choice(MAYBE),
            "ipSecurityRestrictions": rng.choice([None, [], ["Allow Any"], ["Allow 203.0.113.0/24", "Deny Any"]]),
            "ipSecurityRestrictionsDefaultAction": rng.choice([None, "Allow", "Deny"]),
        }
        for app in apps
        if rng.random() < 0.9
    }
    return made


saved = saved_graphs(made_up, range(8))


def negated(told: bool | None) -> bool | None:
    return None if told is None else not told


def test_clusters_that_nobody_looks_after(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, CLUSTER):
        nodes = of["nodeOSUpgradeChannel"]
        weak = (
            of["upgradeChannel"] != "stable", None if nodes is None else nodes == "None", not of["defenderEnabled"],
            not (of["monitoringEnabled"] or of["azureMonitorMetricsEnabled"]), of["enableNodePublicIP"],
            not of["keyVaultKmsEnabled"],
        )  # fmt: skip
        if any(weak):
            expected.append((*map(whether, weak), place(tenant, of), key))
    columns = "withoutUpgrades withoutNodeUpdates withoutDefender withoutMonitoring publicNodes withoutOwnKey"
    check("clusters-badly-kept", expected, f"{columns} subscription key")


def test_vaults_that_go_by_their_own_policies(tenant: Made) -> None:
    expected = [
        (len(of["accessPolicyObjectIds"] or ()), place(tenant, of), key)
        for _, key, of in every(tenant, VAULT) if not of["enableRbacAuthorization"]
    ]  # fmt: skip
    check("vaults-by-access-policies", expected, "holders subscription key")


def test_apps_that_every_address_reaches(tenant: Made) -> None:
    told, expected = {of["appId"]: of for _, _, of in every(tenant, CONFIGURATION)}, []
    for type, key, of in every(tenant, *APPS):
        settings: Json | None = told.get(key)
        if settings is None or settings["ipSecurityRestrictionsDefaultAction"] == "Deny":
            continue
        public = of["publicNetworkAccess"] or settings["publicNetworkAccess"]
        if public == "Disabled" or (not public and of["privateEndpointIds"]):
            continue
        if settings["ipSecurityRestrictions"] not in (None, [], ["Allow Any"]):
            continue
        demands = None if of["clientCertEnabled"] is None else of["clientCertEnabled"]
        demands = False if of["clientCertMode"] == "Optional" else demands
        http = settings["http20Enabled"] if settings["http20Enabled"] is not None else of["http20Enabled"]
        expected.append((type, whether(demands), whether(http), place(tenant, of), key))
    check("apps-open-to-all-networks", expected, "type demandsCertificate http20 subscription key")


def test_networks_that_can_be_flooded(tenant: Made) -> None:
    expected = [
        (sum(other["subscriptionId"] == of["subscriptionId"] for _, _, other in every(tenant, ADDRESS)),
         place(tenant, of), key)
        for _, key, of in every(tenant, NETWORK)
        if of["enableDdosProtection"] is False or of["ddosProtectionPlanId"] is None
    ]  # fmt: skip
    check("networks-without-ddos-protection", expected, "publicAddresses subscription key")


def test_machines_whose_ports_are_not_kept_shut(tenant: Made) -> None:
    guarded = {each for _, _, of in every(tenant, POLICY) for each in of["virtualMachineIds"] or ()}
    expected = [(of["state"], place(tenant, of), key) for _, key, of in every(tenant, MACHINE) if key not in guarded]
    check("machines-without-just-in-time", expected, "state subscription key")


def test_weak_databricks_workspaces(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, WORKSPACE):
        sources = [of[f"{name}KeySource"] or "" for name in ("managedServices", "managedDisk", "root")]
        weak = (
            negated(of["enableNoPublicIp"]), not of["virtualNetworkId"],
            not any(each.startswith("Microsoft") for each in sources),
        )  # fmt: skip
        if any(weak):
            expected.append((*map(whether, weak), place(tenant, of), key))
    check("weak-databricks-workspaces", expected, "publicMachines withoutOwnNetwork withoutOwnKey subscription key")


def test_weak_accounts_of_ai_services(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, AI):
        weak = (
            of["identityType"] in (None, "None"), not of["restrictOutboundNetworkAccess"],
            of["encryptionKeySource"] in (None, "Default"),
        )  # fmt: skip
        if any(weak):
            expected.append((*map(whether, weak), place(tenant, of), key))
    check("weak-ai-services", expected, "withoutIdentity reachesEveryHost withoutOwnKey subscription key")


def test_what_is_kept_in_one_place(tenant: Made) -> None:
    found = [("data in one region", STORAGE, key, of) for _, key, of in every(tenant, STORAGE)
             if of["sku"] in ("Standard_LRS", "Premium_ZRS")]  # fmt: skip
    for type, key, of in every(tenant, COSMOS):
        regions = len(of["locations"] or ())
        found += [("data in one region", type, key, of)] if regions == 1 else []
        takes_over = of["enableAutomaticFailover"] is not False or regions < 2
        found += [] if takes_over else [("no region takes over by itself", type, key, of)]
        found += [("backups now and then", type, key, of)] if of["backupPolicyType"] == "Periodic" else []
    for type, key, of in every(tenant, *SERVERS):
        found += [("backups in one region", type, key, of)] if of["geoRedundantBackup"] == "Disabled" else []
        alone = type != "azure_mariadb_server" and of["highAvailabilityMode"] == "Disabled"
        found += [("nothing stands by", type, key, of)] if alone else []
    for type, key, of in every(tenant, RECOVERY):
        near = of["storageRedundancy"] in ("LocallyRedundant", "ZoneRedundant")
        found += [("backups in one region", type, key, of)] if near else []
    expected = [(type, what, place(tenant, of), key) for what, type, key, of in found]
    check("kept-in-one-place", expected, "type what subscription key", "displayName key what")


def test_subscriptions_of_which_nobody_is_told_much(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, SUBSCRIPTION):
        here = [told for _, _, told in every(tenant, CONTACT)
                if told["subscriptionId"] == of["subscriptionId"] and told["isEnabled"] is not False]  # fmt: skip
        health = [
            alert["conditions"] for _, _, alert in every(tenant, ALERT)
            if key in alert["scopes"] and alert["enabled"] is not False and HEALTH in (alert["conditions"] or ())
        ]  # fmt: skip
        lacks = (
            not any("properties.incidentType=Maintenance" not in each for each in health),
            not any(told["alertMinimalSeverity"] for told in here),
            not any(told["attackPathMinimalRiskLevel"] for told in here),
            not any(told["notificationsByRoleState"] == "On" and told["notificationsByRoleRoles"] == ["Owner"]
                    for told in here),
            not any(each["subscriptionId"] == of["subscriptionId"] for _, _, each in every(tenant, INSIGHTS)),
        )  # fmt: skip
        if any(lacks) and of["state"] != "Disabled":
            expected.append((*map(int, lacks), key))
    columns = "noHealthAlert noAlerts noAttackPaths ownersNotTold noInsights key"
    check("subscriptions-told-little", expected, columns)


def test_policies_that_are_not_enforced(tenant: Made) -> None:
    expected = [
        (of["scope"], key) for _, key, of in every(tenant, ASSIGNMENT) if of["enforcementMode"] == "DoNotEnforce"
    ]
    check("policies-not-enforced", expected, "scope key")
