"""Devices."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step


@entity_step("Device", permissions=["Device.Read.All"], per_row=True)
def acme_device(ctx: Context) -> Iterator[Entity]:
    """A device that is registered in the tenant."""
    for device in ctx.graph.list("/devices"):
        yield Entity(device["id"], device, name=device["displayName"] or device["deviceId"])
