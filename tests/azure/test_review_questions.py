"""The questions about what people look through from time to time against an independent computation."""

import random
from typing import Any

import pytest

from tests.azure.test_hardening_questions import APPS, MAYBE, SUBSCRIPTION, check, every, place
from tests.question_graphs import DAY, Made, ask, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

CONFIGURATION, ASSESSMENT = "azure_web_app_configuration", "azure_security_assessment"
HUB, SOLUTION, MONITORS = (
    "azure_iot_hub",
    "azure_iot_security_solution",
    "azure_iot_security_solution_monitors_hub",
)
HELD, ROLE, USES_ROLE = "azure_role_assignment", "azure_role_definition", "azure_role_assignment_uses_definition"
VNET, SUBNET, GROUP, LOGS = "azure_vnet", "azure_subnet", "azure_security_group", "azure_security_group_flow_logs"
VM, SET, IP, STORAGE = "azure_vm", "azure_vm_scale_set", "azure_public_ip", "azure_storage_account"
IMAGES = {"azure_vm_uses_image": "azure_image", "azure_vm_uses_shared_image": "azure_shared_image",
          "azure_vm_uses_shared_image_version": "azure_shared_image_version"}  # fmt: skip
WAFS = ("azure_application_gateway_waf_policy", "azure_frontdoor_waf_policy")
LANGUAGES = {"javaVersion": "java", "phpVersion": "php", "pythonVersion": "python", "nodeVersion": "node",
             "powerShellVersion": "powershell"}  # fmt: skip
JOINED = {"azure_web_app_slot": "virtualNetworkSubnetId"}
PLAN, USES_ENVIRONMENT = "azure_app_service_plan", "azure_app_service_plan_uses_environment"
PRINCIPALS = ("azure_user", "azure_user_group", "azure_service_principal")
LOCKS = "Microsoft.Authorization/locks/"
ACTIONS: list[tuple[list[str], list[str], bool]] = [
    (["*"], [], True),
    (["*"], [f"{LOCKS}delete"], False),
    (["Microsoft.Authorization/*/Write", f"{LOCKS}DELETE"], [], True),
    ([f"{LOCKS}*"], ["microsoft.authorization/*/Delete"], False),
    ([f"{LOCKS}read", f"{LOCKS}write"], [], False),
]
"""What a role permits, what it leaves out of that, and whether that lets it set and take away locks."""
WEAK: dict[str, list[Any]] = {
    "enabledState": [None, "Enabled", "Disabled"], "mode": [None, "Prevention", "Detection", "detection"],
    "managedRuleSets": [None, [], ["OWASP"], ["OWASP", "Microsoft_BotManagerRuleSet"], ["Microsoft_BotManagerRuleSet"]],
}  # fmt: skip
PROPERTIES: dict[str, dict[str, list[Any]]] = {
    **{app: {JOINED.get(app, "subnetId"): [None, "/subnet"], "appServicePlanId": [None, f"/{PLAN}:0", f"/{PLAN}:1"]}
       for app in APPS},
    PLAN: {}, "azure_app_service_environment": {},
    ASSESSMENT: {
        "name": ["one", "two", "three"], "severity": ["High", "Low"], "scannedResourceId": [None, "/vm", "/disk"],
    },
    HUB: {}, SOLUTION: {"active": MAYBE}, VNET: {},
    SUBNET: {
        "virtualNetworkId": [f"/{VNET}:0", f"/{VNET}:1", "/gone"], "networkSecurityGroupId": [None, f"/{GROUP}:0"],
    },
    GROUP: {},
    LOGS: {
        "enabled": [True, True, False, None],
        "targetResourceId": [None, f"/{GROUP}:0", f"/{VNET}:2", f"/{VNET}:1", f"/{SUBNET}:0", f"/{SUBNET}:3"],
    },
    VM: {
        "encryptionAtHost": MAYBE, "imagePublisher": [None, "canonical", "Microsoft"], "osName": ["focal"],
        "imageSku": [None, "20"],
    },
    SET: {
        "encryptionAtHost": MAYBE, "loadBalancerIds": [None, [], ["/lb"]], "instanceCount": [None, 0, 3],
    },
    IP: {"usedBy": [None, "/nic"], "publicIpAddress": [None, "198.51.100.7"], "fqdn": [None, "a.example"]},
    STORAGE: {
        "allowSharedKeyAccess": MAYBE, "keyExpirationPeriodInDays": [None, 7, 90, 91],
        "sasExpirationPeriod": [None, "1.00:00:00"],
    },
    WAFS[0]: {**WEAK, "requestBodyCheck": MAYBE},
    WAFS[1]: {**WEAK, "requestBodyCheck": [None, "Enabled", "Disabled", "disabled"]},
    **{image: {} for image in IMAGES.values()},
    HELD: {
        "scope": ["/", "/", "/subscriptions/one"], "roleName": [None, "Owner"], "roleDefinitionId": ["/role"],
        "createdOn": [None, 3 * DAY], "principalId": ["/azure_user:0", "/azure_user_group:1", "/gone"],
    },
    **{principal: {} for principal in PRINCIPALS},
}  # fmt: skip


def made_up(seed: int) -> Made:
    """Return a tenant with a few resources of each type."""
    made, rng = Made(), random.Random(seed)
    made.entities[SUBSCRIPTION] = {
        f"/subscriptions/{id}": {"displayName": id.upper(), "subscriptionId": id} for id in ("one", "two")
    }
    for type, properties in PROPERTIES.items():
        made.entities[type] = {
            f"/{type}:{n}": {
                "displayName": f"{rng.choice('aA')} {n % 3}", "resourceGroup": "rg",
                "subscriptionId": rng.choice(["one", "two", "unseen"]),
                **{name: rng.choice(values) for name, values in properties.items()},
            }
            for n in range(5)
        }  # fmt: skip
    made.entities[CONFIGURATION] = {
        f"{app}/config": {
            "displayName": "of it", "appId": app, "resourceGroup": "rg",
            "linuxFxVersion": rng.choice([None, "", "PYTHON|3.9", "Java|17-java17", "COMPOSE"]),
            "windowsFxVersion": rng.choice([None, None, "DOCKER|a.example/b:1|2"]),
            "netFrameworkVersion": rng.choice([None, "v4.0", "v8.0"]),
            **{name: rng.choice([None, None, "", "1.8"]) for name in LANGUAGES},
        }
        for app in ["/gone", *(key for _, key, _ in every(made, *APPS))] if rng.random() < 0.8
    }  # fmt: skip
    roles = [(*rng.choice(ACTIONS), rng.choice([True, True, False])) for _ in range(6)]
    made.entities[ROLE] = {
        f"/role:{n}": {
            "displayName": f"{rng.choice('aA')} {n % 3}", "actions": actions, "notActions": without,
            "isCustom": custom, "assignableScopes": rng.choice([None, [], ["/a", "/b"]]),
        }
        for n, (actions, without, _, custom) in enumerate(roles)
    }  # fmt: skip
    made.ends[USES_ROLE] = {(held, rng.choice([*made.of(ROLE), "/gone"])): {} for held in made.of(HELD)}
    made.ends[MONITORS] = {
        (rng.choice([*made.of(SOLUTION), "/gone"]), hub): {} for hub in made.of(HUB) if rng.random() < 0.8
    }
    made.ends[USES_ENVIRONMENT] = {(f"/{PLAN}:1", "/azure_app_service_environment:0"): {}} if seed % 2 else {}
    for edge, image in IMAGES.items():
        made.ends[edge] = {pair: {} for pair in zip(made.of(VM), made.of(image), strict=True) if rng.random() < 0.2}
    return made


saved = saved_graphs(made_up, range(8))


def test_languages_that_apps_run_in(tenant: Made) -> None:
    apps = {key: (type, of["displayName"]) for type, key, of in every(tenant, *APPS)}
    expected = []
    for _, _, of in every(tenant, CONFIGURATION):
        told = [of[name].partition("|") for name in ("linuxFxVersion", "windowsFxVersion") if of[name]]
        found = [(language.lower(), version if bar else None) for language, bar, version in told]
        found += [(language, of[name]) for name, language in LANGUAGES.items() if of[name]]
        found += [(".net", of["netFrameworkVersion"])] if of["netFrameworkVersion"] and not told else []
        type, name = apps.get(of["appId"], (None, of["displayName"]))
        expected += [(*each, name, type, of["appId"]) for each in found]
    check("runtimes-of-apps", expected, "language version displayName type key", "language")


def test_apps_outside_of_networks(tenant: Made) -> None:
    within = {plan for plan, _ in tenant.pairs(USES_ENVIRONMENT)}
    expected = [
        (type, place(tenant, of), key) for type, key, of in every(tenant, *APPS)
        if of[JOINED.get(type, "subnetId")] is None and of["appServicePlanId"] not in within
    ]  # fmt: skip
    check("apps-outside-networks", expected, "type subscription key")


def test_what_assessments_find_wrong(tenant: Made) -> None:
    expected = []
    for name in {of["name"] for _, _, of in every(tenant, ASSESSMENT)}:
        found = [of for _, _, of in every(tenant, ASSESSMENT) if of["name"] == name]
        scanned, within = ({of[each] for of in found} - {None} for each in ("scannedResourceId", "subscriptionId"))
        expected.append((name, len(found), len(scanned), len(within)))
    rows = ask("failed-assessments")
    told = [(row["assessment"], row["findings"], row["resources"], row["subscriptions"]) for row in rows]
    assert sorted(told) == sorted(expected)
    order = [(row["severity"] != "High", -row["findings"]) for row in rows]
    assert order == sorted(order)


def test_hubs_that_nobody_watches(tenant: Made) -> None:
    active = {key for _, key, of in every(tenant, SOLUTION) if of["active"]}
    watched = {hub for solution, hub in tenant.pairs(MONITORS) if solution in active}
    expected = [(place(tenant, of), key) for _, key, of in every(tenant, HUB) if key not in watched]
    check("iot-hubs-nobody-watches", expected, "subscription key")


def test_roles_at_the_root(tenant: Made) -> None:
    names = {key: of["displayName"] for _, key, of in every(tenant, *PRINCIPALS)}
    expected = [
        (of["roleName"] or "/role", names.get(of["principalId"], of["principalId"]),
         of["createdOn"] and "1970-01-04T00:00:00Z", key)
        for _, key, of in every(tenant, HELD) if of["scope"] == "/"
    ]  # fmt: skip
    check("azure-roles-at-root", expected, "role holder since key", "role holder key")


def test_roles_of_ones_own_over_locks(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, ROLE):
        may = next(may for actions, without, may in ACTIONS if [actions, without] == [of["actions"], of["notActions"]])
        if may and of["isCustom"]:
            scopes = ", ".join(of["assignableScopes"] or ()) or None
            expected.append((scopes, len(tenant.sources(USES_ROLE, key)), key))
    check("custom-roles-over-locks", expected, "scopes assignments key")


def test_networks_whose_traffic_nothing_tells(tenant: Made) -> None:
    logged = {of["targetResourceId"] for _, _, of in every(tenant, LOGS) if of["enabled"]} - {None}
    expected = []
    for _, key, network in every(tenant, VNET):
        subnets = {each: of for _, each, of in every(tenant, SUBNET) if of["virtualNetworkId"] == key}
        silent = [each for each, of in subnets.items() if not {key, each, of["networkSecurityGroupId"]} & logged]
        if silent:
            expected.append((len(silent), len(subnets), place(tenant, network), key))
    check("networks-without-flow-logs", expected, "unlogged subnets subscription key")


def test_machines_of_images_of_others(tenant: Made) -> None:
    own = {machine for edge in IMAGES for machine, _ in tenant.pairs(edge)}
    expected = [
        (of["imagePublisher"], of["imagePublisher"] and of["osName"], of["imageSku"], place(tenant, of), key)
        for _, key, of in every(tenant, VM) if key not in own
    ]  # fmt: skip
    check("machines-of-foreign-images", expected, "imagePublisher offer imageSku subscription key")


def test_scale_sets_that_no_balancer_leads_to(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, SET):
        alone, empty = not of["loadBalancerIds"], None if of["instanceCount"] is None else of["instanceCount"] == 0
        if alone or empty:
            expected.append((int(alone), empty and 1 if empty is not False else 0, place(tenant, of), key))
    check("scale-sets-without-balancer", expected, "withoutBalancer withoutMachine subscription key")


def test_machines_that_their_host_does_not_encrypt(tenant: Made) -> None:
    expected = [
        (type, place(tenant, of), key) for type, key, of in every(tenant, VM, SET) if not of["encryptionAtHost"]
    ]
    check("machines-unencrypted-at-host", expected, "type subscription key")


def test_public_addresses(tenant: Made) -> None:
    expected = [
        (of["publicIpAddress"], of["fqdn"], of["usedBy"], place(tenant, of), key)
        for _, key, of in every(tenant, IP) if of["usedBy"]
    ]  # fmt: skip
    check("public-addresses", expected, "address fqdn usedBy subscription key")


def test_keys_that_nobody_is_reminded_of(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, STORAGE):
        lacks = [int((of["keyExpirationPeriodInDays"] or 91) > 90), int(of["sasExpirationPeriod"] is None)]
        if of["allowSharedKeyAccess"] is not False and any(lacks):
            expected.append((*lacks, place(tenant, of), key))
    check("access-keys-without-reminder", expected, "withoutReminder signaturesWithoutLimit subscription key")


def test_firewalls_of_applications_that_see_little(tenant: Made) -> None:
    expected = []
    for type, key, of in every(tenant, *WAFS):
        weak = (of["enabledState"] == "Disabled", of["mode"] in ("Detection", "detection"),
                of["requestBodyCheck"] in (False, "Disabled", "disabled"),
                "Microsoft_BotManagerRuleSet" not in (of["managedRuleSets"] or ()))  # fmt: skip
        if any(weak):
            expected.append((type, *map(int, weak), key))
    check("weak-application-firewalls", expected, "type isOff onlyWatches looksAtNoBody knowsNoBots key")
