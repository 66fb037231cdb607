"""Roles over catalogs of access packages: who decides what the packages of a catalog give, and to whom."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from steps.entra._packages import CATALOGS, GOVERNANCE, READ
from steps.entra._roles import PRINCIPALS, named, names
from steps.entra.access_package_catalog import catalog_key

ASSIGNMENT, CATALOG = "azure_access_packages_role_assignment", "azure_access_packages_catalog"
_ROLES = "/roleManagement/entitlementManagement"
_SELECT = ("id", "principalId", "roleDefinitionId", "appScopeId")
_OF_CATALOG = "appScopeId eq '/AccessPackageCatalog/{id}'"


@entity_step("AccessPolicy", permissions=READ, licences=GOVERNANCE, needs=[CATALOG])
def azure_access_packages_role_assignment(ctx: Context) -> Iterator[Entity]:
    """Somebody has a role over a catalog, such as its owner, who decides what its access packages give to whom."""
    roles = {role["id"]: role["displayName"] for role in _definitions(ctx) if role["displayName"]}
    for catalog, row in _assignments(ctx):
        yield Entity(row["id"], row, **names(row, roles), catalogId=catalog)


@relationship_family(PRINCIPALS, "ASSIGNED", ASSIGNMENT, permissions=READ, licences=GOVERNANCE)
def azure_principal_assigned_catalog_role(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Somebody has a role over a catalog; the members of a group have it too."""
    for row in named(ctx, (row for _, row in _assignments(ctx)), from_type):
        yield Relationship(row["principalId"], row["id"])


@relationship_step(ASSIGNMENT, "ALLOWS", CATALOG, permissions=READ, licences=GOVERNANCE, per_row=True)
def azure_access_packages_role_assignment_allows_catalog(ctx: Context) -> Iterator[Relationship]:
    """A role is had over a catalog."""
    for catalog, row in _assignments(ctx):
        yield Relationship(row["id"], catalog_key(catalog))


def _definitions(ctx: Context) -> Iterator[Any]:
    return ctx.graph.list(f"{_ROLES}/roleDefinitions", select=("id", "displayName"), top=None)


def _assignments(ctx: Context) -> Iterator[tuple[str, Any]]:
    """Yield the id of a catalog and each assignment of a role over it: Graph gives these by a filter alone."""
    return ctx.graph.related(CATALOGS, f"{_ROLES}/roleAssignments", select=_SELECT, filter=_OF_CATALOG)
