"""What a token's permissions let a plan read.

Source: Microsoft Graph permissions reference; Microsoft identity platform, admin consent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from integration.sdk.plan import Plan

_CONTAINS: Mapping[str, frozenset[str]] = {
    "Directory.Read.All": frozenset({
        "AdministrativeUnit.Read.All", "Application.Read.All", "Device.Read.All", "Domain.Read.All", "Group.Read.All",
        "Group.ReadBasic.All", "GroupMember.Read.All", "GroupMember.ReadBasic.All", "GroupSettings.Read.All",
        "LicenseAssignment.Read.All", "OrgContact.Read.All", "Organization.Read.All", "RoleManagement.Read.Directory",
        "User.Read.All", "User.ReadBasic.All",
    }),
    "Domain.Read.All": frozenset({"Domain-InternalFederation.Read.All"}),
    "Group.Read.All": frozenset({
        "Group.ReadBasic.All", "GroupMember.Read.All", "GroupMember.ReadBasic.All", "GroupSettings.Read.All",
    }),
    "GroupMember.Read.All": frozenset({"Group.ReadBasic.All", "GroupMember.ReadBasic.All"}),
    "Organization.Read.All": frozenset({"LicenseAssignment.Read.All"}),
    "Policy.Read.All": frozenset({"AuthenticationContext.Read.All", "Policy.Read.AuthenticationMethod"}),
    "Policy.Read.ConditionalAccess": frozenset({"AuthenticationContext.Read.All"}),
    "RoleManagement.Read.All": frozenset({
        "RoleAssignmentSchedule.Read.Directory", "RoleEligibilitySchedule.Read.Directory",
        "RoleManagement.Read.Directory", "RoleManagementPolicy.Read.Directory",
    }),
    "RoleManagement.Read.Directory": frozenset({
        "RoleAssignmentSchedule.Read.Directory", "RoleEligibilitySchedule.Read.Directory",
        "RoleManagementPolicy.Read.Directory",
    }),
    "User.Read.All": frozenset({"User.ReadBasic.All"}),
}  # fmt: skip
"""All that a broader permission contains; it is not followed further, so each entry is whole."""


def covers(granted: Iterable[str], wanted: str) -> bool:
    """Tell whether one of the ``granted`` permissions is ``wanted`` or contains it."""
    return _cover(granted, wanted) is not None


def broader(wanted: str) -> tuple[str, ...]:
    """Return the reading permissions that contain ``wanted``, sorted."""
    return tuple(sorted(name for name, contents in _CONTAINS.items() if wanted in contents))


def consent_link(authority: str, tenant: str, client: str) -> str:
    """Return the address where an administrator consents to what the app registration asks for.

    Args:
        authority: root of the sign-in service, such as ``https://login.microsoftonline.com``.
        tenant: directory (tenant) id, or a verified domain of it.
        client: application (client) id.
    """
    return f"{authority.rstrip('/')}/{quote(tenant, safe='')}/adminconsent?{urlencode({'client_id': client})}"


@dataclass(frozen=True, kw_only=True)
class Demand:
    """A permission that steps of a plan declare.

    Attributes:
        permission: its name.
        granted_by: the permission in the token that is or contains it; empty where there is none.
        needed_by: types that cannot be read without it.
        enriches: types that only lose properties without it.
    """

    permission: str
    granted_by: str
    needed_by: tuple[str, ...]
    enriches: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PermissionReview:
    """A plan against a token's permissions.

    Attributes:
        demands: one for each declared permission, sorted by name.
        falls_away: each type that cannot be read, and why: a missing permission, or a type that it needs.
        fewer_properties: each type that can be read, but without the properties of these missing permissions.
        certain: the token names permissions; one that names none may still have some.
    """

    demands: tuple[Demand, ...]
    falls_away: Mapping[str, str]
    fewer_properties: Mapping[str, tuple[str, ...]]
    certain: bool = True

    @property
    def lacking(self) -> Mapping[str, tuple[str, ...]]:
        """The permissions that each type cannot do without and that the token is known to lack."""
        missing = [demand for demand in self.demands if self.certain and not demand.granted_by]
        types = sorted({type for demand in missing for type in demand.needed_by})
        return {type: tuple(each.permission for each in missing if type in each.needed_by) for type in types}

    @property
    def presumed(self) -> frozenset[str]:
        """The types that may be refused for a permission that the token has as part of a broader one alone.

        What a broader one contains is documented path by path, and the documents are not always right.
        """
        contained = set(self.contained)
        return frozenset(type for each in self.demands if each.permission in contained for type in each.needed_by)

    @property
    def granted(self) -> tuple[str, ...]:
        """The declared permissions that the token has or contains."""
        return tuple(demand.permission for demand in self.demands if demand.granted_by)

    @property
    def contained(self) -> tuple[str, ...]:
        """Those of the granted permissions that the token has as part of a broader one alone."""
        part = (each for each in self.demands if each.granted_by and _reading(each.granted_by) != each.permission)
        return tuple(demand.permission for demand in part)

    @property
    def missing(self) -> tuple[str, ...]:
        """The missing permissions without which types fall away."""
        return tuple(demand.permission for demand in self.demands if demand.needed_by and not demand.granted_by)

    @property
    def to_grant(self) -> tuple[str, ...]:
        """The smallest set of permissions to grant, so that no type falls away."""
        return smallest(self.missing)

    @property
    def to_enrich(self) -> tuple[str, ...]:
        """The smallest set to grant besides, so that no property is missing."""
        absent = {demand.permission for demand in self.demands if not demand.granted_by}
        return tuple(name for name in smallest(absent) if name not in self.to_grant)

    def as_json(self) -> dict[str, Any]:
        """Return the review as JSON values."""
        return {
            "granted": list(self.granted),
            "contained": list(self.contained),
            "missing": list(self.missing),
            "fallsAway": dict(self.falls_away),
            "fewerProperties": {name: list(missing) for name, missing in self.fewer_properties.items()},
            "toGrant": list(self.to_grant),
            "toEnrich": list(self.to_enrich),
        }


def review(plan: Plan, roles: Iterable[str]) -> PermissionReview:
    """Compare what a plan's steps declare with the permissions in a token.

    Args:
        plan: steps, each after all that it needs.
        roles: from ``roles_of``.
    """
    roles = sorted(roles)
    names = sorted({name for step in plan.steps for name in of_graph((*step.permissions, *step.optional))})
    cover = {name: _cover(roles, name) or "" for name in names}
    away: dict[str, str] = {}
    fewer: dict[str, tuple[str, ...]] = {}
    for step in plan.steps:
        missing = [name for name in of_graph(step.permissions) if not cover[name]]
        lost = [need for need in step.needs if need in away]
        reasons = [f"lacks the permission {name}" for name in missing]
        reasons += [f"needs {name}, which falls away" for name in lost]
        poorer = tuple(name for name in of_graph(step.optional) if not cover[name])
        if reasons:
            away[step.name] = "; ".join(reasons)
        elif poorer:
            fewer[step.name] = poorer
    demands = tuple(
        Demand(
            permission=name,
            granted_by=cover[name],
            needed_by=tuple(step.name for step in plan.steps if name in step.permissions),
            enriches=tuple(step.name for step in plan.steps if name in step.optional),
        )
        for name in names
    )
    return PermissionReview(demands=demands, falls_away=away, fewer_properties=fewer, certain=bool(roles))


def of_graph(names: Iterable[str]) -> list[str]:
    """Return the permissions of Microsoft Graph among those that a step names; Azure's actions have a slash."""
    return [name for name in names if "/" not in name]


def reads_others(plan: Plan) -> bool:
    """Tell whether a plan reads more than Microsoft Graph, which is Azure."""
    return any(len(of_graph(step.permissions)) < len(step.permissions) for step in plan.steps)


def _cover(granted: Iterable[str], wanted: str) -> str | None:
    """Return the permission that is or contains ``wanted``, itself if possible."""
    covering = [name for name in granted if wanted == name or wanted in _contents(name)]
    return wanted if wanted in covering else next(iter(covering), None)


@lru_cache(1024)
def _contents(name: str) -> frozenset[str]:
    """Return what a permission contains: writing contains reading, and a broader one the narrower ones."""
    reading = _reading(name)
    return _CONTAINS.get(reading, frozenset()) | {reading}


def _reading(name: str) -> str:
    return name.replace(".ReadWrite.", ".Read.")


def smallest(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of ``names``, sorted, that cover all of them; what one of them contains may itself contain more."""
    wanted = set(names)
    kept = set(wanted)
    for name in sorted(wanted, key=lambda each: (len(_contents(each)), each)):
        if all(covers(kept - {name}, each) for each in wanted):
            kept.remove(name)
    return tuple(sorted(kept))
