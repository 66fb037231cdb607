"""What the types that are read resource by resource say of the demo's tenant."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration.sources.azure import client
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure import Asked, AzureSimulator, made_up_tenant
from tests.simulator.azure.demo import azure_demo_tenant

pytestmark = pytest.mark.every_area


@pytest.fixture
def azure() -> Iterator[Azure]:
    with AzureSimulator(azure_demo_tenant()) as simulator:
        yield Azure(simulator, {})


def found(type: str) -> dict[str, dict[str, Any]]:
    """The entities of a type by name."""
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        rows = database.execute("SELECT properties FROM entities WHERE _type = ?", (type,))
        return {each["name"]: each for each in (json.loads(text) for (text,) in rows)}


def test_containers_that_are_public(azure: Azure) -> None:
    azure.run("azure_storage_container", "azure_storage_blob_service")
    containers = found("azure_storage_container")
    assert {name: each["public"] for name, each in containers.items()} == {
        "invoices": False,
        "$web": True,
        "everything": True,
    }
    assert {each["region"] for each in containers.values()} == {"westeurope", "eastus"}
    assert found("azure_storage_blob_service")["default"]["displayName"] in ("stdata", "stold")


def test_what_clients_of_file_shares_may_do_is_a_list_and_absent_where_nobody_chose(azure: Azure) -> None:
    azure.run("azure_storage_file_service", "azure_storage_account_has_file_service")
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        services = database.execute("SELECT properties FROM entities WHERE _type = 'azure_storage_file_service'")
        named = {each["displayName"]: each for each in (json.loads(text) for (text,) in services)}
    chosen, unchosen = named["stdata"], named["stold"]
    assert len(edges()) == len(named) == 2
    assert chosen["smbVersions"] == ["SMB3.0", "SMB3.1.1"]
    assert chosen["smbChannelEncryption"] == ["AES-128-GCM", "AES-256-GCM"]
    assert (chosen["fileSoftDeleteEnabled"], chosen["fileSoftDeleteRetentionDays"]) == (True, 7)
    assert not any(name.startswith(("smb", "fileSoft")) for name in unchosen)


def test_no_key_and_no_secret_is_more_than_its_name_and_its_times(azure: Azure) -> None:
    azure.run("azure_keyvault_key", "azure_keyvault_secret")
    key, secret = found("azure_keyvault_key")["storage"], found("azure_keyvault_secret")["database"]
    assert (key["expiresOn"], key["createdOn"], key["version"]) == (1767225600000, 1704067200000, "1")
    assert (secret["expiresOn"], secret["enabled"], secret["version"]) == (1767225600000, True, "2")
    assert "expiresOn" not in found("azure_keyvault_secret")["for-ever"]


def test_rules_that_let_in_azure_and_the_internet(azure: Azure) -> None:
    azure.run("azure_sql_server_firewall_rule", "azure_firewall_rule", "azure_postgresql_server_firewall_rule")
    rules = {name: (each["allowsAzureServices"], each["allowsInternet"]) for name, each in found(SQL_RULE).items()}
    others = dict.fromkeys(("office", "office-6", "apps"), (False, False))
    assert rules == {"AllowAllWindowsAzureIps": (True, False), "all": (False, True), **others}
    assert found("azure_firewall_rule")["all"]["allowsInternet"] is True
    assert found("azure_postgresql_server_firewall_rule")["office"]["startIpAddress"] == "203.0.113.10"


SQL_RULE = "azure_sql_server_firewall_rule"


def test_only_parameters_that_matter_are_read(azure: Azure) -> None:
    azure.run("azure_postgresql_server_has_parameter", "azure_mysql_server_has_parameter")
    assert set(found("azure_postgresql_server_parameter")) == {"log_connections", "log_checkpoints"}
    assert set(found("azure_mysql_server_parameter")) == {"require_secure_transport", "audit_log_enabled"}
    assert len(edges()) == 4


def test_logs_are_told_of_resources_and_of_subscriptions(azure: Azure) -> None:
    report = azure.run(
        "azure_diagnostic_setting",
        "azure_resource_has_diagnostic_setting",
        "azure_diagnostic_setting_uses_log_analytics_workspace",
        "azure_diagnostic_setting_uses_event_hub_namespace",
        "azure_keyvault_service",
        "azure_security_group",
    )
    assert verdicts(report) == {"complete"}
    settings = found("azure_diagnostic_setting")
    assert settings["everything"]["enabledLogs"] == ["allLogs"]
    assert settings["everything"]["disabledLogs"] == ["AuditEvent"]
    assert settings["activity"]["resourceId"].count("/") == 2
    holders = {source for source, target in edges() if "/diagnosticsettings/" in target}
    assert {each["resourceId"].partition("/blobservices/")[0] for each in settings.values()} == holders
    logs = {source for source, target in edges() if target.endswith("/workspaces/logs")}
    assert len(logs) == 4
    hubs = {source for source, target in edges() if target.endswith("/namespaces/eh-web")}
    assert {source.rpartition("/")[2] for source in hubs if "/diagnosticsettings/" in source} == {"everything"}


def test_readers_of_hubs_and_subscriptions_of_topics_are_children_of_children(azure: Azure) -> None:
    report = azure.run(
        "azure_event_hub_consumer_group_has_hub",
        "azure_service_bus_topic_has_subscription",
        "azure_event_grid_domain_topic_has_topic_subscription",
        "azure_event_grid_topic_has_subscription",
    )
    assert verdicts(report) == {"complete"}
    assert set(found("azure_event_hub_consumer_group")) == {"$Default", "report"}
    assert found("azure_service_bus_subscription")["shop"]["maxDeliveryCount"] == 10
    sent = found("azure_event_grid_topic_subscription")
    assert sent["to-code"]["endpointResourceId"].endswith("/sites/func-web/functions/take")
    assert (sent["to-code"]["hasDeadLetterDestination"], sent["to-shop"]["hasDeadLetterDestination"]) == (True, False)
    assert sum("/eventsubscriptions/" in target for _, target in edges()) == 2


def test_nothing_is_asked_of_a_resource_that_nobody_named(azure: Azure) -> None:
    azure.run("azure_storage_account", "azure_keyvault_service", "azure_sql_server")
    asked = {each.path for each in azure.simulator.requests if each.method == "GET"}
    assert {path for path in asked if path.startswith("/subscriptions/")} == set()


def test_requests_in_flight_are_bounded_however_many_types_are_read(azure: Azure) -> None:
    counting, full, now, peak = threading.Lock(), threading.Event(), 0, 0

    def count(each: Asked) -> None:
        nonlocal now, peak
        if not each.path.startswith("/subscriptions/"):
            return
        with counting:
            now += 1
            peak = max(peak, now)
            if now == client._AT_ONCE:
                full.set()
        full.wait(120)
        with counting:
            now -= 1

    azure.simulator.manager.before = count
    types = ("container", "file_share", "queue", "table", "blob_service")
    many = made_up_tenant(300, 3)
    azure.simulator.tenant.subscriptions |= many.subscriptions
    for row in many.tables["resources"].values():
        azure.simulator.tenant.add(row)
    azure.run(*(f"azure_storage_{name}" for name in types))
    assert peak == client._AT_ONCE


def test_one_empty_text_stands_for_none_and_a_category_is_told_once(azure: Azure) -> None:
    tenant = azure.simulator.tenant
    server = next(row["id"] for row in tenant.tables["resources"].values() if row["type"] == "microsoft.sql/servers")
    tenant.set_child(
        server, "/securityAlertPolicies/default", {"disabledAlerts": [""], "emailAddresses": ["", "a@b.example"]}
    )
    tenant.set_child(server, "/auditingSettings/default", {"state": "Disabled", "auditActionsAndGroups": [""]})
    tenant.set_child(server, "/vulnerabilityAssessments/default", {"recurringScans": {"emails": [""]}})
    kept = [{"category": "AuditEvent", "enabled": True, "retentionPolicy": {"days": days}} for days in (7, 30)]
    kept.append({"category": "Untold"})
    vault = next(row["id"] for row in tenant.tables["resources"].values() if row["type"] == "microsoft.keyvault/vaults")
    tenant.add_child(
        vault, "/providers/microsoft.insights/diagnosticSettings", "twice", {"logs": kept, "metrics": None}
    )
    types = ("auditing_setting", "security_alert_policy", "vulnerability_assessment")
    azure.run(*(f"azure_sql_server_{type}" for type in types), "azure_diagnostic_setting")
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        told = [
            json.loads(text)
            for (text,) in database.execute(
                "SELECT properties FROM entities WHERE _key LIKE ?", (f"{server.lower()}/%",)
            )
        ]
    merged = {name: value for each in told for name, value in each.items()}
    assert (merged["disabledAlerts"], merged["emailAddresses"]) == ([], ["a@b.example"])
    assert (merged["auditActionsAndGroups"], merged["emails"]) == ([], [])
    assert found("azure_diagnostic_setting")["twice"]["enabledLogs"] == ["AuditEvent"]


def test_a_storage_account_sends_the_logs_of_its_services(azure: Azure) -> None:
    tables = azure.simulator.tenant.tables["resources"].values()
    account = next(row["id"] for row in tables if row["name"] == "stdata").lower()
    azure.run("azure_diagnostic_setting", "azure_resource_has_diagnostic_setting", "azure_storage_account")
    told = found("azure_diagnostic_setting")["blobs"]
    assert (told["resourceId"], told["enabledLogs"]) == (f"{account}/blobservices/default", ["StorageRead"])
    assert (account, told["id"].lower()) in edges()


def test_apps_that_a_password_opens(azure: Azure) -> None:
    azure.run("azure_app_publishing_policy", "azure_app_has_publishing_policy", "azure_web_app", "azure_web_app_slot")
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        texts = database.execute("SELECT properties FROM entities WHERE _type = 'azure_app_publishing_policy'")
        policies = [json.loads(text) for (text,) in texts]
    allowed = {each["displayName"]: each["allow"] for each in policies}
    assert allowed == {
        f"{app}/{kind}": app != "shop" for app in ("shop", "staging", "trial") for kind in ("ftp", "scm")
    }
    assert {(each["appId"], each["id"].lower()) for each in policies} == edges()


def test_what_models_may_be_asked_and_answer(azure: Azure) -> None:
    azure.run("azure.cognitive_services_deployment")
    chat, filters = (
        found("azure_cognitive_services_deployment")["chat"],
        found("azure_cognitive_services_content_filter"),
    )
    assert (chat["modelName"], chat["capacity"], chat["contentFilterName"]) == ("gpt-4o", 10, "Careful")
    assert filters["Careful"]["blocked"] == ["Prompt Hate=Medium"]
    assert filters["Careful"]["notBlocked"] == ["Completion Violence", "Prompt Jailbreak"]
    assert filters["Microsoft.DefaultV2"]["notBlocked"] == []
    account = chat["id"].lower().rsplit("/", 2)[0]
    assert (chat["id"].lower(), f"{account}/raipolicies/careful") in edges()
