"""The policy on joining and registering devices."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family
from integration.values import guid_key
from steps._forms import object_at, text_in

POLICY = "azure_device_registration_policy"
_WHO = {
    "allDeviceRegistrationMembership": "all",
    "noDeviceRegistrationMembership": "none",
    "enumeratedDeviceRegistrationMembership": "selected",
}
_NAMED = {
    f"azure_{of}": {
        "mayJoin": f"joinAllowed{ids}",
        "becomesLocalAdmin": f"localAdmin{ids}",
        "mayRegister": f"registrationAllowed{ids}",
    }
    for of, ids in (("user", "UserIds"), ("user_group", "GroupIds"))
}
"""Types of whom the policy names: what each may do, and the property that lists those who may."""


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


@relationship_family(POLICY, "ALLOWS", list(_NAMED), per_row=True)
def azure_device_registration_policy_allows(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A policy names who may join or register devices, or becomes the local administrator of those that they join."""
    for policy in ctx.entities(from_type):
        may: dict[str, dict[str, bool]] = {}
        for what, named in _NAMED[to_type].items():
            for id in map(guid_key, policy.properties.get(named) or ()):
                may.setdefault(id, {})[what] = True
        for id, given in may.items():
            yield Relationship(policy.key, id, **given)


def _who(membership: dict[str, Any]) -> str | None:
    """Return whom a membership names: all, none or selected; another kind as Graph calls it."""
    kind = text_in(membership, "@odata.type").rpartition(".")[2]
    return _WHO.get(kind, kind) or None
