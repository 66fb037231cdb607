"""What gives a request its bearer token.

Source: Microsoft identity platform, OAuth 2.0 client credentials flow.
"""

import math
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol, TypeAlias

from integration.errors import ConfigurationError, CredentialsError, IntegrationError, Unreachable
from integration.text.discretion import logger
from integration.text.given import fits_header, trimmed
from integration.text.secret import Secret

_EARLY = 300.0
_PAUSE = 30.0
_WAITS = (0.5, 1.0)
"""Seconds after which a service that was away for a moment is asked again; together less than a stop may take."""
_LONGEST = 60.0
"""Seconds that it may ask to wait before it gives the first token; what asks for more is told."""
_QUICK = 5.0
"""Seconds after which a failure was none of a moment."""
_log = logger("integration")


Check: TypeAlias = Callable[[Secret], None]
"""Raises ``CredentialsError`` for a token that is not to be used."""


def accept(_: Secret) -> None:
    """Accept every token."""


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
    """A bearer token that somebody else signed in for.

    Raises:
        ConfigurationError: it cannot be one.
    """

    def __init__(self, token: Secret) -> None:
        bare = trimmed(token.reveal())
        if not fits_header(bare):
            raise ConfigurationError(["the access token holds a character that no HTTP header takes: get it anew"])
        self._token = Secret(bare)

    def token(self) -> Secret:
        """Return the token."""
        return self._token

    def renew(self, rejected: Secret) -> None:
        """Raise ``CredentialsError``: only who gave the token can get another."""
        raise CredentialsError(
            "the given access token was refused: get a new one where it is wrong or has expired, and have an"
            " administrator consent where its application is not known in the tenant"
        )


class SignIn(ABC):
    """Signs in when a token is wanted, one call at a time, and keeps the token until shortly before it expires.

    Args:
        check: called with each token that signing in gives.
    """

    def __init__(self, check: Check = accept) -> None:
        self._check = check
        self._lock = threading.Lock()
        self._token = Secret("")
        self._expires = self._renew_from = self._failed_on = -math.inf
        self._failure: IntegrationError = Unreachable()

    @abstractmethod
    def sign_in(self) -> tuple[Secret, float]:
        """Return a new token and its lifetime in seconds.

        Raises:
            CredentialsError: Microsoft refused.
            Unreachable: the sign-in service did not answer, or does not work at present.
        """

    def token(self) -> Secret:
        """Return a valid token.

        A new one is fetched five minutes before the old one expires (at half its life where that is under ten
        minutes). Where the sign-in service does not work then, the old one stays in use, and the service is asked
        again every 30 seconds. Who has waited while somebody else asked in vain is told so, and does not ask as well.

        Raises:
            CredentialsError: Microsoft refused; names the AADSTS code and what to do.
            Unreachable: the sign-in service does not work, and no valid token is left.
        """
        came = time.monotonic()
        with self._lock:
            if time.monotonic() >= self._renew_from:
                if came < self._failed_on:
                    raise self._failure.with_traceback(None)
                self._fetch()
            return self._token

    def renew(self, rejected: Secret) -> None:
        """Forget ``rejected``, unless another thread has already got a newer one."""
        with self._lock:
            if self._token is rejected:
                self._expires = self._renew_from = -math.inf

    def _fetch(self) -> None:
        asked = time.monotonic()
        try:
            token, lifetime = self._signed_in()
            self._check(token)
        except (CredentialsError, Unreachable) as error:
            now = time.monotonic()
            if isinstance(error, CredentialsError) or now >= self._expires:
                self._failed_on, self._failure = now, error
                raise
            self._renew_from = min(now + _PAUSE, self._expires)
            _log.warning("%s; the present token is good for %d more seconds", error, self._expires - now)
        else:
            self._token, self._expires = token, asked + lifetime
            self._renew_from = self._expires - min(_EARLY, lifetime / 2)

    def _signed_in(self) -> tuple[Secret, float]:
        """Sign in, and try again where the service is soon found not to work, that may pass, and no token is left.

        As long as it asks to wait, it is waited before the first token: whoever begins a run leaves that to a thread
        of its own, while nobody who waits for a later one is to be kept from ending.
        """
        for wait in _WAITS:
            asked = time.monotonic()
            try:
                return self.sign_in()
            except Unreachable as error:
                now = time.monotonic()
                is_over = error.again is None or error.again > (max(_WAITS) if self._token else _LONGEST)
                if is_over or now < self._expires or now - asked > _QUICK:
                    raise
                _log.info("again in %.1f s: %s", pause := max(wait, error.again or 0.0), error)
            time.sleep(pause)
        return self.sign_in()
