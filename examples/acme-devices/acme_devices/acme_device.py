"""Devices."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step
from integration.values import epoch_ms

FIELDS = (
    "id",
    "deviceId",
    "displayName",
    "operatingSystem",
    "operatingSystemVersion",
    "trustType",
    "accountEnabled",
    "isCompliant",
    "approximateLastSignInDateTime",
)


@entity_step("Device", permissions=["Device.Read.All"], per_row=True)
def acme_device(ctx: Context) -> Iterator[Entity]:
    """A device that is registered in the tenant."""
    for device in ctx.graph.list("/devices", select=FIELDS):
        name = device["displayName"] or device["deviceId"]
        yield Entity(
            device["id"],
            id=device["id"],
            name=name,
            displayName=name,
            deviceId=device["deviceId"],
            operatingSystem=device["operatingSystem"],
            operatingSystemVersion=device["operatingSystemVersion"],
            trustType=device["trustType"],
            active=device["accountEnabled"],
            compliant=device["isCompliant"],
            lastSeenOn=epoch_ms(device["approximateLastSignInDateTime"]),
        )
