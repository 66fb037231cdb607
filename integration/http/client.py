"""Asking one API until it answers: waiting, retrying, fresh tokens, and nothing but the API's own host."""

import re
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from logging import DEBUG
from typing import Any, Generic, TypeVar
from urllib.parse import urljoin, urlsplit

import orjson
import requests

from integration.errors import (
    BadAnswer,
    GraphError,
    NotLicensed,
    PagingError,
    ServiceUnavailable,
    Throttled,
    Unreachable,
)
from integration.http.auth import Tokens
from integration.http.exchanges import Exchanges
from integration.http.lanes import Lanes
from integration.http.meter import Meter
from integration.http.origin import origin, parsed
from integration.http.pace import Pace
from integration.http.patience import Patience
from integration.http.refusals import Refusals
from integration.http.reply import Reply
from integration.http.transport import Received, Transport
from integration.text.discretion import logger
from integration.text.secret import HIDDEN, Secret, holds_secret
from integration.text.visible import line

_REFUSALS = 4
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_log = logger("integration")
A = TypeVar("A", bound=Reply)


class Client(ABC, Generic[A]):
    """Sends requests to one root; safe for use from many threads. A source says what an answer means.

    Args:
        root: root of the API, such as ``https://graph.microsoft.com``.
        tokens: gives the bearer token; it is sent to this root's host alone.
        session: sends the prepared requests; its adapters decide whether they reach the network.
        patience: how long one request is tried.
        in_flight: the most requests at once.

    Attributes:
        api: what the API is called in messages.
        limits: requests of some kinds that the API limits by themselves: by name, how many in how many seconds.
            A lane for one of many things, as for each subscription, is called ``{limit} of {thing}``.
        pace: how many requests are in flight, and until when all are held back.
        meter: what was asked and what it cost.
        patience: how long one request is tried.
    """

    api = "the API"
    limits: Mapping[str, tuple[int, float]] = {}

    def __init__(
        self,
        root: str,
        tokens: Tokens,
        session: requests.Session,
        patience: Patience | None = None,
        in_flight: int = 16,
    ) -> None:
        self.root = root.rstrip("/")
        self.patience = patience or Patience()
        self.pace = Pace(in_flight)
        self._lanes = Lanes(self.pace, self.limits)
        self.meter = Meter()
        self._origin, self._root_path = origin(self.root), urlsplit(self.root).path
        self._refusals = Refusals(self.api, tokens)
        self._exchanges = Exchanges(Transport(session, self.root, self.pace.check), self.check_host)

    @abstractmethod
    def url(self, path: str, options: Mapping[str, str] | None = None) -> str:
        """Return the URL of a path, with the options of a query."""

    def path_of(self, url: str) -> str:
        """Return the path of a URL as messages name it."""
        return urlsplit(url).path.removeprefix(self._root_path)

    def kind_of(self, path: str) -> str:
        """Return the word by which requests for a path are counted."""
        return "get"

    @abstractmethod
    def understood(self, path: str, received: Received) -> A:
        """Return what was received for a path as an answer of the API."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> A:
        """GET a URL of this root.

        Raises:
            GraphError: the API did not give the data; retried where that can help.
            CredentialsError: the API refused the token, also a fresh one.
            Unreachable: the host never answered.
        """
        return self._persist("GET", url, headers or {}, None, first=True)

    def post(self, url: str, body: Mapping[str, Any], *, first: bool = False) -> A:
        """POST a JSON body to a URL of this root, before others that wait or after them; raises as ``get`` does."""
        return self._persist("POST", url, {"Content-Type": "application/json"}, orjson.dumps(body), first=first)

    def lane_of(self, url: str) -> str:
        """Return the lane of requests for a URL, named as ``limits`` says; empty where none of them holds."""
        return ""

    def pace_of(self, url: str) -> Pace:
        """Return what lets requests for a URL through."""
        return self._lanes.pace_of(self.lane_of(url))

    def tell_waits(self, tell: Callable[[float], None]) -> None:
        """Have a function called with the seconds of each wait before it begins."""
        for pace in self._lanes.paces():
            pace.tell = tell

    @property
    def waited(self) -> float:
        """Seconds for which requests were held back because the API asked for it."""
        return sum(pace.waited for pace in self._lanes.paces())

    def stop(self) -> None:
        """Make every request raise ``Interrupted``: those that wait, and those in flight, whose connections are cut."""
        self.pace.stop()  # so that no lane is made any more
        for lane in self._lanes.paces():
            lane.stop()
        self._exchanges.cut()

    def check_host(self, url: str, path: str = "") -> None:
        """Raise ``PagingError`` for a URL of another host, where no token may go, or one that had a secret in it.

        Args:
            url: any.
            path: where it was found, for the message.
        """
        if HIDDEN in url or holds_secret(url):
            raise PagingError("a link holds a secret: not followed, nor kept", path=path or self.path_of(url))
        if origin(url) != self._origin:
            parts = parsed(url)
            problem = f"a link leads to another host, {parts.netloc or 'none'}: not followed"
            raise PagingError(problem, path=path or self.path_of(parts.path or ""))

    def resolved(self, link: str, path: str) -> str:
        """Return the URL of a link on the answer to a path, which may be relative to that.

        Raises:
            PagingError: it leads to another host.
        """
        is_relative = not _SCHEME.match(link) and not link.startswith("//") and "\\" not in link
        url = urljoin(self.url(path), link) if is_relative else link
        self.check_host(url, path)
        return url

    def _persist(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, *, first: bool) -> A:
        self.check_host(url)
        ends = time.monotonic() + self.patience.deadline
        failures = refusals = 0
        pace = self.pace_of(url)
        while True:
            token = self._refusals.token()
            with pace.turn(first=first):
                answer, error = self._try(method, url, headers, body, token, ends)
            if error is None and answer is not None:
                self._refusals.taken(method, url)
                pace.good(answer.percentage)
                return answer
            assert error is not None
            asked = answer.retry_after if answer else None
            del answer  # a large one that is kept would have the next one wait for its end
            if error.status == 401:
                refusals += 1
                refused = self._refusals.refused(token, error, again=refusals > 1)
                if refusals == _REFUSALS or self._refusals.are_many:
                    if not self._takes_token():
                        raise self._refusals.of_all_paths(refused) if self._refusals.are_many else refused
                    self._refusals.elsewhere()
                    if refusals == _REFUSALS:
                        raise self._refusals.of_one_path(error)
                pace.sleep(self.patience.wait(refusals - 1) if refusals > 1 else 0)
                continue
            failures += 1
            pause = self.patience.wait(failures) if asked is None else asked
            pace.check()
            if not self._may_retry(error, failures) or time.monotonic() + pause > ends:
                raise self._final(error)
            _log.info("again in %.1f s: %s", pause, error)
            self.meter.again(throttled=isinstance(error, Throttled))
            if isinstance(error, Throttled):
                pace.throttled(pause)
            elif asked is not None:
                pace.hold(pause)
            else:
                pace.sleep(pause)

    def _takes_token(self) -> bool:
        """Tell whether the token is taken for what was answered before, which is asked for once more."""
        url = self._refusals.answered
        if not url:
            return False
        with self.pace_of(url).turn(first=True):
            ends = time.monotonic() + self.patience.deadline
            _, error = self._try("GET", url, {}, None, self._refusals.token(), ends)
        return not (error and error.status == 401)

    def _try(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, token: Secret, ends: float
    ) -> tuple[A | None, GraphError | None]:
        """Send a request once, and return its answer, its error, or the answer that is an error."""
        try:
            answer = self._exchange(method, url, headers, body, token, ends)
        except GraphError as error:
            return None, error.with_traceback(None)  # whose frames hold what was read
        return answer, answer.error()

    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, token: Secret, ends: float
    ) -> A:
        path = self.path_of(url)
        request_id = str(uuid.uuid4())
        request = requests.Request(method, url, headers={"client-request-id": request_id, **headers}, data=body)
        received = self._exchanges.send(request, token, self.patience, ends, path)
        answer = self.understood(path, received)
        self.meter.sent(self.kind_of(path), len(received.body), answer.units)
        if _log.isEnabledFor(DEBUG):
            known = {"request-id": line(received.headers.get("request-id", "")), "client-request-id": request_id}
            _log.debug("%s %s: %d", method, line(path), answer.status, extra={"graph": known})
        return answer

    def _may_retry(self, error: GraphError, failures: int) -> bool:
        """Tell whether trying again can help; a host that was never reached is given up soon."""
        if isinstance(error, Throttled):
            return True
        if isinstance(error, NotLicensed | BadAnswer) or not self._exchanges.reached:
            return isinstance(error, NotLicensed | BadAnswer | ServiceUnavailable) and failures < 3
        return isinstance(error, ServiceUnavailable) and failures < self.patience.attempts

    def _final(self, error: GraphError) -> Exception:
        if self._exchanges.reached:
            return error
        return Unreachable(f"{self.root} does not answer: {error.problem}; check the {self.api} URL, proxy and network")
