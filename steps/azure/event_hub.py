"""Hubs of namespaces of Event Hubs, who may send and read, and from which networks."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import Children
from steps.azure._messaging import network_rules
from steps.azure._resource import active, in_groups, in_subscriptions, keys_of, properties_of, resource, texts_at

_NAMESPACE = "microsoft.eventhub/namespaces"
_HUBS = Children(_NAMESPACE, "/eventhubs", "2021-11-01")
_GROUPS = Children(_NAMESPACE, "/eventhubs/*/consumergroups", "2021-11-01")
_RULES = Children(_NAMESPACE, "/authorizationRules", "2021-11-01")
_NETWORKS = Children(_NAMESPACE, "/networkRuleSets/default", "2021-11-01")
_READ = ["Microsoft.EventHub/namespaces/eventhubs/read"]
_READ_GROUPS = ["Microsoft.EventHub/namespaces/eventhubs/consumergroups/read"]
_READ_RULES = ["Microsoft.EventHub/namespaces/authorizationRules/read"]
_READ_NETWORKS = ["Microsoft.EventHub/namespaces/networkRuleSets/read"]
_KEPT_IN = "captureDescription", "destination", "properties", "storageAccountResourceId"
_HUB: dict[str, Any] = {"category": ["platform"], "function": ["queuing"]}
_GROUP: dict[str, Any] = {"category": ["network", "security"], "function": ["networking", "monitoring"]}


@entity_step("Service", permissions=_READ, per_row=True, on_demand=True)
def azure_event_hub(ctx: Context) -> Iterator[Entity]:
    """A hub of a namespace of Event Hubs, to which events are sent."""
    for row in _HUBS.rows(ctx):
        yield resource(row, active=active(row), namespace=row["id"].split("/")[-3], **_HUB)


@entity_step("Channel", permissions=_READ_GROUPS, per_row=True, on_demand=True)
def azure_event_hub_consumer_group(ctx: Context) -> Iterator[Entity]:
    """A view of an event hub that some readers share."""
    for row in _GROUPS.rows(ctx):
        yield resource(row, **_GROUP)


@entity_step("AccessPolicy", permissions=_READ_RULES, per_row=True, on_demand=True)
def azure_event_hub_authorization_rule(ctx: Context) -> Iterator[Entity]:
    """A key of a namespace of Event Hubs: what whoever has it may do, never the key itself."""
    for row in _RULES.rows(ctx):
        yield resource(row)


@entity_step("Firewall", permissions=_READ_NETWORKS, per_row=True, on_demand=True)
def azure_event_hub_network_rule_set(ctx: Context) -> Iterator[Entity]:
    """Which networks reach a namespace of Event Hubs."""
    for row in _NETWORKS.rows(ctx):
        yield network_rules(row)


@relationship_step("azure_event_hub_namespace", "HAS", "azure_event_hub", permissions=_READ, per_row=True)
def azure_event_hub_namespace_has_hub(ctx: Context) -> Iterator[Relationship]:
    """A namespace of Event Hubs has a hub."""
    yield from _HUBS.in_parents(ctx)


@relationship_step("azure_event_hub", "USES", "azure_storage_account", permissions=_READ, per_row=True)
def azure_event_hub_uses_storage_account(ctx: Context) -> Iterator[Relationship]:
    """Events that are sent to a hub are kept in a storage account, also while that is off."""
    for row in _HUBS.rows(ctx):
        for account in keys_of(texts_at(properties_of(row), *_KEPT_IN)):
            yield Relationship(arm_key(row["id"]), account)


@relationship_step("azure_resource_group", "HAS", "azure_event_hub", permissions=_READ, per_row=True)
def azure_resource_group_has_event_hub(ctx: Context) -> Iterator[Relationship]:
    """A hub is in a resource group."""
    yield from in_groups(ctx.entities("azure_event_hub"))


@relationship_step("azure_subscription", "HAS", "azure_event_hub", permissions=_READ, per_row=True)
def azure_subscription_has_event_hub(ctx: Context) -> Iterator[Relationship]:
    """A hub is in a subscription."""
    yield from in_subscriptions(_HUBS.rows(ctx))


@relationship_step("azure_event_hub_consumer_group", "HAS", "azure_event_hub", permissions=_READ_GROUPS, per_row=True)
def azure_event_hub_consumer_group_has_hub(ctx: Context) -> Iterator[Relationship]:
    """Readers of a group read a hub."""
    for hub, row in ctx.azure.children(_GROUPS.type, _GROUPS.below, api_version=_GROUPS.api_version):
        yield Relationship(arm_key(row["id"]), hub)


@relationship_step(
    "azure_event_hub_namespace", "HAS", "azure_event_hub_authorization_rule", permissions=_READ_RULES, per_row=True
)
def azure_event_hub_namespace_has_authorization_rule(ctx: Context) -> Iterator[Relationship]:
    """A namespace of Event Hubs has a key."""
    yield from _RULES.in_parents(ctx)


@relationship_step(
    "azure_event_hub_namespace", "HAS", "azure_event_hub_network_rule_set", permissions=_READ_NETWORKS, per_row=True
)
def azure_event_hub_namespace_has_network_rule_set(ctx: Context) -> Iterator[Relationship]:
    """A namespace of Event Hubs is reached from some networks."""
    yield from _NETWORKS.in_parents(ctx)
