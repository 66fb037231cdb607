"""Devices that Microsoft Intune manages, the same devices in Microsoft Entra, and who uses them."""

import re
from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import guid_key
from steps._words import says, whether
from steps.entra._intune import INTUNE

DEVICE = "intune_managed_device"
_NOT_JUDGED = ("unknown", "configManager")
_UNJOINED = "00000000-0000-0000-0000-000000000000"
_STORAGE = ("totalStorageSpaceInBytes", "freeStorageSpaceInBytes")
_ADDRESS = re.compile(r"[0-9a-f]{12}")


@entity_step(["Device", "Host"], permissions=["DeviceManagementManagedDevices.Read.All"], licences=INTUNE, per_row=True)
def intune_managed_device(ctx: Context) -> Iterator[Entity]:
    """A computer or phone that Microsoft Intune manages."""
    also = ["emailAddress", "ethernetMacAddress", "wiFiMacAddress", *_STORAGE]
    for device in ctx.graph.list("/deviceManagement/managedDevices", also=also):
        name = device["deviceName"] or device["serialNumber"] or device["id"]
        state, model = device["complianceState"], device["model"]
        yield Entity(
            device["id"],
            device,
            name=name,
            displayName=name,
            hostname=name,
            userEmails=[device["emailAddress"]] if device["emailAddress"] else None,
            wifiMacAddress=_mac_address(device["wiFiMacAddress"]),
            ethernetMacAddress=_mac_address(device["ethernetMacAddress"]),
            BYOD=_says_or_unknown(device["managedDeviceOwnerType"], "personal"),
            compliant=None if says(state, *_NOT_JUDGED) else whether(state, "compliant"),
            **_storage(device),
            physical=not says(model, "Virtual Machine") if model else None,
            webLink="https://intune.microsoft.com/#view/Microsoft_Intune_Devices/DeviceSettingsMenuBlade/~/overview"
            f"/mdmDeviceId/{device['id']}",
        )


@relationship_step("azure_user", "HAS", DEVICE, per_row=True)
def azure_user_has_intune_managed_device(ctx: Context) -> Iterator[Relationship]:
    """A user uses a device that Intune manages, as the one whose it is there."""
    for device in ctx.entities(DEVICE):
        if user := device.properties.get("userId"):
            yield Relationship(user, device.key)


@relationship_step(DEVICE, "IS", "azure_device")
def intune_managed_device_is_azure_device(ctx: Context) -> Iterator[Relationship]:
    """A device that Intune manages is one of Microsoft Entra; one that is deleted there leads nowhere."""
    named = {device.key: _device_id(device) for device in ctx.entities(DEVICE)}
    wanted = {id for id in named.values() if id}
    known = ((guid_key(each.properties.get("deviceId")), each.key) for each in ctx.entities("azure_device"))
    keys = {id: key for id, key in known if id in wanted}
    for device, id in named.items():
        if id:
            yield Relationship(device, keys.get(id, id))


def _device_id(device: Entity) -> str | None:
    """Return by which id Entra knows a device; ``None`` where it is not joined to the tenant or registered in it."""
    id: str | None = guid_key(device.properties.get("aadDeviceId"))
    return None if id in (None, "", _UNJOINED) else id


def _storage(device: Any) -> dict[str, Any]:
    """Return how much a device can store, and how much of that is free: 0 in all where Intune does not know."""
    total, free = (device[name] for name in _STORAGE)
    return {"totalStorageInBytes": total, "freeStorageInBytes": free} if total else {}


def _mac_address(value: str | None) -> str | None:
    """Return an address as in ``a1:b2:c3:d4:e5:f6``, whatever stands between its digits; another text as it is."""
    digits = re.sub(r"[^0-9a-z]", "", value.lower()) if value else ""
    return ":".join(re.findall("..", digits)) if _ADDRESS.fullmatch(digits) else value or None


def _says_or_unknown(value: Any, word: str) -> bool | None:
    """Tell whether a value is a word; ``None`` where the service does not know."""
    return None if says(value, "unknown") else whether(value, word)
