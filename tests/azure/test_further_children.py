"""What Steampipe and Cartography read below resources is read here, too, and never what is secret there."""

from typing import Any

import pytest

from tests.azure.one_group import S, azure, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

WHEN, MOMENT = "2024-01-15T00:00:00Z", 1705276800000
FACTORY, ACCOUNT = "Microsoft.DataFactory/factories", "Microsoft.DocumentDB/databaseAccounts"
SECRET = "planted secret"


def test_a_variable_tells_whether_it_is_encrypted_and_never_its_value(place: Place, azure: Azure) -> None:
    account = place.put("Microsoft.Automation/automationAccounts", "aa", {})
    add = place.tenant.add_child
    add(account, "/variables", "open", {"isEncrypted": False, "value": f'"{SECRET}"', "creationTime": WHEN})
    add(account, "/variables", "shut", {"isEncrypted": True, "value": None, "description": None})
    azure.run("azure_automation_account_has_variable", raw_data=True)
    found = entities("azure_automation_variable")
    assert {name: each["isEncrypted"] for name, each in found.items()} == {"open": False, "shut": True}
    assert (found["open"]["createdOn"], found["shut"].get("createdOn")) == (MOMENT, None)
    assert edges() == {(account.lower(), f"{account}/variables/{name}".lower()) for name in found}
    assert SECRET not in str(found)


def test_what_a_factory_connects_to_is_told_by_its_kind_alone(place: Place, azure: Azure) -> None:
    factory = place.put(FACTORY, "ADF", {})
    add = place.tenant.add_child
    signs_in = {"connectionString": SECRET, "url": SECRET, "userName": SECRET, "encryptedCredential": SECRET}
    connected = {"type": "AzureSqlDatabase", "typeProperties": signs_in, "connectVia": {"referenceName": "office"}}
    service = add(factory, "/linkedServices", "Shop", connected)
    bare = add(factory, "/linkedServices", "Bare", {"type": "HttpServer", "connectVia": None})
    data = {"type": "AzureSqlTable", "linkedServiceName": {"referenceName": "SHOP"}, "typeProperties": {"a": SECRET}}
    dataset = add(factory, "/datasets", "Orders", data)
    add(factory, "/datasets", "Lost", {"type": "Binary", "linkedServiceName": None})
    azure.run("azure_data_factory_dataset_uses_linked_service", raw_data=True)
    services, datasets = entities("azure_data_factory_linked_service"), entities("azure_data_factory_dataset")
    assert services["Shop"]["serviceType"] == "AzureSqlDatabase"
    assert (services["Shop"]["integrationRuntimeName"], services["Bare"].get("integrationRuntimeName")) == (
        "office",
        None,
    )
    assert (datasets["Orders"]["datasetType"], datasets["Orders"]["linkedServiceName"]) == ("AzureSqlTable", "SHOP")
    assert edges() == {(dataset.lower(), service.lower())}
    assert SECRET not in f"{services}{datasets}"
    assert bare.lower() not in {end for edge in edges() for end in edge}


def test_a_pipeline_is_told_by_the_kinds_of_its_steps(place: Place, azure: Azure) -> None:
    factory = place.put(FACTORY, "ADF", {})
    steps = [
        {"name": "a", "type": "WebActivity", "typeProperties": {"headers": {"x-own": SECRET}, "body": SECRET}},
        {"name": "b", "type": "Copy"},
        {"name": "c", "type": "Copy", "userProperties": None},
    ]
    given = {"parameters": {"day": {"type": "String", "defaultValue": SECRET}}, "variables": {"v": {"type": "String"}}}
    place.tenant.add_child(factory, "/pipelines", "work", {"activities": steps, "concurrency": 2, **given})
    place.tenant.add_child(factory, "/pipelines", "empty", {"activities": None, "parameters": None})
    azure.run("azure_data_factory_has_pipeline", raw_data=True)
    found = entities("azure_data_factory_pipeline")
    assert (found["work"]["activityTypes"], found["work"]["parameterNames"]) == (["Copy", "WebActivity"], ["day"])
    assert (found["empty"]["activityTypes"], found["empty"]["parameterNames"]) == ([], [])
    assert len(edges()) == 2
    assert SECRET not in str(found)


def test_collections_and_containers_are_in_their_databases(place: Place, azure: Azure) -> None:
    account = place.put(ACCOUNT, "cosmos", {})
    add = place.tenant.add_child
    mongo = add(account, "/mongodbDatabases", "reviews", {"resource": {"id": "reviews"}})
    collection = add(mongo, "/collections", "all", {"resource": {"id": "all", "analyticalStorageTtl": -1}})
    sql = add(account, "/sqlDatabases", "shop", {"resource": {"id": "shop"}})
    kept: dict[str, Any] = {"partitionKey": {"paths": ["/customer"]}, "defaultTtl": 60, "clientEncryptionPolicy": None}
    container = add(sql, "/containers", "orders", {"resource": {"id": "orders", **kept}})
    hidden = {"clientEncryptionPolicy": {"includedPaths": [{"path": "/card"}], "policyFormatVersion": 1}}
    add(sql, "/containers", "cards", {"resource": {"id": "cards", "partitionKey": None, **hidden}})
    asked = ["azure_cosmosdb_mongo_database_has_collection", "azure_cosmosdb_sql_database_has_container"]
    assert verdicts(azure.run(*asked)) == {"complete"}
    assert edges() == {
        (mongo.lower(), collection.lower()),
        (sql.lower(), container.lower()),
        (sql.lower(), f"{sql}/containers/cards".lower()),
    }
    containers = entities("azure_cosmosdb_sql_container")
    assert (containers["orders"]["partitionKeyPaths"], containers["orders"]["defaultTtl"]) == (["/customer"], 60)
    assert containers["cards"]["encryptedPaths"] == ["/card"]
    assert entities("azure_cosmosdb_mongo_collection")["all"]["analyticalStorageTtl"] == -1
    assert entities("azure_cosmosdb_mongo_database")["reviews"]["dbAccountId"] == account.lower()


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (
            {"url": "http://orders.example", "tls": {"validateCertificateName": False}},
            {"isEncrypted": False, "validateCertificateName": False, "validateCertificateChain": None},
        ),
        ({"url": "HTTPS://orders.example", "tls": None}, {"isEncrypted": True, "address": "HTTPS://orders.example"}),
        ({"type": "Pool", "pool": {"services": []}}, {"isEncrypted": None, "address": "", "backendType": "Pool"}),
        ({"url": "fabric:/app/service"}, {"isEncrypted": None}),
        (
            {"url": "https://o.example", "resourceId": "https://management.example/Subscriptions/S/x/"},
            {"resourceId": "/subscriptions/s/x"},
        ),
        ({"url": "https://o.example", "resourceId": "https://elsewhere.example/api"}, {"resourceId": None}),
        ({"proxy": {"url": "http://p.example", "password": SECRET}}, {"proxyUrl": "http://p.example"}),
        ({"credentials": {"header": {"x-own": [SECRET]}, "query": {"code": [SECRET]}}}, {"address": ""}),
    ],
)
def test_a_backend_tells_how_it_is_asked(
    place: Place, azure: Azure, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    service = place.put("Microsoft.ApiManagement/service", "api", {})
    place.tenant.add_child(service, "/backends", "one", properties)
    assert verdicts(azure.run("azure_api_management_backend", raw_data=True)) == {"complete"}
    found = entities("azure_api_management_backend")["one"]
    assert {name: found.get(name) for name in expected} == expected
    assert SECRET not in str(found)


def test_a_backend_leads_to_the_resource_that_it_is(place: Place, azure: Azure) -> None:
    service = place.put("Microsoft.ApiManagement/service", "api", {})
    app = place.put("Microsoft.Web/sites", "func", {}, kind="functionapp")
    behind = {"url": "https://func.example/api", "resourceId": f"https://management.example{app.upper()}"}
    backend = place.tenant.add_child(service, "/backends", "func", behind)
    place.tenant.add_child(service, "/backends", "other", {"url": "https://o.example", "resourceId": None})
    azure.run("azure_api_management_backend_connects_resource", "azure_function_app")
    assert edges() == {(backend.lower(), app.lower())}


def test_a_vault_that_was_deleted_tells_until_when_it_can_be_brought_back(place: Place, azure: Azure) -> None:
    provider, subscription = "/providers/Microsoft.KeyVault", f"/subscriptions/{S}"
    id = f"{subscription}{provider}/locations/westeurope/deletedVaults/KV"
    vault = place.of("Microsoft.KeyVault/vaults", "KV")
    told = {
        "vaultId": vault,
        "location": "westeurope",
        "deletionDate": WHEN,
        "scheduledPurgeDate": WHEN,
        "tags": {"owner": "web"},
        "purgeProtectionEnabled": None,
    }
    place.tenant.add_child(subscription, f"{provider}/deletedVaults", "KV", told, id=id)
    assert verdicts(azure.run("azure_subscription_has_deleted_keyvault_service")) == {"complete"}
    found = entities("azure_deleted_keyvault_service")["KV"]
    assert (found["deletedOn"], found["scheduledPurgeOn"], found["region"]) == (MOMENT, MOMENT, "westeurope")
    assert (found["keyVaultId"], found["tag.owner"]) == (vault.lower(), "web")
    assert found.get("enablePurgeProtection") is None
    assert edges() == {(subscription, id.lower())}
