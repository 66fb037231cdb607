"""Where the databases of a SQL server are copied to is told by its failover groups."""

import pytest

from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, edges
from tests.simulator.azure.place import Place

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

GROUP, SERVER = "azure_sql_failover_group", "Microsoft.Sql/servers"
TYPES = ["azure_sql_server_has_failover_group", f"{GROUP}_connects_server", f"{GROUP}_has_database"]


def test_a_group_leads_to_the_other_server_and_to_its_databases(place: Place, azure: Azure) -> None:
    here, there = place.put(SERVER, "here", {}), place.put(SERVER, "there", {})
    database = place.put(f"{SERVER}/databases", "here/shop", {})
    told = {
        "readWriteEndpoint": {"failoverPolicy": "Automatic", "failoverWithDataLossGracePeriodMinutes": 60},
        "readOnlyEndpoint": {"failoverPolicy": "Disabled"},
        "replicationRole": "Primary",
        "replicationState": "CATCH_UP",
        "partnerServers": [{"id": there.upper(), "location": "North Europe", "replicationRole": "Secondary"}],
        "databases": [database.upper()],
    }
    group = place.tenant.add_child(here, "/failoverGroups", "copies", told, location="West Europe", tags={"a": "b"})
    report = azure.run(*TYPES)
    assert {each.type: each.reason for each in report.results if each.verdict != "complete"} == {}
    found = entities(GROUP)["copies"]
    names = ("region", "replicationRole", "failoverPolicy", "failoverGracePeriodMinutes", "readOnlyFailoverPolicy")
    assert [found[name] for name in names] == ["westeurope", "Primary", "Automatic", 60, "Disabled"]
    assert (found["partnerServerIds"], found["databaseIds"]) == ([there.lower()], [database.lower()])
    key = group.lower()
    assert edges() == {(here.lower(), key), (key, there.lower()), (key, database.lower())}


def test_a_group_without_anything_is_told_all_the_same(place: Place, azure: Azure) -> None:
    server = place.put(SERVER, "here", {})
    bare = {
        "readWriteEndpoint": None,
        "readOnlyEndpoint": None,
        "partnerServers": [None, {"id": None}],
        "databases": None,
    }
    place.tenant.add_child(server, "/failoverGroups", "bare", bare)
    report = azure.run(*TYPES)
    assert {each.type: each.reason for each in report.results if each.verdict != "complete"} == {}
    found = entities(GROUP)["bare"]
    assert (found["partnerServerIds"], found["databaseIds"], "failoverPolicy" in found) == ([], [], False)
