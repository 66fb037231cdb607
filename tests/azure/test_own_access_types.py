"""What lets somebody in past Microsoft Entra is told, never its secret; and databases of Cosmos DB of each kind."""

import pytest

from tests.azure.one_group import azure, check_told, entities, place
from tests.azure.reading import Azure, edges, keys, verdicts
from tests.simulator.azure import Fault
from tests.simulator.azure.place import Place

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

STORAGE, REGISTRY = "Microsoft.Storage/storageAccounts", "Microsoft.ContainerRegistry/registries"
COSMOS, SERVER = "Microsoft.DocumentDB/databaseAccounts", "Microsoft.Sql/servers"
WHEN, MOMENT = "2024-01-15T00:00:00Z", 1705276800000
SECRET = "hush-hush-hush"


def test_a_local_user_tells_what_it_may_do_and_no_key(place: Place, azure: Azure) -> None:
    account = place.put(STORAGE, "st", {})
    scopes = [
        {"permissions": "rwl", "service": "file", "resourceName": "share"},
        None,
        {"permissions": "r", "service": "blob", "resourceName": "files"},
    ]
    keys_of_ssh = [{"description": "laptop", "key": f"ssh-rsa {SECRET}"}]
    told = {"permissionScopes": scopes, "hasSshPassword": True, "sshAuthorizedKeys": keys_of_ssh, "sharedKey": SECRET}
    place.tenant.add_child(account, "/localUsers", "partner", told)
    place.tenant.add_child(account, "/localUsers", "bare", {"permissionScopes": None})
    assert verdicts(azure.run("azure_storage_account_has_local_user", raw_data=True)) == {"complete"}
    found = entities("azure_storage_local_user")
    assert found["partner"]["permissions"] == ["blob:files=r", "file:share=rwl"]
    assert (found["partner"]["username"], found["partner"]["hasSshPassword"]) == ("partner", True)
    assert found["bare"]["permissions"] == []
    assert edges() == {(account.lower(), f"{account}/localusers/{name}".lower()) for name in found}
    assert SECRET not in str(found)


def test_a_scope_of_encryption_leads_to_the_vault_of_its_key(place: Place, azure: Azure) -> None:
    account = place.put(STORAGE, "st", {})
    vault = place.put("Microsoft.KeyVault/vaults", "kv", {"vaultUri": "https://kv.vault.example/"})
    key = {"keyUri": "https://KV.vault.example/keys/one", "lastKeyRotationTimestamp": WHEN}
    add = place.tenant.add_child
    own = add(account, "/encryptionScopes", "own", {"source": "Microsoft.KeyVault", "keyVaultProperties": key})
    add(account, "/encryptionScopes", "plain", {"source": "Microsoft.Storage", "keyVaultProperties": None})
    assert verdicts(azure.run("azure_storage_encryption_scope_uses_keyvault_service")) == {"complete"}
    found = entities("azure_storage_encryption_scope")
    assert (found["own"]["keyUri"], found["own"]["keyRotatedOn"]) == (key["keyUri"], MOMENT)
    assert "keyUri" not in found["plain"]
    assert edges() == {(own.lower(), vault.lower())}


def test_a_token_of_a_registry_may_do_what_its_scope_map_says(place: Place, azure: Azure) -> None:
    registry = place.put(REGISTRY, "cr", {})
    add = place.tenant.add_child
    actions = ["repositories/web/content/read", "repositories/web/metadata/read"]
    scope_map = add(registry, "/scopeMaps", "pull", {"type": "UserDefined", "actions": actions, "creationDate": WHEN})
    passwords = {"passwords": [{"name": "password1", "value": SECRET}]}
    token = add(registry, "/tokens", "build", {"status": "enabled", "scopeMapId": scope_map, "credentials": passwords})
    add(registry, "/tokens", "off", {"status": "disabled", "scopeMapId": None})
    types = "azure_container_registry_has_scope_map", "azure_container_registry_has_token"
    assigned = "azure_container_registry_token_assigned_scope_map"
    assert verdicts(azure.run(*types, assigned, raw_data=True)) == {"complete"}
    tokens, maps = (entities(f"azure_container_registry_{each}") for each in ("token", "scope_map"))
    assert {name: each["active"] for name, each in tokens.items()} == {"build": True, "off": False}
    assert (maps["pull"]["actions"], maps["pull"]["createdOn"]) == (actions, MOMENT)
    assert (token.lower(), scope_map.lower()) in edges()
    assert len(edges()) == 4
    assert SECRET not in str(tokens)


@pytest.mark.parametrize("only", [True, False])
def test_a_server_tells_by_its_setting_whether_passwords_let_in(place: Place, azure: Azure, only: bool) -> None:
    server = place.put(SERVER, "sql", {"administrators": None})
    place.tenant.set_child(server, "/azureADOnlyAuthentications/Default", {"azureADOnlyAuthentication": only})
    expected = {"displayName": "sql", "azureADOnlyAuthentication": only}
    check_told(azure, "azure_sql_server_entra_only_authentication", expected)


def test_a_server_without_that_setting_has_none(place: Place, azure: Azure) -> None:
    place.put(SERVER, "sql", {})
    assert verdicts(azure.run("azure_sql_server_has_entra_only_authentication")) == {"complete"}
    assert keys("azure_sql_server_entra_only_authentication") == set()


def test_an_account_of_cosmos_db_has_what_its_kind_of_database_has(place: Place, azure: Azure) -> None:
    clicks, people, other = (place.put(COSMOS, name, {}) for name in ("clicks", "people", "other"))
    add = place.tenant.add_child
    keyspace = add(clicks, "/cassandraKeyspaces", "k", {"resource": {"id": "k"}})
    schema = {"partitionKeys": [{"name": "day"}, None, {"name": "hour"}]}
    table = add(keyspace, "/tables", "t", {"resource": {"id": "t", "schema": schema, "defaultTtl": 60}})
    database = add(people, "/gremlinDatabases", "d", {"resource": {"id": "d"}})
    graph = add(database, "/graphs", "g", {"resource": {"id": "g", "partitionKey": {"paths": ["/country"]}}})
    rows = add(other, "/tables", "r", {"resource": {"id": "r"}})
    not_of_it = {"error": {"code": "MethodNotAllowed", "message": "Requests for API cassandra are not supported."}}

    def is_of_another(path: str) -> bool:
        of = {"cassandrakeyspaces": "clicks", "gremlindatabases": "people", "tables": "other"}
        account, below = path.lower().rpartition("databaseaccounts/")[2].split("/")[:2]
        return of.get(below, account) != account

    azure.simulator.manager.faults = [
        Fault(405, lambda asked: "databaseaccounts/" in asked.path.lower() and is_of_another(asked.path), not_of_it)
    ]
    types = ["azure_cosmosdb_cassandra_keyspace_has_table", "azure_cosmosdb_gremlin_database_has_graph"]
    types += [f"azure_cosmosdb_account_has_{each}" for each in ("cassandra_keyspace", "gremlin_database", "table")]
    assert verdicts(azure.run(*types)) == {"complete"}
    pairs = {(clicks, keyspace), (keyspace, table), (people, database), (database, graph), (other, rows)}
    assert edges() == {(a.lower(), b.lower()) for a, b in pairs}
    (found,) = entities("azure_cosmosdb_cassandra_table").values()
    assert (found["partitionKeys"], found["databaseId"]) == (["day", "hour"], keyspace.lower())
    assert entities("azure_cosmosdb_gremlin_graph")["g"]["partitionKeyPaths"] == ["/country"]
    assert entities("azure_cosmosdb_table")["r"]["dbAccountId"] == other.lower()
