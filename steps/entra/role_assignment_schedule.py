"""Schedules of role assignments: since when and how long somebody has a role, and whether it was activated."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from steps._forms import object_at, required_text, text_in
from steps._words import says, whether
from steps.entra._roles import DIRECTORY, PIM, PRINCIPALS, named, names, role_names, scope_of

READ = ["RoleAssignmentSchedule.Read.Directory"]


@entity_step("AccessPolicy", permissions=READ, licences=PIM, needs=["azure_ad_role_definition"])
def azure_ad_role_assignment_schedule(ctx: Context) -> Iterator[Entity]:
    """The time for which an active role assignment holds, standing or activated (Privileged Identity Management)."""
    roles = role_names(ctx)
    for row in _schedules(ctx):
        yield Entity(
            _key(row),
            row,
            isPermanent=row["endDateTime"] is None,
            isActivated=whether(row["assignmentType"], "Activated"),
            **names(row, roles),
            **scope_of(row),
        )


@relationship_family(PRINCIPALS, "ASSIGNED", "azure_ad_role_assignment_schedule", permissions=READ, licences=PIM)
def azure_principal_assigned_schedule(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Somebody has a directory role for a time by himself; the members of a group have it through the group."""
    direct = (row for row in _schedules(ctx) if says(row["memberType"], "Direct"))
    for row in named(ctx, direct, from_type):
        yield Relationship(row["principalId"], _key(row))


@relationship_step(
    "azure_ad_role_assignment_schedule",
    "USES",
    "azure_ad_role_definition",
    permissions=READ,
    licences=PIM,
    per_row=True,
    type="azure_ad_role_assignment_schedule_uses_definition",
)
def azure_ad_role_assignment_schedule_uses_definition(ctx: Context) -> Iterator[Relationship]:
    """A schedule is one of a directory role."""
    for row in _schedules(ctx):
        if required_text(row, "roleDefinitionId"):
            yield Relationship(_key(row), row["roleDefinitionId"])


@relationship_step(
    "azure_ad_role_assignment_schedule",
    "USES",
    "azure_ad_role_eligibility",
    permissions=READ,
    licences=PIM,
    per_row=True,
    type="azure_ad_role_assignment_schedule_uses_eligibility",
)
def azure_ad_role_assignment_schedule_uses_eligibility(ctx: Context) -> Iterator[Relationship]:
    """A role was activated by somebody who is eligible for it."""
    for row in _schedules(ctx):
        if eligibility := text_in(object_at(row, "activatedUsing"), "id"):
            yield Relationship(_key(row), eligibility)


@relationship_step(
    "azure_ad_role_assignment_schedule",
    "IS",
    "azure_ad_role_assignment",
    permissions=READ,
    licences=PIM,
    per_row=True,
    type="azure_ad_role_assignment_schedule_is_assignment",
)
def azure_ad_role_assignment_schedule_is_assignment(ctx: Context) -> Iterator[Relationship]:
    """A schedule says since when and how long an assignment holds: the two are one right, not two."""
    for row in _schedules(ctx):
        if row["roleAssignmentOriginId"]:
            yield Relationship(_key(row), row["roleAssignmentOriginId"])


def _schedules(ctx: Context) -> Iterator[Any]:
    """Yield the schedules of all active assignments, those made outside of PIM among them."""
    path = f"{DIRECTORY}/roleAssignmentScheduleInstances"
    expand = "activatedUsing($select=id)"
    return ctx.graph.list(
        path, schema="azure_ad_role_assignment_schedule", also=["appScopeId"], expand=expand, top=None
    )


def _key(row: Any) -> str:
    """Return the key of a schedule: its id, unless Graph gave it that of the assignment whose time it is."""
    is_of_assignment = row["id"] == row["roleAssignmentOriginId"]
    return f"azure_ad_role_assignment_schedule:{row['id']}" if is_of_assignment else str(row["id"])
