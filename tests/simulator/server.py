"""The simulator as an HTTP server on the loopback interface, in a thread of its own."""

import asyncio
import gzip
import re
import socket
import ssl
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import monotonic, perf_counter
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

import trustme
from aiohttp import web

from tests.simulator.admin import PREFIX, administer
from tests.simulator.faults import Faults, Injector
from tests.simulator.odata import Answer
from tests.simulator.service import VERSION, Service, request_key
from tests.simulator.signin import CLIENT_ID, CLIENT_SECRET, SignIn
from tests.simulator.tenant import Tenant
from tests.simulator.throttle import QUOTAS, Bucket, Manners, Stats

_HOST = "127.0.0.1"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what became of it.

    Times are monotonic seconds; inner holds (url, status) of a batch's requests.
    """

    method: str
    path: str
    status: int
    headers: dict[str, str]
    started: float
    ended: float
    inner: tuple[tuple[str, int], ...]


class Simulator:
    """Microsoft Graph v1.0 for one tenant on http(s)://127.0.0.1; a context manager.

    ``latency`` is seconds before each answer. ``page_size`` caps every page, whatever $top says. ``compress`` has
    answers come as gzip where a request accepts that. ``token`` is a bearer
    token that is accepted besides those that the token endpoint issues. ``quota`` is S, M, L or resource units per 10
    seconds; None is no limit. ``roles`` are the application's permissions, in its tokens and enforced; None is all of
    them, unenforced. ``page_lifetime`` is how many seconds a $skiptoken works. ``lanes`` switches on what conditional
    access, reports and sign-in activity let through: 1.0 as Graph does, 0.1 in a tenth of the time. ``port`` 0 is a
    free one.
    """

    def __init__(
        self,
        tenant: Tenant,
        *,
        latency: float = 0.0,
        page_size: int | None = None,
        compress: bool = False,
        token: str = "test-token",
        quota: str | int | None = None,
        faults: Faults | None = None,
        tls: bool = False,
        roles: tuple[str, ...] | None = None,
        client_id: str = CLIENT_ID,
        client_secret: str = CLIENT_SECRET,
        expires_in: int = 3599,
        page_lifetime: float | None = None,
        lanes: float | None = None,
        port: int = 0,
        seed: int = 0,
    ) -> None:
        domains = tuple(domain["name"] for domain in tenant.organization.get("verifiedDomains", ()))
        self.tenant = tenant
        self.token = token
        self.signin = SignIn(tenant.id, domains, client_id, client_secret, expires_in, roles)
        self._service = Service(
            tenant,
            token=token,
            signin=self.signin,
            quota=QUOTAS[quota] if isinstance(quota, str) else quota,
            faults=faults or Faults(),
            page_size=page_size,
            page_lifetime=page_lifetime,
            lanes=lanes,
            seed=seed,
        )
        self.requests: list[Exchange] = []
        self.url = ""
        self.ca_file: str | None = None
        self._latency, self._tls, self._port = latency, tls, port
        self._compress = compress
        self._manners = Manners()
        self._failure: OSError | None = None

    @property
    def authority(self) -> str:
        """The sign-in authority: the same origin as the Graph root."""
        return self.url

    @property
    def stats(self) -> Stats:
        """What has been asked since the start or the last reset."""
        return self._service.stats

    @property
    def injector(self) -> Injector:
        """Which faults have struck so far: ``injector.fired``."""
        return self._service.injector

    def reset(self) -> None:
        """Forget statistics and requests and fill the budget."""
        with self.tenant.lock:
            self.requests.clear()
            self._service.stats = Stats()
            self._service.bucket = Bucket(self._service.bucket.quota)
            self._manners = Manners()

    def __enter__(self) -> Self:
        ready = Event()
        self._thread = Thread(target=self._run, args=(ready,), name="graph-simulator", daemon=True)
        self._thread.start()
        ready.wait()
        if self._failure or not self.url:
            raise self._failure or RuntimeError("the simulator did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()
        if self._failure:
            raise self._failure

    def _run(self, ready: Event) -> None:
        try:
            with tempfile.TemporaryDirectory() as folder:
                asyncio.run(self._serve(ready, Path(folder)))
        except OSError as error:
            self._failure = error
        finally:
            ready.set()

    async def _serve(self, ready: Event, folder: Path) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        server = web.Server(self._handle)
        runner = web.ServerRunner(server, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(
                runner, _HOST, self._port, ssl_context=self._certificate(folder) if self._tls else None
            ).start()
            self.url = f"{'https' if self._tls else 'http'}://{_HOST}:{runner.addresses[0][1]}"
            ready.set()
            await self._stopped.wait()
        finally:
            transports = [connection.transport for connection in server.connections if connection.transport]
            await runner.cleanup()
            for transport in transports:
                transport.abort()

    def _certificate(self, folder: Path) -> ssl.SSLContext:
        authority = trustme.CA()
        self.ca_file = str(folder / "ca.pem")
        authority.cert_pem.write_to_path(self.ca_file)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(_HOST, "localhost").configure_cert(context)
        return context

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        started, target = monotonic(), request.raw_path
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        begun = perf_counter()
        with self.tenant.lock:
            if target.startswith(PREFIX):
                return _response(administer(self.tenant, request.method, target, self.report, self.reset))
            answer = self._service.answer(request.method, target, headers, body, f"{request.scheme}://{request.host}")
            stats = self.stats
            stats.rude += target.startswith(VERSION) and self._manners.rude(target, started)
            stats.handler_seconds += perf_counter() - begun
            stats.statuses[answer.status] += 1
            stats.bytes += len(answer.body)
        if self._latency:
            await asyncio.sleep(self._latency)
        ended = monotonic()
        if answer.until:
            self._manners.tell(target if answer.lane or answer.status == 503 else "", ended, answer.until)
        exchange = Exchange(request.method, unquote(target), answer.status, headers, started, ended, answer.inner)
        self.requests.append(exchange)
        return await self._send(request, request_key(target, body), answer)

    def report(self) -> dict[str, Any]:
        """The statistics as JSON values, with the faults that have struck."""
        return {**self.stats.as_json(), "faults": dict(self.injector.fired)}

    async def _send(self, request: web.BaseRequest, key: str, answer: Answer) -> web.StreamResponse:
        """Write the answer, or what a fault of the transport makes of it."""
        if self._compress and "gzip" in request.headers.get("Accept-Encoding", ""):
            answer.body = gzip.compress(answer.body, 1)
            answer.headers = {**answer.headers, "Content-Encoding": "gzip"}
        strikes, half = self.injector.strikes, len(answer.body) // 2
        if answer.status != 200 or not half or not request.raw_path.startswith(VERSION):
            return _response(answer)
        if strikes("malformed", key):
            answer.body = answer.body[:half]
            return _response(answer)
        cut_short = bool(self._service.faults.cut_short and re.search(self._service.faults.cut_short, request.raw_path))
        reset, truncated = strikes("reset", key), strikes("truncated", key) or cut_short
        if not (reset or truncated or strikes("slow", key)):
            return _response(answer)
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        response.content_length = len(answer.body)
        await response.prepare(request)
        await response.write(answer.body[:half])
        if reset or truncated:
            _break_off(request, reset=reset)
        else:
            await asyncio.sleep(self._service.faults.slow_seconds)
            await response.write(answer.body[half:])
        return response


def _response(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


def _break_off(request: web.BaseRequest, *, reset: bool) -> None:
    """Close the connection in mid-answer, by a TCP reset or an ordinary end."""
    transport = request.transport
    assert transport is not None
    if reset:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    else:
        transport.close()
