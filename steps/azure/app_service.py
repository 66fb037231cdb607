"""What belongs to App Service beside web apps: slots, static web apps and environments."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    joined,
    key_at,
    key_of,
    object_at,
    parts_of,
    private_endpoints_of,
    properties_of,
    resource,
)
from steps.azure.web_app import outbound_of, routed_by_network

_TYPES = {
    "azure_web_app_slot": "microsoft.web/sites/slots",
    "azure_static_web_app": "microsoft.web/staticsites",
    "azure_app_service_environment": "microsoft.web/hostingenvironments",
}
_APPS = ["azure_web_app", "azure_function_app"]


@entity_step(
    "Application",
    permissions=["Microsoft.Web/sites/slots/read"],
    per_row=True,
    resources=[_TYPES["azure_web_app_slot"]],
)
def azure_web_app_slot(ctx: Context) -> Iterator[Entity]:
    """A second place of a web app or a function app, in which another version of it runs."""
    for row in ctx.azure.resources(_TYPES["azure_web_app_slot"]):
        yield resource(
            row,
            userAssignedIdentityIds=identities_of(row),
            appServicePlanId=key_at(properties_of(row), "serverFarmId"),
            privateEndpointIds=private_endpoints_of(row),
            virtualNetworkSubnetId=key_at(properties_of(row), "virtualNetworkSubnetId"),
            outboundIpAddresses=outbound_of(row),
            **routed_by_network(row),
        )


@entity_step(
    "Application",
    permissions=["Microsoft.Web/staticSites/read"],
    per_row=True,
    resources=[_TYPES["azure_static_web_app"]],
)
def azure_static_web_app(ctx: Context) -> Iterator[Entity]:
    """A web site of files alone, with or without functions behind it."""
    for row in ctx.azure.resources(_TYPES["azure_static_web_app"]):
        yield resource(row, privateEndpointIds=private_endpoints_of(row), userAssignedIdentityIds=identities_of(row))


@entity_step(
    "Cluster",
    permissions=["Microsoft.Web/hostingEnvironments/read"],
    per_row=True,
    resources=[_TYPES["azure_app_service_environment"]],
)
def azure_app_service_environment(ctx: Context) -> Iterator[Entity]:
    """Machines of one customer's own that apps run on, in a subnet."""
    for row in ctx.azure.resources(_TYPES["azure_app_service_environment"]):
        subnet = _subnet(object_at(properties_of(row), "virtualNetwork"))
        settings = {*joined(parts_of(row, "clusterSettings"), "=", "name", "value")}
        yield resource(
            row, subnetId=subnet, clusterSettings=sorted(settings), userAssignedIdentityIds=identities_of(row)
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_app_service(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A part of App Service is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_family(_APPS, "HAS", "azure_web_app_slot", per_row=True)
def azure_app_has_web_app_slot(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A web app or a function app has a second place; what it is tells which of the two."""
    for row in ctx.azure.resources(_TYPES["azure_web_app_slot"]):
        if ("functionapp" in (row["kind"] or "").lower()) == (from_type == "azure_function_app"):
            key = arm_key(row["id"])
            yield Relationship(key.rsplit("/", 2)[0], key)


@relationship_step("azure_web_app_slot", "USES", "azure_app_service_plan", per_row=True)
def azure_web_app_slot_uses_app_service_plan(ctx: Context) -> Iterator[Relationship]:
    """A slot runs on the plan of its app, or on another one."""
    for row in ctx.azure.resources(_TYPES["azure_web_app_slot"]):
        if plan := key_at(properties_of(row), "serverFarmId"):
            yield Relationship(arm_key(row["id"]), plan)


@relationship_step("azure_app_service_plan", "USES", "azure_app_service_environment", per_row=True)
def azure_app_service_plan_uses_environment(ctx: Context) -> Iterator[Relationship]:
    """Apps of a plan run on machines of an environment."""
    for row in ctx.azure.resources("microsoft.web/serverfarms"):
        if environment := key_at(properties_of(row), "hostingEnvironmentProfile"):
            yield Relationship(arm_key(row["id"]), environment)


def _subnet(network: dict[str, Any]) -> str | None:
    """Return the key of the subnet that machines are in, which older environments tell by name beside the network."""
    key, name = key_of(network), network.get("subnet")
    return arm_key(f"{key}/subnets/{name}") if key and name and "/subnets/" not in key else key
