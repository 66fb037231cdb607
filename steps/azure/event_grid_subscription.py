"""Topics of domains of Event Grid, and where the events of topics are sent."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import Children, of_several
from steps.azure._resource import key_of, keys_of, listed, properties_of, resource

_DOMAIN, _BELOW = "microsoft.eventgrid/domains", "/providers/Microsoft.EventGrid/eventSubscriptions"
_DOMAIN_TOPICS = Children(_DOMAIN, "/topics", "2022-06-15")
_OF_TOPICS = Children("microsoft.eventgrid/topics", _BELOW, "2022-06-15")
_OF_DOMAIN_TOPICS = Children(_DOMAIN, f"/topics/*{_BELOW}", "2022-06-15")
_READ_TOPICS = ["Microsoft.EventGrid/domains/topics/read"]
_READ = ["Microsoft.EventGrid/eventSubscriptions/read"]


@entity_step("Queue", permissions=_READ_TOPICS, per_row=True, on_demand=True)
def azure_event_grid_domain_topic(ctx: Context) -> Iterator[Entity]:
    """A topic of a domain of Event Grid."""
    for row in _DOMAIN_TOPICS.rows(ctx):
        yield resource(row)


@entity_step("Subscription", permissions=_READ, per_row=True, on_demand=True)
def azure_event_grid_topic_subscription(ctx: Context) -> Iterator[Entity]:
    """Where the events of a topic of Event Grid are sent."""
    for row in _subscriptions(ctx):
        properties, destination = properties_of(row), _destination(row)
        dead_by_identity = properties.get("deadLetterWithResourceIdentity") or {}
        dead = properties.get("deadLetterDestination") or dead_by_identity.get("deadLetterDestination")
        yield resource(
            row,
            topic=key_of(properties.get("topic")),
            endpointType=destination.get("endpointType"),
            endpointBaseUrl=properties_of(destination).get("endpointBaseUrl"),
            endpointResourceId=key_of(properties_of(destination).get("resourceId")),
            hasDeadLetterDestination=dead is not None,
        )


@relationship_step(
    "azure_event_grid_topic_subscription",
    "NOTIFIES",
    any_of("azure"),
    permissions=_READ,
    type="azure_event_grid_topic_subscription_notifies_resource",
    per_row=True,
)
def azure_event_grid_topic_subscription_notifies_resource(ctx: Context) -> Iterator[Relationship]:
    """Events of a topic are sent to a resource, such as a queue, an app that has a function, or a group of actions."""
    for row in _subscriptions(ctx):
        told = properties_of(_destination(row))
        for key in keys_of([told.get("resourceId"), *listed(told, "actionGroups")]):
            yield Relationship(arm_key(row["id"]), key.partition("/functions/")[0])


@relationship_step(
    "azure_event_grid_domain", "HAS", "azure_event_grid_domain_topic", permissions=_READ_TOPICS, per_row=True
)
def azure_event_grid_domain_has_topic(ctx: Context) -> Iterator[Relationship]:
    """A domain of Event Grid has a topic."""
    yield from _DOMAIN_TOPICS.in_parents(ctx)


@relationship_step(
    "azure_event_grid_domain_topic", "HAS", "azure_event_grid_topic_subscription", permissions=_READ, per_row=True
)
def azure_event_grid_domain_topic_has_topic_subscription(ctx: Context) -> Iterator[Relationship]:
    """The events of a topic of a domain are sent somewhere."""
    yield from _OF_DOMAIN_TOPICS.in_parents(ctx)


@relationship_step(
    "azure_event_grid_topic", "HAS", "azure_event_grid_topic_subscription", permissions=_READ, per_row=True
)
def azure_event_grid_topic_has_subscription(ctx: Context) -> Iterator[Relationship]:
    """The events of a topic are sent somewhere."""
    yield from _OF_TOPICS.in_parents(ctx)


def _subscriptions(ctx: Context) -> Iterator[Any]:
    return of_several(_OF_TOPICS.rows(ctx), _OF_DOMAIN_TOPICS.rows(ctx))


def _destination(row: Any) -> dict[str, Any]:
    """Return where events are sent, which is told elsewhere where an identity of the topic signs in there."""
    by_identity = properties_of(row).get("deliveryWithResourceIdentity") or {}
    return properties_of(row).get("destination") or by_identity.get("destination") or {}
