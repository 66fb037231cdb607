"""The questions about settings that benchmarks ask for against an independent computation, on made-up tenants."""

import random
import time
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.question_graphs import DAY, Json, Made, ask, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

MAYBE = [True, False, None]
SUBSCRIPTION, GATEWAY = "azure_subscription", "azure_application_gateway"
WAF, USES_WAF = "azure_application_gateway_waf_policy", "azure_application_gateway_uses_waf_policy"
ROLE, USES_ROLE = "azure_role_definition", "azure_role_assignment_uses_definition"
APPS = ["azure_web_app", "azure_function_app", "azure_web_app_slot"]
AGES = [None, 0, 30, 89, 91, 400]
KEYS = {
    "azure_storage_account": {"key1": "key1CreatedOn", "key2": "key2CreatedOn"},
    "azure_cosmosdb_account": {
        "primary": "primaryKeyCreatedOn",
        "secondary": "secondaryKeyCreatedOn",
        "primary, to read": "primaryReadonlyKeyCreatedOn",
        "secondary, to read": "secondaryReadonlyKeyCreatedOn",
    },
}
NAMES = [
    "apps",
    "Apps",
    "apps",
    "data",
    "GatewaySubnet",
    "AzureFirewallSubnet",
    "azurefirewallmanagementsubnet",
    "RouteServerSubnet",
]
ROLES: list[Json] = [
    {"actions": ["*"], "notActions": []},
    {"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]},
    {"actions": ["Microsoft.Authorization/RoleAssignments/*"]},
    {"actions": ["*/read"]},
]
PROPERTIES: dict[str, dict[str, list[Any]]] = {
    "azure_cosmosdb_account": {"disableLocalAuth": MAYBE},
    "azure_storage_account": {"allowSharedKeyAccess": MAYBE},
    "azure_vm": {
        "secureBootEnabled": [True, True, False, None], "vTpmEnabled": [True, True, None],
        "disablePasswordAuthentication": [True, True, False, None], "usesManagedDisks": [True, True, False],
    },
    **{
        type: {"ftpsState": [None, "AllAllowed", "Disabled"], "identityType": [None, "None", "SystemAssigned"]}
        for type in APPS
    },
    "azure_vnet": {"region": ["westeurope", "WestEurope", "eastus"]},
    "azure_network_watcher": {"region": ["westeurope", "northeurope"]},
    "azure_subnet": {
        "name": NAMES, "networkSecurityGroupId": [None, "/nsg"], "virtualNetworkId": ["/azure_vnet:0", "/gone"],
        "CIDR": ["198.18.0.0/24"],
    },
    GATEWAY: {"firewallEnabled": MAYBE, "firewallMode": [None, "Prevention", "Detection"], "public": MAYBE},
    WAF: {"mode": [None, "Prevention", "prevention", "Detection"], "enabledState": [None, "Enabled", "Disabled"]},
    "azure_security_group": {"subnetIds": [None, [], ["/s"]], "networkInterfaceIds": [None, ["/one", "/two"]]},
    "azure_security_rule": {
        "securityGroupId": ["/azure_security_group:0", "/azure_security_group:1", "/gone"], "priority": [100],
        "direction": ["Inbound", "inbound", "Outbound"], "access": ["Allow", "allow", "Deny"],
        "protocol": ["*", "Tcp", "Udp"], "destinationPortRanges": [None, ["*"], ["22", "80-90"]],
        "sourceAddressPrefixes": [None, ["*"], ["Internet"], ["203.0.113.0/24", "::/0"], ["VirtualNetwork"]],
    },
    "azure_domain_service": {
        "ntlmV1": [None, "Disabled", "Enabled"], "tlsV1": [None, "Disabled", "enabled"], "public": [None, False, True],
        "kerberosRc4Encryption": [None, "Disabled", "Disabled", "Enabled"],
    },
    "azure_security_group_flow_logs": {
        "enabled": MAYBE, "retentionPolicy.enabled": MAYBE, "retentionPolicy.days": [None, 0, 7, 89, 90, 365],
    },
}  # fmt: skip


def made_up(seed: int) -> Made:
    """Return a tenant with a few resources of each type."""
    made, rng, now = Made(), random.Random(seed), int(time.time()) * 1000

    def add(type: str, *found: Json, at: str = "/") -> list[str]:
        made.entities[type] = {
            f"{at}{type}:{n}": {"displayName": f"{rng.choice('aA')} {rng.randint(0, 3)}", **each}
            for n, each in enumerate(found)
        }
        return list(made.entities[type])

    def chosen(of: dict[str, list[Any]]) -> Json:
        return {name: rng.choice(values) for name, values in of.items()}

    add(SUBSCRIPTION, *({"subscriptionId": id} for id in ("one", "two")), at="/subscriptions/")
    for type, properties in PROPERTIES.items():
        add(type, *(
            {"subscriptionId": rng.choice(["one", "two", "unseen"]), "resourceGroup": "rg", **chosen(properties)}
            for _ in range(4)
        ))  # fmt: skip
    for type, names in KEYS.items():
        for of in made.of(type).values():
            ages = {name: rng.choice(AGES) for name in names.values()}
            of |= {name: None if age is None else now - age * DAY for name, age in ages.items()}
    add("azure_web_app_configuration", *(
        {"appId": app, "ftpsState": rng.choice([None, "allallowed", "FtpsOnly"]),
         "remoteDebuggingEnabled": rng.choice(MAYBE),
         "corsAllowedOrigins": rng.choice([None, [], ["https://a.example"], ["*"]])}
        for type in APPS for app in made.of(type) if rng.random() < 0.7
    ))  # fmt: skip
    pairs = [
        (gate, rng.choice([*made.of(WAF), "/gone"])) for gate in made.of(GATEWAY) for _ in range(rng.randint(0, 2))
    ]
    made.ends[USES_WAF] = {pair: {} for pair in pairs}
    roles = add(ROLE, *(
        {**rng.choice(ROLES), "isCustom": rng.choice([True, True, False]),
         "assignableScopes": rng.choice([None, [], ["/a"], ["/a", "/b"]])}
        for _ in range(5)
    ))  # fmt: skip
    held = add("azure_role_assignment", *({} for _ in range(4)))
    made.ends[USES_ROLE] = {(each, rng.choice([*roles, "/gone"])): {} for each in held}
    return made


saved = saved_graphs(made_up, range(8))


def every(tenant: Made, *types: str) -> Iterator[tuple[str, str, Json]]:
    return ((type, key, of) for type in types for key, of in tenant.of(type).items())


def place(tenant: Made, of: Json) -> str | None:
    """Return the name of the subscription that a resource is in; ``None`` where it is not in the graph."""
    names = {each["subscriptionId"]: each["displayName"] for each in tenant.of(SUBSCRIPTION).values()}
    return names.get(of["subscriptionId"])


def check(name: str, expected: list[tuple[Any, ...]], columns: str, order: str = "displayName key") -> None:
    """Ask, compare some columns with what is expected, and see that rows are in the order of some columns."""
    found = ask(name)
    assert sorted((tuple(row[each] for each in columns.split()) for row in found), key=repr) == sorted(
        expected, key=repr
    )
    by = [tuple(row[each] if each == "key" else str(row[each]).lower() for each in order.split()) for row in found]
    assert by == sorted(by)


def whether(told: bool | None) -> int | None:
    return None if told is None else int(told)


def takes_keys(type: str, of: Json) -> bool:
    if type == "azure_storage_account":
        return of["allowSharedKeyAccess"] is not False
    return not of["disableLocalAuth"]


def test_keys_that_nobody_renewed(tenant: Made) -> None:
    now = time.time() * 1000
    expected = [
        (type, name, (now - of[made]) // DAY, key)
        for type, key, of in every(tenant, *KEYS) if takes_keys(type, of)
        for name, made in KEYS[type].items() if of[made] and now - of[made] > 90 * DAY
    ]  # fmt: skip
    check("old-access-keys", expected, "type accessKey days key", "displayName key accessKey")


def test_weak_machines(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, "azure_vm"):
        passwords = None if of["disablePasswordAuthentication"] is None else not of["disablePasswordAuthentication"]
        weak = (not (of["secureBootEnabled"] and of["vTpmEnabled"]), passwords, not of["usesManagedDisks"])
        if any(weak):
            expected.append((*map(whether, weak), place(tenant, of), key))
    check("weak-machines", expected, "withoutTrustedLaunch takesPasswords withoutManagedDisks subscription key")


def test_weak_apps(tenant: Made) -> None:
    expected = []
    for type, key, of in every(tenant, *APPS):
        told = next((each for _, _, each in every(tenant, "azure_web_app_configuration") if each["appId"] == key), {})
        ftp = told.get("ftpsState") or of["ftpsState"]
        weak = (
            ftp and ftp.lower() == "allallowed",
            told.get("remoteDebuggingEnabled"),
            "*" in (told.get("corsAllowedOrigins") or ()),
            of["identityType"] in (None, "None"),
        )
        if any(weak):
            expected.append((type, *map(whether, weak), place(tenant, of), key))
    check("weak-apps", expected, "type plainFtp takesDebuggers everySite withoutIdentity subscription key")


def test_subnets_that_nothing_guards(tenant: Made) -> None:
    networks = tenant.of("azure_vnet")
    expected = [
        (networks.get(of["virtualNetworkId"], {}).get("displayName"), place(tenant, of), key)
        for _, key, of in every(tenant, "azure_subnet")
        if of["name"] in ("apps", "Apps", "data") and not of["networkSecurityGroupId"]
    ]
    check("subnets-without-rules", expected, "network subscription key")


def test_gateways_that_attacks_get_through(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, GATEWAY):
        policies = [tenant.of(WAF)[each] for each in tenant.targets(USES_WAF, key) if each in tenant.of(WAF)]
        modes = [each["mode"] for each in policies if each["enabledState"] != "Disabled"]
        modes += [of["firewallMode"]] if of["firewallEnabled"] else []
        if not any(mode is None or mode.lower() == "prevention" for mode in modes):
            expected.append(("only watches" if modes else "none", whether(of["public"]), place(tenant, of), key))
    check("gateways-without-firewall", expected, "firewall public subscription key")


def test_own_roles_that_may_assign_roles(tenant: Made) -> None:
    def named(of: Json, kind: str) -> bool:
        operation = "microsoft.authorization/roleassignments/write"
        return any(fnmatchcase(operation, each.lower()) for each in of.get(kind) or ())

    expected = [
        (", ".join(of["assignableScopes"] or ()) or None, len(tenant.sources(USES_ROLE, key)), key)
        for _, key, of in every(tenant, ROLE)
        if of["isCustom"] and named(of, "actions") and not named(of, "notActions")
    ]
    check("custom-roles-of-owners", expected, "scopes assignments key")


def test_logs_of_flows_that_are_off_or_soon_gone(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, "azure_security_group_flow_logs"):
        days = of["retentionPolicy.days"] if of["retentionPolicy.enabled"] else None
        if of["enabled"] is False or (days or 90) < 90:
            expected.append((whether(of["enabled"]), days, key))
    check("weak-flow-logs", expected, "enabled days key")


def test_regions_without_a_watcher(tenant: Made) -> None:
    watched = {(of["subscriptionId"], of["region"]) for _, _, of in every(tenant, "azure_network_watcher")}
    found: dict[tuple[str, str], list[str]] = {}
    for _, key, of in every(tenant, "azure_vnet"):
        found.setdefault((of["subscriptionId"], of["region"].lower()), []).append(key)
    expected = [
        (place(tenant, {"subscriptionId": at[0]}), len(keys), min(keys)) for at, keys in found.items()
        if at not in watched
    ]  # fmt: skip
    rows = [(row["subscription"], row["networks"], row["key"]) for row in ask("regions-nobody-watches")]
    assert sorted(rows, key=repr) == sorted(expected, key=repr)


def test_rules_that_let_in_everybody(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, "azure_security_rule"):
        group = tenant.of("azure_security_group").get(of["securityGroupId"], {})
        lets = of["direction"] != "Outbound" and of["access"] != "Deny"
        if lets and {"*", "Internet", "::/0"} & set(of["sourceAddressPrefixes"] or ()):
            counts = [len(group.get(name) or ()) for name in ("subnetIds", "networkInterfaceIds")]
            where = place(tenant, group) if group else None
            ports = ", ".join(of["destinationPortRanges"] or ()) or None
            expected.append((group.get("displayName"), of["protocol"], ports, *counts, where, key))
    check("rules-open-to-all", expected, "securityGroup protocol ports subnets interfaces subscription key")


def test_domains_that_take_what_is_old(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, "azure_domain_service"):
        told = [of[name] for name in ("ntlmV1", "tlsV1", "kerberosRc4Encryption")]
        weak = [None if each is None else each.lower() == "enabled" for each in told] + [of["public"]]
        if any(weak):
            expected.append((*map(whether, weak), place(tenant, of), key))
    check("weak-managed-domains", expected, "takesNtlmV1 takesOldTls takesRc4 onInternet subscription key")
