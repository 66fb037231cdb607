"""Catalogs of entitlement management: containers of access packages and of the resources that these can give."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps._forms import expanded, values_in
from steps.entra._packages import CATALOGS, GOVERNANCE, READ


@entity_step("Resource", permissions=READ, licences=GOVERNANCE, per_row=True)
def azure_access_packages_catalog(ctx: Context) -> Iterator[Entity]:
    """A container of access packages, and of the groups, applications and sites that these can give."""
    for catalog in _catalogs(ctx):
        name = catalog["displayName"] or catalog["id"]
        packages = sorted(package["id"] for package in values_in(expanded(catalog, "accessPackages"), "accessPackages"))
        yield Entity(catalog_key(catalog["id"]), catalog, name=name, displayName=name, accessPackageId=packages)


@relationship_step(
    "azure_access_packages_catalog",
    "CONTAINS",
    "azure_access_packages_services",
    permissions=READ,
    licences=GOVERNANCE,
    per_row=True,
    type="azure_access_packages_catalog_contains_services",
)
def azure_access_packages_catalog_contains_services(ctx: Context) -> Iterator[Relationship]:
    """An access package is kept in a catalog, whose owners decide about it."""
    for catalog in _catalogs(ctx):
        for package in values_in(expanded(catalog, "accessPackages"), "accessPackages"):
            yield Relationship(catalog_key(catalog["id"]), package["id"])


def catalog_key(catalog: str) -> str:
    """Return the key of a catalog."""
    return f"azure_access_packages_catalog_{catalog}"


def _catalogs(ctx: Context) -> Iterator[Any]:
    """Yield the catalogs with their packages: one read serves all."""
    also, expand = ["displayName", "accessPackages"], "accessPackages"
    return ctx.graph.list(CATALOGS, schema="azure_access_packages_catalog", also=also, expand=expand, top=None)
