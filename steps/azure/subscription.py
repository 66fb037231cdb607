"""Subscriptions of the tenant, and the resource groups in them."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link, tagged
from steps.azure._resource import key_at, objects_in, properties_of, says

CONTAINERS = "resourcecontainers"
SUBSCRIPTIONS = "microsoft.resources/subscriptions"
GROUPS = "microsoft.resources/subscriptions/resourcegroups"
_ACTIVE = ("enabled", "pastdue")
"""States in which all that is in a subscription works: who owes money is not cut off yet. Source: Azure subscription
states."""


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
            active=says(properties_of(row).get("state"), *_ACTIVE),
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


@relationship_step(
    any_of("azure"), "MANAGES", "azure_resource_group", type="azure_manager_manages_resource_group", per_row=True
)
def azure_manager_manages_resource_group(ctx: Context) -> Iterator[Relationship]:
    """A resource group was made for a resource, such as that of a cluster's nodes, and holds what that runs on."""
    for row in ctx.azure.table(CONTAINERS, type=GROUPS):
        if manager := key_at(row, "managedBy"):
            yield Relationship(manager, arm_key(row["id"]))


def _groups(properties: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the management groups that a subscription is in, the nearest first."""
    yield from (group["name"] for group in objects_in(properties, "managementGroupAncestorsChain"))
