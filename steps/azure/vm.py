"""Virtual machines, and the network interfaces that they use."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key, without_nulls
from steps.azure._resource import identities_of, in_groups, key_of, keys_of, listed, properties_of, resource, says

VM = "microsoft.compute/virtualmachines"
_SYSTEMS = ("windowsConfiguration", "linuxConfiguration")
_PATCHING = {"patchMode": "patchMode", "patchAssessmentMode": "assessmentMode"}


@entity_step("Host", permissions=["Microsoft.Compute/virtualMachines/read"], per_row=True, resources=[VM])
def azure_vm(ctx: Context) -> Iterator[Entity]:
    """A virtual machine."""
    for row in ctx.azure.resources(VM):
        properties = properties_of(row)
        storage = properties.get("storageProfile") or {}
        disk, others = disks_of(row)
        image, view = storage.get("imageReference") or {}, _view(properties)
        power = str((view.get("powerState") or {}).get("code") or "").rpartition("/")[2] or None
        yield resource(
            row,
            platform=_platform(disk.get("osType")),
            osName=image.get("offer") or view.get("osName"),
            osVersion=image.get("exactVersion") or view.get("osVersion"),
            state=power,
            active=None if power is None else says(power, "running"),
            usesManagedDisks=all(each.get("managedDisk") for each in (disk, *others)),
            vmAgentProvisioned=_told(properties, "provisionVMAgent"),
            availabilitySetId=key_of(properties.get("availabilitySet")),
            proximityPlacementGroupId=key_of(properties.get("proximityPlacementGroup")),
            dedicatedHostId=key_of(properties.get("host")),
            dedicatedHostGroupId=key_of(properties.get("hostGroup")),
            capacityReservationGroupId=reserved_by(properties),
            **_patching(properties),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_vm", per_row=True)
def azure_resource_group_has_vm(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine is in a resource group."""
    yield from in_groups(ctx.azure.resources(VM))


@relationship_step("azure_vm", "USES", "azure_nic", per_row=True)
def azure_vm_uses_nic(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine uses a network interface."""
    for row in ctx.azure.resources(VM):
        for interface in keys_of((properties_of(row).get("networkProfile") or {}).get("networkInterfaces")):
            yield Relationship(arm_key(row["id"]), interface)


def disks_of(row: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what a machine says of the disk with its system, nothing where it has none, and of each other disk."""
    told = properties_of(row).get("storageProfile") or {}
    return told.get("osDisk") or {}, without_nulls(listed(told, "dataDisks"))


def reserved_by(profile: dict[str, Any]) -> str | None:
    """Return the key of the group whose reserved room a machine, or what machines are made from, stands in."""
    return key_of((profile.get("capacityReservation") or {}).get("capacityReservationGroup"))


def _view(properties: dict[str, Any]) -> dict[str, Any]:
    """Return how a machine is now, and what its agent says of its system; nothing where Azure does not tell."""
    view: dict[str, Any] = (properties.get("extended") or {}).get("instanceView") or {}
    return view


def _patching(properties: dict[str, Any]) -> dict[str, Any]:
    """Return how updates get onto a machine, and who looks for missing ones: each kind of system tells it apart."""
    system = properties.get("osProfile") or {}
    told = [(system.get(name) or {}).get("patchSettings") or {} for name in _SYSTEMS]
    return {of: next((each[name] for each in told if each.get(name)), None) for of, name in _PATCHING.items()}


def _told(properties: dict[str, Any], name: str) -> Any:
    """Return what a machine says of its agent, which each kind of system tells apart; ``None`` where none does."""
    system = properties.get("osProfile") or {}
    told = ((system.get(kind) or {}).get(name) for kind in _SYSTEMS)
    return next((each for each in told if each is not None), None)


def _platform(system: str | None) -> str | None:
    return system.lower() if system else None
