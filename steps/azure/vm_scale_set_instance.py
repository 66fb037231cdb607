"""Machines of uniform scale sets, which are no virtual machines of their own."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    below_parents,
    key_at,
    keys_of,
    object_at,
    properties_of,
    references_in,
    resource,
    text_in,
    texts_at,
    whether,
)

_TABLE, _TYPE = "computeresources", "microsoft.compute/virtualmachinescalesets/virtualmachines"
_READ = ["Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read"]


@entity_step("Host", permissions=_READ, per_row=True)
def azure_vm_scale_set_instance(ctx: Context) -> Iterator[Entity]:
    """A machine of a scale set whose machines are all alike."""
    for row in ctx.azure.table(_TABLE, type=_TYPE):
        properties = properties_of(row)
        disk = object_at(properties, "storageProfile", "osDisk")
        code = text_in(object_at(_view(properties), "powerState"), "code").rpartition("/")[2]
        interfaces = references_in(object_at(properties, "networkProfile"), "networkInterfaces")
        yield resource(
            row,
            instanceId=properties.get("instanceId") or row["id"].rpartition("/")[2],
            platform=text_in(disk, "osType").lower() or None,
            state=code or None,
            active=whether(code, "running"),
            managedDiskId=key_at(disk, "managedDisk"),
            networkInterfaceIds=keys_of(interfaces),
        )


@relationship_step("azure_vm_scale_set", "HAS", "azure_vm_scale_set_instance", permissions=_READ, per_row=True)
def azure_vm_scale_set_has_instance(ctx: Context) -> Iterator[Relationship]:
    """A machine is one of a scale set."""
    yield from below_parents(ctx.entities("azure_vm_scale_set_instance"))


@relationship_step("azure_vm_scale_set_instance", "USES", "azure_managed_disk", permissions=_READ, per_row=True)
def azure_vm_scale_set_instance_uses_managed_disk(ctx: Context) -> Iterator[Relationship]:
    """A machine of a scale set starts from a managed disk, or keeps data on it."""
    for row in ctx.azure.table(_TABLE, type=_TYPE):
        profile = object_at(properties_of(row), "storageProfile")
        told = (texts_at(profile, disks, "managedDisk", "id") for disks in ("osDisk", "dataDisks[]"))
        for key in keys_of(id for ids in told for id in ids):
            yield Relationship(arm_key(row["id"]), key)


def _view(properties: dict[str, dict[str, dict[str, dict[str, str]]]]) -> dict[str, dict[str, str]]:
    """Return how a machine is now; nothing where Azure does not tell."""
    return object_at(properties, "extended", "instanceView")
