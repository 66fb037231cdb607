"""The simulated Azure Resource Manager as an HTTP server on the loopback interface."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote

import orjson

from tests.simulator.azure.answer import Answer, Asked
from tests.simulator.azure.manager import Manager
from tests.simulator.azure.resource_graph import ResourceGraph
from tests.simulator.azure.tenant import AzureTenant


class AzureSimulator:
    """Azure Resource Manager for one tenant on http://127.0.0.1; a context manager.

    ``manager`` and ``graph`` are what it serves, whose settings may be changed at any time. ``requests`` are all that
    have come, in that order. ``port`` 0 is a free one.
    """

    def __init__(self, tenant: AzureTenant, *, port: int = 0) -> None:
        self.tenant = tenant
        self.graph = ResourceGraph(tenant)
        self.manager = Manager(tenant, self.graph)
        self.requests: list[Asked] = []
        self.url = ""
        self._port = port

    @property
    def token(self) -> str:
        """A bearer token that is accepted."""
        return self.manager.token

    @property
    def queries(self) -> list[Asked]:
        """The requests so far that are queries of Azure Resource Graph."""
        return [each for each in self.requests if each.query]

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", self._port), _Handler, self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), name="azure-simulator")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type["_Handler"], simulator: AzureSimulator) -> None:
        super().__init__(address, handler)
        self.simulator = simulator

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that are killed or stopped hang up in the middle."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _answer(self, body: bytes) -> None:
        simulator = self.server.simulator
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        document = orjson.loads(body) if body else {}
        asked = Asked(self.command, unquote(path), dict(parse_qsl(query)), headers, document, monotonic())
        simulator.requests.append(asked)
        answer = simulator.manager.answer(asked, simulator.url)
        asked.status = answer.status
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        body = answer.body
        self.send_response(answer.status)
        told = {"Content-Type": "application/json; charset=utf-8", "x-ms-correlation-request-id": "c0"} | answer.headers
        for name, value in told.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
