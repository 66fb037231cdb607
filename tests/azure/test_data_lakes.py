"""Lakes of data, caches of files, and what is set for managed instances of SQL Server."""

from typing import Any

import pytest

from integration.values import arm_key
from tests.azure.one_group import azure, check_told, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

CACHE, STORE = "Microsoft.StorageCache/caches", "Microsoft.DataLakeStore/accounts"
ANALYTICS, INSTANCE = "Microsoft.DataLakeAnalytics/accounts", "Microsoft.Sql/managedInstances"
RULES: list[Any] = [{"scope": "network", "filter": "198.18.0.0/24", "access": "rw", "rootSquash": True}, None, {}]


@pytest.mark.parametrize(
    ("policies", "told", "takes_root"),
    [
        (None, [], None),
        ([{"name": "p", "accessRules": []}], [], None),
        ([{"name": "p", "accessRules": RULES}], ["p: network 198.18.0.0/24 rw", "p:"], False),
        ([{"accessRules": [{"access": "ro", "rootSquash": False}]}, {"accessRules": RULES[:1]}], None, True),
    ],
)
def test_a_cache_tells_who_may_mount_it(
    place: Place, azure: Azure, policies: Any, told: list[str] | None, takes_root: bool | None
) -> None:
    place.put(CACHE, "c", {"securitySettings": {"accessPolicies": policies}})
    found = check_told(azure, "azure_hpc_cache", {"takesRoot": takes_root})
    assert told is None or found["accessRules"] == told


def test_a_cache_tells_nothing_of_how_it_signs_in(place: Place, azure: Azure) -> None:
    signs = {"credentials": {"username": "hush", "password": "hush", "bindDn": "hush", "bindPassword": "hush"}}
    settings = {"activeDirectory": {"domainName": "a.example", **signs}, "usernameDownload": signs}
    place.put(CACHE, "c", {"directoryServicesSettings": settings})
    assert "hush" not in str(check_told(azure, "azure_hpc_cache", {"domainName": "a.example"}))


@pytest.mark.parametrize("type", ["azure_data_lake_store_account", "azure_data_lake_analytics_account"])
@pytest.mark.parametrize(("state", "active"), [("Active", True), ("Suspended", None), (None, None)])
def test_an_account_of_a_lake_tells_whether_it_works_and_whom_it_lets_in(
    place: Place, azure: Azure, type: str, state: str | None, active: bool | None
) -> None:
    rule = {"startIpAddress": "192.0.2.0", "endIpAddress": "192.0.2.9"}
    told = {"state": state, "firewallRules": [part("/office", rule), part("/none", {}), None]}
    place.put(STORE if "store" in type else ANALYTICS, "lake", told)
    check_told(azure, type, {"active": active, "allowedIpRanges": ["192.0.2.0-192.0.2.9"]})


def test_analytics_lead_to_the_accounts_that_they_work_on(place: Place, azure: Azure) -> None:
    stores = [place.put(STORE, name, {}) for name in ("one", "two", "three")]
    account = place.put("Microsoft.Storage/storageAccounts", "st", {})
    told = {
        "defaultDataLakeStoreAccount": "One",
        "dataLakeStoreAccounts": [part("/one", {}), part("/TWO", {}), part("/gone", {}), {"name": None}],
        "storageAccounts": [part("/ST", {}), part("/unseen", {})],
    }
    analytics = arm_key(place.put(ANALYTICS, "a", told))
    place.put(ANALYTICS, "b", {"defaultDataLakeStoreAccount": None, "dataLakeStoreAccounts": None})
    types = (
        "azure_data_lake_analytics_account_uses_store_account",
        "azure_data_lake_analytics_account_uses_storage_account",
    )
    assert verdicts(azure.run(*types)) == {"complete"}
    assert edges() == {(analytics, arm_key(each)) for each in (*stores[:2], account)}
    assert entities("azure_data_lake_analytics_account")["a"]["dataLakeStoreAccountNames"] == ["One", "TWO", "gone"]


def test_a_managed_instance_has_its_settings(place: Place, azure: Azure) -> None:
    instance = place.put(INSTANCE, "mi", {})
    place.put(INSTANCE, "bare", {})
    mail = ["a@contoso.example; b@contoso.example;", None, ""]
    settings: dict[str, dict[str, Any]] = {
        "/encryptionProtector/current": {"serverKeyType": "ServiceManaged"},
        "/securityAlertPolicies/default": {"state": "Enabled", "emailAddresses": mail, "disabledAlerts": [""]},
        "/vulnerabilityAssessments/default": {"recurringScans": {"emails": mail}, "storageContainerSasKey": "hush"},
    }
    for below, told in settings.items():
        place.tenant.set_child(instance, below, told)
    types = "encryption_protector", "security_alert_policy", "vulnerability_assessment"
    assert verdicts(azure.run(*(f"azure_sql_managed_instance_has_{each}" for each in types))) == {"complete"}
    assert edges() == {(arm_key(instance), arm_key(f"{instance}{below}")) for below in settings}
    protector, alerts, scans = (next(iter(entities(f"azure_sql_managed_instance_{each}").values())) for each in types)
    both = ["a@contoso.example", "b@contoso.example"]
    assert (protector["serverKeyType"], protector["displayName"]) == ("ServiceManaged", "mi")
    assert (alerts["emailAddresses"], alerts["disabledAlerts"], scans["emails"]) == (both, [], both)
    assert "hush" not in str(scans)
