"""Locks, which keep resources from being changed or deleted."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import below_scopes
from steps.azure._ids import portal_link, scope_of
from steps.azure._resource import properties_of

_READ = ["Microsoft.Authorization/locks/read"]
_BELOW, _VERSION = "/providers/Microsoft.Authorization/locks", "2016-09-01"


@entity_step("Rule", permissions=_READ)
def azure_resource_lock(ctx: Context) -> Iterator[Entity]:
    """A lock: what is in its scope cannot be deleted, or not be changed either."""
    for row in _locks(ctx):
        yield Entity(
            arm_key(row["id"]),
            row,
            name=row["name"],
            displayName=row["name"],
            notes=[note] if (note := properties_of(row).get("notes")) else None,
            scope=scope_of(row["id"], "microsoft.authorization"),
            webLink=portal_link(row),
        )


@relationship_step(
    "azure_resource_lock",
    "HAS",
    any_of("azure"),
    type="azure_resource_lock_has_any_resource",
    permissions=_READ,
)
def azure_resource_lock_has_any_resource(ctx: Context) -> Iterator[Relationship]:
    """A lock is on a subscription, a resource group or a resource, and holds for all that is below it."""
    for row in _locks(ctx):
        yield Relationship(arm_key(row["id"]), scope_of(row["id"], "microsoft.authorization"))


def _locks(ctx: Context) -> Iterator[Any]:
    """Yield all locks, each once: a subscription tells those of what is below it, too."""
    yield from below_scopes(ctx, _BELOW, _VERSION)
