"""What Microsoft Intune's types have in common: the licence, and whom a policy or an application is assigned to."""

from typing import Any

from steps._forms import expanded, object_at, objects_in, text_in
from steps._words import says

INTUNE = ["INTUNE_A", "INTUNE_A_VL", "INTUNE_EDU", "INTUNE_O365", "INTUNE_P2", "INTUNE_SMBIZ"]
"""Service plans with Intune, or a part of it.

Source: Product names and service plan identifiers for licensing. A tenant that has a part without what is asked for
answers that the request is not applicable to it.
"""
_ALL_DEVICES, _ALL_USERS, _GROUP, _EXCLUDED = (
    "allDevicesAssignmentTarget",
    "allLicensedUsersAssignmentTarget",
    "groupAssignmentTarget",
    "exclusionGroupAssignmentTarget",
)


def kind_of(row: Any) -> str | None:
    """Return an object's type, such as ``windows10CompliancePolicy``; ``None`` where Graph does not tell."""
    return str(row.get("@odata.type") or "").rpartition(".")[2] or None


def targets_of(row: Any) -> dict[str, Any]:
    """Return what the assignments of a policy or an application say of whom it is for, as properties.

    There are none where its assignments did not come: nobody knows whom it is for then.

    Source: deviceAndAppManagementAssignmentTarget resource type.
    """
    targets = [object_at(each, "target") for each in objects_in(expanded(row, "assignments"), "assignments")]
    if "assignments" not in row:
        return {}
    return {
        "isAssigned": bool(targets),
        "appliesToAllDevices": any(says(kind_of(each), _ALL_DEVICES) for each in targets),
        "appliesToAllUsers": any(says(kind_of(each), _ALL_USERS) for each in targets),
        "includeGroupIds": _groups(targets, _GROUP),
        "excludeGroupIds": _groups(targets, _EXCLUDED),
    }


def _groups(targets: list[dict[str, Any]], kind: str) -> list[str]:
    return sorted({text_in(each, "groupId") for each in targets if says(kind_of(each), kind)} - {""})
