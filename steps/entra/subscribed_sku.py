"""What the tenant has bought, what that holds, and to whom it is assigned."""

from collections.abc import Iterator, Mapping
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.sdk.row import Row
from integration.values import guid_key
from steps._forms import values_in
from steps._words import says
from steps.entra import group, user

LICENCES = ["LicenseAssignment.Read.All"]
State = Mapping[str, Any]
"""One way by which a licence came to a user, as Graph tells it in ``licenseAssignmentStates``."""


@entity_step("Subscription", permissions=LICENCES, per_row=True)
def azure_subscribed_sku(ctx: Context) -> Iterator[Entity]:
    """A product that the tenant has subscribed to, with how many licences of it there are and how many are assigned."""
    for sku in _skus(ctx):
        name = sku.get("skuPartNumber") or sku["skuId"]
        yield Entity(_key(sku["skuId"]), sku, displayName=name, name=name)


@entity_step("Product", permissions=LICENCES)
def azure_service_plan(ctx: Context) -> Iterator[Entity]:
    """A service that products of the tenant hold, once however many hold it."""
    found = {_plan_key(plan["servicePlanId"]): plan for sku in _skus(ctx) for plan in _plans(sku)}
    for key, plan in found.items():
        name = plan.get("servicePlanName") or plan["servicePlanId"]
        yield Entity(key, plan, displayName=name, name=name)


@relationship_step("azure_subscribed_sku", "HAS", "azure_service_plan", permissions=LICENCES, per_row=True)
def azure_subscribed_sku_has_service_plan(ctx: Context) -> Iterator[Relationship]:
    """A product holds a service."""
    for sku in _skus(ctx):
        for plan in _plans(sku):
            status = plan.get("provisioningStatus")
            yield Relationship(_key(sku["skuId"]), _plan_key(plan["servicePlanId"]), provisioningStatus=status)


@relationship_step("azure_user", "ASSIGNED", "azure_subscribed_sku", permissions=["User.Read.All"], per_row=True)
def azure_user_assigned_subscribed_sku(ctx: Context) -> Iterator[Relationship]:
    """A user has a licence of a product, directly or through groups."""
    for row in ctx.graph.list("/users", schema="azure_user", also=user.ALSO):
        states: dict[str, list[State]] = {}
        for state in values_in(row, "licenseAssignmentStates"):
            states.setdefault(guid_key(state["skuId"]), []).append(state)
        for sku, ways in states.items():
            yield Relationship(row["id"], _key(sku), **_assignment(ways))


@relationship_step("azure_user_group", "ASSIGNED", "azure_subscribed_sku", permissions=group.MEMBERS, per_row=True)
def azure_user_group_assigned_subscribed_sku(ctx: Context) -> Iterator[Relationship]:
    """A group gives its direct members a licence of a product."""
    for row in ctx.graph.list("/groups", schema="azure_user_group"):
        for licence in values_in(row, "assignedLicenses"):
            disabled = len(values_in(licence, "disabledPlans"))
            yield Relationship(row["id"], _key(licence["skuId"]), disabledPlanCount=disabled)


def _skus(ctx: Context) -> Iterator[Row]:
    """Yield the products; the listing takes no options, and its objects' own ids hold the tenant's, too."""
    return ctx.graph.list("/subscribedSkus", select=None, top=None)


def _plans(sku: Row) -> list[dict[str, Any]]:
    return values_in(sku, "servicePlans")


def _key(sku: str) -> str:
    key: str = guid_key("azure_subscribed_sku:" + sku)  # what is no text is no id, and raises
    return key


def _plan_key(plan: str) -> str:
    key: str = guid_key("azure_service_plan:" + plan)
    return key


def _assignment(ways: list[State]) -> dict[str, Any]:
    """Return the properties of a licence that came by one way or more.

    It is active where one of them is, a plan is disabled where all that are active disable it, and the error is that of
    a way that failed, whose group is the one that is named.
    """
    ways = sorted(ways, key=lambda way: (not _fails(way), str(way.get("assignedByGroup"))))
    active = [way for way in ways if says(way.get("state"), "Active")]
    disabled = [set(values_in(way, "disabledPlans")) for way in active or ways]
    return {
        "state": "Active" if active else ways[0].get("state"),
        "error": ways[0].get("error") if _fails(ways[0]) else None,
        "direct": any(way.get("assignedByGroup") is None for way in ways),
        "assignedByGroup": next((way["assignedByGroup"] for way in ways if way.get("assignedByGroup")), None),
        "disabledPlanCount": len(set.intersection(*disabled)),
    }


def _fails(way: State) -> bool:
    return way.get("error") is not None and not says(way["error"], "None")
