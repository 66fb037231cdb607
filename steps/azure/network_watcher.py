"""Network watchers and the logs of what went through networks."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import below_parents, in_groups, key_at, object_at, properties_of, resource

WATCHER = "microsoft.network/networkwatchers"
_LOG = "microsoft.network/networkwatchers/flowlogs"
_TARGETS = {
    "azure_security_group": "networksecuritygroups",
    "azure_vnet": "virtualnetworks",
    "azure_subnet": "subnets",
    "azure_nic": "networkinterfaces",
}
"""What a log may be about, and what stands before its name in an id."""


@entity_step("Resource", permissions=["Microsoft.Network/networkWatchers/read"], per_row=True, resources=[WATCHER])
def azure_network_watcher(ctx: Context) -> Iterator[Entity]:
    """What watches the networks of a subscription in one region."""
    for row in ctx.azure.resources(WATCHER):
        yield resource(row)


@entity_step("Logs", permissions=["Microsoft.Network/networkWatchers/flowLogs/read"], per_row=True, resources=[_LOG])
def azure_security_group_flow_logs(ctx: Context) -> Iterator[Entity]:
    """A log of what a security group, or the rules of a network, let through and what not."""
    for row in ctx.azure.resources(_LOG):
        yield resource(
            row,
            targetResourceId=_target(row),
            storageId=key_at(properties_of(row), "storageId"),
            workspaceId=_workspace(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_network_watcher", per_row=True)
def azure_resource_group_has_network_watcher(ctx: Context) -> Iterator[Relationship]:
    """A network watcher is in a resource group."""
    yield from in_groups(ctx.entities("azure_network_watcher"))


@relationship_step("azure_network_watcher", "HAS", "azure_security_group_flow_logs", per_row=True)
def azure_network_watcher_has_security_group_flow_logs(ctx: Context) -> Iterator[Relationship]:
    """A network watcher writes a log."""
    yield from below_parents(ctx.entities("azure_security_group_flow_logs"))


@relationship_family(list(_TARGETS), "HAS", "azure_security_group_flow_logs", per_row=True)
def azure_target_has_flow_logs(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """What a security group, a network, a subnet or an interface let through is written down."""
    for row in ctx.azure.resources(_LOG):
        target = _target(row)
        if target and target.split("/")[-2] == _TARGETS[from_type]:
            yield Relationship(target, arm_key(row["id"]))


@relationship_step("azure_security_group_flow_logs", "USES", "azure_storage_account", per_row=True)
def azure_security_group_flow_logs_uses_storage_account(ctx: Context) -> Iterator[Relationship]:
    """A log is kept in a storage account."""
    for row in ctx.azure.resources(_LOG):
        if account := key_at(properties_of(row), "storageId"):
            yield Relationship(arm_key(row["id"]), account)


@relationship_step("azure_security_group_flow_logs", "USES", "azure_log_analytics_workspace", per_row=True)
def azure_security_group_flow_logs_uses_log_analytics_workspace(ctx: Context) -> Iterator[Relationship]:
    """What a log tells is analysed in a workspace."""
    for row in ctx.azure.resources(_LOG):
        if workspace := _workspace(row):
            yield Relationship(arm_key(row["id"]), workspace)


def _workspace(row: Any) -> str | None:
    """Return the key of the workspace that what went through is analysed in."""
    analytics = object_at(properties_of(row), "flowAnalyticsConfiguration")
    return key_at(object_at(analytics, "networkWatcherFlowAnalyticsConfiguration"), "workspaceResourceId")


def _target(row: Any) -> str | None:
    """Return the key of what a log is about."""
    return key_at(properties_of(row), "targetResourceId")
