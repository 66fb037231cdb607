"""What Azure Monitor watches, what it alerts on, and whom it tells."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    in_groups,
    key_at,
    keys_in,
    keys_of,
    parts_of,
    properties_of,
    references_in,
    required_text,
    resource,
    texts_at,
    texts_in,
)
from steps.azure.role_definition import role_key

_TYPES = {
    "azure_application_insights": "microsoft.insights/components",
    "azure_monitor_action_group": "microsoft.insights/actiongroups",
    "azure_monitor_metric_alert": "microsoft.insights/metricalerts",
    "azure_monitor_scheduled_query_rule": "microsoft.insights/scheduledqueryrules",
    "azure_monitor_data_collection_rule": "microsoft.insights/datacollectionrules",
}
_ALERTS = ["azure_monitor_metric_alert", "azure_monitor_scheduled_query_rule"]
_STARTED = {
    "azureFunctionReceivers": "functionAppResourceId",
    "logicAppReceivers": "resourceId",
    "automationRunbookReceivers": "automationAccountId",
}
_WORKSPACE = "azure_log_analytics_workspace"
_DESTINATIONS: dict[str, list[tuple[str, ...]]] = {
    _WORKSPACE: [("logAnalytics[]", "workspaceResourceId")],
    "azure_event_hub_namespace": [(hubs, "eventHubResourceId") for hubs in ("eventHubs[]", "eventHubsDirect[]")],
    "azure_storage_account": [
        (places, "storageAccountResourceId")
        for places in ("storageAccounts[]", "storageBlobsDirect[]", "storageTablesDirect[]")
    ],
    "azure_data_explorer_cluster": [("azureDataExplorer[]", "resourceId")],
}
"""Types of what a rule sends what is collected to, and where it tells their ids."""


@entity_step(
    "Logs",
    permissions=["Microsoft.Insights/components/read"],
    per_row=True,
    resources=[_TYPES["azure_application_insights"]],
)
def azure_application_insights(ctx: Context) -> Iterator[Entity]:
    """A component of Application Insights, which watches an application."""
    for row in ctx.azure.resources(_TYPES["azure_application_insights"]):
        yield resource(row, workspaceId=key_at(properties_of(row), "WorkspaceResourceId"))


@entity_step(
    "Group",
    permissions=["Microsoft.Insights/actionGroups/read"],
    per_row=True,
    resources=[_TYPES["azure_monitor_action_group"]],
)
def azure_monitor_action_group(ctx: Context) -> Iterator[Entity]:
    """Whom alerts of Azure Monitor tell, and what they start."""
    for row in ctx.azure.resources(_TYPES["azure_monitor_action_group"]):
        yield resource(row, resourceIds=_started(row))


@entity_step(
    "Rule",
    permissions=["Microsoft.Insights/metricAlerts/read"],
    per_row=True,
    resources=[_TYPES["azure_monitor_metric_alert"]],
)
def azure_monitor_metric_alert(ctx: Context) -> Iterator[Entity]:
    """An alert on what Azure measures of resources."""
    for row in ctx.azure.resources(_TYPES["azure_monitor_metric_alert"]):
        yield resource(row, scopes=keys_in(row, "scopes"), actionGroupIds=_told(row))


@entity_step(
    "Rule",
    permissions=["Microsoft.Insights/scheduledQueryRules/read"],
    per_row=True,
    resources=[_TYPES["azure_monitor_scheduled_query_rule"]],
)
def azure_monitor_scheduled_query_rule(ctx: Context) -> Iterator[Entity]:
    """An alert on what a query of logs finds."""
    for row in ctx.azure.resources(_TYPES["azure_monitor_scheduled_query_rule"]):
        yield resource(row, scopes=keys_in(row, "scopes"), actionGroupIds=_told(row))


@entity_step(
    "Configuration",
    permissions=["Microsoft.Insights/dataCollectionRules/read"],
    per_row=True,
    resources=[_TYPES["azure_monitor_data_collection_rule"]],
)
def azure_monitor_data_collection_rule(ctx: Context) -> Iterator[Entity]:
    """What agents of Azure Monitor collect on machines, and where it goes."""
    for row in ctx.azure.resources(_TYPES["azure_monitor_data_collection_rule"]):
        yield resource(row, streams=_streams(row), workspaceIds=_destinations(row, _WORKSPACE))


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_monitor(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A part of Azure Monitor is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_family(_ALERTS, "USES", "azure_monitor_action_group", per_row=True)
def azure_monitor_alert_uses_action_group(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An alert tells those that an action group names."""
    for row in ctx.azure.resources(_TYPES[from_type]):
        for group in _told(row):
            yield Relationship(arm_key(row["id"]), group)


@relationship_step("azure_monitor_activity_log_alert", "USES", "azure_monitor_action_group", per_row=True)
def azure_monitor_activity_log_alert_uses_action_group(ctx: Context) -> Iterator[Relationship]:
    """An alert on what is done tells those that an action group names."""
    for row in ctx.azure.resources("microsoft.insights/activitylogalerts"):
        for group in _told(row):
            yield Relationship(arm_key(row["id"]), group)


@relationship_step(
    "azure_monitor_action_group",
    "TRIGGERS",
    any_of("azure"),
    type="azure_monitor_action_group_triggers_resource",
    per_row=True,
)
def azure_monitor_action_group_triggers_resource(ctx: Context) -> Iterator[Relationship]:
    """Those that an action group tells include a function app, a workflow or an automation account, which then acts."""
    for row in ctx.azure.resources(_TYPES["azure_monitor_action_group"]):
        for started in _started(row):
            yield Relationship(arm_key(row["id"]), started)


@relationship_step("azure_monitor_action_group", "NOTIFIES", "azure_role_definition", per_row=True)
def azure_monitor_action_group_notifies_role_definition(ctx: Context) -> Iterator[Relationship]:
    """Those that an action group tells include whoever has a role in its subscription."""
    for row in ctx.azure.resources(_TYPES["azure_monitor_action_group"]):
        for role in texts_at(properties_of(row), "armRoleReceivers[]", "roleId"):
            yield Relationship(arm_key(row["id"]), role_key(role))


@relationship_step(
    "azure_monitor_metric_alert",
    "MONITORS",
    any_of("azure"),
    type="azure_monitor_metric_alert_monitors_azure_scope",
    per_row=True,
)
def azure_monitor_metric_alert_monitors_azure_scope(ctx: Context) -> Iterator[Relationship]:
    """An alert watches a resource, or all of a group or a subscription."""
    yield from _scopes(ctx, "azure_monitor_metric_alert")


@relationship_step(
    "azure_monitor_scheduled_query_rule",
    "MONITORS",
    any_of("azure"),
    type="azure_monitor_scheduled_query_rule_monitors_azure_scope",
    per_row=True,
)
def azure_monitor_scheduled_query_rule_monitors_azure_scope(ctx: Context) -> Iterator[Relationship]:
    """An alert asks the logs of a workspace, or of what is in a scope."""
    yield from _scopes(ctx, "azure_monitor_scheduled_query_rule")


@relationship_step("azure_application_insights", "USES", "azure_log_analytics_workspace", per_row=True)
def azure_application_insights_uses_log_analytics_workspace(ctx: Context) -> Iterator[Relationship]:
    """What a component is told is kept in a workspace."""
    for row in ctx.azure.resources(_TYPES["azure_application_insights"]):
        if workspace := key_at(properties_of(row), "WorkspaceResourceId"):
            yield Relationship(arm_key(row["id"]), workspace)


@relationship_family("azure_monitor_data_collection_rule", "USES", list(_DESTINATIONS), per_row=True)
def azure_monitor_data_collection_rule_uses(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """What is collected goes to a workspace, a namespace of Event Hubs, a storage account or a cluster."""
    for row in ctx.azure.resources(_TYPES["azure_monitor_data_collection_rule"]):
        for destination in _destinations(row, to_type):
            yield Relationship(arm_key(row["id"]), destination)


def _scopes(ctx: Context, type: str) -> Iterator[Relationship]:
    for row in ctx.azure.resources(_TYPES[type]):
        for scope in keys_in(row, "scopes"):
            yield Relationship(arm_key(row["id"]), scope)


def _told(row: Any) -> list[str]:
    """Return the keys of the action groups that an alert tells: each kind of alert names them in another way."""
    properties = properties_of(row)
    actions = properties.get("actions")
    told = references_in(actions, "actionGroups") if isinstance(actions, dict) else references_in(properties, "actions")
    return keys_of(required_text(each, "actionGroupId") if isinstance(each, dict) else each for each in told)


def _started(row: Any) -> list[str]:
    """Return the keys of what an action group starts."""
    return keys_of(key_at(each, id) for name, id in _STARTED.items() for each in parts_of(row, name))


def _streams(row: Any) -> list[str]:
    """Return the kinds of what is collected."""
    return sorted({stream for flow in parts_of(row, "dataFlows") for stream in texts_in(flow, "streams") if stream})


def _destinations(row: Any, type: str) -> list[str]:
    """Return the keys of what is of a type and is sent what is collected; of a hub, of its namespace."""
    paths = _DESTINATIONS[type]
    told = (text for names in paths for text in texts_at(properties_of(row), "destinations", *names))
    return list(dict.fromkeys(key.partition("/eventhubs/")[0] for key in keys_of(told)))
