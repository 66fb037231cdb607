"""Where Azure has nothing there is no property: it writes an empty text there, or null."""

from typing import Any

import pytest

from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

TYPES = [
    ("azure_storage_account", "Microsoft.Storage/storageAccounts"),
    ("azure_sql_server", "Microsoft.Sql/servers"),
    ("azure_application_insights", "Microsoft.Insights/components"),
    ("azure_nic", "Microsoft.Network/networkInterfaces"),
    ("azure_resource", "Contoso.Maps/atlases"),
]
COLUMNS = ("kind", "location", "managedBy", "resourceGroup")


@pytest.mark.parametrize("nothing", ["", None])
@pytest.mark.parametrize(("type", "of"), TYPES)
def test_nothing_is_no_property(place: Place, azure: Azure, type: str, of: str, nothing: str | None) -> None:
    place.put(of, "one", {}, **dict.fromkeys(COLUMNS, nothing))
    assert verdicts(azure.run(type)) == {"complete"}
    found = entities(type)["one"]
    assert not {"region", *COLUMNS} & found.keys()


@pytest.mark.parametrize("nothing", ["", None])
def test_a_child_that_does_not_say_where_it_is_is_where_its_parent_is(
    place: Place, azure: Azure, nothing: str | None
) -> None:
    account = place.put("Microsoft.Storage/storageAccounts", "one", {})
    place.tenant.add_child(account, "/blobServices/default/containers", "files", {}, location=nothing)
    assert verdicts(azure.run("azure_storage_container")) == {"complete"}
    assert entities("azure_storage_container")["files"]["location"] == "westeurope"


POOL, VAULT = "Microsoft.Synapse/workspaces/sqlPools", "Microsoft.KeyVault/vaults"


@pytest.mark.parametrize("nothing", ["", None])
def test_a_copied_text_that_is_empty_is_no_property(place: Place, azure: Azure, nothing: str | None) -> None:
    """As recorded of a pool of Synapse for which nobody has set what is masked, and by how much."""
    pool = place.put(POOL, "synapse/pool", {"status": "Online"})
    unset = dict.fromkeys(("applicationPrincipals", "exemptPrincipals", "maskingLevel"), nothing)
    told = {"dataMaskingState": "Enabled", **unset}
    place.tenant.set_child(pool, "/dataMaskingPolicies/Default", told)
    assert verdicts(azure.run("azure_synapse_masking_policy")) == {"complete"}
    (found,) = entities("azure_synapse_masking_policy").values()
    assert found["dataMaskingState"] == "Enabled"
    assert "" not in found.values()


SAID: list[tuple[str, str, dict[str, Any], str]] = [
    ("azure_sql_server", "Microsoft.Sql/servers", {"publicNetworkAccess": ""}, "publiclyAccessible"),
    ("azure_postgresql_server", "Microsoft.DBforPostgreSQL/servers", {"sslEnforcement": ""}, "secureTransport"),
    ("azure_managed_disk", "Microsoft.Compute/disks", {"encryption": {"type": ""}}, "encrypted"),
    ("azure_managed_disk", "Microsoft.Compute/disks", {"diskState": ""}, "attached"),
    ("azure_container_group", "Microsoft.ContainerInstance/containerGroups", {"ipAddress": {"type": ""}}, "public"),
    ("azure_gallery", "Microsoft.Compute/galleries", {"sharingProfile": {"permissions": ""}}, "public"),
    ("azure_arc_machine", "Microsoft.HybridCompute/machines", {"status": ""}, "active"),
    ("azure_stream_analytics_job", "Microsoft.StreamAnalytics/streamingjobs", {"jobState": ""}, "active"),
    (
        "azure_redis_cache",
        "Microsoft.Cache/Redis",
        {"redisConfiguration": {"aad-enabled": ""}},
        "microsoftEntraEnabled",
    ),
    (
        "azure_redis_cache",
        "Microsoft.Cache/Redis",
        {"redisConfiguration": {"authnotrequired": ""}},
        "authenticationRequired",
    ),
    ("azure_api_management_service", "Microsoft.ApiManagement/service", {"virtualNetworkType": ""}, "public"),
]


@pytest.mark.parametrize(("type", "of", "told", "name"), SAID)
def test_an_empty_text_says_neither_yes_nor_no(
    place: Place, azure: Azure, type: str, of: str, told: dict[str, Any], name: str
) -> None:
    place.put(of, "one", told)
    assert verdicts(azure.run(type)) == {"complete"}
    assert name not in entities(type)["one"]


def test_an_empty_name_of_what_is_referred_to_leads_nowhere(place: Place, azure: Azure) -> None:
    place.put("Microsoft.Storage/storageAccounts", "files", {"primaryEndpoints": {}})
    shares = [
        {"name": f"v{number}", "azureFile": {"shareName": nothing, "storageAccountName": "files"}}
        for number, nothing in enumerate(("", None))
    ]
    place.put("Microsoft.ContainerInstance/containerGroups", "group", {"volumes": shares})
    type = "azure_container_volume_uses_storage_file_share"
    result = azure.run(type).of(type)
    assert result.verdict == "partial"
    assert "shareName is missing" in result.reason
    assert edges() == set()
