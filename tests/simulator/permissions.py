"""Application permissions: which role opens which endpoint.

Source: the Microsoft Graph permissions reference. Write permissions and Directory.Read.All count where they contain the
read.
"""

from tests.simulator.areas import SHELVES
from tests.simulator.odata import Call, GraphError
from tests.simulator.properties import (
    ADMINISTRATIVE_UNIT,
    APPLICATION,
    CONTACT,
    DEVICE,
    GRANT,
    GROUP,
    SERVICE_PRINCIPAL,
    USER,
)

_GROUP = ("GroupMember.Read.All", "Group.ReadBasic.All", "Group.Read.All", "Directory.Read.All")
_MEMBERS = ("GroupMember.Read.All", "GroupMember.ReadBasic.All", "Group.Read.All", "Directory.Read.All")
_OPENS: dict[str, tuple[str, ...]] = {
    "organization": ("Organization.Read.All", "Directory.Read.All"),
    "users": ("User.Read.All", "Directory.Read.All"),
    "groups": _GROUP,
    "devices": ("Device.Read.All", "Directory.Read.All"),
    "servicePrincipals": ("Application.Read.All", "Directory.Read.All"),
    "contacts": ("OrgContact.Read.All", "Directory.Read.All"),
    "applications": ("Application.Read.All", "Directory.Read.All"),
    "directory/administrativeUnits": ("AdministrativeUnit.Read.All", "Directory.Read.All"),
    "oauth2PermissionGrants": ("Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"),
    "devices/delta": ("Device.Read.All",),
    "directoryObjects": ("Directory.Read.All", "User.Read.All"),
    "directory": ("User.Read.All", "Directory.Read.All"),
    "policies": ("Policy.Read.All",),
}
_KIND = {
    USER: ("User.Read.All", "User.ReadBasic.All", "Directory.Read.All"),
    GROUP: _GROUP,
    DEVICE: _OPENS["devices"],
    SERVICE_PRINCIPAL: _OPENS["servicePrincipals"],
    CONTACT: _OPENS["contacts"],
    APPLICATION: _OPENS["applications"],
    ADMINISTRATIVE_UNIT: _OPENS["directory/administrativeUnits"],
    GRANT: _OPENS["oauth2PermissionGrants"],
}
_REPORTS = "AuditLog.Read.All"
_ENTITLEMENT = "identityGovernance/entitlementManagement"
_CODES = {
    _ENTITLEMENT: "UnAuthorized",
    "deviceAppManagement": "Forbidden",
    "deviceManagement": "Forbidden",
    "policies": "AccessDenied",
    "identity": "AccessDenied",
    "reports": "Authentication_MSGraphPermissionMissing",
}

ALL_ROLES = tuple(
    sorted(
        {"Member.Read.Hidden", _REPORTS}
        | {role for roles in (*_OPENS.values(), *_KIND.values(), _MEMBERS) for role in roles}
        | {role for shelf in SHELVES.all for role in shelf.permissions}
    )
)
"""Every role that opens something here."""


class Permissions:
    """What an application may do; roles None is everything."""

    def __init__(self, roles: tuple[str, ...] | None) -> None:
        self._roles = None if roles is None else {*roles, *(role.replace("ReadWrite", "Read") for role in roles)}

    def require(self, call: Call) -> None:
        """Raise GraphError 403 where a role is missing, with the code of the service that is asked."""
        places = ("/".join(call.segments[:2]), call.segments[0])
        code = next((_CODES[place] for place in places if place in _CODES), "Authorization_RequestDenied")
        shelf = SHELVES.holding(call.segments)
        if shelf:
            needed = shelf.permissions
        elif call.shape.startswith(("groups/{id}/members", "groups/{id}/owners")):
            needed = _MEMBERS
        else:
            needed = _OPENS.get(call.shape) or _OPENS.get(call.collection, ())
        if needed and not self._any(needed):
            raise GraphError(403, code, "Insufficient privileges to complete the operation.")
        if is_sign_in_activity(call) and not self._any((_REPORTS,)):
            raise GraphError(403, _CODES["reports"], f"The application lacks {_REPORTS}.")

    def may_read(self, kind: int) -> bool:
        """Whether more than ids of a kind (by number) may be seen among members."""
        return self._any(_KIND[kind])

    @property
    def hidden_members(self) -> bool:
        """Whether hidden memberships may be seen."""
        return self._any(("Member.Read.Hidden",))

    def _any(self, roles: tuple[str, ...]) -> bool:
        return self._roles is None or not self._roles.isdisjoint(roles)


def is_sign_in_activity(call: Call) -> bool:
    """Whether users are asked for what the sign-in reports know of them."""
    return call.collection == "users" and "signInActivity" in call.options.get("$select", "").split(",")
