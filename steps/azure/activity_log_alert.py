"""Alerts on what is done to resources."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    in_groups,
    keys_in,
    keys_of,
    named_in,
    object_at,
    objects_in,
    properties_of,
    resource,
    says,
    texts_in,
)

_ALERT = "microsoft.insights/activitylogalerts"


@entity_step("Rule", permissions=["Microsoft.Insights/activityLogAlerts/read"], per_row=True, resources=[_ALERT])
def azure_monitor_activity_log_alert(ctx: Context) -> Iterator[Entity]:
    """An alert that is raised when something is done to resources, such as a change of a security group."""
    for row in ctx.azure.resources(_ALERT):
        conditions = list(_conditions(row))
        told = {name: [value for field, value in conditions if says(field, name.lower())] for name in _FIELDS}
        actions = object_at(properties_of(row), "actions")
        yield resource(
            row,
            scopes=keys_in(row, "scopes"),
            conditions=[f"{field}={value}" for field, value in conditions],
            actionGroupIds=keys_of(named_in(actions, "actionGroups", "actionGroupId")),
            **{f"condition.{name}": values[0] for name, values in told.items() if len(values) == 1},
        )


@relationship_step("azure_resource_group", "HAS", "azure_monitor_activity_log_alert", per_row=True)
def azure_resource_group_has_monitor_activity_log_alert(ctx: Context) -> Iterator[Relationship]:
    """An alert is in a resource group."""
    yield from in_groups(ctx.entities("azure_monitor_activity_log_alert"))


@relationship_step(
    "azure_monitor_activity_log_alert",
    "MONITORS",
    any_of("azure"),
    type="azure_monitor_activity_log_alert_monitors_azure_scope",
    needs=["azure_subscription", "azure_resource_group"],
    per_row=True,
)
def azure_monitor_activity_log_alert_monitors_azure_scope(ctx: Context) -> Iterator[Relationship]:
    """An alert watches what is done in a subscription, in a resource group or to a resource."""
    for row in ctx.azure.resources(_ALERT):
        for scope in keys_in(row, "scopes"):
            yield Relationship(arm_key(row["id"]), scope)


_FIELDS = ("category", "operationName", "level", "status", "caller")


def _conditions(row: Any) -> Iterator[tuple[str, str]]:
    """Yield the conditions of an alert as field and value, also each of those of which one is enough."""
    for condition in objects_in(object_at(properties_of(row), "condition"), "allOf"):
        for one in objects_in(condition, "anyOf") or [condition]:
            values = [one["equals"]] if one.get("equals") else texts_in(one, "containsAny")
            for value in values if one.get("field") else ():
                yield one["field"], value
