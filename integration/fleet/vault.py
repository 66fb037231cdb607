"""Secrets in Azure Key Vault, read with the managed identity of the machine that reads the tenant.

Sources: Azure Key Vault REST API, Get Secret; Azure Key Vault, authentication, and its endpoints in national clouds.
"""

import re
from collections.abc import Mapping
from functools import cache
from urllib.parse import quote, urlsplit

import requests

from integration.config.urls import is_loopback, why_unsafe
from integration.errors import CredentialsError, Forbidden, GraphError, NotFound, Unreachable
from integration.http.client import Client
from integration.http.credentials import ManagedIdentity
from integration.http.decoding import decode
from integration.http.patience import Patience
from integration.http.surroundings import check_machine
from integration.http.transport import Received
from integration.sources.azure.answers import AzureAnswer
from integration.text.given import trimmed
from integration.text.secret import Secret

_EXAMPLE = "https://contoso.vault.azure.net/secrets/fleet"
_DOMAINS = ("vault.azure.net", "vault.usgovcloudapi.net", "vault.azure.cn")
"""Where vaults are, each the audience of its cloud's tokens. A token goes to no other host."""
_VERSION = "7.4"
_PATH = re.compile(r"/secrets/[A-Za-z0-9-]{1,127}(/[A-Za-z0-9]{1,64})?/?")
_PATIENCE = Patience(deadline=30.0)
"""A tenant is not begun meanwhile, and a worker that is to end waits for it."""


def fault_of_address(url: str) -> str | None:
    """Return what is wrong with the address of a secret, ``None`` where nothing is.

    Args:
        url: such as ``https://contoso.vault.azure.net/secrets/fleet``, with a version after it or without one.
    """
    if problem := why_unsafe(url, _EXAMPLE):
        return f"the address of a secret {problem}"
    if not is_loopback(url) and not _domain_of(url):
        return f"the address of a secret leads to no Azure Key Vault: write one such as {_EXAMPLE}"
    if not _PATH.fullmatch(urlsplit(url).path):
        return f"the address of a secret ends with /secrets and its name: write one such as {_EXAMPLE}"
    return None


def read_secret(url: str, identity: str = "") -> Secret:
    """Return the value of a secret.

    Args:
        url: of the secret, which ``fault_of_address`` finds nothing wrong with.
        identity: client id of the machine's user-assigned identity; empty for the system-assigned one.

    Raises:
        CredentialsError: the vault does not give it to this machine's identity, or has no such secret.
        Unreachable: the vault, or the endpoint of the identity, did not answer or does not work at present.
    """
    parts = urlsplit(url)
    check_machine(url)
    with requests.Session() as session:
        vault = _Vault(f"{parts.scheme}://{parts.netloc}", _identity(identity, _domain_of(url)), session, _PATIENCE)
        try:
            value = vault.get(vault.url(parts.path.rstrip("/"), {"api-version": _VERSION})).body.get("value")
        except (Forbidden, NotFound) as error:
            raise CredentialsError(f"the vault {parts.hostname} {_meaning(error, parts.path)}") from None
        except GraphError as error:
            raise Unreachable(f"the vault {parts.hostname} does not work at present: {error}") from None
    if not isinstance(value, str) or not trimmed(value):
        raise CredentialsError(f"the vault {parts.hostname} has an empty secret at {parts.path}")
    return Secret(trimmed(value))


def _meaning(error: GraphError, path: str) -> str:
    if isinstance(error, NotFound):
        return f"has nothing at {path}: check the name of the secret"
    return (
        f"does not give {path} to this machine's identity: give that the role Key Vault Secrets User, let it through"
        " the vault's firewall, and see that the secret is enabled"
    )


def _domain_of(url: str) -> str:
    """Return the domain that a vault is in, empty where it is in none of Azure's."""
    host = urlsplit(url).hostname or ""
    return next((domain for domain in _DOMAINS if host.endswith(f".{domain}")), "")


@cache
def _identity(client: str, domain: str) -> ManagedIdentity:
    """Return what signs in for all tenants of this process, since the endpoint of an identity takes few requests."""
    return ManagedIdentity(client, f"https://{domain or _DOMAINS[0]}")


class _Vault(Client[AzureAnswer]):
    """Sends requests to one vault; it answers as Azure Resource Manager does."""

    api = "Azure Key Vault"

    def url(self, path: str, options: Mapping[str, str] | None = None) -> str:
        """Return the URL of a path, with options such as ``{"api-version": "7.4"}``."""
        query = "&".join(f"{name}={quote(value)}" for name, value in (options or {}).items())
        return f"{self.root}{path}?{query}"

    def understood(self, path: str, received: Received) -> AzureAnswer:
        """Return what was received as an answer."""
        answer = AzureAnswer(path, received.status, received.headers, decode(received.body))
        if received.turn is not None:
            received.turn.end()
        return answer
