"""Queues and topics of namespaces of Service Bus, who may send and read, and from which networks."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import Children
from steps.azure._messaging import network_rules
from steps.azure._resource import active, resource

_NAMESPACE = "microsoft.servicebus/namespaces"
_QUEUES = Children(_NAMESPACE, "/queues", "2021-11-01")
_TOPICS = Children(_NAMESPACE, "/topics", "2021-11-01")
_SUBSCRIPTIONS = Children(_NAMESPACE, "/topics/*/subscriptions", "2021-11-01")
_RULES = Children(_NAMESPACE, "/authorizationRules", "2021-11-01")
_NETWORKS = Children(_NAMESPACE, "/networkRuleSets/default", "2021-11-01")
_READ_QUEUES = ["Microsoft.ServiceBus/namespaces/queues/read"]
_READ_TOPICS = ["Microsoft.ServiceBus/namespaces/topics/read"]
_READ_SUBSCRIPTIONS = ["Microsoft.ServiceBus/namespaces/topics/subscriptions/read"]
_READ_RULES = ["Microsoft.ServiceBus/namespaces/authorizationRules/read"]
_READ_NETWORKS = ["Microsoft.ServiceBus/namespaces/networkRuleSets/read"]


@entity_step("Queue", permissions=_READ_QUEUES, per_row=True, on_demand=True)
def azure_service_bus_queue(ctx: Context) -> Iterator[Entity]:
    """A queue of a namespace of Service Bus."""
    for row in _QUEUES.rows(ctx):
        yield resource(row, active=active(row))


@entity_step("Queue", permissions=_READ_TOPICS, per_row=True, on_demand=True)
def azure_service_bus_topic(ctx: Context) -> Iterator[Entity]:
    """A topic of a namespace of Service Bus, whose messages all its subscriptions get."""
    for row in _TOPICS.rows(ctx):
        yield resource(row, active=active(row))


@entity_step("Subscription", permissions=_READ_SUBSCRIPTIONS, per_row=True, on_demand=True)
def azure_service_bus_subscription(ctx: Context) -> Iterator[Entity]:
    """Who gets the messages of a topic of Service Bus."""
    for row in _SUBSCRIPTIONS.rows(ctx):
        yield resource(row, active=active(row))


@entity_step("AccessPolicy", permissions=_READ_RULES, per_row=True, on_demand=True)
def azure_service_bus_authorization_rule(ctx: Context) -> Iterator[Entity]:
    """A key of a namespace of Service Bus: what whoever has it may do, never the key itself."""
    for row in _RULES.rows(ctx):
        yield resource(row)


@entity_step("Firewall", permissions=_READ_NETWORKS, per_row=True, on_demand=True)
def azure_service_bus_network_rule_set(ctx: Context) -> Iterator[Entity]:
    """Which networks reach a namespace of Service Bus."""
    for row in _NETWORKS.rows(ctx):
        yield network_rules(row)


@relationship_step(
    "azure_service_bus_namespace", "HAS", "azure_service_bus_queue", permissions=_READ_QUEUES, per_row=True
)
def azure_service_bus_namespace_has_queue(ctx: Context) -> Iterator[Relationship]:
    """A namespace of Service Bus has a queue."""
    yield from _QUEUES.in_parents(ctx)


@relationship_step(
    "azure_service_bus_namespace", "HAS", "azure_service_bus_topic", permissions=_READ_TOPICS, per_row=True
)
def azure_service_bus_namespace_has_topic(ctx: Context) -> Iterator[Relationship]:
    """A namespace of Service Bus has a topic."""
    yield from _TOPICS.in_parents(ctx)


@relationship_step(
    "azure_service_bus_topic", "HAS", "azure_service_bus_subscription", permissions=_READ_SUBSCRIPTIONS, per_row=True
)
def azure_service_bus_topic_has_subscription(ctx: Context) -> Iterator[Relationship]:
    """A topic of Service Bus has a subscription."""
    yield from _SUBSCRIPTIONS.in_parents(ctx)


@relationship_step(
    "azure_service_bus_namespace", "HAS", "azure_service_bus_authorization_rule", permissions=_READ_RULES, per_row=True
)
def azure_service_bus_namespace_has_authorization_rule(ctx: Context) -> Iterator[Relationship]:
    """A namespace of Service Bus has a key."""
    yield from _RULES.in_parents(ctx)


@relationship_step(
    "azure_service_bus_namespace", "HAS", "azure_service_bus_network_rule_set", permissions=_READ_NETWORKS, per_row=True
)
def azure_service_bus_namespace_has_network_rule_set(ctx: Context) -> Iterator[Relationship]:
    """A namespace of Service Bus is reached from some networks."""
    yield from _NETWORKS.in_parents(ctx)
