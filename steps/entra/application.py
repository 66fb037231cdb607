"""Applications that the tenant has registered, and their service principals."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps._forms import text_in, values_in
from steps.entra._apps import READ, applications, own_properties, service_principals


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


def _requested(resources: list[Any]) -> set[str]:
    """Return the permissions that are asked for: resource, kind and id."""
    return {
        f"{text_in(resource, 'resourceAppId')}/{text_in(access, 'type')}/{text_in(access, 'id')}"
        for resource in resources
        for access in values_in(resource, "resourceAccess")
    }
