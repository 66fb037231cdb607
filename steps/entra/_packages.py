"""What the types of entitlement management have in common: where they are read, by whom, and in which tenants."""

from collections.abc import Iterable, Iterator
from typing import Any

from integration import Context
from steps._forms import expanded, object_at, text_in
from steps._words import says

MANAGEMENT = "/identityGovernance/entitlementManagement"
READ = ["EntitlementManagement.Read.All"]
"""The least permission; ``Directory.Read.All`` does not do (Microsoft Graph permissions reference)."""
GOVERNANCE = ["AAD_PREMIUM_P2", "Entra_Identity_Governance"]
"""Service plans that have entitlement management (Microsoft Entra ID Governance licensing fundamentals)."""
PACKAGES, CATALOGS = f"{MANAGEMENT}/accessPackages", f"{MANAGEMENT}/catalogs"
_GROUP, _APPLICATION = "AadGroup", "AadApplication"


def is_group(part: Any) -> bool:
    """Tell whether a resource, or the scope of a role in one, is a group; its ``originId`` is the group's id then."""
    return says(part["originSystem"], _GROUP)


def is_application(part: Any) -> bool:
    """Tell whether a resource, or a role's scope, is an application: ``originId`` is its service principal's id."""
    return says(part["originSystem"], _APPLICATION)


def id_of(row: Any, name: str) -> str:
    """Return the id of what came with a row, such as its ``accessPackage``; an empty text where that is gone."""
    return text_in(object_at(expanded(row, name), name), "id")


def subjects(sets: Iterable[Any], key: str) -> list[str]:
    """Return the ids of one kind that sets of subjects name, sorted: ``userId`` of users, ``groupId`` of groups."""
    return sorted({each[key] for each in sets if each.get(key)})


def policies(ctx: Context) -> Iterator[Any]:
    """Yield the policies with the package of each and all that any type is made of: one read serves them all."""
    return ctx.graph.list(
        f"{MANAGEMENT}/assignmentPolicies",
        schema="azure_access_packages_policy",
        also=["displayName", "specificAllowedTargets"],
        expand="accessPackage",
        top=None,
    )


def assignments(ctx: Context) -> Iterator[Any]:
    """Yield the assignments, those that have ended too, with whom each is for: one read serves all types."""
    return ctx.graph.list(
        f"{MANAGEMENT}/assignments",
        schema="azure_access_packages_service_assignment",
        expand="target,accessPackage,assignmentPolicy",
        top=None,
    )


def requests(ctx: Context) -> Iterator[Any]:
    """Yield the requests with who made each: one read serves all types.

    Not asked for are their texts (``justification``, ``answers``), in which people write about people.
    """
    return ctx.graph.list(
        f"{MANAGEMENT}/assignmentRequests",
        schema="azure_access_packages_request",
        expand="requestor,accessPackage",
        top=None,
    )
