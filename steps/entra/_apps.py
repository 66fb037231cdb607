"""The listings of applications and service principals, which several types are made of, and the keys of their parts."""

from collections.abc import Iterator, Mapping
from typing import Any

from integration import Context

APPLICATIONS, SERVICE_PRINCIPALS = "/applications", "/servicePrincipals"
READ = ["Application.Read.All"]
OF_APPLICATIONS = ("passwordCredentials", "keyCredentials", "requiredResourceAccess")
OF_SERVICE_PRINCIPALS = ("passwordCredentials", "keyCredentials", "appRoles", "oauth2PermissionScopes")
"""What comes with an object and has types of its own."""


def applications(ctx: Context) -> Iterator[Any]:
    """Yield the applications with all that any type is made of: one read serves them all."""
    return ctx.graph.list(APPLICATIONS, schema="azure_application", also=(*OF_APPLICATIONS, "notes"))


def service_principals(ctx: Context) -> Iterator[Any]:
    """Yield the service principals with all that any type is made of: one read serves them all."""
    return ctx.graph.list(SERVICE_PRINCIPALS, schema="azure_service_principal", also=(*OF_SERVICE_PRINCIPALS, "notes"))


def application_keys(ctx: Context) -> dict[str, str]:
    """Return the key of each application, which is its appId, by the object id that other objects name it by."""
    return {application["id"]: application["appId"] for application in applications(ctx)}


def principal_key(app_id: str, keys: Mapping[str, str]) -> str:
    """Return the key of an application's service principal; one that nothing has where the tenant lacks it.

    The appId alone is the key of the application, which may be registered without a service principal.

    Args:
        app_id: the application's appId.
        keys: keys of service principals by appId.
    """
    return keys.get(app_id) or f"azure_service_principal:{app_id}"


def own_properties(row: Any) -> dict[str, Any]:
    """Return an object without its credentials, roles and scopes, which have types of their own.

    So the first characters of secrets, which Graph gives as a hint, do not get into raw data either.
    """
    parts = {*OF_APPLICATIONS, *OF_SERVICE_PRINCIPALS}
    return {name: value for name, value in row.items() if name not in parts}


def part_key(type: str, owner: str, part: str) -> str:
    """Return the key of what is told apart only within its owner, such as a role of a service principal.

    Raises:
        TypeError: one of them is no text, and so names nothing.
    """
    return ":".join((type, owner, part))
