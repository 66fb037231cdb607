"""Roles of Microsoft Intune's own: what each of them allows, who has it, and over whose devices."""

from collections.abc import Iterable, Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps._forms import objects_in, texts_in
from steps.entra._intune import INTUNE

DEFINITION, ASSIGNMENT = "intune_role_definition", "intune_role_assignment"
_READ = ["DeviceManagementRBAC.Read.All"]
_DEFINITIONS, _ASSIGNMENTS = "/deviceManagement/roleDefinitions", "/deviceManagement/roleAssignments"


@entity_step("AccessRole", permissions=_READ, licences=INTUNE, per_row=True)
def intune_role_definition(ctx: Context) -> Iterator[Entity]:
    """A role of Microsoft Intune, built in or made by the tenant: the actions that it allows there."""
    for role in ctx.graph.list(_DEFINITIONS, also=["displayName", "rolePermissions"], top=None):
        permissions = [
            each for part in objects_in(role, "rolePermissions") for each in objects_in(part, "resourceActions")
        ]
        yield Entity(
            _key(DEFINITION, role["id"]),
            role,
            name=role["displayName"] or role["id"],
            allowedActions=_actions(texts_in(each, "allowedResourceActions") for each in permissions),
            deniedActions=_actions(texts_in(each, "notAllowedResourceActions") for each in permissions),
        )


@entity_step("AccessPolicy", permissions=_READ, licences=INTUNE, per_row=True)
def intune_role_assignment(ctx: Context) -> Iterator[Entity]:
    """The members of groups have a role of Microsoft Intune, over the users and devices of other groups."""
    for row in ctx.graph.list(_ASSIGNMENTS, also=["displayName", "members", "resourceScopes"], top=None):
        yield Entity(
            _key(ASSIGNMENT, row["id"]),
            row,
            name=row["displayName"] or row["id"],
            memberGroupIds=sorted(set(texts_in(row, "members"))),
            scopeGroupIds=sorted(set(texts_in(row, "resourceScopes"))),
        )


@relationship_step(ASSIGNMENT, "USES", DEFINITION, permissions=_READ, licences=INTUNE, per_row=True)
def intune_role_assignment_uses_definition(ctx: Context) -> Iterator[Relationship]:
    """An assignment gives a role: Graph tells which one with the role, and with no assignment."""
    for role, assignment in ctx.graph.related(_DEFINITIONS, "roleAssignments"):
        yield Relationship(_key(ASSIGNMENT, assignment["id"]), _key(DEFINITION, role))


@relationship_step("azure_user_group", "HAS", ASSIGNMENT, per_row=True)
def azure_user_group_has_intune_role_assignment(ctx: Context) -> Iterator[Relationship]:
    """The members of a group have a role of Microsoft Intune."""
    for assignment in ctx.entities(ASSIGNMENT):
        for group in assignment.properties.get("memberGroupIds") or ():
            yield Relationship(group, assignment.key)


@relationship_step(ASSIGNMENT, "ALLOWS", "azure_user_group", per_row=True)
def intune_role_assignment_allows_azure_user_group(ctx: Context) -> Iterator[Relationship]:
    """A role of Microsoft Intune is had over the users and the devices of a group."""
    for assignment in ctx.entities(ASSIGNMENT):
        for group in assignment.properties.get("scopeGroupIds") or ():
            yield Relationship(assignment.key, group)


def _key(type: str, id: str) -> str:
    return f"{type}:{id}"


def _actions(lists: Iterable[list[str]]) -> list[str]:
    """Return the actions of all lists, each once, sorted."""
    return sorted({action for each in lists for action in each})
