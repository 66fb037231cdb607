"""Choosing what signs a run in."""

from pathlib import Path

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
from integration.sources.msgraph.permissions import application_of, consent_link, tenant_of
from integration.text.secret import Secret


def tokens_for(config: Config, *, offline: bool = False) -> Tokens:
    """Return what gives the bearer token: the first of the settings in this order that is there.

    An access token, a client secret, a certificate, a federated token file, a managed identity.

    Args:
        config: settings.
        offline: answers are recorded, so no token is needed.

    Raises:
        CredentialsError: none of them is there.
        ConfigurationError: this machine can send no request to the tenant; names the variable or file, and what to do.
    """
    if offline:
        return NoToken()
    proof = None if config.access_token else _proof(config)
    check_machine(config.graph_url, *([config.authority] if proof else []))
    if config.access_token:
        return GivenToken(config.access_token)
    if proof:
        return Application(config.authority, config.directory_id, config.client_id, proof, config.graph_url)
    if config.managed_identity:
        return ManagedIdentity(config.client_id, config.graph_url)
    raise CredentialsError("there is nothing to sign in with: no secret, certificate, token or managed identity is set")


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
