"""Azure Local, which was Azure Stack HCI."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._principals import object_id
from steps.azure._resource import identities_of, in_groups, resource

_TYPES = {
    "azure_stack_hci_cluster": "microsoft.azurestackhci/clusters",
}


@entity_step(
    "Cluster",
    permissions=["Microsoft.AzureStackHCI/clusters/read"],
    per_row=True,
    resources=[_TYPES["azure_stack_hci_cluster"]],
)
def azure_stack_hci_cluster(ctx: Context) -> Iterator[Entity]:
    """Machines of the organization's own that Azure manages, and that machines and clusters run on."""
    for row in ctx.azure.resources(_TYPES["azure_stack_hci_cluster"]):
        yield resource(row, userAssignedIdentityIds=identities_of(row))


@relationship_step("azure_resource_group", "HAS", "azure_stack_hci_cluster", per_row=True)
def azure_resource_group_has_stack_hci_cluster(ctx: Context) -> Iterator[Relationship]:
    """An instance of Azure Local is in a resource group."""
    yield from in_groups(ctx.entities("azure_stack_hci_cluster"))


@relationship_step("azure_stack_hci_cluster", "USES", "azure_service_principal", per_row=True)
def azure_stack_hci_cluster_uses_service_principal(ctx: Context) -> Iterator[Relationship]:
    """An instance of Azure Local signs in to Azure as a service principal."""
    for cluster in ctx.entities("azure_stack_hci_cluster"):
        if principal := object_id(cluster.properties.get("aadServicePrincipalObjectId")):
            yield Relationship(cluster.key, principal)
