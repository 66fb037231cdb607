"""Choosing what signs a run in."""

from functools import partial
from pathlib import Path

from integration.config.clouds import GLOBAL_AZURE, audience
from integration.config.settings import Config
from integration.errors import CredentialsError
from integration.http.auth import GivenToken, NoToken, Tokens
from integration.http.credentials import (
    Application,
    ManagedIdentity,
    Proof,
    certificate,
    client_secret,
    federated_token,
)
from integration.http.surroundings import check_machine
from integration.sources.msgraph.claims import application_of, tenant_of
from integration.sources.msgraph.permissions import consent_link
from integration.sources.tenancy import refuse_another
from integration.text.secret import Secret

AZURE_ALONE = "there is a token for Azure alone: set INTEGRATION_ACCESS_TOKEN too, or what signs in"
GRAPH_ALONE = "there is a token for Graph alone: set INTEGRATION_AZURE_ACCESS_TOKEN too, or what signs in"


def is_for_azure_alone(config: Config) -> bool:
    """Tell whether there is a token for Azure, and nothing to sign in to Graph with."""
    return bool(config.azure_access_token and not config.access_token and not config.signs_in)


def tokens_for(config: Config, *, offline: bool = False) -> Tokens:
    """Return what gives the bearer token for Graph: the first of the settings in this order that is there.

    An access token, a client secret, a certificate, a federated token file, a managed identity.

    Args:
        config: settings.
        offline: answers are recorded, so no token is needed.

    Raises:
        CredentialsError: none of them is there, or the token that is given is of another tenant.
        ConfigurationError: this machine can send no request to the tenant; names the variable or file, and what to do.
    """
    tokens = _tokens(config, "Graph", config.access_token, config.graph_url, audience(config.graph_url), offline)
    if tokens is None:
        raise CredentialsError(
            "there is nothing to sign in with: no secret, certificate, token or managed identity is set"
        )
    return tokens


def azure_tokens_for(config: Config, *, offline: bool = False) -> Tokens | None:
    """Return what gives the bearer token for Azure Resource Manager, in the same way; ``None`` where nothing does.

    Raises:
        CredentialsError: the token that is given is of another tenant.
        ConfigurationError: as ``tokens_for`` raises.
    """
    given = config.azure_access_token
    if not given and config.access_token:
        return None  # whoever hands over a token has signed in for Graph alone
    return _tokens(config, "Azure", given, config.azure_url, audience(config.azure_url, GLOBAL_AZURE), offline)


def _tokens(config: Config, api: str, given: Secret, root: str, audience: str, offline: bool) -> Tokens | None:
    if offline:
        return NoToken()
    proof = None if given else _proof(config)
    check_machine(root, *([config.authority] if proof else []))
    check = partial(refuse_another, config, api)
    if given:
        check(given)
        return GivenToken(given)
    if proof:
        at_domain = partial(check, by_domain=False)
        return Application(config.authority, config.directory_id, config.client_id, proof, audience, check=at_domain)
    return ManagedIdentity(config.client_id, audience, check=check) if config.managed_identity else None


def consent_page(config: Config, token: Secret) -> str | None:
    """Return where an administrator consents; ``None`` where neither token nor settings name tenant and application."""
    tenant = tenant_of(token) or config.directory_id
    client = application_of(token) or config.client_id
    return consent_link(config.authority, tenant, client) if tenant and client else None


def _proof(config: Config) -> Proof | None:
    if config.client_secret:
        return client_secret(config.client_secret)
    if config.certificate_path:
        return certificate(
            Path(config.certificate_path), config.certificate_password, chain=config.send_certificate_chain
        )
    if config.federated_token_file:
        return federated_token(Path(config.federated_token_file))
    return None
