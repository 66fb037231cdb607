"""Owners of devices."""

from collections.abc import Iterator

from integration import Context, Relationship, relationship_step


@relationship_step("azure_user", "OWNS", "acme_device", permissions=["Device.Read.All"], per_row=True)
def azure_user_owns_acme_device(ctx: Context) -> Iterator[Relationship]:
    """A user is a registered owner of a device."""
    for device, owner in ctx.graph.related("/devices", "registeredOwners", kind="user"):
        yield Relationship(owner["id"], device)
