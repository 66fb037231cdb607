"""Signing an application or a managed identity in, through MSAL.

Sources: Microsoft identity platform, OAuth 2.0 client credentials flow, certificate credentials and workload identity
federation; MSAL Python 1.39.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import requests

from integration.config.clouds import CLOUDS
from integration.errors import CredentialsError
from integration.http.auth import Check, SignIn, accept
from integration.http.authority import ask
from integration.http.certificate import read_certificate
from integration.http.token_answers import error_of, refused, taken
from integration.text.files import NotText, read_text
from integration.text.given import fits_form, trimmed
from integration.text.secret import Secret

Proof: TypeAlias = Callable[[], Any]
"""Reads what proves the application's identity and returns MSAL's ``client_credential``; called at each sign-in."""


def client_secret(secret: Secret) -> Proof:
    """Prove the application's identity by its secret."""
    return secret.reveal


def certificate(path: Path, password: Secret, *, chain: bool = False) -> Proof:
    """Prove the application's identity by a certificate, read anew at each sign-in.

    Args:
        path: a PEM file with certificate and private key, or a PFX (PKCS #12) file.
        password: of the private key; empty where it has none.
        chain: send the file's other certificates too, for subject name and issuer authentication.
    """
    return lambda: read_certificate(path, password, chain=chain)


def federated_token(path: Path) -> Proof:
    """Prove the application's identity by a token of another identity provider, read from its file at each sign-in.

    Args:
        path: file that holds the token, such as the one that Kubernetes projects and renews.
    """

    def assertion() -> Mapping[str, Any]:
        try:
            token = Secret(trimmed(read_text(path)))
        except NotText as error:
            raise CredentialsError(f"the federated token file {path} {error}") from None
        if not token:
            raise CredentialsError(f"the federated token file {path} is empty")
        if not fits_form(token.reveal()):
            raise CredentialsError(f"the federated token file {path} holds what no token does: have it written anew")
        return {"client_assertion": token.reveal}

    return assertion


class Application(SignIn):
    """An application (service principal) that signs in with a proof of its own.

    Args:
        authority: root of the sign-in service, such as ``https://login.microsoftonline.com``.
        tenant: directory (tenant) id, or a verified domain of it.
        client: application (client) id.
        proof: from ``client_secret``, ``certificate`` or ``federated_token``.
        audience: the API that the token is for, such as ``https://graph.microsoft.com``.
        check: as for ``SignIn``.
    """

    def __init__(
        self, authority: str, tenant: str, client: str, proof: Proof, audience: str, *, check: Check = accept
    ) -> None:
        super().__init__(check)
        self._authority, self._tenant, self._client, self._proof = authority.rstrip("/"), tenant, client, proof
        self._resource = audience
        self._discovered: dict[Any, Any] = {}

    def sign_in(self) -> tuple[Secret, float]:
        """Return a token that Microsoft Entra issues now, never one from MSAL's cache."""
        known = self._authority in {cloud.authority for cloud in CLOUDS.values()}
        host = urlsplit(self._authority).netloc
        unknown = f"the sign-in service {host} does not know the tenant {self._tenant}: check the directory (tenant) id"

        def question(msal: Any, session: requests.Session) -> Any:
            application = msal.ConfidentialClientApplication(
                self._client,
                client_credential=self._proof(),
                authority=f"{self._authority}/{self._tenant}",
                instance_discovery=None if known else False,
                http_client=session,
                http_cache=self._discovered,
            )
            return application.acquire_token_for_client(scopes=[f"{self._resource}/.default"])

        answer = ask(f"the sign-in service {host}", self._authority, unknown, question)
        return taken(answer, refused(answer))


class ManagedIdentity(SignIn):
    """The identity of the Azure machine, container or function that this runs on.

    Args:
        client: client id of a user-assigned identity; empty for the system-assigned one.
        audience: the API that the token is for, such as ``https://graph.microsoft.com``.
        check: as for ``SignIn``.
    """

    def __init__(self, client: str, audience: str, *, check: Check = accept) -> None:
        super().__init__(check)
        self._client, self._resource = client, audience

    def sign_in(self) -> tuple[Secret, float]:
        """Return a token that the platform's endpoint gives now, never one from MSAL's cache."""
        unusable = "the managed identity cannot be used: check that it is assigned to this machine"

        def question(msal: Any, session: requests.Session) -> Any:
            session.trust_env = False  # the endpoint is local: a proxy would answer for another machine
            chosen = (
                msal.UserAssignedManagedIdentity(client_id=self._client)
                if self._client
                else msal.SystemAssignedManagedIdentity()
            )
            return msal.ManagedIdentityClient(chosen, http_client=session).acquire_token_for_client(
                resource=self._resource
            )

        answer = ask("the managed identity endpoint", "", unusable, question, local=True)
        return taken(answer, CredentialsError(f"{unusable} ({error_of(answer)})"))
