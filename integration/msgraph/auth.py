"""Signing in: where the bearer token of a request comes from.

Source: Microsoft identity platform, OAuth 2.0 client credentials flow; MSAL Python 1.39.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

from integration.errors import CredentialsError, Unreachable
from integration.secret import Secret

GLOBAL_GRAPH = "https://graph.microsoft.com"
GLOBAL_AUTHORITY = "https://login.microsoftonline.com"
_MICROSOFT_GRAPH_HOSTS = {
    "graph.microsoft.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
}
_EARLY = 300

_ADVICE = {
    7000215: "the client secret is wrong: copy the secret's value, not its id",
    7000222: "the client secret has expired: add a new one to the app registration",
    7000216: "a client secret is required: set it",
    700016: "the application is not known in this tenant: check the client id and the tenant id",
    90002: "the tenant does not exist: check the directory (tenant) id",
    900023: "the directory (tenant) id is neither a GUID nor a domain name",
    7000112: "the application is disabled in this tenant",
    50034: "the account does not exist in this tenant",
    53003: "a conditional access policy blocks the sign-in of this application",
    65001: "an administrator has not consented to the application yet",
    1002012: "the requested scope is not valid: check the Graph URL",
}


class Tokens(Protocol):
    """Gives the bearer token; one object serves all threads."""

    def token(self) -> Secret:
        """Return a token that is valid now, signing in where none is at hand."""

    def renew(self, rejected: Secret) -> None:
        """Forget a token that Graph rejected, so that the next call signs in again."""


class NoToken:
    """No sign-in: for recorded answers."""

    def token(self) -> Secret:
        """Return an empty token."""
        return Secret("")

    def renew(self, rejected: Secret) -> None:
        """Raise ``CredentialsError``."""
        raise CredentialsError("Graph refused the request, and there is nothing to sign in with")


class GivenToken:
    """A bearer token that somebody else signed in for."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    def token(self) -> Secret:
        """Return the token."""
        return self._token

    def renew(self, rejected: Secret) -> None:
        """Raise ``CredentialsError``: only who gave the token can get another."""
        raise CredentialsError("Graph refused the given access token: it is wrong or has expired; get a new one")


class ClientSecret:
    """Signs an application in with its secret, through MSAL; one call at a time.

    Args:
        authority: root of the sign-in service, such as ``https://login.microsoftonline.com``.
        tenant: directory (tenant) id, or a verified domain of it.
        client: application (client) id.
        secret: the client secret.
        graph: Graph root that the token is for.
    """

    def __init__(self, authority: str, tenant: str, client: str, secret: Secret, graph: str) -> None:
        self._authority, self._tenant, self._client, self._secret = authority.rstrip("/"), tenant, client, secret
        self._scope = scope(graph)
        self._lock = threading.Lock()
        self._application: Any = None
        self._token = Secret("")
        self._expires = 0.0

    def token(self) -> Secret:
        """Return a token with at least five minutes left.

        Raises:
            CredentialsError: Microsoft refused; names the AADSTS code and what to do.
            Unreachable: the sign-in service did not answer.
        """
        with self._lock:
            if time.monotonic() >= self._expires - _EARLY:
                self._sign_in()
            return self._token

    def renew(self, rejected: Secret) -> None:
        """Forget ``rejected``, unless another thread has already got a newer one."""
        with self._lock:
            if self._token is rejected:
                self._application, self._expires = None, 0.0

    def _sign_in(self) -> None:
        answer = self._ask(lambda: self._msal().acquire_token_for_client(scopes=[self._scope]))
        if "access_token" not in answer:
            raise refused(answer)
        self._token = Secret(answer["access_token"])
        self._expires = time.monotonic() + float(answer.get("expires_in", 3600))

    def _msal(self) -> Any:
        if self._application is None:
            import msal

            own = self._authority != GLOBAL_AUTHORITY
            self._application = msal.ConfidentialClientApplication(
                self._client,
                client_credential=self._secret.reveal(),
                authority=f"{self._authority}/{self._tenant}",
                instance_discovery=False if own else None,
                timeout=30,
            )
        return self._application

    def _ask(self, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        import requests
        from msal.exceptions import MsalServiceError

        host = urlsplit(self._authority).netloc
        try:
            return call()
        except requests.RequestException as error:
            raise Unreachable(f"the sign-in service {host} did not answer: {type(error).__name__}") from None
        except MsalServiceError as error:
            raise Unreachable(f"the sign-in service {host} is not working: {error.args[0]}") from None
        except ValueError:
            raise CredentialsError(
                f"the sign-in service {host} does not know the tenant {self._tenant}: check the directory (tenant) id"
            ) from None


def refused(answer: dict[str, Any]) -> CredentialsError:
    """Return the error for a sign-in answer without a token: the AADSTS code and what to do about it."""
    codes = [int(code) for code in answer.get("error_codes") or ()]
    advice = next((_ADVICE[code] for code in codes if code in _ADVICE), "see Microsoft's list of AADSTS codes")
    names = ", ".join(f"AADSTS{code}" for code in codes) or "no AADSTS code"
    return CredentialsError(f"sign-in refused: {answer.get('error', 'no token')} ({names}): {advice}")


def scope(graph: str) -> str:
    """Return the scope of an application's token for a Graph root.

    Each national cloud has its own; any other host stands in for the global cloud, whose tokens it is given.
    """
    host = urlsplit(graph).netloc
    return f"https://{host}/.default" if host in _MICROSOFT_GRAPH_HOSTS else f"{GLOBAL_GRAPH}/.default"
