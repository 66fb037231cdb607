"""Assignments of access packages: who has, had, or is about to have what a package gives."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import epoch_ms
from steps._forms import expanded, object_at, text_in
from steps._words import says, whether
from steps.entra._packages import GOVERNANCE, READ, assignments, id_of

_DELIVERED = "delivered"
_SUBJECTS = {"azure_user": "user", "azure_service_principal": "servicePrincipal"}
"""Types of whom a package is for, and the word of Graph, ``accessPackageSubjectType``."""


@entity_step("AccessRole", permissions=READ, licences=GOVERNANCE, per_row=True)
def azure_access_packages_service_assignment(ctx: Context) -> Iterator[Entity]:
    """Somebody has an access package, or had it: the state says which."""
    for row in assignments(ctx):
        yield Entity(
            row["id"],
            row,
            name=row["id"],
            displayName=row["id"],
            active=whether(row["state"], _DELIVERED),
            userId=_user(row) or None,
        )


@relationship_step(
    "azure_access_packages_services",
    "HAS",
    "azure_access_packages_service_assignment",
    permissions=READ,
    licences=GOVERNANCE,
    per_row=True,
    type="azure_access_packages_services_has_service_assignment",
)
def azure_access_packages_services_has_service_assignment(ctx: Context) -> Iterator[Relationship]:
    """An assignment is one of an access package."""
    for row in assignments(ctx):
        if package := id_of(row, "accessPackage"):
            yield Relationship(package, row["id"])


@relationship_step(
    "azure_access_packages_service_assignment",
    "CONTAINS",
    "azure_access_packages_policy",
    permissions=READ,
    licences=GOVERNANCE,
    per_row=True,
    type="azure_access_packages_service_assignment_contains_policy",
)
def azure_access_packages_service_assignment_contains_policy(ctx: Context) -> Iterator[Relationship]:
    """An assignment was made by a policy, and ends as that says."""
    for row in assignments(ctx):
        if policy := id_of(row, "assignmentPolicy"):
            yield Relationship(row["id"], policy)


@relationship_family(
    ["azure_user", "azure_service_principal"],
    "ASSIGNED",
    "azure_access_packages_service_assignment",
    permissions=READ,
    licences=GOVERNANCE,
    per_row=True,
)
def azure_principal_assigned_access_packages_service_assignment(
    ctx: Context, from_type: str, to_type: str
) -> Iterator[Relationship]:
    """A user or a service principal has an assignment, or had it."""
    for row in assignments(ctx):
        if target := _target(row, _SUBJECTS[from_type]):
            yield Relationship(target, row["id"])


@relationship_step("azure_user", "ASSIGNED", "azure_access_packages_services", permissions=READ, licences=GOVERNANCE)
def azure_user_assigned_access_packages_services(ctx: Context) -> Iterator[Relationship]:
    """A user has an access package now; where by several assignments, until the last of them ends."""
    ends: dict[tuple[str, str], list[int | str | None]] = {}
    for row in assignments(ctx):
        user, package = _user(row), id_of(row, "accessPackage")
        if user and package and says(row["state"], _DELIVERED):
            ends.setdefault((user, package), []).append(_end(row))
    for (user, package), times in ends.items():
        known = [time for time in times if isinstance(time, int)]
        yield Relationship(user, package, expiresOn=max(known) if len(known) == len(times) else None)


def _end(row: Any) -> int | str | None:
    """Return when an assignment ends; ``None`` where it does not."""
    return epoch_ms(object_at(row, "schedule", "expiration").get("endDateTime"))


def _user(row: Any) -> str:
    """Return the id of the user whom an assignment is for; an empty text where it is for a service principal."""
    return _target(row, _SUBJECTS["azure_user"])


def _target(row: Any, subject: str) -> str:
    """Return the id of whom an assignment is for; an empty text where that is a subject of another type."""
    target = object_at(expanded(row, "target"), "target")
    return text_in(target, "objectId") if says(target.get("subjectType"), subject) else ""
