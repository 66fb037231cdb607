"""Web apps, functions and the plans that they run on."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    object_at,
    private_endpoints_of,
    properties_of,
    resource,
)

_SITE = "microsoft.web/sites"
_PLAN = "microsoft.web/serverfarms"
_APPS = ["azure_web_app", "azure_function_app"]
READ = ["Microsoft.Web/sites/read"]
_ROUTED = {
    "vnetRouteAllEnabled": "applicationTraffic",
    "vnetContentShareEnabled": "contentShareTraffic",
    "vnetImagePullEnabled": "imagePullTraffic",
    "vnetBackupRestoreEnabled": "backupRestoreTraffic",
}
"""What goes by way of an app's network, by its name before version 2024-11-01 of the API, with the name that
``outboundVnetRouting`` has for it since. Source: Azure's specification of Microsoft.Web, OutboundVnetRouting."""


@entity_step("Application", permissions=READ, per_row=True, resources=[_SITE])
def azure_web_app(ctx: Context) -> Iterator[Entity]:
    """A web app of App Service, also one that is a container or a logic app of its own."""
    yield from _apps(ctx, "azure_web_app")


@entity_step("Function", permissions=READ, per_row=True, resources=[_SITE])
def azure_function_app(ctx: Context) -> Iterator[Entity]:
    """An app of Azure Functions: code that runs when something happens."""
    yield from _apps(ctx, "azure_function_app")


@entity_step("Configuration", permissions=["Microsoft.Web/serverfarms/read"], per_row=True, resources=[_PLAN])
def azure_app_service_plan(ctx: Context) -> Iterator[Entity]:
    """The machines that some apps of App Service run on."""
    for row in ctx.azure.resources(_PLAN):
        yield resource(row, kind=_kinds(row))


@relationship_family("azure_resource_group", "HAS", [*_APPS, "azure_app_service_plan"], per_row=True)
def azure_resource_group_has_app(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An app or a plan of App Service is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_family(_APPS, "USES", "azure_app_service_plan", per_row=True)
def azure_app_uses_app_service_plan(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An app runs on the machines of a plan."""
    for row in _sites(ctx, from_type):
        if plan := key_at(properties_of(row), "serverFarmId"):
            yield Relationship(arm_key(row["id"]), plan)


def _sites(ctx: Context, type: str) -> Iterator[Any]:
    """Yield the apps of one type: those whose kind names a function app, or the others."""
    for row in ctx.azure.resources(_SITE):
        if ("functionapp" in (row["kind"] or "").lower()) == (type == "azure_function_app"):
            yield row


def _apps(ctx: Context, type: str) -> Iterator[Entity]:
    for row in _sites(ctx, type):
        properties = properties_of(row)
        yield resource(
            row,
            kind=_kinds(row),
            appServicePlanId=key_at(properties, "serverFarmId"),
            subnetId=key_at(properties, "virtualNetworkSubnetId"),
            outboundIpAddresses=outbound_of(row),
            **routed_by_network(row),
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


def outbound_of(row: Any) -> list[str] | None:
    """Return the addresses that an app or a slot asks from; ``None`` where Azure does not tell them."""
    told = properties_of(row).get("outboundIpAddresses")
    return told.split(",") if told else None


def routed_by_network(row: Any) -> dict[str, Any]:
    """Return whether what an app or a slot sends goes by way of its network, by the older names of that.

    Where ``allTraffic`` is on, all of it does, whatever else is told.
    """
    properties = properties_of(row)
    routing = object_at(properties, "outboundVnetRouting")
    if routing.get("allTraffic") is True:
        return dict.fromkeys(_ROUTED, True)
    return {old: properties.get(old) if routing.get(new) is None else routing[new] for old, new in _ROUTED.items()}


def _kinds(row: Any) -> list[str] | None:
    """Return the words of a kind such as ``functionapp,linux``; ``None`` where there is none."""
    return row["kind"].split(",") if row["kind"] else None
