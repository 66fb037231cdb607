"""Devices of the tenant, and the users that registered them or use them."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps._words import says

DEVICES = ["Device.Read.All"]


@entity_step("Device", permissions=DEVICES, per_row=True)
def azure_device(ctx: Context) -> Iterator[Entity]:
    """A computer or phone that is joined to the tenant or registered in it."""
    for device in ctx.graph.list("/devices"):
        name = device["displayName"] or device["deviceId"] or device["id"]
        yield Entity(
            device["id"],
            device,
            displayName=name,
            name=name,
            BYOD=_is_own(device["trustType"], device["deviceOwnership"]),
            webLink="https://entra.microsoft.com/#view/Microsoft_AAD_Devices/DeviceDetailsMenuBlade/~/Properties"
            f"/objectId/{device['id']}",
        )


@relationship_step("azure_user", "HAS", "azure_device", permissions=DEVICES, per_row=True)
def azure_user_has_device(ctx: Context) -> Iterator[Relationship]:
    """A user signs in on a device: one of its registered users."""
    for device, user in ctx.graph.related("/devices", "registeredUsers", kind="user"):
        yield Relationship(user["id"], device)


@relationship_step("azure_user", "OWNS", "azure_device", permissions=DEVICES, per_row=True)
def azure_user_owns_device(ctx: Context) -> Iterator[Relationship]:
    """A user joined or registered a device, which does not make the user its administrator."""
    for device, user in ctx.graph.related("/devices", "registeredOwners", kind="user"):
        yield Relationship(user["id"], device)


def _is_own(trust: str | None, ownership: str | None) -> bool | None:
    """Tell whether a device is its user's own; ``None`` where Graph says nothing of that."""
    if trust is None and ownership is None:
        return None
    return says(trust, "Workplace") or says(ownership, "Personal")
