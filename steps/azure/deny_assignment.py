"""Deny assignments: what some may not do, whatever their roles allow."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._children import below_scopes
from steps.azure._ids import portal_link, scope_of
from steps.azure._resource import key_at, parts_of, properties_of, says
from steps.azure.role_definition import operations

_READ = ["Microsoft.Authorization/denyAssignments/read"]
_BELOW = "/providers/Microsoft.Authorization/denyAssignments"
_VERSION = "2024-07-01-preview"
"""The first version that tells ``denyAssignmentEffect``; where Azure lacks it, the stable one before is asked for."""
_OPERATIONS = ("actions", "notActions", "dataActions", "notDataActions")
_KINDS = {"azure_user": "user", "azure_user_group": "group", "azure_service_principal": "serviceprincipal"}
_EVERYBODY = "00000000-0000-0000-0000-000000000000"
"""Azure's id for all users, groups and service principals of the tenant."""


@entity_step("AccessPolicy", permissions=_READ)
def azure_deny_assignment(ctx: Context) -> Iterator[Entity]:
    """Operations that nobody, or some, may do in a scope, whatever their roles allow; Azure itself makes them."""
    for row in _assignments(ctx):
        name = properties_of(row).get("denyAssignmentName") or row["name"]
        principals = _ids(row, "principals")
        yield Entity(
            arm_key(row["id"]),
            row,
            name=name,
            displayName=name,
            scope=_scope(row),
            principalIds=sorted(set(principals) - {_EVERYBODY}),
            excludedPrincipalIds=sorted(set(_ids(row, "excludePrincipals"))),
            deniesEverybody=_EVERYBODY in principals and _denies(row),
            webLink=portal_link(row),
            **{kind: operations(row, kind) for kind in _OPERATIONS},
        )


@relationship_family("azure_deny_assignment", "ASSIGNED", list(_KINDS), permissions=_READ)
def azure_deny_assignment_assigned(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A user, a group or a service principal may not do what is denied; everybody has no edge to each."""
    for row in _assignments(ctx):
        for principal in sorted(set(_ids(row, "principals", _KINDS[to_type])) - {_EVERYBODY}):
            yield Relationship(arm_key(row["id"]), principal)


@relationship_family("azure_deny_assignment", "ALLOWS", list(_KINDS), permissions=_READ)
def azure_deny_assignment_allows(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A user, a group or a service principal is exempt: its roles allow what others are denied."""
    for row in _assignments(ctx):
        for principal in sorted(set(_ids(row, "excludePrincipals", _KINDS[to_type]))):
            yield Relationship(arm_key(row["id"]), principal)


@relationship_step(
    "azure_deny_assignment",
    "DENIES",
    any_of("azure"),
    type="azure_deny_assignment_denies_any_scope",
    permissions=_READ,
)
def azure_deny_assignment_denies_any_scope(ctx: Context) -> Iterator[Relationship]:
    """What is denied is denied in a scope, and in all that is below it unless it says otherwise."""
    for row in _assignments(ctx):
        if _denies(row):
            yield Relationship(arm_key(row["id"]), _scope(row))


def _assignments(ctx: Context) -> Iterator[Any]:
    """Yield all deny assignments, each once: a subscription tells those above and below it, too."""
    yield from below_scopes(ctx, _BELOW, _VERSION)


def _denies(row: Any) -> bool:
    """Tell whether a deny assignment denies anything, and does not only write down what it would deny.

    Source: Azure's specification of Microsoft.Authorization, DenyAssignmentEffect: ``enforced`` or ``audit``.
    """
    return not says(properties_of(row).get("denyAssignmentEffect"), "audit")


def _ids(row: Any, name: str, type: str = "") -> list[str]:
    """Return the object ids of the principals that a deny assignment names, of all types or of one."""
    named = (each for each in parts_of(row, name) if each.get("id"))
    return [each["id"].lower() for each in named if not type or says(each.get("type"), type)]


def _scope(row: Any) -> str:
    return key_at(properties_of(row), "scope") or scope_of(row["id"], "microsoft.authorization")
