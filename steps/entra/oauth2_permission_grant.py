"""Grants of delegated permissions: what an application may do on behalf of one user, or of all."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import guid_key
from steps._forms import required_text, values_in
from steps._words import says
from steps.entra._apps import READ, part_key, service_principals

_READ_GRANTS = ["Directory.Read.All"]
_MOST_NAMED = 5


@entity_step("AccessPolicy", permissions=_READ_GRANTS, per_row=True)
def azure_oauth2_permission_grant(ctx: Context) -> Iterator[Entity]:
    """Consent to delegated permissions: an application may do for one user, or for all, what its scopes say."""
    for grant in _grants(ctx):
        scopes = _scopes(grant)
        name = _name(scopes, for_all=says(grant["consentType"], "AllPrincipals"))
        yield Entity(grant["id"], grant, displayName=name, name=name, scopes=scopes)


@relationship_step(
    "azure_service_principal", "HAS", "azure_oauth2_permission_grant", permissions=_READ_GRANTS, per_row=True
)
def azure_service_principal_has_oauth2_permission_grant(ctx: Context) -> Iterator[Relationship]:
    """A service principal may act on behalf of users as a grant says."""
    for grant in _grants(ctx):
        yield Relationship(grant["clientId"], grant["id"])


@relationship_step("azure_user", "HAS", "azure_oauth2_permission_grant", permissions=_READ_GRANTS, per_row=True)
def azure_user_has_oauth2_permission_grant(ctx: Context) -> Iterator[Relationship]:
    """A grant lets an application act on behalf of this user alone."""
    for grant in _grants(ctx):
        if grant["principalId"]:
            yield Relationship(grant["principalId"], grant["id"])


@relationship_step(
    "azure_oauth2_permission_grant", "ALLOWS", "azure_service_principal", permissions=_READ_GRANTS, per_row=True
)
def azure_oauth2_permission_grant_allows_service_principal(ctx: Context) -> Iterator[Relationship]:
    """A grant gives access to the service principal of an API."""
    for grant in _grants(ctx):
        yield Relationship(grant["id"], grant["resourceId"])


@relationship_step(
    "azure_oauth2_permission_grant",
    "ALLOWS",
    "azure_oauth2_permission_scope",
    permissions=[*_READ_GRANTS, *READ],
)
def azure_oauth2_permission_grant_allows_scope(ctx: Context) -> Iterator[Relationship]:
    """A grant gives a delegated permission; scopes that its API does not offer stay in the grant's list alone."""
    offered = {
        (principal["id"], scope.get("value")): scope["id"]
        for principal in service_principals(ctx)
        for scope in values_in(principal, "oauth2PermissionScopes")
    }
    for grant in _grants(ctx):
        resource = guid_key(required_text(grant, "resourceId"))
        for value in _scopes(grant):
            if (resource, value) in offered:
                key = part_key("azure_oauth2_permission_scope", resource, offered[resource, value])
                yield Relationship(grant["id"], key)


def _grants(ctx: Context) -> Iterator[Any]:
    return ctx.graph.list("/oauth2PermissionGrants", schema="azure_oauth2_permission_grant", also=["scope"])


def _scopes(grant: Any) -> list[str]:
    """Return the scopes of a grant, each once and in a fixed order: Graph gives them in one text, with stray spaces."""
    return sorted(set((grant["scope"] or "").split()))


def _name(scopes: list[str], *, for_all: bool) -> str:
    named = ", ".join(scopes[:_MOST_NAMED]) or "no scope"
    more = f" and {len(scopes) - _MOST_NAMED} more" if len(scopes) > _MOST_NAMED else ""
    return f"{named}{more} for {'all users' if for_all else 'one user'}"
