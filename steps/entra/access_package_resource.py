"""Resources of catalogs, and which of them an access package gives, in which role."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import guid_key
from steps._forms import expanded, object_at, text_in
from steps.entra._apps import READ as READ_APPLICATIONS
from steps.entra._apps import service_principals
from steps.entra._packages import CATALOGS, GOVERNANCE, PACKAGES, READ, is_application, is_group
from steps.entra.access_package_catalog import catalog_key

_RESOURCE = "azure_access_package_resource"
_ORIGINS = {"azure_user_group": is_group, "azure_service_principal": is_application}
_BOTH = [*READ, *READ_APPLICATIONS]
_APP_ID = re.compile(r"(?i)^AppId:\s*([0-9a-f-]{36})$")
"""How the description of a resource that is an application names it, unless somebody wrote another one."""


@entity_step("Resource", permissions=READ, licences=GOVERNANCE, needs=["azure_access_packages_catalog"], per_row=True)
def azure_access_package_resource(ctx: Context) -> Iterator[Entity]:
    """A group, an application or a site in a catalog: its access packages can give roles in it."""
    for catalog, row in _resources(ctx):
        name = row["displayName"] or row["originId"] or row["id"]
        yield Entity(row["id"], row, name=name, displayName=name, catalogId=catalog)


@relationship_step(
    "azure_access_packages_catalog",
    "HAS",
    _RESOURCE,
    permissions=READ,
    licences=GOVERNANCE,
    per_row=True,
    type="azure_access_packages_catalog_has_package_resource",
)
def azure_access_packages_catalog_has_package_resource(ctx: Context) -> Iterator[Relationship]:
    """A resource is in a catalog."""
    for catalog, row in _resources(ctx):
        yield Relationship(catalog_key(catalog), row["id"])


@relationship_family(
    _RESOURCE,
    "IS",
    list(_ORIGINS),
    permissions=READ,
    licences=GOVERNANCE,
    needs=["azure_access_packages_catalog"],
    per_row=True,
)
def azure_access_package_resource_is(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A resource is a group, or an application as its service principal; one that was deleted leads nowhere."""
    for _, row in _resources(ctx):
        if row["originId"] and _ORIGINS[to_type](row):
            yield Relationship(row["id"], row["originId"])


@relationship_step(
    "azure_application", "ASSIGNED", "azure_access_packages_catalog", permissions=_BOTH, licences=GOVERNANCE
)
def azure_application_assigned_access_packages_catalog(ctx: Context) -> Iterator[Relationship]:
    """An application of the tenant's own is in a catalog, also one without a service principal in the tenant."""
    rows = [(catalog, row) for catalog, row in _resources(ctx) if is_application(row)]
    applications = _applications(ctx, {guid_key(row["originId"]) for _, row in rows})
    named = {(applications.get(guid_key(row["originId"])) or _described(row), catalog) for catalog, row in rows}
    own = ctx.known("azure_application", [application for application, _ in named])
    for application, catalog in named:
        if application in own:
            yield Relationship(application, catalog_key(catalog))


@relationship_family("azure_access_packages_services", "ALLOWS", list(_ORIGINS), permissions=READ, licences=GOVERNANCE)
def azure_access_packages_services_allows(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An access package gives roles in a group, or in an application: which ones, role says."""
    roles: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for package, role, scope in _given(ctx):
        if _ORIGINS[to_type](scope):
            roles[package, scope["originId"]].update(filter(None, [text_in(role, "displayName")]))
    for (package, origin), names in roles.items():
        yield Relationship(package, origin, role=", ".join(sorted(names)) or None)


@relationship_step("azure_access_packages_services", "HAS", "azure_application", permissions=_BOTH, licences=GOVERNANCE)
def azure_access_packages_services_has_application(ctx: Context) -> Iterator[Relationship]:
    """An access package gives roles in an application of the tenant's own."""
    pairs = {(package, scope["originId"]) for package, _, scope in _given(ctx) if is_application(scope)}
    applications = _applications(ctx, {principal for _, principal in pairs})
    for package, principal in pairs:
        if principal in applications:
            yield Relationship(package, applications[principal])


def _resources(ctx: Context) -> Iterator[tuple[str, Any]]:
    """Yield the id of a catalog and one of its resources: Graph gives them catalog by catalog alone.

    Sites of SharePoint come with delegated permissions alone (List resources of a catalog, note).
    """
    select = ("displayName", "description", "originId", "originSystem", "createdDateTime", "modifiedDateTime")
    return ctx.graph.related(CATALOGS, "resources", select=("id", *select))


def _given(ctx: Context) -> Iterator[tuple[str, Any, Any]]:
    """Yield a package's id, a role that it gives, and in what it gives it."""
    for package, row in ctx.graph.related(PACKAGES, "resourceRoleScopes", select=("id", "role", "scope")):
        scope = object_at(expanded(row, "scope"), "scope")
        if text_in(scope, "originId"):
            yield (
                package,
                object_at(row, "role"),
                {"originSystem": None, **scope, "originId": guid_key(scope["originId"])},
            )


def _described(row: Any) -> str:
    """Return the appId that the description of a resource tells; an empty text where it tells none."""
    found = _APP_ID.match(text_in(row, "description").strip())
    return found[1].lower() if found else ""


def _applications(ctx: Context, principals: set[str | None]) -> dict[str, str]:
    """Return the key of the tenant's own application for each service principal that stands for one."""
    found = {row["id"]: row["appId"] for row in service_principals(ctx) if row["id"] in principals and row["appId"]}
    own = ctx.known("azure_application", found.values())
    return {principal: application for principal, application in found.items() if application in own}
