"""Assignments of directory roles: who has which role, and where in the tenant it holds."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from steps._forms import required_text
from steps.entra._apps import application_keys
from steps.entra._roles import (
    DIRECTORY,
    OBJECTS,
    PRINCIPALS,
    READ,
    TENANT,
    in_scope,
    named,
    names,
    role_names,
    scope_of,
)


@entity_step("AccessPolicy", permissions=READ, needs=["azure_ad_role_definition"])
def azure_ad_role_assignment(ctx: Context) -> Iterator[Entity]:
    """A directory role is assigned to somebody, in the tenant or in a part of it; active now, by PIM or without."""
    roles = role_names(ctx)
    for row in _assignments(ctx):
        yield Entity(row["id"], row, **names(row, roles), **scope_of(row))


@relationship_family(PRINCIPALS, "ASSIGNED", "azure_ad_role_assignment", permissions=READ)
def azure_principal_assigned_ad_role_assignment(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Somebody is whom a directory role is assigned to; the members of a group have it too."""
    for row in named(ctx, _assignments(ctx), from_type):
        yield Relationship(row["principalId"], row["id"])


@relationship_family(PRINCIPALS, "HAS", "azure_ad_role_definition", permissions=READ)
def azure_principal_has_ad_role_definition(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Somebody has a directory role by one assignment or more; tenantWide says whether one holds everywhere."""
    scopes: defaultdict[tuple[str, str], set[tuple[str | None, str | None]]] = defaultdict(set)
    for row in named(ctx, _assignments(ctx), from_type):
        if required_text(row, "roleDefinitionId"):
            scopes[row["principalId"], row["roleDefinitionId"]].add((row["directoryScopeId"], row["appScopeId"]))
    for (principal, role), places in scopes.items():
        everywhere = any(directory == TENANT for directory, _ in places)
        yield Relationship(principal, role, tenantWide=everywhere, scopeCount=len(places))


@relationship_step(
    "azure_ad_role_assignment",
    "USES",
    "azure_ad_role_definition",
    permissions=READ,
    per_row=True,
    type="azure_ad_role_assignment_uses_definition",
)
def azure_ad_role_assignment_uses_definition(ctx: Context) -> Iterator[Relationship]:
    """An assignment is one of a directory role."""
    for row in _assignments(ctx):
        if required_text(row, "roleDefinitionId"):
            yield Relationship(row["id"], row["roleDefinitionId"])


@relationship_family(
    "azure_ad_role_assignment",
    "ALLOWS",
    ["azure_account", "azure_administrative_unit", "azure_attribute_set", *OBJECTS],
    permissions=READ,
)
def azure_ad_role_assignment_allows(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An assignment holds in the tenant, in an administrative unit, over an attribute set, or on one object."""
    for assignment, place in in_scope(ctx, list(_assignments(ctx)), to_type):
        yield Relationship(assignment, place)


@relationship_step("azure_ad_role_assignment", "ALLOWS", "azure_application", permissions=READ)
def azure_ad_role_assignment_allows_application(ctx: Context) -> Iterator[Relationship]:
    """An assignment holds on one application."""
    assignments = list(_assignments(ctx))
    for assignment, application in in_scope(ctx, assignments, "azure_application", application_keys(ctx)):
        yield Relationship(assignment, application)


def _assignments(ctx: Context) -> Iterator[Any]:
    """Yield all active assignments in the tenant, of all roles and in all scopes: one request tells them."""
    path = f"{DIRECTORY}/roleAssignments"
    return ctx.graph.list(path, schema="azure_ad_role_assignment", also=["appScopeId"])
