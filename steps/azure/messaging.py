"""Services that hand messages on: Service Bus, Event Hubs and Event Grid."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    active,
    identities_of,
    in_groups,
    key_at,
    private_endpoints_of,
    properties_of,
    resource,
)

EVENT_HUB_NAMESPACE = "microsoft.eventhub/namespaces"
SERVICE_BUS_NAMESPACE = "microsoft.servicebus/namespaces"
_TYPES = {
    "azure_service_bus_namespace": SERVICE_BUS_NAMESPACE,
    "azure_event_hub_namespace": EVENT_HUB_NAMESPACE,
    "azure_event_hub_cluster": "microsoft.eventhub/clusters",
    "azure_event_grid_domain": "microsoft.eventgrid/domains",
    "azure_event_grid_topic": "microsoft.eventgrid/topics",
}
_DELIVERY: dict[str, Any] = {"category": ["infrastructure"], "function": ["event-delivery"]}


@entity_step(
    "Service",
    permissions=["Microsoft.ServiceBus/namespaces/read"],
    per_row=True,
    resources=[_TYPES["azure_service_bus_namespace"]],
)
def azure_service_bus_namespace(ctx: Context) -> Iterator[Entity]:
    """A namespace of Service Bus, which has queues and topics."""
    for row in ctx.azure.resources(_TYPES["azure_service_bus_namespace"]):
        yield resource(row, active=active(row), **_DELIVERY, **_reached(row))


@entity_step(
    "Group",
    permissions=["Microsoft.EventHub/namespaces/read"],
    per_row=True,
    resources=[_TYPES["azure_event_hub_namespace"]],
)
def azure_event_hub_namespace(ctx: Context) -> Iterator[Entity]:
    """A namespace of Event Hubs, which has hubs that take very many events."""
    for row in ctx.azure.resources(_TYPES["azure_event_hub_namespace"]):
        cluster = key_at(properties_of(row), "clusterArmId")
        yield resource(row, active=active(row), clusterArmId=cluster, **_reached(row))


@entity_step(
    "Cluster",
    permissions=["Microsoft.EventHub/clusters/read"],
    per_row=True,
    resources=[_TYPES["azure_event_hub_cluster"]],
)
def azure_event_hub_cluster(ctx: Context) -> Iterator[Entity]:
    """Machines that only one customer's namespaces of Event Hubs run on."""
    for row in ctx.azure.resources(_TYPES["azure_event_hub_cluster"]):
        yield resource(row, active=active(row))


@entity_step(
    "Service",
    permissions=["Microsoft.EventGrid/domains/read"],
    per_row=True,
    resources=[_TYPES["azure_event_grid_domain"]],
)
def azure_event_grid_domain(ctx: Context) -> Iterator[Entity]:
    """A domain of Event Grid, which has topics of many customers or applications."""
    for row in ctx.azure.resources(_TYPES["azure_event_grid_domain"]):
        yield resource(row, **_DELIVERY, **_reached(row))


@entity_step(
    "Queue", permissions=["Microsoft.EventGrid/topics/read"], per_row=True, resources=[_TYPES["azure_event_grid_topic"]]
)
def azure_event_grid_topic(ctx: Context) -> Iterator[Entity]:
    """A topic of Event Grid, which events are sent to."""
    for row in ctx.azure.resources(_TYPES["azure_event_grid_topic"]):
        yield resource(row, **_reached(row))


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_messaging(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A service that hands messages on is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_event_hub_cluster", "ASSIGNED", "azure_event_hub_namespace", per_row=True)
def azure_event_hub_cluster_assigned_namespace(ctx: Context) -> Iterator[Relationship]:
    """A namespace of Event Hubs runs on a cluster."""
    for row in ctx.azure.resources(_TYPES["azure_event_hub_namespace"]):
        if cluster := key_at(properties_of(row), "clusterArmId"):
            yield Relationship(cluster, arm_key(row["id"]))


def _reached(row: Any) -> dict[str, Any]:
    """Return who may reach such a service, and what it may be."""
    return {"privateEndpointIds": private_endpoints_of(row), "userAssignedIdentityIds": identities_of(row)}
