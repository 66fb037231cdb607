"""Where hubs send on what devices tell them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from integration import Context, Relationship, relationship_family
from integration.values import arm_key
from steps.azure._resource import object_at, objects_in, properties_of, text_in
from steps.azure._vaults import host_of
from steps.azure.cosmosdb_account import COSMOSDB_ACCOUNT
from steps.azure.iot_hub import IOT_HUB
from steps.azure.messaging import EVENT_HUB_NAMESPACE, SERVICE_BUS_NAMESPACE
from steps.azure.storage_account import accounts_by_host


@dataclass(frozen=True)
class _Endpoint:
    """A kind of endpoint of a hub's routes.

    Attributes:
        service: type of the service that it leads to.
        listed: names under which a hub lists such endpoints.
        below: where in the service it leads to, with the names of the endpoint's properties.
    """

    service: str
    listed: tuple[str, ...]
    below: tuple[tuple[str, tuple[str, ...]], ...]

    def key(self, service: str, endpoint: dict[str, Any]) -> str | None:
        """Return the key of what an endpoint leads to in a service; ``None`` where it does not tell that."""
        key = service
        for kind, names in self.below:
            name = next(filter(None, (text_in(endpoint, each) for each in names)), None)
            if name is None:
                return None
            key += f"/{kind}/{name}"
        return arm_key(key)


_PATH = ("entityPath",)
_ENDPOINTS = {
    "azure_event_hub": _Endpoint("azure_event_hub_namespace", ("eventHubs",), (("eventhubs", _PATH),)),
    "azure_service_bus_queue": _Endpoint("azure_service_bus_namespace", ("serviceBusQueues",), (("queues", _PATH),)),
    "azure_service_bus_topic": _Endpoint("azure_service_bus_namespace", ("serviceBusTopics",), (("topics", _PATH),)),
    "azure_storage_container": _Endpoint(
        "azure_storage_account", ("storageContainers",), (("blobservices/default/containers", ("containerName",)),)
    ),
    "azure_cosmosdb_sql_container": _Endpoint(
        "azure_cosmosdb_account",
        ("cosmosDBSqlContainers", "cosmosDBSqlCollections"),
        (("sqldatabases", ("databaseName",)), ("containers", ("containerName", "collectionName"))),
    ),
}
"""Kinds of endpoints by the type of what they lead to. Source: Azure Resource Manager, IotHubs, RoutingEndpoints of
2023-06-30-preview, and of 2021-07-01-preview, which called containers of Cosmos DB collections."""
_ADDRESSES = {
    "azure_event_hub_namespace": (EVENT_HUB_NAMESPACE, "serviceBusEndpoint"),
    "azure_service_bus_namespace": (SERVICE_BUS_NAMESPACE, "serviceBusEndpoint"),
    "azure_cosmosdb_account": (COSMOSDB_ACCOUNT, "documentEndpoint"),
}
"""Types of services: the type of the resources, and the property that has their address."""


@relationship_family("azure_iot_hub", "USES", list(dict.fromkeys(kind.service for kind in _ENDPOINTS.values())))
def azure_iot_hub_uses_service(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A hub sends what devices tell it on to a service; where it signs in with a key, that is not told."""
    kinds = [kind for kind in _ENDPOINTS.values() if kind.service == to_type]
    for hub, service in dict.fromkeys((hub, service) for kind in kinds for hub, service, _ in _routed(ctx, kind)):
        yield Relationship(hub, service)


@relationship_family("azure_iot_hub", "USES", list(_ENDPOINTS))
def azure_iot_hub_uses_part_of_service(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A hub sends what devices tell it on to an event hub, a queue, a topic or a container."""
    kind = _ENDPOINTS[to_type]
    for hub, part in dict.fromkeys((hub, kind.key(service, told)) for hub, service, told in _routed(ctx, kind)):
        if part:
            yield Relationship(hub, part)


def _routed(ctx: Context, kind: _Endpoint) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the key of each hub, that of a service that it sends to, and the endpoint that says so.

    An endpoint that signs in with a key has the address in its connection string alone, which nobody reads.
    """
    services = _by_host(ctx, kind.service)
    for row in ctx.azure.resources(IOT_HUB):
        endpoints = object_at(properties_of(row), "routing", "endpoints")
        for endpoint in (each for name in kind.listed for each in objects_in(endpoints, name)):
            if service := services.get(host_of(text_in(endpoint, "endpointUri"))):
                yield arm_key(row["id"]), service, endpoint


def _by_host(ctx: Context, service: str) -> dict[str | None, str]:
    """Return the keys of the services of a type by the hosts that they answer at."""
    if service == "azure_storage_account":
        return accounts_by_host(ctx)
    type, name = _ADDRESSES[service]
    rows = ctx.azure.resources(type)
    return {host: arm_key(row["id"]) for row in rows if (host := host_of(text_in(properties_of(row), name)))}
