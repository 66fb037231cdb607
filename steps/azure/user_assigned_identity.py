"""Identities that resources are given, and that outlive them."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import identities_of, in_groups, resource
from steps.azure.vm import VM
from steps.azure.vm_scale_set import SCALE_SET

_IDENTITY = "microsoft.managedidentity/userassignedidentities"
_HOLDERS = {
    "azure_container_group": "microsoft.containerinstance/containergroups",
    "azure_kubernetes_cluster": "microsoft.containerservice/managedclusters",
    "azure_vm": VM,
    "azure_vm_scale_set": SCALE_SET,
}


@entity_step(
    "AccessRole",
    permissions=["Microsoft.ManagedIdentity/userAssignedIdentities/read"],
    per_row=True,
    resources=[_IDENTITY],
)
def azure_user_assigned_identity(ctx: Context) -> Iterator[Entity]:
    """An identity that several resources can be given, with which they sign in to others without a password."""
    for row in ctx.azure.resources(_IDENTITY):
        yield resource(row)


@relationship_step("azure_resource_group", "HAS", "azure_user_assigned_identity", per_row=True)
def azure_resource_group_has_user_assigned_identity(ctx: Context) -> Iterator[Relationship]:
    """An identity is in a resource group."""
    yield from in_groups(ctx.azure.resources(_IDENTITY))


@relationship_family(list(_HOLDERS), "USES", "azure_user_assigned_identity", per_row=True)
def azure_holder_uses_user_assigned_identity(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A resource may act as an identity that it was given."""
    for row in ctx.azure.resources(_HOLDERS[from_type]):
        for identity in identities_of(row):
            yield Relationship(arm_key(row["id"]), identity)
