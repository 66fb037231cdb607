"""Privileged Identity Management for groups: who may become a member or an owner of a group, and who is, how long."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from steps._words import composed, whether
from steps.entra._roles import PIM, PRINCIPALS, named

_GROUPS = "/identityGovernance/privilegedAccess/group"
_ELIGIBLE, _ACTIVE = f"{_GROUPS}/eligibilityScheduleInstances", f"{_GROUPS}/assignmentScheduleInstances"
_ELIGIBLE_READ = ["PrivilegedEligibilitySchedule.Read.AzureADGroup"]
_ACTIVE_READ = ["PrivilegedAssignmentSchedule.Read.AzureADGroup"]
_SELECT = ("id", "groupId", "principalId", "accessId", "memberType", "startDateTime", "endDateTime")
ASSIGNABLE = "isAssignableToRole eq true"
"""Which groups are asked about."""


@entity_step("AccessPolicy", permissions=_ELIGIBLE_READ, licences=PIM, needs=["azure_user_group"])
def azure_privileged_access_group_eligibility(ctx: Context) -> Iterator[Entity]:
    """Somebody may become a member or an owner of a group that can be assigned to roles, by activation."""
    for row in _eligibilities(ctx):
        name = composed(": ", row["accessId"], row["principalId"]) or row["id"]
        yield Entity(row["id"], row, name=name, displayName=name, isPermanent=row["endDateTime"] is None)
    tell_what_is_not_asked(ctx)


@entity_step("AccessPolicy", permissions=_ACTIVE_READ, licences=PIM, needs=["azure_user_group"])
def azure_privileged_access_group_assignment(ctx: Context) -> Iterator[Entity]:
    """The time for which somebody is a member or an owner of a group that can be assigned to roles."""
    for row in _assignments(ctx):
        name = composed(": ", row["accessId"], row["principalId"]) or row["id"]
        yield Entity(
            row["id"],
            row,
            name=name,
            displayName=name,
            isPermanent=row["endDateTime"] is None,
            isActivated=whether(row["assignmentType"], "activated"),
        )
    tell_what_is_not_asked(ctx)


@relationship_family(
    PRINCIPALS, "HAS", "azure_privileged_access_group_eligibility", permissions=_ELIGIBLE_READ, licences=PIM
)
def azure_principal_has_group_eligibility(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Somebody may become a member or an owner of a group."""
    for row in named(ctx, _eligibilities(ctx), from_type):
        yield Relationship(row["principalId"], row["id"])


@relationship_family(
    PRINCIPALS, "HAS", "azure_privileged_access_group_assignment", permissions=_ACTIVE_READ, licences=PIM
)
def azure_principal_has_group_assignment(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Somebody is a member or an owner of a group for a time."""
    for row in named(ctx, _assignments(ctx), from_type):
        yield Relationship(row["principalId"], row["id"])


@relationship_step(
    "azure_privileged_access_group_eligibility",
    "ALLOWS",
    "azure_user_group",
    permissions=_ELIGIBLE_READ,
    licences=PIM,
    per_row=True,
)
def azure_privileged_access_group_eligibility_allows_user_group(ctx: Context) -> Iterator[Relationship]:
    """An eligibility is one for a group: accessId says whether as a member or as an owner, who is as powerful."""
    for row in _eligibilities(ctx):
        yield Relationship(row["id"], row["groupId"], accessId=row["accessId"])


@relationship_step(
    "azure_privileged_access_group_assignment",
    "ALLOWS",
    "azure_user_group",
    permissions=_ACTIVE_READ,
    licences=PIM,
    per_row=True,
)
def azure_privileged_access_group_assignment_allows_user_group(ctx: Context) -> Iterator[Relationship]:
    """An assignment is one to a group: accessId says whether as a member or as an owner."""
    for row in _assignments(ctx):
        yield Relationship(row["id"], row["groupId"], accessId=row["accessId"])


def _eligibilities(ctx: Context) -> Iterator[Any]:
    """Yield the eligibilities for groups that can be assigned to roles: Graph gives them group by group alone."""
    by = "groupId eq '{id}'"
    for _, row in ctx.graph.related(
        "/groups", _ELIGIBLE, select=(*_SELECT, "eligibilityScheduleId"), filter=by, among=ASSIGNABLE
    ):
        yield row


def _assignments(ctx: Context) -> Iterator[Any]:
    """Yield the assignments to groups that can be assigned to roles: Graph gives them group by group alone."""
    by, also = "groupId eq '{id}'", ("assignmentType", "assignmentScheduleId")
    for _, row in ctx.graph.related("/groups", _ACTIVE, select=(*_SELECT, *also), filter=by, among=ASSIGNABLE):
        yield row


def tell_what_is_not_asked(ctx: Context) -> None:
    """Say how many other groups PIM may manage: Graph does not tell which, and throttles who asks for all."""
    others = sum(1 for group in ctx.entities("azure_user_group") if _may_be_managed(group.properties))
    ctx.left_out(others, "groups that no role can be assigned to, which PIM may manage all the same")


def _may_be_managed(group: Any) -> bool:
    """Tell whether PIM may manage a group that was not asked for: no dynamic one, and none that is synchronized."""
    assignable = group.get("isAssignableToRole") or group.get("roleAssignable")
    return not (assignable or group.get("isDynamic") or group.get("onPremisesSyncEnabled"))
