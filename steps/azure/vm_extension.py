"""Programs that Azure installs on virtual machines."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import below_parents, resource

_EXTENSION = "microsoft.compute/virtualmachines/extensions"


@entity_step(
    "Application",
    permissions=["Microsoft.Compute/virtualMachines/extensions/read"],
    per_row=True,
    resources=[_EXTENSION],
)
def azure_vm_extension(ctx: Context) -> Iterator[Entity]:
    """A program that Azure has installed on a virtual machine, such as an agent; its settings are left out."""
    for row in ctx.azure.resources(_EXTENSION):
        yield resource(row)


@relationship_step("azure_vm", "USES", "azure_vm_extension", per_row=True)
def azure_vm_uses_extension(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine has an extension."""
    yield from below_parents(ctx.entities("azure_vm_extension"))
