"""Managed disks, what is copied from them, and what encrypts and opens them."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    key_of,
    keys_of,
    object_at,
    private_endpoints_of,
    properties_of,
    resource,
    texts_at,
    whether,
)
from steps.azure.vm import VM, disks_of

_TYPES = {
    "azure_managed_disk": "microsoft.compute/disks",
    "azure_snapshot": "microsoft.compute/snapshots",
    "azure_disk_encryption_set": "microsoft.compute/diskencryptionsets",
    "azure_disk_access": "microsoft.compute/diskaccesses",
}
_COPIED = ["azure_managed_disk", "azure_snapshot"]
_SOURCES = {
    "azure_image": "microsoft.compute/images",
    "azure_managed_disk": _TYPES["azure_managed_disk"],
    "azure_shared_image_version": "microsoft.compute/galleries",
    "azure_snapshot": _TYPES["azure_snapshot"],
    "azure_storage_account": "microsoft.storage/storageaccounts",
}
"""Types of what disks and copies of them are made from, and how their ids are written."""
_NAMED = [("sourceResourceId",), ("storageAccountId",), ("imageReference", "id"), ("galleryImageReference", "id")]
"""Where disks and copies of them tell what they were made from. Source: Azure's specification, CreationData."""
_USED: dict[str, list[tuple[str, ...]]] = {
    "azure_disk_encryption_set": [
        ("encryption", "diskEncryptionSetId"),
        ("securityProfile", "secureVMDiskEncryptionSetId"),
    ],
    "azure_disk_access": [("diskAccessId",)],
}
"""What disks and copies of them use, and where they tell its id: that of a confidential machine's key by itself."""
_MANAGED = [("managedDisk", "diskEncryptionSet", "id"), ("managedDisk", "securityProfile", "diskEncryptionSet", "id")]
_REGIONS = ("publishingProfile", "targetRegions[]", "encryption")
_MADE: dict[str, tuple[str, list[tuple[str, ...]]]] = {
    "azure_image": (
        "microsoft.compute/images",
        [("storageProfile", disks, "diskEncryptionSet", "id") for disks in ("osDisk", "dataDisks[]")],
    ),
    "azure_shared_image_version": (
        "microsoft.compute/galleries/images/versions",
        [
            (*_REGIONS, "osDiskImage", "diskEncryptionSetId"),
            (*_REGIONS, "osDiskImage", "securityProfile", "secureVMDiskEncryptionSetId"),
            (*_REGIONS, "dataDiskImages[]", "diskEncryptionSetId"),
        ],
    ),
    "azure_vm_scale_set": (
        "microsoft.compute/virtualmachinescalesets",
        [
            ("virtualMachineProfile", "storageProfile", disks, *names)
            for disks in ("osDisk", "dataDisks[]")
            for names in _MANAGED
        ],
    ),
}
"""Types of what disks are made by or from: the type of the resources, and where they tell what encrypts these."""
_ATTACHED = ("attached", "reserved", "frozen", "activesasfrozen")
"""States of a disk that a machine has: in use, or of one that is off or hibernates."""


@entity_step(
    ["DataStore", "Disk"],
    permissions=["Microsoft.Compute/disks/read"],
    per_row=True,
    resources=[_TYPES["azure_managed_disk"]],
)
def azure_managed_disk(ctx: Context) -> Iterator[Entity]:
    """A disk of a virtual machine, or one that no machine uses."""
    for row in ctx.azure.resources(_TYPES["azure_managed_disk"]):
        state = properties_of(row).get("diskState")
        yield resource(
            row,
            state=state.lower() if state else None,
            attached=whether(state, *_ATTACHED),
            managedBy=key_of(row["managedBy"]),
            **_content(row),
        )


@entity_step(
    "Image", permissions=["Microsoft.Compute/snapshots/read"], per_row=True, resources=[_TYPES["azure_snapshot"]]
)
def azure_snapshot(ctx: Context) -> Iterator[Entity]:
    """A copy of a disk as it was at one time."""
    for row in ctx.azure.resources(_TYPES["azure_snapshot"]):
        yield resource(row, **_content(row))


@entity_step(
    "Key",
    permissions=["Microsoft.Compute/diskEncryptionSets/read"],
    per_row=True,
    resources=[_TYPES["azure_disk_encryption_set"]],
)
def azure_disk_encryption_set(ctx: Context) -> Iterator[Entity]:
    """The customer's own key that encrypts some disks."""
    for row in ctx.azure.resources(_TYPES["azure_disk_encryption_set"]):
        active = object_at(properties_of(row), "activeKey")
        vault = key_at(active, "sourceVault")
        yield resource(row, keyVaultId=vault, userAssignedIdentityIds=identities_of(row))


@entity_step(
    "NetworkEndpoint",
    permissions=["Microsoft.Compute/diskAccesses/read"],
    per_row=True,
    resources=[_TYPES["azure_disk_access"]],
)
def azure_disk_access(ctx: Context) -> Iterator[Entity]:
    """What lets disks be exported over private endpoints alone."""
    for row in ctx.azure.resources(_TYPES["azure_disk_access"]):
        yield resource(row, privateEndpointIds=private_endpoints_of(row))


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_disk(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A disk, or what belongs to disks, is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_vm", "USES", "azure_managed_disk", per_row=True)
def azure_vm_uses_managed_disk(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine starts from a managed disk, or keeps data on it."""
    for row in ctx.azure.resources(VM):
        system, others = disks_of(row)
        if key := key_at(system, "managedDisk"):
            yield Relationship(arm_key(row["id"]), key, osDisk=True)
        for disk in others:
            if data := key_at(disk, "managedDisk"):
                yield Relationship(arm_key(row["id"]), data, dataDisk=True)


@relationship_family(_COPIED, "USES", list(_USED), per_row=True)
def azure_disk_uses(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A disk is encrypted with a key of the customer's own, or exported over private endpoints alone."""
    for row in ctx.azure.resources(_TYPES[from_type]):
        for key in keys_of(id for names in _USED[to_type] for id in texts_at(properties_of(row), *names)):
            yield Relationship(arm_key(row["id"]), key)


@relationship_family([*_COPIED, "azure_storage_account"], "GENERATED", list(_COPIED), per_row=True)
def azure_disk_generated_copy(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A disk or a snapshot holds what another one, or a file, held: whoever reads the copy reads that."""
    yield from _made_from(ctx, from_type, to_type)


@relationship_family(["azure_image", "azure_shared_image_version"], "GENERATED", "azure_managed_disk", per_row=True)
def azure_image_generated_disk(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A disk was made from an image; snapshots are not."""
    yield from _made_from(ctx, from_type, to_type)


@relationship_family(list(_MADE), "USES", "azure_disk_encryption_set", per_row=True)
def azure_maker_of_disks_uses_disk_encryption_set(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """The disks of an image, or of each machine of a scale set, are encrypted with a key of the customer's own."""
    type, paths = _MADE[from_type]
    for row in ctx.azure.resources(type):
        for key in keys_of(id for names in paths for id in texts_at(properties_of(row), *names)):
            yield Relationship(arm_key(row["id"]), key)


def _made_from(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    for row in ctx.azure.resources(_TYPES[to_type]):
        made = object_at(properties_of(row), "creationData")
        for source in keys_of(id for names in _NAMED for id in texts_at(made, *names)):
            if f"/{_SOURCES[from_type]}/" in source:
                yield Relationship(source, arm_key(row["id"]))


def _content(row: Any) -> dict[str, Any]:
    """Return what disks and copies of them have in common."""
    properties = properties_of(row)
    encryption = object_at(properties, "encryption").get("type")
    return {
        "classification": None,
        "encrypted": True if encryption else None,
        "diskEncryptionSetId": key_at(object_at(properties, "encryption"), "diskEncryptionSetId"),
        "diskAccessId": key_at(properties, "diskAccessId"),
        "sourceResourceId": key_at(object_at(properties, "creationData"), "sourceResourceId"),
    }
