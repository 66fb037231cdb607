"""Where Microsoft Defender for Cloud sends what it finds by itself."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import in_groups, key_at, keys_of, named_in, parts_of, properties_of, resource

_AUTOMATION = "microsoft.security/automations"
_TARGETS = "eventHubResourceId", "logicAppResourceId", "workspaceResourceId"


@entity_step("Rule", permissions=["Microsoft.Security/automations/read"], per_row=True, resources=[_AUTOMATION])
def azure_security_center_automation(ctx: Context) -> Iterator[Entity]:
    """Where Microsoft Defender for Cloud sends what it finds (continuous export), or what it starts then."""
    for row in ctx.azure.resources(_AUTOMATION):
        enabled, targets = properties_of(row).get("isEnabled"), _targets(row)
        yield resource(
            row,
            active=None if enabled is None else enabled and bool(targets),
            scopeIds=_scopes(row),
            eventSources=sorted(set(named_in(properties_of(row), "sources", "eventSource"))),
            actionTypes=sorted(set(named_in(properties_of(row), "actions", "actionType"))),
            targetIds=targets,
        )


@relationship_step("azure_resource_group", "HAS", "azure_security_center_automation", per_row=True)
def azure_resource_group_has_security_center_automation(ctx: Context) -> Iterator[Relationship]:
    """What Microsoft Defender for Cloud does by itself is kept in a resource group."""
    yield from in_groups(ctx.entities("azure_security_center_automation"))


@relationship_step(
    "azure_security_center_automation",
    "MONITORS",
    any_of("azure"),
    type="azure_security_center_automation_monitors_azure_scope",
    per_row=True,
)
def azure_security_center_automation_monitors_azure_scope(ctx: Context) -> Iterator[Relationship]:
    """What Microsoft Defender for Cloud finds in a subscription, or a resource group, is sent on."""
    for row in ctx.azure.resources(_AUTOMATION):
        for scope in _scopes(row):
            yield Relationship(arm_key(row["id"]), scope)


@relationship_step(
    "azure_security_center_automation",
    "NOTIFIES",
    any_of("azure"),
    type="azure_security_center_automation_notifies_resource",
    per_row=True,
)
def azure_security_center_automation_notifies_resource(ctx: Context) -> Iterator[Relationship]:
    """What is found is sent to a workspace or a namespace of Event Hubs, or starts a workflow."""
    for row in ctx.azure.resources(_AUTOMATION):
        for target in dict.fromkeys(key.partition("/eventhubs/")[0] for key in _targets(row)):
            yield Relationship(arm_key(row["id"]), target)


def _scopes(row: Any) -> list[str]:
    """Return the keys of what is watched."""
    return keys_of(named_in(properties_of(row), "scopes", "scopePath"))


def _targets(row: Any) -> list[str]:
    """Return the keys of what is told, or started."""
    return keys_of(key_at(each, name) for each in parts_of(row, "actions") for name in _TARGETS)
