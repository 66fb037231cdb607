"""SQL Server on virtual machines."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import identities_of, in_groups, key_at, properties_of, resource

_SQL = "microsoft.sqlvirtualmachine/sqlvirtualmachines"


@entity_step(
    "Database",
    permissions=["Microsoft.SqlVirtualMachine/sqlVirtualMachines/read"],
    per_row=True,
    resources=[_SQL],
)
def azure_sql_virtual_machine(ctx: Context) -> Iterator[Entity]:
    """SQL Server on a virtual machine, which Azure's agent there manages."""
    for row in ctx.azure.resources(_SQL):
        yield resource(
            row,
            classification=None,
            virtualMachineId=key_at(properties_of(row), "virtualMachineResourceId"),
            groupId=key_at(properties_of(row), "sqlVirtualMachineGroupResourceId"),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_sql_virtual_machine", per_row=True)
def azure_resource_group_has_sql_virtual_machine(ctx: Context) -> Iterator[Relationship]:
    """SQL Server on a virtual machine is in a resource group."""
    yield from in_groups(ctx.entities("azure_sql_virtual_machine"))


@relationship_step("azure_sql_virtual_machine", "USES", "azure_vm", per_row=True)
def azure_sql_virtual_machine_uses_vm(ctx: Context) -> Iterator[Relationship]:
    """SQL Server is on a virtual machine."""
    for row in ctx.azure.resources(_SQL):
        if machine := key_at(properties_of(row), "virtualMachineResourceId"):
            yield Relationship(arm_key(row["id"]), machine)
