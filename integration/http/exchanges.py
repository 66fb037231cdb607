"""One request and what came back, or the error that says why nothing did; whether to try again is for others to say."""

import time
from collections.abc import Callable

import requests

from integration.errors import BadAnswer, CredentialsError, GraphError, ServiceUnavailable
from integration.http.bodies import TooLarge
from integration.http.patience import Patience
from integration.http.transport import Lost, Received, Transport
from integration.text.given import fits_header, trimmed
from integration.text.secret import Secret


class Exchanges:
    """Sends requests to one host, each once; safe for use from many threads.

    Args:
        transport: sends the prepared requests.
        check_host: raises for a URL where no token may go, to which an answer may redirect.

    Attributes:
        reached: whether the host has ever answered, in whatever way.
    """

    def __init__(self, transport: Transport, check_host: Callable[[str], None]) -> None:
        self.reached = False
        self._transport, self._check_host = transport, check_host
        self._sendable: Secret | None = None

    def send(self, request: requests.Request, token: Secret, patience: Patience, ends: float, path: str) -> Received:
        """Send a request once.

        Args:
            request: the request, without what every one of them bears.
            token: the bearer token; none is sent where it is empty.
            patience: how long one exchange may take.
            ends: when the caller gives up (``time.monotonic``); one exchange has time to connect all the same.
            path: of the URL, as messages name it.

        Raises:
            ServiceUnavailable: the exchange broke off, or took too long.
            BadAnswer: the answer is too large.
            CredentialsError: no header takes the token.
        """
        request.headers = {"Accept": "application/json", "Accept-Encoding": "gzip", **request.headers}
        if token:
            request.headers["Authorization"] = f"Bearer {self._bearer(token)}"
            request.auth = lambda prepared: prepared  # or a name and password in a link would take the token's place
        now = time.monotonic()
        until = max(now + patience.timeout[0], min(ends, now + patience.exchange))
        failure: GraphError | None = None
        try:
            received = self._transport.send(request, patience.timeout, until, self._check_host)
        except Lost as lost:
            self.reached = self.reached or lost.reached
            failure = ServiceUnavailable(str(lost), path=path, too_much=lost.too_much)
        except TooLarge as large:
            self.reached = True
            failure = BadAnswer(f"the answer is {large}", path=path, too_much=True)
        if failure is not None:
            raise failure
        self.reached = True
        return received

    def cut(self) -> None:
        """Cut the connections of the requests in flight."""
        self._transport.cut()

    def _bearer(self, token: Secret) -> str:
        """Return a token as a header takes it.

        Raises:
            CredentialsError: no header takes it.
        """
        value = trimmed(token.reveal())
        if token is not self._sendable:
            if not fits_header(value):
                raise CredentialsError("the access token holds a character that no HTTP header takes: get another one")
            self._sendable = token
        return value
