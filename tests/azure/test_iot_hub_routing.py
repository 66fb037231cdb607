"""Hubs lead to what their routes send to, by the address and the names that an endpoint tells."""

from typing import Any

import pytest

from tests.azure.one_group import azure, check_told, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

HUB = "Microsoft.Devices/IotHubs"
KEY = "Endpoint=sb://bus.example:5671/;SharedAccessKeyName=iot;SharedAccessKey=****;EntityPath=orders"
BUS, EVENTS, ACCOUNT, COSMOS = (
    {"serviceBusEndpoint": "https://Bus.example:443/"},
    {"serviceBusEndpoint": "https://events.example:443/"},
    {"primaryEndpoints": {"blob": "https://st.blob.example/"}},
    {"documentEndpoint": "https://cosmos.example:443/"},
)
SERVICES: dict[str, tuple[str, dict[str, Any]]] = {
    "azure_event_hub": ("Microsoft.EventHub/namespaces", EVENTS),
    "azure_service_bus_queue": ("Microsoft.ServiceBus/namespaces", BUS),
    "azure_service_bus_topic": ("Microsoft.ServiceBus/namespaces", BUS),
    "azure_storage_container": ("Microsoft.Storage/storageAccounts", ACCOUNT),
    "azure_cosmosdb_sql_container": ("Microsoft.DocumentDB/databaseAccounts", COSMOS),
}
WHOLE = {
    "azure_event_hub": "azure_event_hub_namespace",
    "azure_service_bus_queue": "azure_service_bus_namespace",
    "azure_service_bus_topic": "azure_service_bus_namespace",
    "azure_storage_container": "azure_storage_account",
    "azure_cosmosdb_sql_container": "azure_cosmosdb_account",
}


def routed(**endpoints: Any) -> dict[str, Any]:
    return {"routing": {"endpoints": {"serviceBusQueues": [], "eventHubs": None, **endpoints}}}


@pytest.mark.parametrize(
    ("type", "listed", "endpoint", "below"),
    [
        ("azure_event_hub", "eventHubs", {"endpointUri": "sb://EVENTS.example", "entityPath": "Raw"}, "eventhubs/Raw"),
        (
            "azure_service_bus_queue",
            "serviceBusQueues",
            {"endpointUri": "sb://bus.example:5671/", "entityPath": "orders"},
            "queues/orders",
        ),
        (
            "azure_service_bus_topic",
            "serviceBusTopics",
            {"endpointUri": "sb://bus.example", "entityPath": "prices"},
            "topics/prices",
        ),
        (
            "azure_storage_container",
            "storageContainers",
            {"endpointUri": "https://st.blob.example", "containerName": "raw"},
            "blobServices/default/containers/raw",
        ),
        (
            "azure_cosmosdb_sql_container",
            "cosmosDBSqlContainers",
            {"endpointUri": "https://cosmos.example", "databaseName": "Iot", "containerName": "raw"},
            "sqlDatabases/Iot/containers/raw",
        ),
        (
            "azure_cosmosdb_sql_container",
            "cosmosDBSqlCollections",
            {"endpointUri": "https://cosmos.example", "databaseName": "iot", "collectionName": "raw"},
            "sqlDatabases/iot/containers/raw",
        ),
    ],
)
def test_a_hub_leads_to_what_an_endpoint_names(
    place: Place, azure: Azure, type: str, listed: str, endpoint: dict[str, Any], below: str
) -> None:
    service = place.put(SERVICES[type][0], "one", SERVICES[type][1])
    place.put(SERVICES[type][0], "unnamed", {})
    away = {**endpoint, "endpointUri": "sb://elsewhere.example"}
    part_untold = {"endpointUri": endpoint["endpointUri"], "name": "untold"}
    hub = place.put(
        HUB, "iot", routed(**{listed: [endpoint, {**endpoint, "name": "again"}, away, {"name": "by-key"}, None]})
    )
    place.put(HUB, "short", {"routing": {"endpoints": {listed: [part_untold]}}})
    place.put(HUB, "idle", {"routing": None})
    leads = f"azure_iot_hub_uses_{type.removeprefix('azure_')}"
    report = azure.run(leads)
    assert verdicts(report) == {"complete"}
    assert report.of(leads).count == 1
    assert edges() == {(hub.lower(), f"{service}/{below}".lower())}


@pytest.mark.parametrize("type", SERVICES)
def test_a_hub_leads_to_the_service_once(place: Place, azure: Azure, type: str) -> None:
    of, told = SERVICES[type]
    service = place.put(of, "one", told)
    address = next(iter(told.values()))
    uri = address["blob"] if isinstance(address, dict) else address
    listed = {
        "azure_event_hub": "eventHubs",
        "azure_service_bus_queue": "serviceBusQueues",
        "azure_service_bus_topic": "serviceBusTopics",
        "azure_storage_container": "storageContainers",
        "azure_cosmosdb_sql_container": "cosmosDBSqlContainers",
    }[type]
    names = {"entityPath": "x", "containerName": "x", "databaseName": "x"}
    hub = place.put(HUB, "iot", routed(**{listed: [{"endpointUri": uri, **names}, {"endpointUri": uri}]}))
    whole = WHOLE[type]
    leads = f"azure_iot_hub_uses_{whole.removeprefix('azure_')}"
    report = azure.run(leads)
    assert verdicts(report) == {"complete"}
    assert report.of(leads).count == 1
    assert edges() == {(hub.lower(), service.lower())}


def test_an_endpoint_by_key_is_named_and_its_key_is_nowhere(place: Place, azure: Azure) -> None:
    queues = [
        {"name": "orders", "connectionString": KEY, "authenticationType": "keyBased", "entityPath": "orders"},
        {"name": "older", "connectionString": KEY},
    ]
    hubs = [{"name": "events", "authenticationType": "IdentityBased", "endpointUri": "sb://e.example"}, {}]
    place.put(HUB, "iot", routed(serviceBusQueues=queues, eventHubs=hubs))
    found = check_told(azure, "azure_iot_hub", {"keyBasedEndpoints": ["orders", "older"]})
    assert "SharedAccessKey" not in str(found)
