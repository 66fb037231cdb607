"""Who may have which devices managed by Microsoft Intune, and what is asked of them when they are enrolled."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family
from steps._forms import object_at
from steps.entra._intune import INTUNE, kind_of, targets_of
from steps.entra.device_policy import assigned

ENROLLMENT = "intune_device_enrollment_configuration"
_READ = ["DeviceManagementServiceConfig.Read.All"]
_PLATFORMS = {
    "android": "androidRestriction",
    "ios": "iosRestriction",
    "macOS": "macOSRestriction",
    "windows": "windowsRestriction",
    "windowsMobile": "windowsMobileRestriction",
}
"""Where the restriction of each platform is (deviceEnrollmentPlatformRestrictionsConfiguration resource type)."""


@entity_step(["Configuration", "ControlPolicy"], permissions=_READ, licences=INTUNE, per_row=True)
def intune_device_enrollment_configuration(ctx: Context) -> Iterator[Entity]:
    """Who may have which devices managed by Intune: how many, of which platforms, and with which Windows Hello."""
    # Whole: each kind has properties of its own, which cannot be selected from a list of all kinds.
    path = "/deviceManagement/deviceEnrollmentConfigurations"
    for row in ctx.graph.list(path, select=None, expand="assignments", top=None):
        yield Entity(
            row["id"],
            row,
            name=row.get("displayName") or row["id"],
            category="config",
            configurationType=kind_of(row),
            blockedPlatforms=_blocked(row, "platformBlocked"),
            personallyBlockedPlatforms=_blocked(row, "personalDeviceEnrollmentBlocked"),
            **targets_of(row),
        )


@relationship_family(ENROLLMENT, "ASSIGNED", ["azure_user_group"], per_row=True)
def intune_device_enrollment_configuration_assigned(
    ctx: Context, from_type: str, to_type: str
) -> Iterator[Relationship]:
    """A configuration is for the users of a group, or is not: ``exclude`` says which, and wins over the other."""
    yield from assigned(ctx, from_type)


def _blocked(row: Any, what: str) -> list[str] | None:
    """Return the platforms of which something is blocked; ``None`` for a kind that restricts no platforms."""
    if not any(name in row for name in _PLATFORMS.values()):
        return None
    return [platform for platform, name in _PLATFORMS.items() if object_at(row, name).get(what)]
