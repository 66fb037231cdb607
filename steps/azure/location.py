"""Regions of Azure, as far as something is in them."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure.network_watcher import WATCHER
from steps.azure.subscription import CONTAINERS, GROUPS

READ = ["Microsoft.Resources/subscriptions/resourceGroups/read", "Microsoft.Network/networkWatchers/read"]


@entity_step("Site", permissions=READ, target_filter_keys=["_key"])
def azure_location(ctx: Context) -> Iterator[Entity]:
    """A region of Azure that a resource group or a network watcher is in, such as westeurope."""
    groups, watchers = ctx.azure.table(CONTAINERS, type=GROUPS), ctx.azure.resources(WATCHER)
    for name in sorted({row["location"] for rows in (groups, watchers) for row in rows if row["location"]}):
        yield Entity(_key(name), name=name, displayName=name)


@relationship_step("azure_subscription", "USES", "azure_location", permissions=READ)
def azure_subscription_uses_location(ctx: Context) -> Iterator[Relationship]:
    """A subscription has a resource group in a region."""
    rows = (row for row in ctx.azure.table(CONTAINERS, type=GROUPS) if row["location"])
    for subscription, name in sorted({(row["subscriptionId"], row["location"]) for row in rows}):
        yield Relationship(arm_key(f"/subscriptions/{subscription}"), _key(name))


@relationship_step("azure_location", "HAS", "azure_network_watcher", permissions=READ, per_row=True)
def azure_location_has_network_watcher(ctx: Context) -> Iterator[Relationship]:
    """A network watcher watches the networks of a subscription in a region."""
    for row in ctx.azure.resources(WATCHER):
        if row["location"]:
            yield Relationship(_key(row["location"]), arm_key(row["id"]))


def _key(name: str) -> str:
    return f"azure_location_{name}"
