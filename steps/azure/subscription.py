"""Subscriptions of the tenant, and the resource groups in them."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link, tagged
from steps.azure._resource import listed, properties_of, says

CONTAINERS = "resourcecontainers"
SUBSCRIPTIONS = "microsoft.resources/subscriptions"
GROUPS = "microsoft.resources/subscriptions/resourcegroups"


@entity_step("Account", permissions=["Microsoft.Resources/subscriptions/read"], per_row=True)
def azure_subscription(ctx: Context) -> Iterator[Entity]:
    """An Azure subscription that the application sees."""
    for row in ctx.azure.table(CONTAINERS, type=SUBSCRIPTIONS):
        name = row["name"] or row["subscriptionId"]
        yield Entity(
            arm_key(row["id"]),
            row,
            name=name,
            displayName=name,
            vendor="Microsoft",
            active=says(properties_of(row).get("state"), "enabled"),
            managementGroup=next(iter(_groups(properties_of(row))), None),
            webLink=portal_link(row),
            **tagged(row),
        )


@entity_step("Group", permissions=["Microsoft.Resources/subscriptions/resourceGroups/read"], per_row=True)
def azure_resource_group(ctx: Context) -> Iterator[Entity]:
    """A resource group of a subscription."""
    for row in ctx.azure.table(CONTAINERS, type=GROUPS):
        yield Entity(
            arm_key(row["id"]),
            row,
            name=row["name"],
            displayName=row["name"],
            managedBy=row["managedBy"] or None,
            webLink=portal_link(row),
            **tagged(row),
        )


@relationship_step("azure_subscription", "HAS", "azure_resource_group", per_row=True)
def azure_subscription_has_resource_group(ctx: Context) -> Iterator[Relationship]:
    """A resource group is in a subscription."""
    for row in ctx.azure.table(CONTAINERS, type=GROUPS):
        yield Relationship(arm_key(f"/subscriptions/{row['subscriptionId']}"), arm_key(row["id"]))


def _groups(properties: dict[str, list[dict[str, str]] | None]) -> Iterator[str]:
    """Yield the names of the management groups that a subscription is in, the nearest first."""
    yield from (group["name"] for group in listed(properties, "managementGroupAncestorsChain"))
