"""What services of API Management hand requests on to."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import Children
from steps.azure._resource import properties_of, resource, text_in

_BACKENDS = Children("microsoft.apimanagement/service", "/backends", "2024-05-01")
_READ = ["Microsoft.ApiManagement/service/backends/read"]
_TLS = {"https": True, "wss": True, "http": False, "ws": False}


@entity_step("ApplicationEndpoint", permissions=_READ, per_row=True, on_demand=True)
def azure_api_management_backend(ctx: Context) -> Iterator[Entity]:
    """What a service of API Management hands requests on to; never with what it signs in there."""
    for row in _BACKENDS.rows(ctx):
        url = properties_of(row).get("url")
        scheme = (url or "").partition(":")[0].lower()
        yield resource(row, address=url or "", isEncrypted=_TLS.get(scheme), resourceId=_resource(row))


@relationship_step(
    "azure_api_management_service", "HAS", "azure_api_management_backend", permissions=_READ, per_row=True
)
def azure_api_management_service_has_backend(ctx: Context) -> Iterator[Relationship]:
    """A service of API Management hands requests on to something."""
    yield from _BACKENDS.in_parents(ctx)


@relationship_step(
    "azure_api_management_backend",
    "CONNECTS",
    any_of("azure"),
    type="azure_api_management_backend_connects_resource",
    permissions=_READ,
    per_row=True,
)
def azure_api_management_backend_connects_resource(ctx: Context) -> Iterator[Relationship]:
    """What requests are handed on to is a resource, such as a function app, of which the address of its id is told."""
    for row in _BACKENDS.rows(ctx):
        if target := _resource(row):
            yield Relationship(arm_key(row["id"]), target)


def _resource(row: Any) -> str | None:
    """Return the key of the resource that is behind: Azure tells its id below the address of Resource Manager."""
    path = urlsplit(text_in(properties_of(row), "resourceId")).path
    return arm_key(path) if path.lower().startswith("/subscriptions/") else None
