"""Network interfaces."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, entity_step
from integration.values import arm_key
from steps.azure._ids import portal_link, tags_of


@entity_step("NetworkInterface", permissions=["Microsoft.Network/networkInterfaces/read"], per_row=True)
def azure_nic(ctx: Context) -> Iterator[Entity]:
    """A network interface of a virtual machine or of a private endpoint."""
    for row in ctx.azure.resources("microsoft.network/networkinterfaces"):
        parts = [each.get("properties") or {} for each in row["properties"].get("ipConfigurations") or ()]
        yield Entity(
            arm_key(row["id"]),
            row,
            name=row["name"],
            displayName=row["name"],
            privateIpAddresses=[part["privateIPAddress"] for part in parts if part.get("privateIPAddress")],
            publicIpAddressIds=_keys(part.get("publicIPAddress") for part in parts),
            subnetIds=_keys(part.get("subnet") for part in parts),
            virtualMachineId=_key(row["properties"].get("virtualMachine")),
            networkSecurityGroupId=_key(row["properties"].get("networkSecurityGroup")),
            tags=tags_of(row),
            webLink=portal_link(row),
        )


def _keys(references: Iterator[Any]) -> list[str]:
    """Return the keys of what some references lead to."""
    return [key for reference in references if (key := _key(reference))]


def _key(reference: Any) -> str | None:
    """Return the key of what a reference, an object with an id, leads to; ``None`` where there is none."""
    return arm_key(reference["id"]) if isinstance(reference, dict) and reference.get("id") else None
