"""Storage, vaults and databases, as awkward as tenants have them."""

from typing import Any

import pytest

from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

STORAGE, VAULT = "Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults"
USES = "azure_storage_account_uses_keyvault_service"


def test_what_nobody_chose_for_an_old_account_is_absent_and_not_false(place: Place, azure: Azure) -> None:
    place.put(STORAGE, "old", {"allowBlobPublicAccess": None})
    azure.run("azure_storage_account")
    chosen = {"allowBlobPublicAccess", "allowSharedKeyAccess", "minimumTlsVersion", "publicNetworkAccess"}
    found = entities("azure_storage_account")["old"]
    assert chosen.isdisjoint(found)
    assert not [name for name in found if name.startswith(("networkRuleSet", "encrypt"))]


@pytest.mark.parametrize(
    ("key", "count"),
    [
        ({"keyvaulturi": "https://KV.vault.azure.example", "keyname": "k", "keyversion": ""}, 1),
        ({"keyvaulturi": "https://other.vault.azure.example/", "keyname": "k"}, 0),
        ({}, 0),
        (None, 0),
    ],
)
def test_a_storage_account_uses_the_vault_whose_address_it_names(
    place: Place, azure: Azure, key: dict[str, Any] | None, count: int
) -> None:
    vault = place.put(VAULT, "kv", {"vaultUri": "https://kv.vault.azure.example/"})
    place.put(VAULT, "unnamed", {})
    account = place.put(STORAGE, "account", {"encryption": {"keyvaultproperties": key}})
    report = azure.run(USES)
    assert (verdicts(report), report.of(USES).count) == ({"complete"}, count)
    assert ((account.lower(), vault.lower()) in edges()) is bool(count)


def test_flexible_and_single_servers_tell_the_same_by_the_same_names(place: Place, azure: Azure) -> None:
    flexible = {"network": {"publicNetworkAccess": "Enabled"}, "backup": {"backupRetentionDays": 7}}
    single = {
        "publicNetworkAccess": "Enabled",
        "storageProfile": {"backupRetentionDays": 7},
        "sslEnforcement": "Enabled",
    }
    place.put("Microsoft.DBforPostgreSQL/flexibleServers", "flexible", flexible)
    place.put("Microsoft.DBforPostgreSQL/servers", "single", single)
    azure.run("azure_postgresql_server")
    found = entities("azure_postgresql_server")
    assert {(each["publicNetworkAccess"], each["backupRetentionDays"]) for each in found.values()} == {("Enabled", 7)}
    assert "secureTransport" not in found["flexible"]
    assert found["single"]["secureTransport"] is True
