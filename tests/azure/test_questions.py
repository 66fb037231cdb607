"""The questions about Azure against an independent computation, on tenants made up at random."""

import random
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from tests.question_graphs import Json, Made, ask, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

ASSIGNMENT, SUBSCRIPTION = "azure_role_assignment", "azure_subscription"
FROM_FIREWALLS = ["azure_sql_server", "azure_mariadb_server", "azure_mysql_server", "azure_postgresql_server"]
APPS = ["azure_web_app", "azure_function_app"]
MAYBE = [True, False, None]
NETWORKS = [None, "Enabled", "enabled", "Disabled", "SecuredByPerimeter"]
RULES = [None, "Allow", "Deny", "deny"]
ENCRYPTIONS = [None, "EncryptionAtRestWithPlatformKey", "EncryptionAtRestWithCustomerKey"]
FLEXIBLE: dict[str, list[Any]] = {
    "publicNetworkAccess": NETWORKS,
    "minimalTlsVersion": [None, "TLS1_0", "TLS1_2"],
    "secureTransport": MAYBE,
    "dataEncryptionType": [None, "SystemManaged", "AzureKeyVault"],
}
APP: dict[str, list[Any]] = {"minTlsVersion": [None, "1.1", "1.2"], "httpsOnly": MAYBE}
PROPERTIES: dict[str, dict[str, list[Any]]] = {
    "azure_storage_account": {
        "allowBlobPublicAccess": MAYBE, "publicNetworkAccess": NETWORKS, "networkRuleSet.defaultAction": RULES,
        "minimumTlsVersion": [None, "TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"], "enableHttpsTrafficOnly": MAYBE,
        "encryption.keySource": [None, "Microsoft.Storage", "Microsoft.Keyvault"],
    },
    "azure_keyvault_service": {
        "publicNetworkAccess": NETWORKS, "networkAcls.defaultAction": RULES, "enablePurgeProtection": MAYBE,
    },
    "azure_container_registry": {
        "publicNetworkAccess": NETWORKS, "networkRuleSet.defaultAction": RULES,
        "encryptionStatus": [None, "enabled", "disabled"],
    },
    "azure_cosmosdb_account": {
        "publicNetworkAccess": NETWORKS, "isVirtualNetworkFilterEnabled": MAYBE,
        "ipRangeFilter": [None, [], ["203.0.113.7"]],
        "minimalTlsVersion": [None, "Tls", "Tls11", "Tls12"], "keyVaultKeyUri": [None, "https://vault.example/keys/k"],
    },
    "azure_redis_cache": {
        "publicNetworkAccess": NETWORKS, "subnetId": [None, "/subnet"], "enableNonSslPort": MAYBE,
        "minimumTlsVersion": [None, "1.0", "1.1", "1.2"],
    },
    "azure_sql_server": {"publicNetworkAccess": NETWORKS, "minimalTlsVersion": [None, "None", "1.1", "1.2"]},
    "azure_mariadb_server": {
        "publicNetworkAccess": NETWORKS, "minimalTlsVersion": [None, "TLS1_2", "TLSEnforcementDisabled"],
        "secureTransport": MAYBE,
    },
    "azure_mysql_server": FLEXIBLE,
    "azure_postgresql_server": FLEXIBLE,
    "azure_managed_disk": {"encryption": ENCRYPTIONS, "attached": MAYBE},
    "azure_snapshot": {"encryption": ENCRYPTIONS},
    "azure_public_ip": {"usedBy": [None, "/nic"]},
    "azure_web_app": APP,
    "azure_function_app": APP,
    "azure_web_app_slot": APP,
    "azure_kubernetes_cluster": {
        "managedAad": MAYBE, "enableRBAC": MAYBE, "disableLocalAccounts": [True, True, False, None],
        "enablePrivateCluster": MAYBE, "publicNetworkAccess": [None, "Enabled", "Disabled"],
        "authorizedIPRanges": [None, [], ["203.0.113.0/24"]],
        "networkPolicy": [None, "none", "azure", "cilium", "calico"],
    },
    "azure_resource_group": {"tags": [None, [], ["env=prod"]], "managedBy": [None, "/cluster"]},
}  # fmt: skip
ROLES: list[Json] = [
    {"roleName": "Owner", "actions": ["*"], "notActions": []},
    {"roleName": "Contributor", "actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]},
    {"roleName": "Access", "actions": ["*/read", "Microsoft.Authorization/*"]},
    {"roleName": "access", "actions": ["Microsoft.Authorization/roleAssignments/write"], "condition": "of some roles"},
    {"roleName": "Reader", "actions": ["*/read"]},
    {"roleName": None},
]


def made_up(seed: int) -> Made:
    """Return a tenant with a few resources of each type, and with assignments of roles, some of them to nobody."""
    made, rng = Made(), random.Random(seed)
    subscriptions = ["one", "two"]

    def add(type: str, *found: Json, at: str = "") -> list[str]:
        made.entities[type] = {
            f"{at}{type}:{n}": {"displayName": f"{rng.choice('aA')} {rng.randint(0, 3)}", **each}
            for n, each in enumerate(found)
        }
        return list(made.entities[type])

    edges = partial(made.join, rng)

    users = add("azure_user", *({"userType": rng.choice(["Guest", "Member"])} for _ in range(6)))
    groups = add("azure_user_group", *({"displayName": f"{rng.choice('gG')}roup {n}"} for n in range(4)))
    services = add("azure_service_principal", *({} for _ in range(4)))
    edges("azure_user_group_has_user", groups, [*users, "user-gone"], 8)
    edges("azure_user_group_has_group", groups, groups, 5)
    edges("azure_user_group_has_service_principal", groups, services, 4)
    above = [[], ["Near", "ROOT"], ["root"]]
    places = add(SUBSCRIPTION, *(
        {"subscriptionId": id, "managementGroups": rng.choice(above)} for id in subscriptions
    ), at="/subscriptions/")  # fmt: skip
    identities = add("azure_user_assigned_identity", *({"principalId": each.upper()} for each in services[:2]), at="/")
    for type, properties in PROPERTIES.items():
        add(type, *(
            {"subscriptionId": rng.choice([*subscriptions, "unseen"]), "resourceGroup": "rg",
             **{name: rng.choice(values) for name, values in properties.items()}} for _ in range(4)
        ), at="/")  # fmt: skip
    for type in ("azure_storage_account", *APPS):
        for of in made.of(type).values():
            of["principalId"] = rng.choice([None, services[2].upper(), services[3]])
            of["identityType"] = of["principalId"] and "SystemAssigned"
            of["userAssignedIdentityIds"] = rng.choice([None, [], identities, identities[:1], ["/identity-unseen"]])
    for type in APPS:
        add("azure_web_app_configuration", *made.of("azure_web_app_configuration").values(), *(
            {"appId": app, "minTlsVersion": rng.choice([None, "1.0", "1.2"])}
            for app in made.of(type) if rng.random() < 0.5
        ), at="/")  # fmt: skip
    scopes = [*places, "/", *(f"/providers/microsoft.management/managementgroups/{name}" for name in ("near", "root"))]
    for holding in ("azure_role_assignment_schedule", "azure_role_eligibility", "azure_cosmosdb_sql_role_assignment"):
        add(holding, *({"principalId": each} for each in services), at="/")
    add(ASSIGNMENT, *(
        {
            "principalId": rng.choice([*users, *groups, *services, "gone"]), "roleDefinitionId": "/role",
            "principalType": rng.choice([None, "User", "Group", "ServicePrincipal", "ForeignGroup", "FOREIGNGROUP"]),
            "delegatedManagedIdentityResourceId": rng.choice([None, None, None, "/other"]), "scopeType": "subscription",
            "scope": rng.choice([*scopes, f"{places[0]}/resourcegroups/rg"]), **rng.choice(ROLES),
        } for _ in range(10)
    ), at="/")  # fmt: skip
    return made


saved = saved_graphs(made_up, range(10))


def every(tenant: Made, *types: str) -> Iterator[tuple[str, str, Json]]:
    return ((type, key, of) for type in types for key, of in tenant.of(type).items())


def place(tenant: Made, of: Json) -> str | None:
    """Return the name of the subscription that a resource is in; ``None`` where it is not in the graph."""
    names = {each["subscriptionId"]: each["displayName"] for each in tenant.of(SUBSCRIPTION).values()}
    return names.get(of["subscriptionId"])


def open_to_all(of: Json) -> bool:
    return (of["publicNetworkAccess"] or "Enabled").lower() == "enabled"


def denies(of: Json, rules: str) -> bool:
    return (of[f"{rules}.defaultAction"] or "").lower() == "deny"


def role(of: Json) -> str:
    name: str = of["roleName"] or of["roleDefinitionId"]
    return name


def check(name: str, expected: list[tuple[Any, ...]], columns: str, order: str = "displayName key") -> list[Json]:
    """Ask, compare some columns with what is expected, and see that rows are in the order of some columns."""
    found = ask(name)
    assert sorted((tuple(row[each] for each in columns.split()) for row in found), key=repr) == sorted(
        expected, key=repr
    )
    by = [tuple(row[each] if each == "key" else str(row[each]).lower() for each in order.split()) for row in found]
    assert by == sorted(by)
    return found


def inside(tenant: Made, group: str) -> set[str]:
    """Return a group and all groups in it; nothing where it is no group."""
    seen = {group} & tenant.of("azure_user_group").keys()
    ahead = list(seen)
    while ahead:
        found = tenant.targets("azure_user_group_has_group", ahead.pop()) - seen
        seen |= found
        ahead += found
    return seen


def holders(tenant: Made, principal: str, *kinds: str) -> list[str]:
    """Return a principal, and for each group in it those of some kinds that are its direct members."""
    return [principal] + [
        member for group in inside(tenant, principal) for kind in kinds
        for member in tenant.targets(f"azure_user_group_has_{kind}", group)
    ]  # fmt: skip


def may_assign_roles(of: Json) -> bool:
    def named(kind: str) -> bool:
        return any(
            fnmatchcase("microsoft.authorization/roleassignments/write", each.lower()) for each in of.get(kind) or ()
        )

    return named("actions") and not named("notActions")


def is_path(tenant: Made, path: str, principal: str, member: str) -> bool:
    """Tell whether a path leads from a group by groups to one that has a member."""
    keys = {of["displayName"]: key for key, of in tenant.of("azure_user_group").items()}
    groups = [keys[name] for name in path.split(" › ")]  # noqa: RUF001 - between the names of a path
    steps = pairwise(groups)
    owners = {group for kind in ("user", "service_principal")
              for group in tenant.sources(f"azure_user_group_has_{kind}", member)}  # fmt: skip
    pairs = set(tenant.pairs("azure_user_group_has_group"))
    return groups[0] == principal and groups[-1] in owners and all(step in pairs for step in steps)


def test_public_storage_accounts(tenant: Made) -> None:
    expected = [
        (of["displayName"], place(tenant, of), "named networks" if denies(of, "networkRuleSet") else "everywhere", key)
        for _, key, of in every(tenant, "azure_storage_account") if of["allowBlobPublicAccess"] and open_to_all(of)
    ]  # fmt: skip
    check("public-storage-accounts", expected, "displayName subscription reachedFrom key")


def test_what_all_networks_reach(tenant: Made) -> None:
    found = []
    for type, rules in (
        ("azure_storage_account", "networkRuleSet"),
        ("azure_keyvault_service", "networkAcls"),
        ("azure_container_registry", "networkRuleSet"),
    ):
        found += [(type, key, of, "everywhere") for _, key, of in every(tenant, type) if not denies(of, rules)]
    for type, key, of in every(tenant, "azure_cosmosdb_account"):
        if of["publicNetworkAccess"] and not of["isVirtualNetworkFilterEnabled"] and not of["ipRangeFilter"]:
            found.append((type, key, of, "everywhere"))
    for type, key, of in every(tenant, "azure_redis_cache", *FROM_FIREWALLS):
        if not of["subnetId"] if type == "azure_redis_cache" else of["publicNetworkAccess"]:
            found.append((type, key, of, "where its firewall says"))
    expected = [(type, place(tenant, of), reached, key) for type, key, of, reached in found if open_to_all(of)]
    check("open-to-all-networks", expected, "type subscription reachedFrom key", "reachedFrom displayName key")


def test_vaults_without_purge_protection(tenant: Made) -> None:
    vaults = every(tenant, "azure_keyvault_service")
    expected = [(place(tenant, of), key) for _, key, of in vaults if not of["enablePurgeProtection"]]
    check("vaults-without-purge-protection", expected, "subscription key")


def test_unattached_resources(tenant: Made) -> None:
    expected = [
        (type, place(tenant, of), key)
        for type, key, of in every(tenant, "azure_public_ip", "azure_managed_disk")
        if (not of["usedBy"] if type == "azure_public_ip" else of["attached"] is False)
    ]
    check("unattached-resources", expected, "type subscription key", "type displayName key")


def test_owners_of_subscriptions(tenant: Made) -> None:
    expected = []
    for of in tenant.of(ASSIGNMENT).values():
        for key, subscription in tenant.of(SUBSCRIPTION).items():
            groups = {name.lower() for name in subscription["managementGroups"]}
            kind, _, last = of["scope"].rpartition("/")
            is_above = kind == "/providers/microsoft.management/managementgroups" and last in groups
            if may_assign_roles(of) and (of["scope"] in (key, "/") or is_above):
                expected += [
                    (subscription["displayName"], tenant.name(holder),
                     tenant.type(holder).replace("not found", "not in the graph"), role(of),
                     of["scope"], of.get("condition"), holder)
                    for holder in holders(tenant, of["principalId"], "user", "service_principal")
                ]  # fmt: skip
    columns = "subscription holder type role scope condition key"
    found = check("subscription-owners", expected, columns, "subscription")
    principals = {of["principalId"] for of in tenant.of(ASSIGNMENT).values()}
    for row in found:
        by_path = row["through"] and any(is_path(tenant, row["through"], each, row["key"]) for each in principals)
        assert by_path if row["through"] else row["key"] in principals


def test_azure_roles_of_somebody(tenant: Made) -> None:
    for kind in ("azure_user", "azure_user_group", "azure_service_principal"):
        for who in tenant.of(kind):
            expected = []
            for key, of in tenant.of(ASSIGNMENT).items():
                having = {
                    *inside(tenant, of["principalId"]),
                    *holders(tenant, of["principalId"], "user", "service_principal"),
                }
                if who in having:
                    expected.append((role(of), of["scope"], of["principalId"] == who, key))
            found = [
                (row["role"], row["scope"], row["through"] is None, row["key"]) for row in ask("azure-roles-of", who)
            ]
            assert found == sorted(expected, key=lambda row: (row[0].lower(), row[1], row[3]))


def test_azure_roles_of_nobody(tenant: Made) -> None:
    expected = [
        (role(of), of["principalType"], of["scope"], key) for key, of in tenant.of(ASSIGNMENT).items()
        if of["principalId"] == "gone" and (of["principalType"] or "").lower() != "foreigngroup"
        and not of["delegatedManagedIdentityResourceId"]
    ]  # fmt: skip
    check("azure-roles-of-nobody", expected, "role principalType scope key", "role scope key")


def test_guests_with_azure_roles(tenant: Made) -> None:
    guests = {key for key, of in tenant.of("azure_user").items() if of["userType"] == "Guest"}
    expected = [
        (tenant.name(who), role(of), of["scope"], who != of["principalId"], who)
        for of in tenant.of(ASSIGNMENT).values()
        for who in holders(tenant, of["principalId"], "user") if who in guests
    ]  # fmt: skip
    found = check(
        "guests-with-azure-roles", [row[:3] + row[4:] for row in expected], "user role scope key", "user key role scope"
    )
    assert sum(row["through"] is not None for row in found) == sum(row[3] for row in expected)


def test_resources_with_azure_roles(tenant: Made) -> None:
    identities = tenant.of("azure_user_assigned_identity")
    acting = []
    for type, key, of in every(tenant, "azure_storage_account", *APPS):
        acting.append((type, key, of["displayName"], "its own", (of["principalId"] or "").lower()))
        given = [identities[each] for each in of["userAssignedIdentityIds"] or () if each in identities]
        acting += [(type, key, of["displayName"], each["displayName"], each["principalId"].lower()) for each in given]
    expected = [
        (name, type, identity, role(of), of["scope"], key)
        for of in tenant.of(ASSIGNMENT).values()
        for holder in holders(tenant, of["principalId"], "service_principal")
        for type, key, name, identity, principal in acting if principal == holder
    ]  # fmt: skip
    check("resources-with-azure-roles", expected, "resource type identity role scope key", "resource key")


def test_weak_clusters(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, "azure_kubernetes_cluster"):
        reached = open_to_all(of) and not of["enablePrivateCluster"] and not of["authorizedIPRanges"]
        without_roles = None if of["enableRBAC"] is None else not of["enableRBAC"]
        without_rules = of["networkPolicy"] in (None, "none")
        weak = (not of["managedAad"], without_roles, not of["disableLocalAccounts"], without_rules, reached)
        if any(weak):
            expected.append((*(None if each is None else int(each) for each in weak), place(tenant, of), key))
    columns = "withoutEntra withoutRoles withLocalAccounts withoutNetworkPolicy apiOpenToAll subscription key"
    check("weak-clusters", expected, columns)


def test_apps_without_https(tenant: Made) -> None:
    expected = [
        (type, place(tenant, of), key)
        for type, key, of in every(tenant, *APPS, "azure_web_app_slot")
        if of["httpsOnly"] is False
    ]
    check("apps-without-https", expected, "type subscription key")


def test_resource_groups_without_tags(tenant: Made) -> None:
    groups = every(tenant, "azure_resource_group")
    expected = [(place(tenant, of), of["managedBy"], key) for _, key, of in groups if not of["tags"]]
    check("untagged-resource-groups", expected, "subscription managedBy key")
