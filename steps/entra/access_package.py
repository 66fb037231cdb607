"""Access packages: roles in groups, applications and sites that are asked for, given and taken away together."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, entity_step
from steps.entra._packages import GOVERNANCE, PACKAGES, READ


@entity_step("Service", permissions=READ, licences=GOVERNANCE, per_row=True)
def azure_access_packages_services(ctx: Context) -> Iterator[Entity]:
    """Roles in groups, applications and sites that people ask for, and are given, together."""
    for package in _packages(ctx):
        name = package["displayName"] or package["id"]
        yield Entity(
            package["id"],
            package,
            name=name,
            displayName=name,
            category=["infrastructure"],
            function=["workflow"],
        )


def _packages(ctx: Context) -> Iterator[Any]:
    """Yield the packages."""
    return ctx.graph.list(PACKAGES, schema="azure_access_packages_services", also=["displayName"], top=None)
