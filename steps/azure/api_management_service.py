"""Gateways of API Management."""

from collections.abc import Iterator, Mapping
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_of,
    keys_of,
    object_at,
    parts_of,
    private_endpoints_of,
    properties_of,
    resource,
    says,
)

_SERVICE = "microsoft.apimanagement/service"
_SECURITY = "Microsoft.WindowsAzure.ApiManagement.Gateway.Security."


@entity_step("Gateway", permissions=["Microsoft.ApiManagement/service/read"], per_row=True, resources=[_SERVICE])
def azure_api_management_service(ctx: Context) -> Iterator[Entity]:
    """A gateway of API Management, behind which programs offer what they can do."""
    for row in ctx.azure.resources(_SERVICE):
        kind, access = (properties_of(row).get(name) for name in ("virtualNetworkType", "publicNetworkAccess"))
        is_closed = says(kind, "internal") or says(access, "disabled")
        yield resource(
            row,
            category=["application"],
            function=["api-gateway"],
            public=not is_closed if kind or is_closed else None,
            subnetId=key_of(_subnet(properties_of(row))),
            subnetIds=keys_of(map(_subnet, [properties_of(row), *parts_of(row, "additionalLocations")])),
            weakProtocols=_weak(properties_of(row).get("customProperties")),
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_api_management_service", per_row=True)
def azure_resource_group_has_api_management_service(ctx: Context) -> Iterator[Relationship]:
    """A gateway of API Management is in a resource group."""
    yield from in_groups(ctx.entities("azure_api_management_service"))


def _subnet(place: Mapping[str, Any]) -> Any:
    """Return the id of the subnet that a service is in, in one of its regions; ``None`` where it is in none."""
    return object_at(place, "virtualNetworkConfiguration").get("subnetResourceId")


def _weak(switches: Mapping[str, str] | None) -> list[str] | None:
    """Return the old protocols and ciphers that are switched on, such as ``Protocols.Tls10``; ``None`` if not told."""
    if switches is None:
        return None
    on = (name.removeprefix(_SECURITY) for name, value in switches.items() if str(value).lower() == "true")
    return sorted(name for name in on if name.startswith(("Protocols.", "Ciphers.", "Backend.")))
