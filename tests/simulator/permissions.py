"""Application permissions: which role opens which endpoint.

Source: the Microsoft Graph permissions reference. Write permissions and Directory.Read.All count where they contain the
read.
"""

from tests.simulator.odata import Call, GraphError
from tests.simulator.properties import CONTACT, DEVICE, GROUP, SERVICE_PRINCIPAL, USER

ALL_ROLES = (
    "Application.Read.All",
    "Device.Read.All",
    "Directory.Read.All",
    "GroupMember.Read.All",
    "Member.Read.Hidden",
    "OrgContact.Read.All",
    "Organization.Read.All",
    "Policy.Read.All",
    "User.Read.All",
)
"""Every role that opens something here."""

_GROUP = ("GroupMember.Read.All", "Group.ReadBasic.All", "Group.Read.All", "Directory.Read.All")
_MEMBERS = ("GroupMember.Read.All", "GroupMember.ReadBasic.All", "Group.Read.All", "Directory.Read.All")
_OPENS: dict[str, tuple[str, ...]] = {
    "organization": ("Organization.Read.All", "Directory.Read.All"),
    "users": ("User.Read.All", "Directory.Read.All"),
    "groups": _GROUP,
    "devices": ("Device.Read.All", "Directory.Read.All"),
    "servicePrincipals": ("Application.Read.All", "Directory.Read.All"),
    "contacts": ("OrgContact.Read.All", "Directory.Read.All"),
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
}


class Permissions:
    """What an application may do; roles None is everything."""

    def __init__(self, roles: tuple[str, ...] | None) -> None:
        self._roles = None if roles is None else {role.replace("ReadWrite", "Read") for role in roles}

    def require(self, call: Call) -> None:
        """Raise GraphError 403 Authorization_RequestDenied where a role is missing."""
        needed = (
            _MEMBERS
            if call.shape.startswith(("groups/{id}/members", "groups/{id}/owners"))
            else _OPENS.get(call.segments[0], ())
        )
        if needed and not self._any(needed):
            raise GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")

    def may_read(self, kind: int) -> bool:
        """Whether more than ids of a kind (by number) may be seen among members."""
        return self._any(_KIND[kind])

    @property
    def hidden_members(self) -> bool:
        """Whether hidden memberships may be seen."""
        return self._any(("Member.Read.Hidden",))

    def _any(self, roles: tuple[str, ...]) -> bool:
        return self._roles is None or not self._roles.isdisjoint(roles)
