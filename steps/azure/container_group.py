"""Groups of containers of Azure Container Instances."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link
from steps.azure._resource import (
    identities_of,
    in_groups,
    keys_in,
    named_in,
    object_at,
    part_of,
    parts_of,
    properties_of,
    resource,
    whether,
)

CONTAINER_GROUP = "microsoft.containerinstance/containergroups"
READ = ["Microsoft.ContainerInstance/containerGroups/read"]


@entity_step("Group", permissions=READ, per_row=True, resources=[CONTAINER_GROUP])
def azure_container_group(ctx: Context) -> Iterator[Entity]:
    """Containers that run together, on one machine and with one address."""
    for row in ctx.azure.resources(CONTAINER_GROUP):
        address = object_at(properties_of(row), "ipAddress")
        yield resource(
            row,
            public=whether(address.get("type"), "public"),
            ports=[str(port) for port in named_in(address, "ports", "port")],
            subnetIds=keys_in(row, "subnetIds"),
            userAssignedIdentityIds=identities_of(row),
        )


@entity_step("Container", permissions=READ, per_row=True)
def azure_container(ctx: Context) -> Iterator[Entity]:
    """A container in a group; of the variables of its environment the names are read, never the values."""
    for row in ctx.azure.resources(CONTAINER_GROUP):
        for container in _named(row, "containers"):
            known = {"id": _id(row, "containers", container), "name": container["name"]}
            ports = [str(port) for port in named_in(properties_of(container), "ports", "port")]
            told = {**known, "properties": _without_values(container)}
            yield part_of(row, told, ports=ports, webLink=portal_link(row))


@entity_step("Disk", permissions=READ, per_row=True)
def azure_container_volume(ctx: Context) -> Iterator[Entity]:
    """What a group of containers keeps files on, such as a file share; its keys and secrets are not read."""
    for row in ctx.azure.resources(CONTAINER_GROUP):
        for volume in _named(row, "volumes"):
            share = object_at(volume, "azureFile")
            known = {
                "id": volume_id(row, volume),
                "name": volume["name"],
                "shareName": share.get("shareName"),
                "storageAccountName": share.get("storageAccountName"),
                "readOnly": share.get("readOnly"),
            }
            kind = next((each for each in _KINDS if volume.get(each) is not None), None)
            yield part_of(row, known, kind=kind, webLink=portal_link(row))


@relationship_step("azure_resource_group", "HAS", "azure_container_group", per_row=True)
def azure_resource_group_has_container_group(ctx: Context) -> Iterator[Relationship]:
    """A group of containers is in a resource group."""
    yield from in_groups(ctx.entities("azure_container_group"))


@relationship_step("azure_container_group", "HAS", "azure_container", per_row=True)
def azure_container_group_has_container(ctx: Context) -> Iterator[Relationship]:
    """A container is in a group."""
    for row in ctx.azure.resources(CONTAINER_GROUP):
        for container in _named(row, "containers"):
            yield Relationship(arm_key(row["id"]), arm_key(_id(row, "containers", container)))


@relationship_step("azure_container_group", "HAS", "azure_container_volume", per_row=True)
def azure_container_group_has_volume(ctx: Context) -> Iterator[Relationship]:
    """A group of containers has a volume."""
    for row in ctx.azure.resources(CONTAINER_GROUP):
        for volume in _named(row, "volumes"):
            yield Relationship(arm_key(row["id"]), arm_key(volume_id(row, volume)))


@relationship_step("azure_container", "USES", "azure_container_volume", per_row=True)
def azure_container_uses_volume(ctx: Context) -> Iterator[Relationship]:
    """A container sees the files of a volume."""
    for row in ctx.azure.resources(CONTAINER_GROUP):
        for container in _named(row, "containers"):
            names = dict.fromkeys(name.lower() for name in named_in(properties_of(container), "volumeMounts", "name"))
            for name in names:
                volume = volume_id(row, {"name": name})
                yield Relationship(arm_key(_id(row, "containers", container)), arm_key(volume))


def volume_id(row: Any, volume: Any) -> str:
    """Return the id of a volume of a group."""
    return _id(row, "volumes", volume)


_KINDS = ("azureFile", "emptyDir", "gitRepo", "secret")
_VALUES = ("environmentVariables", "command", "livenessProbe", "readinessProbe")


def _named(row: Any, of: str) -> list[dict[str, Any]]:
    """Return the parts of a kind of a group, each of which is known by its name."""
    return [part for part in parts_of(row, of) if part.get("name")]


def _id(row: Any, of: str, part: Any) -> str:
    """Return the id of a part of a group, which Azure gives none."""
    return f"{row['id']}/{of}/{part['name']}"


def _without_values(container: Any) -> dict[str, Any]:
    """Return the properties of a container without what may hold secrets: variables, commands and probes."""
    kept = {name: value for name, value in properties_of(container).items() if name not in _VALUES}
    names = named_in(properties_of(container), "environmentVariables", "name")
    return {**kept, "environmentVariables": [{"name": name} for name in names]}
