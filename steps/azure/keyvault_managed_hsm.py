"""Managed HSMs: hardware that keeps keys."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    private_endpoints_of,
    properties_of,
    resource,
    texts_in,
)

MANAGED_HSM = "microsoft.keyvault/managedhsms"


@entity_step("Service", permissions=["Microsoft.KeyVault/managedHSMs/read"], per_row=True, resources=[MANAGED_HSM])
def azure_keyvault_managed_hsm(ctx: Context) -> Iterator[Entity]:
    """Hardware of one customer's own that keeps keys."""
    for row in ctx.azure.resources(MANAGED_HSM):
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
    yield from in_groups(ctx.entities("azure_keyvault_managed_hsm"))


@relationship_step(
    "azure_keyvault_managed_hsm",
    "ALLOWS",
    any_of("entra"),
    type="azure_keyvault_managed_hsm_allows_principal",
    per_row=True,
)
def azure_keyvault_managed_hsm_allows_principal(ctx: Context) -> Iterator[Relationship]:
    """Those whom a managed HSM was made for administer it, until its own roles say otherwise."""
    for row in ctx.azure.resources(MANAGED_HSM):
        told = texts_in(properties_of(row), "initialAdminObjectIds")
        for principal in dict.fromkeys(id.lower() for id in told if id):
            yield Relationship(arm_key(row["id"]), principal)
