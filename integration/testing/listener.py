"""HTTP on 127.0.0.1, for a server that a test has in its own process: a function says what each request is answered."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class HttpAnswer:
    """A status, a body that becomes JSON, and the headers beside those of every answer."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


Answering = Callable[[str, str, Mapping[str, str], bytes], HttpAnswer]
"""Is given the method, the target, the headers as they were sent, and the body; called from many threads."""


class Listener:
    """Listens on a free port from the start, until it is closed.

    Attributes:
        url: the root that it answers at, without a slash at its end.
    """

    def __init__(self, answering: Answering) -> None:
        self._server = _Server(answering)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="graph", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer nothing more, and let go of the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    def __init__(self, answering: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answering = answering


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, body: bytes) -> None:
        answer = self.server.answering(self.command, self.path, dict(self.headers), body)
        raw = json.dumps(answer.body).encode()
        self.send_response(answer.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(raw)), **answer.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Say nothing: the test says what went wrong."""
