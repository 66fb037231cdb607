"""Whose a token is: one of another tenant than the settings name would fill the graph of one tenant with another's."""

from integration.config.settings import Config
from integration.errors import CredentialsError
from integration.http.domains import tenant_of_domain
from integration.sources.msgraph.claims import tenant_of
from integration.text.given import is_guid
from integration.text.secret import Secret


def refuse_another(config: Config, api: str, token: Secret, *, by_domain: bool = True) -> None:
    """Refuse a token of another tenant than the settings name, by their directory id or by the token for Graph.

    A token that does not tell its tenant passes. Where a domain names the tenant, the sign-in service is asked whose it
    is; where it does not answer, the token passes.

    Args:
        config: settings.
        api: what the token is for, such as ``Graph``.
        token: a token that was given, or that signing in gave.
        by_domain: ``False`` for a token that was signed in for at the domain itself, which is of no other tenant.

    Raises:
        CredentialsError: it is of another tenant; names both, and what to do.
    """
    found, named, of_graph = (
        id or "" for id in (tenant_of(token), config.directory_id, tenant_of(config.access_token))
    )
    shown = named
    if by_domain and is_guid(found) and named and not is_guid(named):
        named = tenant_of_domain(config.authority, named)
        shown = f"{shown} ({named})"
    told = f"the token for {api} is of the tenant {found}, but"
    if _differ(found, named):
        raise CredentialsError(
            f"{told} the settings name the tenant {shown}: get a token of {named}, or set the directory (tenant) id to"
            f" {found}"
        )
    if _differ(found, of_graph):
        raise CredentialsError(f"{told} that for Graph is of {of_graph}: get both tokens of one tenant")


def _differ(one: str, other: str) -> bool:
    """Tell whether two texts are ids of two tenants."""
    return is_guid(one) and is_guid(other) and one.casefold() != other.casefold()
