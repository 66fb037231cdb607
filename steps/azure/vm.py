"""Virtual machines, and the network interfaces that they use."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    keys_of,
    object_at,
    objects_in,
    properties_of,
    references_in,
    resource,
    text_in,
    values_of,
    whether,
)

VM = "microsoft.compute/virtualmachines"
_SYSTEMS = ("windowsConfiguration", "linuxConfiguration")
_PATCHING = {"patchMode": "patchMode", "patchAssessmentMode": "assessmentMode"}


@entity_step("Host", permissions=["Microsoft.Compute/virtualMachines/read"], per_row=True, resources=[VM])
def azure_vm(ctx: Context) -> Iterator[Entity]:
    """A virtual machine."""
    for row in ctx.azure.resources(VM):
        properties = properties_of(row)
        storage = object_at(properties, "storageProfile")
        disk, others = disks_of(row)
        image, view, systems = object_at(storage, "imageReference"), _view(properties), _systems(properties)
        power = text_in(object_at(view, "powerState"), "code").rpartition("/")[2] or None
        yield resource(
            row,
            platform=_platform(disk.get("osType")),
            osName=image.get("offer") or view.get("osName"),
            osVersion=image.get("exactVersion") or view.get("osVersion"),
            state=power,
            active=whether(power, "running"),
            usesManagedDisks=all(object_at(each, "managedDisk") for each in (disk, *others)),
            vmAgentProvisioned=next(iter(values_of(systems, "provisionVMAgent")), None),
            availabilitySetId=key_at(properties, "availabilitySet"),
            proximityPlacementGroupId=key_at(properties, "proximityPlacementGroup"),
            dedicatedHostId=key_at(properties, "host"),
            dedicatedHostGroupId=key_at(properties, "hostGroup"),
            capacityReservationGroupId=reserved_by(properties),
            **_patching(systems),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_vm", per_row=True)
def azure_resource_group_has_vm(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine is in a resource group."""
    yield from in_groups(ctx.entities("azure_vm"))


@relationship_step("azure_vm", "USES", "azure_nic", per_row=True)
def azure_vm_uses_nic(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine uses a network interface."""
    for row in ctx.azure.resources(VM):
        for interface in interfaces_of(row):
            yield Relationship(arm_key(row["id"]), interface)


def interfaces_of(row: Any) -> list[str]:
    """Return the keys of the network interfaces that a machine names."""
    return keys_of(references_in(object_at(properties_of(row), "networkProfile"), "networkInterfaces"))


def disks_of(row: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what a machine says of the disk with its system, nothing where it has none, and of each other disk."""
    told = object_at(properties_of(row), "storageProfile")
    return object_at(told, "osDisk"), objects_in(told, "dataDisks")


def reserved_by(profile: dict[str, Any]) -> str | None:
    """Return the key of the group whose reserved room a machine, or what machines are made from, stands in."""
    return key_at(object_at(profile, "capacityReservation"), "capacityReservationGroup")


def _view(properties: dict[str, Any]) -> dict[str, Any]:
    """Return how a machine is now, and what its agent says of its system; nothing where Azure does not tell."""
    return object_at(properties, "extended", "instanceView")


def _systems(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a machine says of its system: each kind of system has a place of its own for it."""
    profile = object_at(properties, "osProfile")
    return [object_at(profile, name) for name in _SYSTEMS]


def _patching(systems: list[dict[str, Any]]) -> dict[str, Any]:
    """Return how updates get onto a machine, and who looks for missing ones."""
    told = [object_at(system, "patchSettings") for system in systems]
    return {of: next((each[name] for each in told if each.get(name)), None) for of, name in _PATCHING.items()}


def _platform(system: str | None) -> str | None:
    return system.lower() if system else None
