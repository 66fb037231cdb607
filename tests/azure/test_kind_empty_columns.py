"""A column in which Azure Resource Graph has nothing is no property: it writes an empty text there, or null."""

import pytest

from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, verdicts
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
