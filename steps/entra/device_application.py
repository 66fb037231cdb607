"""Which device has which of the applications that Microsoft Intune finds on devices."""

from collections.abc import Iterator

from integration import Context, Relationship, relationship_step
from steps.entra._intune import INTUNE
from steps.entra.managed_device import DEVICE


@relationship_step(
    DEVICE,
    "INSTALLED",
    "intune_detected_application",
    permissions=["DeviceManagementManagedDevices.Read.All"],
    licences=INTUNE,
    per_row=True,
)
def intune_managed_device_installed_detected_application(ctx: Context) -> Iterator[Relationship]:
    """Intune has found an application on a device: that takes a request for each application."""
    for application, device in ctx.graph.related("/deviceManagement/detectedApps", "managedDevices"):
        yield Relationship(device["id"], application)
