"""JupiterOne's synchronization API as an HTTP server on the loopback interface, in a thread of its own."""

import asyncio
import gzip
import json
import socket
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.jupiterone.account import KINDS, Account, Job, Json, Kind
from tests.jupiterone.faults import Fault

_HOST = "127.0.0.1"
_JOBS = "/persister/synchronization/jobs"
_A_MOMENT = 0.01
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_SOURCES = ("api", "integration-external", "integration-managed")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what became of it.

    ``bytes`` is its size on the wire, headers included. Status 0 is a reset. Times are monotonic seconds.
    """

    endpoint: str
    status: int
    headers: dict[str, str]
    bytes: int
    started: float
    ended: float


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        self.status, self.code, self.message = status, code, message


class JupiterOne:
    """Serves an account on http://127.0.0.1; a context manager.

    ``latency`` is seconds before each answer, ``limit`` the most bytes of JSON in an upload. Uploads to an endpoint in
    ``held_back`` get no answer while it stands there. ``port`` 0 is a free one.
    """

    def __init__(
        self,
        account: Account | None = None,
        *,
        faults: Iterable[Fault] = (),
        latency: float = 0.0,
        limit: int = 6_000_000,
        port: int = 0,
    ) -> None:
        self.account = account or Account()
        self.faults = list(faults)
        self.exchanges: list[Exchange] = []
        self.held_back: set[str] = set()
        self.url = ""
        self.port = port
        self.in_flight = self.peak = 0
        self._latency, self._limit = latency, limit

    def asked(self, endpoint: str) -> list[Exchange]:
        """The requests to one endpoint."""
        return [each for each in list(self.exchanges) if each.endpoint == endpoint]

    @property
    def uploads(self) -> list[Exchange]:
        """The uploads."""
        return [each for each in list(self.exchanges) if each.endpoint in KINDS]

    def __enter__(self) -> Self:
        ready = Event()
        self._failure: OSError | None = None
        self._thread = Thread(target=self._run, args=(ready,), name="jupiterone", daemon=True)
        self._thread.start()
        ready.wait()
        if self._failure:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    def _run(self, ready: Event) -> None:
        try:
            asyncio.run(self._serve(ready))
        except OSError as error:
            self._failure = error
        finally:
            ready.set()

    async def _serve(self, ready: Event) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        server = web.Server(self._handle, auto_decompress=False)
        runner = web.ServerRunner(server, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        listening = socket.create_server((_HOST, self.port), backlog=128)
        try:
            await web.SockSite(runner, listening).start()
            self.port = listening.getsockname()[1]
            self.url = f"http://{_HOST}:{self.port}"
            ready.set()
            await self._stopped.wait()
            self._loop.remove_reader(listening)
            await asyncio.sleep(_A_MOMENT)  # asyncio loses a connection that it is accepting when it stops
            for connection in server.connections:
                if connection.transport:
                    connection.transport.abort()
        finally:
            await runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        started, endpoint = monotonic(), _endpoint(request.method, request.path)
        is_upload = endpoint in KINDS
        self.in_flight += is_upload
        self.peak = max(self.peak, self.in_flight)
        try:
            body = b"".join([chunk async for chunk in request.content.iter_any()])
            while endpoint in self.held_back:
                await asyncio.sleep(0.01)
            await asyncio.sleep(self._latency)
            fault = next((fault for fault in self.faults if fault.strikes(endpoint)), None)
            status, answer = self._answer(request, endpoint, body) if not fault or fault.applied else (0, {})
            if fault:
                status, answer = fault.status, {"error": {"code": fault.code, "message": fault.message}}
            head = len(request.method) + len(request.raw_path) + 13 + 2
            head += sum(len(name) + len(value) + 4 for name, value in request.raw_headers)
            exchange = Exchange(endpoint, status, dict(request.headers), head + len(body), started, monotonic())
            self.exchanges.append(exchange)
            if not status:
                return _reset(request)
            return web.json_response(answer, status=status, headers=fault.headers if fault else {})
        finally:
            self.in_flight -= is_upload

    def _answer(self, request: web.BaseRequest, endpoint: str, body: bytes) -> tuple[int, Json]:
        try:
            if (request.headers.get("JupiterOne-Account"), request.headers.get("Authorization")) != (
                self.account.id,
                f"Bearer {self.account.key}",
            ):
                raise Refusal(401, "UNAUTHORIZED", "the account or its key is wrong")
            if endpoint == "jobs":
                return 200, {"job": self._start(_json(body)).as_json()}
            job = self.account.jobs.get(request.path.removeprefix(f"{_JOBS}/").partition("/")[0])
            if not endpoint or job is None:
                raise Refusal(404, "NOT_FOUND", request.path)
            return 200, self._of_job(job, endpoint, request, body)
        except Refusal as error:
            return error.status, {"error": {"code": error.code, "message": error.message}}

    def _start(self, asked: Json) -> Job:
        if asked.get("source") not in _SOURCES or asked.get("syncMode", "DIFF") not in ("DIFF", "PATCH"):
            raise Refusal(400, "BAD_REQUEST", "source or syncMode is not known")
        if asked["source"] == "api" or not asked.get("integrationInstanceId"):
            raise Refusal(400, "BAD_REQUEST", "integrationInstanceId is missing")
        job = Job(asked["source"], asked["integrationInstanceId"], asked.get("syncMode", "DIFF"))
        self.account.jobs[job.id] = job
        return job

    def _of_job(self, job: Job, endpoint: str, request: web.BaseRequest, body: bytes) -> Json:
        if endpoint == "job":
            self.account.advance(job)
        elif endpoint == "events":
            job.events += _json(body)["events"]
            return {}
        elif job.status != "AWAITING_UPLOADS":
            raise Refusal(400, "JOB_NOT_AWAITING_UPLOADS", f"the job is {job.status}")
        elif endpoint == "finalize":
            job.partial, job.status = set(_json(body)["partialDatasets"]["types"]), "FINALIZE_PENDING"
        elif endpoint == "abort":
            job.reason, job.status = _json(body)["reason"], "ABORTED"
        else:
            for kind in KINDS:
                if kind == endpoint:
                    self._upload(job, kind, request, body)
        return {"job": job.as_json()}

    def _upload(self, job: Job, kind: Kind, request: web.BaseRequest, body: bytes) -> None:
        correlation = request.headers.get("JupiterOne-Correlation-Id", "")
        if not correlation or job.seen.get(correlation, body) != body:
            raise Refusal(400, "BAD_REQUEST", "a correlation id is one batch's")
        if request.headers.get("Content-Encoding") == "gzip":
            try:
                body_of_job = gzip.decompress(body)
            except (OSError, EOFError, zlib.error):
                raise Refusal(400, "BAD_REQUEST", "the body is not gzip") from None
        else:
            body_of_job = body
        if len(body_of_job) > self._limit:
            raise Refusal(413, "RequestEntityTooLargeException", f"more than {self._limit} bytes")
        objects = _json(body_of_job).get(kind)
        if not isinstance(objects, list) or not objects:
            raise Refusal(400, "ENTITY_IS_NOT_ARRAY", f'"{kind}" should be an array')
        if job.mode == "PATCH" and kind == "relationships":
            raise Refusal(400, "BAD_REQUEST", "PATCH does not accept relationships")
        self.account.upload(job, kind, objects, correlation, body)


def _endpoint(method: str, path: str) -> str:
    """Return what a request is for; empty where there is no such endpoint."""
    below = path.removeprefix(_JOBS).split("/")[1:] if path.startswith(_JOBS) else ["", "", ""]
    named = ("entities", "relationships", "events", "finalize", "abort")
    if method == "POST" and not below:
        return "jobs"
    if method == "GET" and len(below) == 1:
        return "job"
    return below[1] if method == "POST" and len(below) == 2 and below[1] in named else ""


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refusal(400, "BAD_REQUEST", "the body is not a JSON object")
    return found


def _reset(request: web.BaseRequest) -> web.StreamResponse:
    transport = request.transport
    assert transport is not None
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
    return web.Response()
