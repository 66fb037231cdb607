"""Sending requests to Graph: the token, waiting, retrying, and nothing but Graph's own host.

Sources: Microsoft Graph throttling guidance; Best practices for working with Microsoft Graph.
"""

import random
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
import requests
from urllib3.exceptions import HTTPError

from integration.errors import (
    BadAnswer,
    CredentialsError,
    GraphError,
    Interrupted,
    NotLicensed,
    PagingError,
    ServiceUnavailable,
    Throttled,
    Unreachable,
)
from integration.msgraph.answers import Answer, decode
from integration.msgraph.auth import Tokens

VERSION = "/v1.0"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one request is tried.

    Attributes:
        deadline: seconds in all; a longer Retry-After ends the request at once.
        attempts: tries where the server fails, the connection breaks or the answer is garbled.
        first_wait: seconds before the second try where Graph names no Retry-After; doubles each time.
        max_wait: longest such wait, in seconds.
        timeout: seconds to wait for a connection, and for each piece of an answer.
    """

    deadline: float = 900.0
    attempts: int = 6
    first_wait: float = 0.5
    max_wait: float = 30.0
    timeout: tuple[float, float] = (10.0, 120.0)

    def wait(self, attempt: int) -> float:
        """Return the jittered seconds to wait after the ``attempt``-th failure."""
        longest = min(self.max_wait, self.first_wait * 2.0 ** (attempt - 1))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter


class Client:
    """Sends requests to one Graph root; safe for use from many threads.

    Args:
        root: Graph root such as ``https://graph.microsoft.com``, without version.
        tokens: gives the bearer token; it is sent to this root's host alone.
        session: sends the prepared requests; its adapters decide whether they reach the network.
        patience: how long one request is tried.
    """

    def __init__(self, root: str, tokens: Tokens, session: requests.Session, patience: Patience | None = None) -> None:
        self.root = root.rstrip("/")
        self._origin = _origin(self.root)
        self._tokens = tokens
        self._session = session
        self._patience = patience or Patience()
        self._environment: Mapping[str, Any] | None = None
        self._gate = Gate()
        self._reached = False

    def url(self, path: str, options: Mapping[str, str] | None = None) -> str:
        """Return the URL of a path below the version, with OData options such as ``{"$select": "id"}``."""
        query = "&".join(f"{name}={quote(value, safe=',()=$:*')}" for name, value in (options or {}).items())
        return f"{self.root}{VERSION}{path}" + (f"?{query}" if query else "")

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET a URL of this root.

        Raises:
            GraphError: Graph did not give the data; retried where that can help.
            CredentialsError: Graph refused the token, also a fresh one.
            Unreachable: the host never answered.
        """
        return self._persist("GET", url, headers or {}, None)

    def post(self, url: str, body: Mapping[str, Any]) -> Answer:
        """POST a JSON body to a URL of this root; raises as ``get`` does."""
        return self._persist("POST", url, {"Content-Type": "application/json"}, orjson.dumps(body))

    def pause(self, seconds: float) -> None:
        """Hold back every request of this client for so long, because Graph asked for it."""
        self._gate.close(seconds)

    def stop(self) -> None:
        """Make every request, waiting ones included, raise ``Interrupted``."""
        self._gate.stop()

    def check_host(self, url: str) -> None:
        """Raise ``PagingError`` for a URL of another host: no token may go there."""
        if _origin(url) != self._origin:
            raise PagingError(
                f"a link leads to another host, {urlsplit(url).netloc}: not followed", path=urlsplit(url).path
            )

    def _persist(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        self.check_host(url)
        ends = time.monotonic() + self._patience.deadline
        failures = 0
        renewed = False
        while True:
            self._gate.wait()
            token = self._tokens.token()
            try:
                answer = self._exchange(method, url, headers, body, token)
                error, wait = answer.error(), answer.retry_after
            except GraphError as failure:
                answer, error, wait = None, failure, None
            if error is None and answer is not None:
                return answer
            assert error is not None
            if error.status == 401 and not renewed:
                renewed = True
                self._tokens.renew(token)
                continue
            if error.status == 401:
                raise CredentialsError(f"Graph refused the access token, also a fresh one ({error})")
            failures += 1
            limit = self._limit(error)
            if not isinstance(error, Throttled | ServiceUnavailable | BadAnswer | NotLicensed):
                raise error
            if not isinstance(error, Throttled) and failures >= limit:
                raise self._final(error)
            pause = wait if wait is not None else self._patience.wait(failures)
            if time.monotonic() + pause > ends:
                raise error
            if isinstance(error, Throttled) and wait is not None:
                self._gate.close(pause)
            else:
                self._gate.sleep(pause)

    def _exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, token: Any) -> Answer:
        path = urlsplit(url).path.removeprefix(VERSION)
        request = requests.Request(method, url, headers=self._headers(headers, token), data=body).prepare()
        try:
            response = self._session.send(
                request,
                stream=True,
                allow_redirects=False,
                timeout=self._patience.timeout,
                **self._settings(),
            )
            raw = response.raw.read(decode_content=True)
            response.close()
        except (requests.RequestException, HTTPError) as error:
            raise ServiceUnavailable(f"the connection failed: {type(error).__name__}", path=path) from None
        self._reached = True
        lowered = {name.lower(): value for name, value in response.headers.items()}
        return Answer(path, response.status_code, lowered, decode(path, response.status_code, raw))

    def _headers(self, headers: Mapping[str, str], token: Any) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {token.reveal()}"} if token else {}
        return {"Accept": "application/json", "client-request-id": str(uuid.uuid4()), **bearer, **headers}

    def _settings(self) -> Mapping[str, Any]:
        """Return the proxies and certificates that the environment names, as requests' users expect."""
        if self._environment is None:
            merged = self._session.merge_environment_settings(self.root, {}, None, None, None)
            self._environment = {name: merged[name] for name in ("proxies", "verify", "cert")}
        return self._environment

    def _limit(self, error: GraphError) -> int:
        """Return how often a request is tried that fails like this; a host that was never reached is given up soon."""
        if isinstance(error, NotLicensed | BadAnswer) or not self._reached:
            return min(3, self._patience.attempts)
        return self._patience.attempts

    def _final(self, error: GraphError) -> Exception:
        if self._reached:
            return error
        return Unreachable(f"{self.root} does not answer: {error.problem}; check the Graph URL, proxy and network")


class Gate:
    """Lets requests through; closed for all of them while Graph asks to wait."""

    def __init__(self) -> None:
        self._opens = 0.0
        self._stopped = threading.Event()

    def wait(self) -> None:
        """Wait until the gate is open.

        Raises:
            Interrupted: the gate was stopped.
        """
        while (left := self._opens - time.monotonic()) > 0:
            self.sleep(left)
        self.sleep(0)

    def close(self, seconds: float) -> None:
        """Close the gate for at least so many seconds from now."""
        self._opens = max(self._opens, time.monotonic() + seconds)

    def sleep(self, seconds: float) -> None:
        """Wait, but not longer than until ``stop``.

        Raises:
            Interrupted: the gate was stopped.
        """
        if self._stopped.is_set() or (seconds and self._stopped.wait(seconds)):
            raise Interrupted("the run was stopped")

    def stop(self) -> None:
        """Let nothing through any more."""
        self._stopped.set()


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or {"https": 443, "http": 80}.get(parts.scheme)
