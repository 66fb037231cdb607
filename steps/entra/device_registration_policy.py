"""The policy on joining and registering devices."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, entity_step
from steps._forms import object_at, text_in

POLICY = "azure_device_registration_policy"
_WHO = {
    "allDeviceRegistrationMembership": "all",
    "noDeviceRegistrationMembership": "none",
    "enumeratedDeviceRegistrationMembership": "selected",
}


@entity_step("ControlPolicy", permissions=["Policy.Read.DeviceConfiguration"], needs=["azure_account"])
def azure_device_registration_policy(ctx: Context) -> Iterator[Entity]:
    """Who may join and register devices, and who becomes their local administrator."""
    policy = ctx.graph.get("/policies/deviceRegistrationPolicy", select=None)
    join = object_at(policy, "azureADJoin")
    joining = object_at(join, "allowedToJoin")
    administrators = object_at(join, "localAdmins", "registeringUsers")
    registering = object_at(policy, "azureADRegistration", "allowedToRegister")
    yield Entity(
        f"{POLICY}:{ctx.one('azure_account').properties['id']}",
        policy,
        name=policy.get("displayName") or "Device Registration Policy",
        category="config",
        joinAllowedTo=_who(joining),
        joinAllowedUserIds=joining.get("users"),
        joinAllowedGroupIds=joining.get("groups"),
        registeringUsersAreLocalAdmins=_who(administrators),
        localAdminUserIds=administrators.get("users"),
        localAdminGroupIds=administrators.get("groups"),
        registrationAllowedTo=_who(registering),
        registrationAllowedUserIds=registering.get("users"),
        registrationAllowedGroupIds=registering.get("groups"),
    )


def _who(membership: dict[str, Any]) -> str | None:
    """Return whom a membership names: all, none or selected; another kind as Graph calls it."""
    kind = text_in(membership, "@odata.type").rpartition(".")[2]
    return _WHO.get(kind, kind) or None
