"""The questions about what is read resource by resource against an independent computation, on made-up tenants."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.question_graphs import Json, Made, ask, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

MAYBE = [True, False, None]
NETWORKS = [None, "Enabled", "Disabled", "disabled"]
SERVERS = {
    "azure_sql_server": "azure_sql_server_firewall_rule",
    "azure_postgresql_server": "azure_postgresql_server_firewall_rule",
    "azure_mysql_server": "azure_mysql_server_firewall_rule",
    "azure_mariadb_server": "azure_mariadb_server_firewall_rule",
    "azure_synapse_workspace": "azure_synapse_workspace_firewall_rule",
    "azure_redis_cache": "azure_firewall_rule",
}
STATES = ["Enabled", "Disabled", "disabled", None]
CHILDREN: dict[tuple[str, str, str], dict[str, list[Any]]] = {
    ("azure_storage_account", "azure_storage_account_has_container", "azure_storage_container"): {
        "public": MAYBE, "publicAccess": ["Blob", "Container"],
    },
    ("azure_storage_account", "azure_storage_account_has_blob_service", "azure_storage_blob_service"): {
        "blobSoftDeleteEnabled": MAYBE, "containerSoftDeleteEnabled": MAYBE, "isVersioningEnabled": MAYBE,
    },
    ("azure_keyvault_service", "azure_keyvault_service_contains_key", "azure_keyvault_key"): {
        "enabled": MAYBE, "expiresOn": [None, 1],
    },
    ("azure_keyvault_service", "azure_keyvault_service_contains_secret", "azure_keyvault_secret"): {
        "enabled": MAYBE, "expiresOn": [None, 1],
    },
    ("azure_sql_server", "azure_sql_server_has_auditing_setting", "azure_sql_server_auditing_setting"): {
        "state": STATES, "storageEndpoint": [None, "", "https://a.example", "https://a.example"],
        "retentionDays": [None, 0, 30, 89, 90],
    },
    ("azure_sql_server", "azure_sql_server_has_security_alert_policy", "azure_sql_server_security_alert_policy"): {
        "state": STATES,
    },
    (
        "azure_sql_managed_instance",
        "azure_sql_managed_instance_has_security_alert_policy",
        "azure_sql_managed_instance_security_alert_policy",
    ): {"state": STATES},
    ("azure_sql_database", "azure_sql_database_has_encryption", "azure_sql_database_encryption"): {"encrypted": MAYBE},
    (
        "azure_user_assigned_identity",
        "azure_user_assigned_identity_has_credential",
        "azure_user_assigned_identity_credential",
    ): {"issuer": ["https://issuer.example"], "subject": ["repo:a", "repo:b"]},
}  # fmt: skip
APPS = ["azure_web_app", "azure_function_app", "azure_web_app_slot"]
LOGGING = [
    "azure_keyvault_service", "azure_kubernetes_cluster", "azure_network_firewall", "azure_application_gateway",
    "azure_sql_database", "azure_web_app", "azure_function_app", "azure_cognitive_services_account",
]  # fmt: skip


DATABASES = {"azure_postgresql_server": ["log_connections", "require_secure_transport", "connection_throttle.enable",
                                         "logfiles.retention_days", "password_encryption", "ssl_min_protocol_version"],
             "azure_mysql_server": ["audit_log_enabled", "audit_log_events", "tls_version"]}  # fmt: skip
VALUES = {
    "logfiles.retention_days": {"3": True, "7": False},
    "password_encryption": {"md5": True, "scram-sha-256": False},
    "ssl_min_protocol_version": {"TLSv1": True, "TLSv1.1": True, "TLSv1.2": False},
    "tls_version": {"TLSv1.2,TLSv1.3": False, "TLSv1.2, TLSv1.1": True, "TLSV1": True},
    "audit_log_events": {"CONNECTION,DDL": False, "DDL": True},
}
"""Values of settings, and whether they are weak; the other settings are on or off."""
SWITCHES = {"on": False, "ON": False, "1": False, "off": True, "OFF": True, "0": True, "Disabled": True}
KINDS = ["Administrative", "Alert", "Policy", "Security"]


def made_up(seed: int) -> Made:
    """Return a tenant with a few resources of each type, each with up to three children of each kind."""
    made, rng = Made(), random.Random(seed)

    def add(type: str, *found: Json) -> list[str]:
        made.entities[type] = {
            f"/{type}:{n}": {"displayName": f"{rng.choice('aA')} {rng.randint(0, 3)}", "resourceGroup": "rg", **each}
            for n, each in enumerate(found)
        }
        return list(made.entities[type])

    for type in dict.fromkeys([*SERVERS, *LOGGING, "azure_storage_account", "azure_user_assigned_identity"]):
        add(type, *({"name": rng.choice(["master", "shop"])} for _ in range(3)))
    for type in SERVERS:
        for of in made.of(type).values():
            of["publicNetworkAccess"] = rng.choice(NETWORKS)
    for of in made.of("azure_storage_account").values():
        of |= {"allowBlobPublicAccess": rng.choice(MAYBE), "publicNetworkAccess": rng.choice(NETWORKS)}
    rules = {"allowsInternet": MAYBE, "allowsAzureServices": MAYBE}
    firewalls = {
        (server, f"{server}_has_firewall_rule", rule): rules
        if rule != "azure_firewall_rule"
        else {"allowsInternet": MAYBE}
        for server, rule in SERVERS.items()
    }
    for (parent, edge, child), properties in (CHILDREN | firewalls).items():
        parents = [each for each in made.of(parent) for _ in range(rng.randint(0, 3))]
        keys = add(child, *({name: rng.choice(of) for name, of in properties.items()} for _ in parents))
        made.ends[edge] = {key: {} for key in zip(parents, keys, strict=True)}
    add("azure_web_app_slot", {})
    apps = [key for type in APPS for key in made.of(type)]
    policies = [{"name": rng.choice(["ftp", "scm"]), "allow": rng.choice(MAYBE)} for _ in range(8)]
    add("azure_app_publishing_policy", *({**each, "appId": rng.choice([*apps, "/gone"])} for each in policies))
    for app in (of for type in APPS for of in made.of(type).values()):
        app |= {
            "publicNetworkAccess": rng.choice(["", *NETWORKS]),
            "privateEndpointIds": rng.choice([None, [], ["/p"]]),
        }
    add("azure_app_authentication_setting", *(
        {"appId": each, "enabled": rng.choice(MAYBE), "allowsAnonymous": rng.choice(MAYBE)} for each in [*apps, "/gone"]
    ))  # fmt: skip
    for n, of in enumerate(made.of("azure_user_assigned_identity").values()):
        of["principalId"] = f"Principal {n}"
    held = [{"principalId": f"principal {rng.randint(0, 3)}", "roleName": rng.choice(["Owner", None]),
             "roleDefinitionId": "/role", "scope": f"/{rng.randint(0, 2)}"} for _ in range(4)]  # fmt: skip
    add("azure_role_assignment", *held)
    holders = [key for type in LOGGING for key in made.of(type) if rng.random() < 0.6]
    settings = add("azure_diagnostic_setting", *({"enabledLogs": rng.choice([None, [], ["allLogs"]])} for _ in holders))
    made.ends["azure_resource_has_diagnostic_setting"] = {key: {} for key in zip(holders, settings, strict=True)}
    states = (None, "Enabled", "Warned", "Disabled", "deleted")
    add("azure_subscription", *({"state": rng.choice(states)} for _ in range(4)))
    for n, key in enumerate(each for each in made.of("azure_subscription") for _ in range(rng.randint(0, 2))):
        kinds = rng.choice([None, ["allLogs"], ["administrative", "Alert"], KINDS[2:], [*KINDS, "Autoscale"]])
        made.entities["azure_diagnostic_setting"][f"/activity:{n}"] = {"displayName": "activity", "enabledLogs": kinds}
        made.ends["azure_resource_has_diagnostic_setting"][key, f"/activity:{n}"] = {}
    for server, names in DATABASES.items():
        settled = [(each, name) for each in made.of(server) for name in names if rng.random() < 0.7]
        keys = add(f"{server}_parameter", *(
            {"name": name, "value": rng.choice([None, *VALUES.get(name, SWITCHES)])} for _, name in settled
        ))  # fmt: skip
        made.ends[f"{server}_has_parameter"] = {(each, key): {} for (each, _), key in zip(settled, keys, strict=True)}
    return made


saved = saved_graphs(made_up, range(8))


def children(tenant: Made, parent: str, edge: str, child: str) -> Iterator[tuple[str, Json, str, Json]]:
    """Yield key and properties of a resource, and of each of its children."""
    for start, end in tenant.pairs(edge):
        yield start, tenant.of(parent)[start], end, tenant.of(child)[end]


def known(name: str) -> tuple[str, str, str]:
    return next(each for each in CHILDREN if each[2] == name)


def check(name: str, expected: list[tuple[Any, ...]], columns: str) -> None:
    found = ask(name)
    assert sorted((tuple(row[each] for each in columns.split()) for row in found), key=repr) == sorted(
        expected, key=repr
    )
    order = [(str(row["displayName"]).lower(), row["key"]) for row in found]
    assert order == sorted(order)


def test_public_containers(tenant: Made) -> None:
    expected = [
        (of["displayName"], "listed and read" if of["publicAccess"] == "Container" else "read", key)
        for _, account, key, of in children(tenant, *known("azure_storage_container"))
        if of["public"] and account["allowBlobPublicAccess"]
        and (account["publicNetworkAccess"] or "Enabled") == "Enabled"
    ]  # fmt: skip
    check("public-containers", expected, "displayName may key")


def test_open_database_firewalls(tenant: Made) -> None:
    expected = []
    for server, rule in SERVERS.items():
        for _, has, key, of in children(tenant, server, f"{server}_has_firewall_rule", rule):
            if (has["publicNetworkAccess"] or "").lower() == "disabled":
                continue
            if of["allowsInternet"] or of.get("allowsAzureServices"):
                lets_in = "every address" if of["allowsInternet"] else "all of Azure"
                expected.append((has["displayName"], server, lets_in, key))
    check("open-database-firewalls", expected, "displayName type letsIn key")


def test_vault_contents_for_ever(tenant: Made) -> None:
    expected = [
        (of["displayName"], type, vault["displayName"], key)
        for type in ("azure_keyvault_key", "azure_keyvault_secret")
        for _, vault, key, of in children(tenant, *known(type))
        if of["enabled"] and of["expiresOn"] is None
    ]
    check("vault-contents-for-ever", expected, "displayName type vault key")


def test_sql_servers_with_weak_settings(tenant: Made) -> None:
    expected = []
    for type, what in (
        ("azure_sql_server_auditing_setting", "writes nothing down"),
        ("azure_sql_server_security_alert_policy", "is not watched"),
        ("azure_sql_managed_instance_security_alert_policy", "is not watched"),
    ):
        found = children(tenant, *known(type))
        expected += [(has["displayName"], what, key) for key, has, _, of in found if of["state"] in STATES[1:3]]
    for key, has, _, of in children(tenant, *known("azure_sql_server_auditing_setting")):
        if of["state"] == "Enabled" and of["storageEndpoint"] and 0 < (of["retentionDays"] or 0) < 90:
            expected.append((has["displayName"], "keeps what it writes down for less than 90 days", key))
    for key, has, _, of in children(tenant, *known("azure_sql_database_encryption")):
        if of["encrypted"] is False and has["name"] != "master":
            expected.append((has["displayName"], "is not encrypted", key))
    check("sql-servers-with-weak-settings", expected, "displayName what key")


def test_identities_of_outsiders(tenant: Made) -> None:
    expected = []
    for _, identity, key, of in children(tenant, *known("azure_user_assigned_identity_credential")):
        roles = [
            (each["roleName"] or "/role", each["scope"])
            for each in tenant.of("azure_role_assignment").values()
            if each["principalId"] == identity["principalId"].lower()
        ]
        expected += [(of["issuer"], of["subject"], *role, key) for role in roles or [(None, None)]]
    check("identities-of-outsiders", expected, "issuer subject role scope key")


def test_apps_that_passwords_publish(tenant: Made) -> None:
    types = {key: type for type in APPS for key in tenant.of(type)}
    expected = [
        (of["displayName"], types.get(of["appId"]), "FTP" if of["name"] == "ftp" else "the site for tools", key)
        for key, of in tenant.of("azure_app_publishing_policy").items()
        if of["allow"]
    ]
    check("apps-that-passwords-publish", expected, "displayName type by key")


def test_unlogged_resources(tenant: Made) -> None:
    logged = {
        start
        for start, end in tenant.pairs("azure_resource_has_diagnostic_setting")
        if tenant.of("azure_diagnostic_setting")[end]["enabledLogs"]
    }
    expected = [
        (of["displayName"], type, key)
        for type in LOGGING
        for key, of in tenant.of(type).items()
        if key not in logged and (type != "azure_sql_database" or of["name"] != "master")
    ]
    check("unlogged-resources", expected, "displayName type key")


def test_blobs_lost_at_once(tenant: Made) -> None:
    expected = [
        (account["displayName"], *(None if of[name] is None else int(of[name]) for name in names), key)
        for key, account, _, of in children(tenant, *known("azure_storage_blob_service"))
        for names in [("blobSoftDeleteEnabled", "containerSoftDeleteEnabled", "isVersioningEnabled")]
        if not (of[names[0]] and of[names[1]])
    ]
    check("blobs-lost-at-once", expected, "displayName keepsBlobs keepsContainers keepsVersions key")


def test_databases_with_weak_settings(tenant: Made) -> None:
    expected = [
        (server, of["name"], of["value"].lower(), key)
        for server in DATABASES
        for key, _, _, of in children(tenant, server, f"{server}_has_parameter", f"{server}_parameter")
        if of["value"] and VALUES.get(of["name"], SWITCHES)[of["value"]]
    ]
    check("databases-with-weak-settings", expected, "type setting value key")


def test_unlogged_subscriptions(tenant: Made) -> None:
    expected = []
    for key, of in tenant.of("azure_subscription").items():
        settings = tenant.targets("azure_resource_has_diagnostic_setting", key)
        told = {
            log.lower() for each in settings for log in tenant.of("azure_diagnostic_setting")[each]["enabledLogs"] or ()
        }
        missing = [] if "alllogs" in told else [kind for kind in KINDS if kind.lower() not in told]
        if missing and of["state"] not in ("Disabled", "deleted"):
            expected.append((of["displayName"], set(missing), key))
    found = [(row["displayName"], set(row["kinds"].split(", ")), row["key"]) for row in ask("unlogged-subscriptions")]
    assert sorted(found, key=lambda row: row[2]) == sorted(expected, key=lambda row: row[2])
    assert [row[2] for row in found] == [row[2] for row in sorted(found, key=lambda row: (row[0].lower(), row[2]))]


def test_apps_without_sign_in(tenant: Made) -> None:
    apps = {key: (type, of) for type in APPS for key, of in tenant.of(type).items()}
    expected = []
    for key, of in tenant.of("azure_app_authentication_setting").items():
        type, app = apps.get(of["appId"], (None, {}))
        reached = app.get("publicNetworkAccess") or ("Disabled" if app.get("privateEndpointIds") else "Enabled")
        if of["allowsAnonymous"] and reached == "Enabled":
            expected.append((type, int(of["enabled"] or False), key))
    check("apps-without-sign-in", expected, "type asked key")
