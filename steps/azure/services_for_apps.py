"""Services that applications use: settings, messages at once, and connections."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family
from steps.azure._resource import identities_of, in_groups, parts_of, private_endpoints_of, resource

_TYPES = {
    "azure_app_configuration_store": "microsoft.appconfiguration/configurationstores",
    "azure_signalr_service": "microsoft.signalrservice/signalr",
    "azure_web_pubsub_service": "microsoft.signalrservice/webpubsub",
    "azure_api_connection": "microsoft.web/connections",
}


@entity_step(
    "Service",
    permissions=["Microsoft.AppConfiguration/configurationStores/read"],
    per_row=True,
    resources=[_TYPES["azure_app_configuration_store"]],
)
def azure_app_configuration_store(ctx: Context) -> Iterator[Entity]:
    """A store of settings of applications; the settings are not read."""
    yield from _services(ctx, "azure_app_configuration_store", "configuration-management")


@entity_step(
    "Service",
    permissions=["Microsoft.SignalRService/signalR/read"],
    per_row=True,
    resources=[_TYPES["azure_signalr_service"]],
)
def azure_signalr_service(ctx: Context) -> Iterator[Entity]:
    """A service that tells applications at once what happens."""
    for row in ctx.azure.resources(_TYPES["azure_signalr_service"]):
        features = {each["flag"]: each.get("value") for each in parts_of(row, "features") if each.get("flag")}
        yield _service(
            row,
            "messaging",
            serviceMode=features.get("ServiceMode"),
            features=sorted(name if value is None else f"{name}={value}" for name, value in features.items()),
        )


@entity_step(
    "Service",
    permissions=["Microsoft.SignalRService/webPubSub/read"],
    per_row=True,
    resources=[_TYPES["azure_web_pubsub_service"]],
)
def azure_web_pubsub_service(ctx: Context) -> Iterator[Entity]:
    """A service that tells browsers at once what happens, by web sockets."""
    yield from _services(ctx, "azure_web_pubsub_service", "messaging")


@entity_step(
    "Configuration",
    permissions=["Microsoft.Web/connections/read"],
    per_row=True,
    resources=[_TYPES["azure_api_connection"]],
)
def azure_api_connection(ctx: Context) -> Iterator[Entity]:
    """A connection by which logic apps use another service, in somebody's name; what it signs in with is not read.

    Sources: Azure's specification of Microsoft.Web, ApiConnectionDefinitionProperties; of what that lacks, templates of
    connections in Azure's documentation, authenticate with managed identities.
    """
    for row in ctx.azure.resources(_TYPES["azure_api_connection"]):
        yield resource(row)


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_app_services(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A service that applications use is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


def _services(ctx: Context, type: str, function: str) -> Iterator[Entity]:
    for row in ctx.azure.resources(_TYPES[type]):
        yield _service(row, function)


def _service(row: Any, function: str, **computed: Any) -> Entity:
    """Return the entity of a service with what all of these have, and what else was computed."""
    return resource(
        row,
        category=["infrastructure"],
        function=[function],
        privateEndpointIds=private_endpoints_of(row),
        userAssignedIdentityIds=identities_of(row),
        **computed,
    )
