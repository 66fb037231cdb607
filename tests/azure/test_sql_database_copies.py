"""Where else the data of a database is: copies, dropped databases, and names that lead to it."""

import random

import pytest

from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

SERVER, LINK = "Microsoft.Sql/servers", "azure_sql_replication_link"
TYPES = ["azure_sql_database_has_replication_link", f"{LINK}_connects_database"]


@pytest.mark.parametrize("seed", range(4))
def test_a_link_leads_from_each_database_to_its_copy(seed: int, place: Place, azure: Azure) -> None:
    rng = random.Random(seed)
    servers = [place.put(SERVER, f"server-{number}", {}) for number in range(3)]
    databases = {f"{server}/databases/db-{number}": server for server in servers for number in range(3)}
    for id in databases:
        place.put(f"{SERVER}/databases", "/".join(id.split("/")[-3::2]), {})
    wanted: set[tuple[str, str]] = set()
    for number in range(8):
        here, there = rng.sample([*databases], 2)
        told = rng.choice([there, there.upper(), None, ""])
        properties = {"partnerDatabaseId": told, "role": "Primary", "startTime": "1970-01-01T00:00:01Z"}
        key = place.tenant.add_child(
            databases[here], "/replicationLinks", f"l-{number}", properties, scope=here
        ).lower()
        wanted |= {(here.lower(), key)} | ({(key, there.lower())} if told else set())
    report = azure.run(*TYPES)
    assert {each.type: each.reason for each in report.results if each.verdict != "complete"} == {}
    assert edges() == wanted
    assert {(each["role"], each["startedOn"], each["region"]) for each in entities(LINK).values()} == {
        ("Primary", 1000, "westeurope")
    }


def test_dropped_databases_and_other_names_are_with_their_server(place: Place, azure: Azure) -> None:
    server = place.put(SERVER, "here", {})
    dropped = {"databaseName": "orders", "deletionDate": "1970-01-01T00:00:02Z", "maxSizeBytes": 5}
    dropped_id = place.tenant.add_child(server, "/restorableDroppedDatabases", "orders,1", dropped)
    bare = place.tenant.add_child(server, "/restorableDroppedDatabases", "bare,2", {"databaseName": None})
    alias = place.tenant.add_child(server, "/dnsAliases", "shop", {"azureDnsRecord": "shop.example"})
    report = azure.run("azure_sql_server_has_dropped_database", "azure_sql_server_has_dns_alias")
    assert verdicts(report) == {"complete"}
    assert edges() == {(server.lower(), key.lower()) for key in (dropped_id, bare, alias)}
    found = entities("azure_sql_dropped_database")
    assert {each["displayName"] for each in found.values()} == {"orders", "bare,2"}
    told = next(each for each in found.values() if each["displayName"] == "orders")
    assert (told["deletedOn"], told["maxSizeBytes"], told["databaseName"]) == (2000, 5, "orders")
    [name] = entities("azure_sql_server_dns_alias").values()
    assert name["azureDnsRecord"] == "shop.example"


def test_a_restored_cosmos_account_leads_back_to_the_one_that_it_is_a_copy_of(place: Place, azure: Azure) -> None:
    """It may be restored from an account that is gone; one that says nothing of that was made empty."""
    kind, name = "Microsoft.DocumentDB/databaseAccounts", "azure_cosmosdb_account"
    kept = "/subscriptions/s/providers/Microsoft.DocumentDB/locations/westus/restorableDatabaseAccounts"
    told = {"restoreTimestampInUtc": "1970-01-01T00:00:06Z"}
    source = place.put(kind, "source", {"instanceId": "One", "restoreParameters": None})
    copy = place.put(kind, "copy", {"instanceId": "two", "restoreParameters": {"restoreSource": f"{kept}/ONE", **told}})
    place.put(kind, "orphan", {"restoreParameters": {"restoreSource": f"{kept}/gone"}})
    place.put(kind, "odd", {"instanceId": "", "restoreParameters": {"restoreSource": None}})
    assert verdicts(azure.run(f"{name}_generated_account")) == {"complete"}
    assert edges() == {(source.lower(), copy.lower())}
    found = {each: (of.get("restoredFromInstanceId"), of.get("restoredToOn")) for each, of in entities(name).items()}
    assert found == {"source": (None, None), "copy": ("one", 6000), "orphan": ("gone", None), "odd": (None, None)}


def test_backups_are_with_the_server_and_with_the_database(place: Place, azure: Azure) -> None:
    server = place.put(SERVER, "here", {})
    databases = [place.put(f"{SERVER}/databases", f"here/{name}", {}) for name in ("orders", "Shop")]
    kept = {"lastAvailableBackupDate": "1970-01-01T00:00:03Z", "elasticPoolName": None}
    copy = place.tenant.add_child(server, "/recoverableDatabases", "Shop", kept)
    always = {"restorePointType": "CONTINUOUS", "earliestRestoreDate": "1970-01-01T00:00:04Z"}
    once = {"restorePointType": "DISCRETE", "restorePointCreationDate": "1970-01-01T00:00:05Z"}
    told = [(databases[0], always), (databases[1], always), (databases[1], once)]
    points = [(database, place.tenant.add_child(database, "/restorePoints", f"p{number}", of))
              for number, (database, of) in enumerate(told)]  # fmt: skip
    report = azure.run("azure_sql_server_has_recoverable_database", "azure_sql_database_has_restore_point")
    assert verdicts(report) == {"complete"}
    assert edges() == {(server.lower(), copy.lower()), *((of.lower(), key.lower()) for of, key in points)}
    assert entities("azure_sql_recoverable_database")["Shop"]["lastBackupOn"] == 3000
    names = ("displayName", "restorePointType", "earliestRestoreOn", "createdOn")
    assert {key: tuple(of.get(name) for name in names) for key, of in entities("azure_sql_restore_point").items()} == {
        "p0": ("orders", "CONTINUOUS", 4000, None), "p1": ("Shop", "CONTINUOUS", 4000, None),
        "p2": ("Shop", "DISCRETE", None, 5000),
    }  # fmt: skip
