"""One exchange over the network: a request goes out, and what comes back is bounded in time and size.

Nothing of what the libraries below raise is passed on but the name of its kind: their words may quote what was sent.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import requests

from integration.errors import ConfigurationError, IntegrationError
from integration.http import room
from integration.http.bodies import TooLarge, read_body
from integration.http.connections import Adapter
from integration.http.deadlines import Exchange
from integration.http.surroundings import fault_of_machine, routes_to
from integration.http.unanswered import reason_of
from integration.text.discretion import cover_http

_REFUSAL = 400
_OF_A_REFUSAL = 64_000


class Lost(Exception):
    """No answer came, or not all of it; the text says why, without anything that was sent.

    Attributes:
        too_much: an answer that is smaller may come.
        reached: the host has answered so far.
    """

    def __init__(self, problem: str, *, too_much: bool = False, reached: bool = False) -> None:
        self.too_much, self.reached = too_much, reached
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Received:
    """What came back.

    Attributes:
        status: HTTP status.
        headers: header names in lower case.
        body: the bytes, decoded; none where a refusal has more of them than any words need.
        turn: held as long as a large answer is in memory.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes | bytearray
    turn: room.Turn | None


class Transport:
    """Sends requests to one host; safe for use from many threads.

    Args:
        session: sends the prepared requests; its adapters decide whether they reach the network.
        root: the host's URL.
        check: called while something is waited for; what it raises ends the waiting.
        most: bytes of an answer that are taken at most; what memory bears where ``None``.
    """

    def __init__(
        self, session: requests.Session, root: str, check: Callable[[], None] = lambda: None, most: int | None = None
    ) -> None:
        self._session, self._root, self._check = session, root, check
        self._most = most or room.MOST
        self._room = room.Room()
        cover_http()
        self._routes: Mapping[str, Any] | None = None

    def cut(self) -> None:
        """Make everybody who awaits an answer get an error at once."""
        for adapter in self._session.adapters.values():
            if isinstance(adapter, Adapter):
                adapter.cut()

    def send(
        self,
        request: requests.Request,
        timeout: tuple[float, float],
        ends: float,
        allow: Callable[[str], None] = lambda _: None,
    ) -> Received:
        """Send a request, and return what comes back.

        Args:
            request: not yet prepared; redirects are not followed.
            timeout: seconds to wait for a connection, and for each piece of an answer.
            ends: when the whole has to be over, as ``time.monotonic`` counts.
            allow: raises where nothing may be sent to a URL, which is the one that requests made of the request's.

        Raises:
            Lost: no answer came, or not all of it.
            TooLarge: the answer is larger than is taken.
            ConfigurationError: something on this machine is in the way.
        """
        try:
            prepared = request.prepare()
            allow(prepared.url or "")
            adapter = self._session.get_adapter(prepared.url or "")
            with adapter.deadlines.until(ends) if isinstance(adapter, Adapter) else nullcontext() as exchange:
                return self._exchange(prepared, timeout, ends, exchange)
        except (IntegrationError, Lost, TooLarge):
            raise
        except Exception as error:  # noqa: BLE001 - whatever the libraries raise may quote a header
            lost = self._lost(error)
        raise lost

    def _exchange(
        self, request: requests.PreparedRequest, timeout: tuple[float, float], ends: float, exchange: Exchange | None
    ) -> Received:
        """Send a prepared request; what takes too long has broken off, whatever it looks like."""
        begun = time.monotonic()
        response = lost = None
        try:
            response = self._session.send(
                request, stream=True, allow_redirects=False, timeout=timeout, **self._settings()
            )
            received = self._received(response, ends)
        except (IntegrationError, Lost, TooLarge):
            raise
        except Exception as error:  # noqa: BLE001 - as above
            if exchange is None or not exchange.overdue:
                lost = self._lost(error, reached=exchange is not None and exchange.answered)
        finally:
            if response is not None:
                response.close()
        if lost is not None:
            raise lost
        if exchange is not None and exchange.overdue:
            problem = f"the answer was not there after {ends - begun:.0f} s"
            raise Lost(problem, too_much=True, reached=exchange.answered)
        return received

    def _received(self, response: requests.Response, ends: float) -> Received:
        turn: room.Turn | None = None

        def make_room(size: int) -> None:
            nonlocal turn
            if size > room.SMALL and turn is None:
                turn = self._room.turn(ends, self._check)
                if turn is None:
                    raise Lost("other large answers took the time of this one", reached=True)

        status = response.status_code
        headers = {name.lower(): value for name, value in response.headers.items()}
        if status >= _REFUSAL:
            try:
                return Received(status, headers, read_body(response, _OF_A_REFUSAL), None)
            except TooLarge:
                return Received(status, headers, b"", None)
        try:
            body = read_body(response, self._most, lambda size: make_room(2 * size))
            heaviness = room.weight(body)
            if heaviness > room.HEAVIEST:
                raise TooLarge(self._most)
            make_room(heaviness)
        except BaseException:
            if turn is not None:
                turn.end()
            raise
        return Received(status, headers, body, turn)

    def _settings(self) -> Mapping[str, Any]:
        if self._routes is None:
            self._routes = routes_to(self._root, self._session)
        return self._routes

    def _lost(self, error: Exception, *, reached: bool = False) -> IntegrationError | Lost:
        """Return what to raise for an error of the libraries': a fault of this machine, or an answer that was lost."""
        why = f", {reason}" if (reason := reason_of(error)) else ""
        problem = f"the connection failed: {type(error).__name__}{why}"
        return self._fault(error) or Lost(problem, too_much=isinstance(error, requests.ReadTimeout), reached=reached)

    def _fault(self, error: Exception) -> ConfigurationError | None:
        """Return the fault of this machine behind an error that is none of the connection."""
        ours = not isinstance(error, requests.RequestException | ConnectionError | TimeoutError)
        ours = ours or isinstance(error, requests.exceptions.InvalidSchema | requests.exceptions.InvalidProxyURL)
        return fault_of_machine(error, self._root) if ours else None
