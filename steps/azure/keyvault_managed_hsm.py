"""Managed HSMs: hardware that keeps keys."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import (
    identities_of,
    in_groups,
    private_endpoints_of,
    resource,
)

_TYPES = {
    "azure_keyvault_managed_hsm": "microsoft.keyvault/managedhsms",
}


@entity_step(
    "Service",
    permissions=["Microsoft.KeyVault/managedHSMs/read"],
    per_row=True,
    resources=[_TYPES["azure_keyvault_managed_hsm"]],
)
def azure_keyvault_managed_hsm(ctx: Context) -> Iterator[Entity]:
    """Hardware of one customer's own that keeps keys."""
    for row in ctx.azure.resources(_TYPES["azure_keyvault_managed_hsm"]):
        yield resource(
            row,
            category=["security"],
            function=["key-management"],
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_keyvault_managed_hsm", per_row=True)
def azure_resource_group_has_keyvault_managed_hsm(ctx: Context) -> Iterator[Relationship]:
    """A managed HSM is in a resource group."""
    yield from in_groups(ctx.azure.resources(_TYPES["azure_keyvault_managed_hsm"]))
