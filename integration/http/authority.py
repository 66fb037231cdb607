"""Asking a sign-in service through MSAL, which is lent a session that lets nothing odd through.

Sources: MSAL Python 1.39; Microsoft identity platform, OAuth 2.0 client credentials flow.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import requests
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from integration.errors import CredentialsError, IntegrationError, Unreachable
from integration.http.bodies import TooLarge, read_body
from integration.http.connections import Adapter
from integration.http.patience import seconds_to_wait
from integration.http.surroundings import fault_of_machine, routes_to
from integration.http.token_answers import OddAnswer, fields_of_answer
from integration.http.unanswered import may_pass, reason_of
from integration.text.discretion import cover_http, signing_in

MsalCall: TypeAlias = Callable[[Any, requests.Session], Mapping[str, Any]]
"""Asks with MSAL, given as a module, over a session, and returns MSAL's answer."""

_TIMEOUT = (10.0, 30.0)
_DEADLINE = 60.0
_LARGEST = 1_000_000
_OK, _REFUSED = 200, 400
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
_UNFIT = "nothing can be signed in with these settings: check the client id, the tenant id and the certificate"
_USEFUL = {"access_token", "authorization_endpoint", "token_endpoint", "tenant_discovery_endpoint", "error"}


def ask(service: str, url: str, otherwise: str, question: MsalCall, *, local: bool = False) -> Mapping[str, Any]:
    """Return what the service answers, having turned what MSAL raises into this package's errors.

    Args:
        service: what is asked, for messages.
        url: its root; empty where no setting of this machine has a say in how it is reached.
        otherwise: what it means that the service knows nothing of the tenant, or of the identity.
        question: asks with MSAL over a session.
        local: it is this machine's own endpoint, which may challenge, or refuse, without JSON.

    Raises:
        CredentialsError: MSAL cannot be used with these settings, or the tenant is not known.
        Unreachable: the service did not answer, does not work at present, or is none.
        ConfigurationError: a fault of this machine is in the way.
    """
    failure: IntegrationError
    try:
        import msal

        cover_http()
        with signing_in(), _Session(service, otherwise, local) as session:
            return question(msal, session)
    except IntegrationError as error:
        failure = error
    except requests.RequestException as error:
        remedy = "" if local else "; check its address (authority), the proxy and the network"
        problem = f"{type(error).__name__}, {why}" if (why := reason_of(error)) else f"{type(error).__name__}{remedy}"
        unanswered = Unreachable(f"{service} did not answer: {problem}", again=0.0 if may_pass(error) else None)
        failure = fault_of_machine(error, url) or unanswered
    except (ValueError, OSError, ImportError) as error:
        failure = fault_of_machine(error, url) or CredentialsError(otherwise if local else _UNFIT)
    except (KeyError, AttributeError, TypeError, RuntimeError):
        failure = no_service(service)
    raise failure.with_traceback(None)  # raised here, it leads to no frame of MSAL's, which hold the secret


def no_service(service: str, status: int = 0) -> Unreachable:
    """Return the error for an answer that no sign-in service gives."""
    shown = f" (HTTP {status})" if status else ""
    return Unreachable(f"{service} does not answer as one{shown}: check its address and the proxy")


class _Session(requests.Session):
    """Waits and reads only so long, follows no redirect with a secret, and gives on only what signing in needs."""

    def __init__(self, service: str, otherwise: str, local: bool) -> None:
        super().__init__()
        self._service, self._otherwise, self._local = service, otherwise, local
        self.headers["Accept-Encoding"] = "gzip"  # what bodies are read by
        self._adapter = Adapter()
        self._adapter.max_retries = Retry(1)
        for scheme in ("https://", "http://"):
            self.mount(scheme, self._adapter)

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, *_: Any) -> Any:
        """Return how a URL is reached: as every other one of this package."""
        return {**routes_to(str(url), self), "stream": stream}

    def request(self, method: Any, *args: Any, **named: Any) -> requests.Response:
        """Send a request, and return its answer, reduced to the fields that MSAL reads."""
        with self._adapter.deadlines.until(time.monotonic() + _DEADLINE) as exchange:
            asked = {**named, "timeout": _TIMEOUT, "allow_redirects": False, "stream": True}
            try:
                response = super().request(method, *args, **asked)
                body = self._body(response)
            except requests.RequestException:
                if not exchange.overdue:
                    raise
        if exchange.overdue:
            raise Unreachable(f"{self._service} did not answer within {_DEADLINE:.0f} s")
        status = response.status_code
        if status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR:
            wait = seconds_to_wait(response.headers.get("retry-after", ""), response.headers.get("date", "")) or 0.0
            asks = f"; it asks to wait {wait:.0f} s" if wait else ""
            raise Unreachable(f"{self._service} is not working: HTTP {status}{asks}", again=wait)
        given = self._reduced(status, body)
        if status >= _REFUSED and method == "GET" and not self._local:
            raise CredentialsError(self._otherwise, tuple(given["error_codes"]) if "error_codes" in given else ())
        response.headers.pop("Retry-After", None)  # for which MSAL would give this answer again, whatever it is
        response._content = json.dumps(given).encode()
        response.encoding = "utf-8"
        return response

    def _reduced(self, status: int, body: bytes) -> dict[str, Any]:
        """Return the fields of an answer that MSAL reads; none of a refusal by this machine that has none."""
        lenient = self._local and status >= _REFUSED
        try:
            given = fields_of_answer(body)
        except OddAnswer:
            given = {}
        if not lenient and (_OK < status < _REFUSED or not _USEFUL.intersection(given)):
            raise no_service(self._service, status)
        return given

    def _body(self, response: requests.Response) -> bytes:
        try:
            return bytes(read_body(response, _LARGEST))
        except TooLarge:
            raise no_service(self._service) from None
        except HTTPError as error:
            raise requests.ConnectionError(type(error).__name__) from None
        finally:
            response.close()
