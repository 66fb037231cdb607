"""Stores for data on people's health."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family
from steps.azure._resource import (
    below_parents,
    identities_of,
    in_groups,
    key_at,
    named_in,
    object_at,
    private_endpoints_of,
    properties_of,
    resource,
)

_WORKSPACE = "microsoft.healthcareapis/workspaces"
_TYPES = {
    "azure_healthcare_service": "microsoft.healthcareapis/services",
    "azure_healthcare_workspace": _WORKSPACE,
}
_BELOW = {
    "azure_healthcare_dicom_service": f"{_WORKSPACE}/dicomservices",
    "azure_healthcare_fhir_service": f"{_WORKSPACE}/fhirservices",
}


@entity_step(
    "DataStore",
    permissions=["Microsoft.HealthcareApis/services/read"],
    per_row=True,
    resources=[_TYPES["azure_healthcare_service"]],
)
def azure_healthcare_service(ctx: Context) -> Iterator[Entity]:
    """A store for data on people's health, by itself: Azure API for FHIR."""
    for row in ctx.azure.resources(_TYPES["azure_healthcare_service"]):
        yield resource(
            row, classification=None, allowedObjectIds=_allowed(row), privateEndpointIds=private_endpoints_of(row)
        )


@entity_step(
    "Service",
    permissions=["Microsoft.HealthcareApis/workspaces/read"],
    per_row=True,
    resources=[_WORKSPACE],
)
def azure_healthcare_workspace(ctx: Context) -> Iterator[Entity]:
    """What stores for data on people's health are in, and are reached by."""
    for row in ctx.azure.resources(_WORKSPACE):
        yield resource(
            row,
            category=["infrastructure"],
            function=["data-governance"],
            privateEndpointIds=private_endpoints_of(row),
        )


@entity_step(
    "DataStore",
    permissions=["Microsoft.HealthcareApis/workspaces/fhirservices/read"],
    per_row=True,
    resources=[_BELOW["azure_healthcare_fhir_service"]],
)
def azure_healthcare_fhir_service(ctx: Context) -> Iterator[Entity]:
    """A store for data on people's health in a workspace."""
    for row in ctx.azure.resources(_BELOW["azure_healthcare_fhir_service"]):
        yield resource(
            row, classification=None, allowedObjectIds=_allowed(row), userAssignedIdentityIds=identities_of(row)
        )


@entity_step(
    "DataStore",
    permissions=["Microsoft.HealthcareApis/workspaces/dicomservices/read"],
    per_row=True,
    resources=[_BELOW["azure_healthcare_dicom_service"]],
)
def azure_healthcare_dicom_service(ctx: Context) -> Iterator[Entity]:
    """A store for medical images in a workspace."""
    for row in ctx.azure.resources(_BELOW["azure_healthcare_dicom_service"]):
        storage = object_at(properties_of(row), "storageConfiguration")
        yield resource(
            row,
            classification=None,
            storageAccountId=key_at(storage, "storageResourceId"),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_healthcare(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A store for data on people's health, or a workspace of such, is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_family("azure_healthcare_workspace", "HAS", list(_BELOW), per_row=True)
def azure_healthcare_workspace_has_store(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A store for data on people's health is in a workspace."""
    yield from below_parents(ctx.entities(to_type))


def _allowed(row: Any) -> list[str]:
    """Return the object ids of those who may read and write without a role."""
    return [id.lower() for id in named_in(properties_of(row), "accessPolicies", "objectId")]
