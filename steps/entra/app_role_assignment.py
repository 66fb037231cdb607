"""Assignments of application roles: who may use an application, and which permissions an application has."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import guid_key
from steps._forms import required_text
from steps._words import says
from steps.entra._apps import READ, SERVICE_PRINCIPALS, part_key

_RELATION = "appRoleAssignedTo"
_SELECT = (
    "id",
    "appRoleId",
    "createdDateTime",
    "principalDisplayName",
    "principalId",
    "principalType",
    "resourceDisplayName",
    "resourceId",
)
_DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
"""The role of who was assigned without one."""
_PRINCIPALS = {"azure_user": "User", "azure_user_group": "Group", "azure_service_principal": "ServicePrincipal"}


@entity_step("AccessPolicy", permissions=READ, needs=["azure_service_principal"], per_row=True)
def azure_app_role_assignment(ctx: Context) -> Iterator[Entity]:
    """A user, group or service principal is assigned to an application: in a role of it, or with default access."""
    for assignment in _assignments(ctx):
        principal = assignment["principalDisplayName"] or assignment["principalId"]
        resource = assignment["resourceDisplayName"] or assignment["resourceId"]
        name = f"{principal} → {resource}"
        yield Entity(
            assignment["id"],
            assignment,
            displayName=name,
            name=name,
            isDefaultAccess=guid_key(assignment["appRoleId"]) == _DEFAULT_ACCESS,
        )


@relationship_family(list(_PRINCIPALS), "HAS", "azure_app_role_assignment", permissions=READ, per_row=True)
def azure_principal_has_app_role_assignment(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A user, group or service principal has an assignment to an application."""
    for assignment in _assignments(ctx):
        if says(required_text(assignment, "principalType"), _PRINCIPALS[from_type]):
            yield Relationship(assignment["principalId"], assignment["id"])


@relationship_step("azure_app_role_assignment", "ASSIGNED", "azure_app_role", permissions=READ, per_row=True)
def azure_app_role_assignment_assigned_role(ctx: Context) -> Iterator[Relationship]:
    """An assignment gives a role; one with default access gives none."""
    for assignment in _assignments(ctx):
        if guid_key(assignment["appRoleId"]) != _DEFAULT_ACCESS:
            role = part_key("azure_app_role", assignment["resourceId"], assignment["appRoleId"])
            yield Relationship(assignment["id"], role)


@relationship_step("azure_app_role_assignment", "ALLOWS", "azure_service_principal", permissions=READ, per_row=True)
def azure_app_role_assignment_allows_service_principal(ctx: Context) -> Iterator[Relationship]:
    """An assignment gives access to the service principal of an application."""
    for assignment in _assignments(ctx):
        yield Relationship(assignment["id"], assignment["resourceId"])


@relationship_family("azure_service_principal", "ASSIGNED", list(_PRINCIPALS), permissions=READ)
def azure_service_principal_assigned(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Somebody is assigned to the service principal of an application, in one role of it or more."""
    of_each = ctx.graph.related(SERVICE_PRINCIPALS, _RELATION, select=_SELECT, together=True)
    for _, assignments in groupby(of_each, itemgetter(0)):
        roles = Counter(
            (guid_key(assignment["resourceId"]), guid_key(assignment["principalId"]))
            for _, assignment in assignments
            if says(required_text(assignment, "principalType"), _PRINCIPALS[to_type])
        )
        for (resource, principal), count in roles.items():
            yield Relationship(resource, principal, roleCount=count)


def _assignments(ctx: Context) -> Iterator[Any]:
    """Yield the assignments to all service principals: a complete set, as Graph has no listing of its own for them."""
    for _, assignment in ctx.graph.related(SERVICE_PRINCIPALS, _RELATION, select=_SELECT):
        yield assignment
