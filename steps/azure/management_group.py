"""Management groups, which subscriptions are in."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link
from steps.azure._resource import key_of, listed, properties_of
from steps.azure.subscription import CONTAINERS, SUBSCRIPTIONS

_TYPE = "microsoft.management/managementgroups"
_READ = ["Microsoft.Management/managementGroups/read"]


@entity_step("Group", permissions=_READ, per_row=True)
def azure_management_group(ctx: Context) -> Iterator[Entity]:
    """A management group: what is assigned in it holds in all subscriptions below it."""
    for row in ctx.azure.table(CONTAINERS, type=_TYPE):
        yield Entity(
            arm_key(row["id"]),
            row,
            name=row["name"],
            displayName=properties_of(row).get("displayName") or row["name"],
            isRoot=_is_root(row),
            parentId=_parent(row),
            webLink=portal_link(row),
        )


@relationship_step("azure_account", "HAS", "azure_management_group", permissions=_READ, per_row=True)
def azure_account_has_management_group(ctx: Context) -> Iterator[Relationship]:
    """The tenant has one management group that all others are below."""
    account = ctx.one("azure_account")
    for row in ctx.azure.table(CONTAINERS, type=_TYPE):
        if _is_root(row):
            yield Relationship(account.key, arm_key(row["id"]))


@relationship_step("azure_management_group", "CONTAINS", "azure_management_group", permissions=_READ, per_row=True)
def azure_management_group_contains_group(ctx: Context) -> Iterator[Relationship]:
    """A management group is directly below another one."""
    for row in ctx.azure.table(CONTAINERS, type=_TYPE):
        if parent := _parent(row):
            yield Relationship(parent, arm_key(row["id"]))


@relationship_step("azure_management_group", "HAS", "azure_subscription", permissions=_READ, per_row=True)
def azure_management_group_has_subscription(ctx: Context) -> Iterator[Relationship]:
    """A subscription is directly in a management group."""
    for row in ctx.azure.table(CONTAINERS, type=SUBSCRIPTIONS):
        if nearest := next(iter(listed(properties_of(row), "managementGroupAncestorsChain")), None):
            yield Relationship(arm_key(f"/providers/{_TYPE}/{nearest['name']}"), arm_key(row["id"]))


def _is_root(row: Any) -> bool:
    """Tell whether a management group is the tenant's root, which has the tenant's id for a name."""
    return bool(row["name"].lower() == (properties_of(row).get("tenantId") or row["tenantId"]).lower())


def _parent(row: Any) -> str | None:
    """Return the key of the management group that one is directly below; ``None`` for the root."""
    return None if _is_root(row) else key_of((properties_of(row).get("details") or {}).get("parent"))
