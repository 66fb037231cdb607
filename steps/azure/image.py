"""Images that virtual machines are made from, and galleries of them."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    below_parents,
    in_groups,
    key_at,
    key_of,
    keys_of,
    object_at,
    objects_in,
    properties_of,
    resource,
    says,
    texts_at,
    texts_in,
    whether,
)
from steps.azure.vm import VM
from steps.azure.vm_scale_set import SCALE_SET

_IMAGE = "microsoft.compute/images"
_GALLERY = "microsoft.compute/galleries"
_SHARED = "microsoft.compute/galleries/images"
_VERSION = "microsoft.compute/galleries/images/versions"
_GROUPED = {"azure_image": _IMAGE, "azure_gallery": _GALLERY}
_MADE = {"azure_image": _IMAGE, "azure_shared_image_version": _VERSION}
_ANY = any_of("azure")
_DISKS = [("storageProfile", disks) for disks in ("osDisk", "dataDisks[]", "osDiskImage", "dataDiskImages[]")]
_SOURCES = [
    ("storageProfile", "source", "id"),
    ("storageProfile", "source", "virtualMachineId"),
    ("sourceVirtualMachine", "id"),
    *(
        (*disk, *names)
        for disk in _DISKS
        for names in (("source", "id"), ("source", "storageAccountId"), ("managedDisk", "id"), ("snapshot", "id"))
    ),
]
"""Where images and versions of them tell what they were made from, those that tell it for all disks first."""


@entity_step("Image", permissions=["Microsoft.Compute/images/read"], per_row=True, resources=[_IMAGE])
def azure_image(ctx: Context) -> Iterator[Entity]:
    """An image of a virtual machine, which others are made from."""
    for row in ctx.azure.resources(_IMAGE):
        disk = object_at(properties_of(row), "storageProfile", "osDisk")
        yield resource(
            row,
            sourceVirtualMachineId=key_at(properties_of(row), "sourceVirtualMachine"),
            diskEncryptionSetId=key_at(disk, "diskEncryptionSet"),
        )


@entity_step("Repository", permissions=["Microsoft.Compute/galleries/read"], per_row=True, resources=[_GALLERY])
def azure_gallery(ctx: Context) -> Iterator[Entity]:
    """A gallery, which shares images with other subscriptions and tenants."""
    for row in ctx.azure.resources(_GALLERY):
        shared = object_at(properties_of(row), "sharingProfile")
        yield resource(
            row,
            public=whether(shared.get("permissions"), "community"),
            sharedWithIds=list(texts_at(shared, "groups[]", "ids[]")),
        )


@entity_step("Image", permissions=["Microsoft.Compute/galleries/images/read"], per_row=True, resources=[_SHARED])
def azure_shared_image(ctx: Context) -> Iterator[Entity]:
    """An image in a gallery."""
    for row in ctx.azure.resources(_SHARED):
        yield resource(row)


@entity_step(
    "Image", permissions=["Microsoft.Compute/galleries/images/versions/read"], per_row=True, resources=[_VERSION]
)
def azure_shared_image_version(ctx: Context) -> Iterator[Entity]:
    """A version of an image in a gallery."""
    for row in ctx.azure.resources(_VERSION):
        yield resource(row, sourceId=next(iter(_sources(row)), None))


@relationship_family("azure_resource_group", "HAS", list(_GROUPED), per_row=True)
def azure_resource_group_has_image(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An image or a gallery is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_gallery", "ALLOWS", "azure_subscription", per_row=True)
def azure_gallery_allows_subscription(ctx: Context) -> Iterator[Relationship]:
    """A gallery shares its images with a subscription: whoever makes machines there may use them."""
    for row in ctx.azure.resources(_GALLERY):
        groups = objects_in(object_at(properties_of(row), "sharingProfile"), "groups")
        shared = [id for each in groups if says(each.get("type"), "subscriptions") for id in texts_in(each, "ids")]
        for id in dict.fromkeys(id.lower() for id in shared if id):
            yield Relationship(arm_key(row["id"]), arm_key(f"/subscriptions/{id}"))


@relationship_step("azure_gallery", "CONTAINS", "azure_shared_image", per_row=True)
def azure_gallery_contains_shared_image(ctx: Context) -> Iterator[Relationship]:
    """An image is in a gallery."""
    yield from below_parents(ctx.entities("azure_shared_image"))


@relationship_step("azure_shared_image", "HAS", "azure_shared_image_version", per_row=True)
def azure_shared_image_has_version(ctx: Context) -> Iterator[Relationship]:
    """An image in a gallery has a version."""
    yield from below_parents(ctx.entities("azure_shared_image_version"))


@relationship_step("azure_vm", "USES", "azure_image", per_row=True)
def azure_vm_uses_image(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine was made from an image."""
    for machine, image, _ in _machines(ctx):
        if f"/{_IMAGE}/" in image:
            yield Relationship(machine, image)


@relationship_step("azure_vm", "USES", "azure_shared_image", per_row=True)
def azure_vm_uses_shared_image(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine was made from an image in a gallery."""
    for machine, image, _ in _machines(ctx):
        if f"/{_GALLERY}/" in image:
            yield Relationship(machine, image.partition("/versions/")[0])


@relationship_step("azure_vm", "USES", "azure_shared_image_version", per_row=True)
def azure_vm_uses_shared_image_version(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine was made from a version of an image in a gallery."""
    for machine, image, version in _machines(ctx):
        if f"/{_GALLERY}/" in image and "/versions/" in image:
            yield Relationship(machine, image)
        elif f"/{_GALLERY}/" in image and version:
            yield Relationship(machine, f"{image}/versions/{arm_key(version).strip('/')}")


@relationship_step("azure_vm_scale_set", "USES", "azure_image", per_row=True)
def azure_vm_scale_set_uses_image(ctx: Context) -> Iterator[Relationship]:
    """Machines of a scale set are made from an image."""
    for scale_set, image in _scale_sets(ctx):
        if f"/{_IMAGE}/" in image:
            yield Relationship(scale_set, image)


@relationship_step("azure_vm_scale_set", "USES", "azure_shared_image", per_row=True)
def azure_vm_scale_set_uses_shared_image(ctx: Context) -> Iterator[Relationship]:
    """Machines of a scale set are made from an image in a gallery."""
    for scale_set, image in _scale_sets(ctx):
        if f"/{_GALLERY}/" in image:
            yield Relationship(scale_set, image.partition("/versions/")[0])


@relationship_step("azure_vm_scale_set", "USES", "azure_shared_image_version", per_row=True)
def azure_vm_scale_set_uses_shared_image_version(ctx: Context) -> Iterator[Relationship]:
    """Machines of a scale set are made from one version of an image in a gallery, and not from the newest one."""
    for scale_set, image in _scale_sets(ctx):
        if f"/{_GALLERY}/" in image and "/versions/" in image:
            yield Relationship(scale_set, image)


@relationship_family(
    _ANY,
    "GENERATED",
    list(_MADE),
    types={(_ANY, made): f"azure_resource_generated_{made.removeprefix('azure_')}" for made in _MADE},
    per_row=True,
)
def azure_resource_generated_image(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An image was made from a machine, a disk, a copy of one, another image, or a file in a storage account."""
    for row in ctx.azure.resources(_MADE[to_type]):
        for source in _sources(row):
            yield Relationship(source, arm_key(row["id"]))


def _sources(row: Any) -> list[str]:
    """Return the keys of what an image, or a version of one, was made from: for all of it, or for each of its disks."""
    return keys_of(id for names in _SOURCES for id in texts_at(properties_of(row), *names))


def _machines(ctx: Context) -> Iterator[tuple[str, str, str | None]]:
    """Yield the keys of machines and of the images that they were made from, and which version that was."""
    for row in ctx.azure.resources(VM):
        reference = object_at(properties_of(row), "storageProfile", "imageReference")
        if image := key_of(reference):
            yield arm_key(row["id"]), image, reference.get("exactVersion")


def _scale_sets(ctx: Context) -> Iterator[tuple[str, str]]:
    """Yield the keys of scale sets and of the images that their machines are made from."""
    for row in ctx.azure.resources(SCALE_SET):
        profile = object_at(properties_of(row), "virtualMachineProfile", "storageProfile")
        if image := key_at(profile, "imageReference"):
            yield arm_key(row["id"]), image
