"""Which kinds of resources a subscription may have: the providers that are registered in it."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import SUBSCRIPTION, below_scopes
from steps.azure._resource import in_subscriptions, properties_of, resource, whether

_READ = ["Microsoft.Resources/subscriptions/providers/read"]
_BELOW, _VERSION = "/providers", "2021-04-01"


@entity_step("Configuration", permissions=_READ, on_demand=True)
def azure_resource_provider(ctx: Context) -> Iterator[Entity]:
    """Whether a subscription may have resources of a provider, such as Microsoft.Compute."""
    for row in below_scopes(ctx, _BELOW, _VERSION, SUBSCRIPTION):
        yield resource(row, tags=None, active=whether(properties_of(row).get("registrationState"), "registered"))


@relationship_step("azure_subscription", "HAS", "azure_resource_provider", permissions=_READ)
def azure_subscription_has_resource_provider(ctx: Context) -> Iterator[Relationship]:
    """A provider is registered in a subscription, or may be."""
    yield from in_subscriptions(below_scopes(ctx, _BELOW, _VERSION, SUBSCRIPTION))
