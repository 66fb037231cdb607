"""Signing an application or a managed identity in, through MSAL.

Sources: Microsoft identity platform, OAuth 2.0 client credentials flow, certificate credentials, workload identity
federation and AADSTS error codes; MSAL Python 1.39.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from integration.errors import CredentialsError, Unreachable
from integration.msgraph.auth import CLOUDS, SignIn, resource
from integration.msgraph.certificate import read_certificate
from integration.msgraph.surroundings import fault_of_machine
from integration.secret import Secret

Proof: TypeAlias = Callable[[], Any]
"""Reads what proves the application's identity and returns MSAL's ``client_credential``; called at each sign-in."""

_TIMEOUT = (10.0, 30.0)
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
_ADVICE = {
    7000215: "the client secret is wrong: copy the secret's value, not its id",
    7000222: "the client secret has expired: add a new one to the app registration",
    7000216: "a client secret is required: set it",
    700016: "the application is not known in this tenant: check the client id and the tenant id",
    700024: "the assertion has expired: check the clock of this machine, or renew the federated token",
    700027: "the certificate is not the application's: upload its public part to the app registration",
    70021: "the application trusts no such federated token: check issuer, subject and audience of its credential",
    700211: "the application does not trust the issuer of the federated token: check its federated credential",
    700212: "the application does not trust the audience of the federated token: check its federated credential",
    700213: "the application does not trust the subject of the federated token: check its federated credential",
    90002: "the tenant does not exist: check the directory (tenant) id",
    900023: "the directory (tenant) id is neither a GUID nor a domain name",
    7000112: "the application is disabled in this tenant",
    50034: "the account does not exist in this tenant",
    53003: "a conditional access policy blocks the sign-in of this application",
    65001: "an administrator has not consented to the application yet",
    1002012: "the requested scope is not valid: check the Graph URL",
}


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

    def read() -> Mapping[str, Any]:
        try:
            token = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CredentialsError(f"the federated token file {path} cannot be read: {type(error).__name__}") from None
        if not token:
            raise CredentialsError(f"the federated token file {path} is empty")
        return {"client_assertion": lambda: token}

    return read


class Application(SignIn):
    """An application (service principal) that signs in with a proof of its own.

    Args:
        authority: root of the sign-in service, such as ``https://login.microsoftonline.com``.
        tenant: directory (tenant) id, or a verified domain of it.
        client: application (client) id.
        proof: from ``client_secret``, ``certificate`` or ``federated_token``.
        graph: Graph root that the token is for.
    """

    def __init__(self, authority: str, tenant: str, client: str, proof: Proof, graph: str) -> None:
        super().__init__()
        self._authority, self._tenant, self._client, self._proof = authority.rstrip("/"), tenant, client, proof
        self._resource = resource(graph)
        self._discovered: dict[Any, Any] = {}

    def sign_in(self) -> tuple[Secret, float]:
        """Return a token that Microsoft Entra issues now, never one from MSAL's cache."""
        credential = self._proof()
        known = self._authority in {cloud.authority for cloud in CLOUDS.values()}
        host = urlsplit(self._authority).netloc
        unknown = f"the sign-in service {host} does not know the tenant {self._tenant}: check the directory (tenant) id"
        with _asking(f"the sign-in service {host}", self._authority, unknown) as (msal, session):
            application = msal.ConfidentialClientApplication(
                self._client,
                client_credential=credential,
                authority=f"{self._authority}/{self._tenant}",
                instance_discovery=None if known else False,
                http_client=session,
                http_cache=self._discovered,
            )
            answer = application.acquire_token_for_client(scopes=[f"{self._resource}/.default"])
        return _taken(answer, refused(answer))


class ManagedIdentity(SignIn):
    """The identity of the Azure machine, container or function that this runs on.

    Args:
        client: client id of a user-assigned identity; empty for the system-assigned one.
        graph: Graph root that the token is for.
    """

    def __init__(self, client: str, graph: str) -> None:
        super().__init__()
        self._client, self._resource = client, resource(graph)

    def sign_in(self) -> tuple[Secret, float]:
        """Return a token that the platform's endpoint gives now, never one from MSAL's cache."""
        unusable = "the managed identity cannot be used: check that it is assigned to this machine"
        with _asking("the managed identity endpoint", "", unusable) as (msal, session):
            session.trust_env = False  # the endpoint is local: a proxy would answer for another machine
            chosen = (
                msal.UserAssignedManagedIdentity(client_id=self._client)
                if self._client
                else msal.SystemAssignedManagedIdentity()
            )
            client = msal.ManagedIdentityClient(chosen, http_client=session)
            answer = client.acquire_token_for_client(resource=self._resource)
        return _taken(answer, CredentialsError(f"{unusable} ({answer.get('error', 'no token')})"))


class _Session(requests.Session):
    """Waits only so long, follows no redirect with a secret, and raises where the service itself fails."""

    def __init__(self) -> None:
        super().__init__()
        for scheme in ("https://", "http://"):
            self.mount(scheme, HTTPAdapter(max_retries=1))

    def request(self, *args: Any, **named: Any) -> requests.Response:
        response = super().request(*args, **{**named, "timeout": _TIMEOUT, "allow_redirects": False})
        if response.status_code == _TOO_MANY_REQUESTS or response.status_code >= _SERVER_ERROR:
            response.raise_for_status()
        return response


@contextmanager
def _asking(service: str, url: str, otherwise: str) -> Iterator[tuple[Any, requests.Session]]:
    """Lend MSAL and a session, and turn what they raise into this package's errors; ``otherwise`` explains the rest."""
    try:
        import msal

        with _Session() as session:
            yield msal, session
    except requests.HTTPError as error:
        raise Unreachable(f"{service} is not working: HTTP {error.response.status_code}") from None
    except requests.RequestException as error:
        unanswered = Unreachable(f"{service} did not answer: {type(error).__name__}")
        raise fault_of_machine(error, url) or unanswered from None
    except (json.JSONDecodeError, KeyError):
        raise Unreachable(f"{service} does not answer as one: check its address and the proxy") from None
    except (ValueError, OSError, ImportError) as error:
        raise fault_of_machine(error, url) or CredentialsError(otherwise) from None


def _taken(answer: Mapping[str, Any], otherwise: CredentialsError) -> tuple[Secret, float]:
    if "access_token" not in answer:
        raise otherwise
    return Secret(answer["access_token"]), float(answer.get("expires_in", 3600))


def refused(answer: Mapping[str, Any]) -> CredentialsError:
    """Return the error for a sign-in answer without a token: the AADSTS code and what to do about it."""
    codes = [int(code) for code in answer.get("error_codes") or ()]
    advice = next((_ADVICE[code] for code in codes if code in _ADVICE), "see Microsoft's list of AADSTS codes")
    names = ", ".join(f"AADSTS{code}" for code in codes) or "no AADSTS code"
    return CredentialsError(f"sign-in refused: {answer.get('error', 'no token')} ({names}): {advice}")
