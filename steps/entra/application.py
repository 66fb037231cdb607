"""Applications that the tenant has registered, and their service principals."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import guid_key
from steps._forms import object_at, objects_in, text_in, values_in
from steps.entra._apps import READ, applications, own_properties, principal_key, service_principals


@entity_step("Application", permissions=READ, per_row=True)
def azure_application(ctx: Context) -> Iterator[Entity]:
    """An application that is registered in the tenant: its credentials, and what it asks for."""
    for application in applications(ctx):
        name = application["displayName"] or application["appId"]
        yield Entity(
            application["appId"],
            own_properties(application),
            displayName=name,
            name=name,
            notes=[application["notes"]] if application["notes"] else None,
            requestedPermissions=sorted(_requested(values_in(application, "requiredResourceAccess"))),
            webLink="https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Overview"
            f"/appId/{application['appId']}",
        )


@relationship_step("azure_application", "HAS", "azure_service_principal", permissions=READ)
def azure_application_has_service_principal(ctx: Context) -> Iterator[Relationship]:
    """An application is represented in the tenant by a service principal: who controls one acts as the other."""
    registered = {application["appId"] for application in applications(ctx)}
    for principal in service_principals(ctx):
        if (app := text_in(principal, "appId")) in registered:
            yield Relationship(app, principal["id"])


@relationship_step("azure_application", "ALLOWS", "azure_service_principal", permissions=READ)
def azure_application_allows_service_principal(ctx: Context) -> Iterator[Relationship]:
    """An application gives another one delegated permissions of its own without asking its users for consent."""
    keys = {principal["appId"]: principal["id"] for principal in service_principals(ctx)}
    for application in applications(ctx):
        for client in _preauthorized(application):
            yield Relationship(application["appId"], principal_key(client, keys))


def _preauthorized(application: Any) -> list[str]:
    """Return the client ids of the applications that an application authorized beforehand, each once."""
    authorized = objects_in(object_at(application, "api"), "preAuthorizedApplications")
    return list(dict.fromkeys(str(guid_key(each["appId"])) for each in authorized if each.get("appId")))


def _requested(resources: list[Any]) -> set[str]:
    """Return the permissions that are asked for: resource, kind and id."""
    return {
        f"{text_in(resource, 'resourceAppId')}/{text_in(access, 'type')}/{text_in(access, 'id')}"
        for resource in resources
        for access in values_in(resource, "resourceAccess")
    }
