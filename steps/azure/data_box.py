"""Devices of Azure that stand with the organization, or carry its data: Azure Stack Edge and Data Box."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family
from steps.azure._resource import in_groups, properties_of, resource, text_in, whether

_TYPES = {
    "azure_databox_edge_device": "microsoft.databoxedge/databoxedgedevices",
    "azure_databox_job": "microsoft.databox/jobs",
}


@entity_step(
    "Host",
    permissions=["Microsoft.DataBoxEdge/dataBoxEdgeDevices/read"],
    per_row=True,
    resources=[_TYPES["azure_databox_edge_device"]],
)
def azure_databox_edge_device(ctx: Context) -> Iterator[Entity]:
    """A device of Azure that stands with the organization, keeps data and runs machines: Azure Stack Edge."""
    for row in ctx.azure.resources(_TYPES["azure_databox_edge_device"]):
        properties = properties_of(row)
        name = text_in(properties, "friendlyName") or row["name"]
        yield resource(row, hostname=name, active=whether(properties.get("dataBoxEdgeDeviceStatus"), "online"))


@entity_step(
    "Record",
    permissions=["Microsoft.DataBox/jobs/read"],
    per_row=True,
    resources=[_TYPES["azure_databox_job"]],
)
def azure_databox_job(ctx: Context) -> Iterator[Entity]:
    """An order of a device that carries data into Azure, or out of it."""
    for row in ctx.azure.resources(_TYPES["azure_databox_job"]):
        yield resource(row)


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_data_box(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A device, or an order of one, is in a resource group."""
    yield from in_groups(ctx.entities(to_type))
