"""A bucket on this machine, of a server that speaks S3, refuses what it is told to, and lies about what it has done."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Any

import requests
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

BUCKET = "fleet"
_SETTINGS = {
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ALLOW_HTTP": "true",
}
_ALWAYS = 1_000_000


@dataclass
class S3:
    """The server.

    Attributes:
        url: of it.
    """

    url: str = ""
    _app: Any = field(default_factory=lambda: DomainDispatcherApplication(create_backend_app))
    _odd: tuple[str, int, bool] = ("", 0, False)
    _left: int = 0
    _lock: Lock = field(default_factory=Lock)

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables by which the store's client finds it."""
        return {**_SETTINGS, "AWS_ENDPOINT_URL": self.url}

    def refuse(self, status: int, method: str = "", times: int = _ALWAYS) -> None:
        """Do nothing, and answer so, the next times that it is asked by a method, or by any."""
        self._odd, self._left = (method, status, False), times

    def lie(self, status: int, method: str = "", times: int = _ALWAYS) -> None:
        """Do what is asked, and answer so all the same."""
        self._odd, self._left = (method, status, True), times

    def obey(self) -> None:
        """Do what is asked, and say so."""
        self._left = 0

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, as WSGI has it: one at a time, since moto looks for an object before it makes it."""
        method, status, does = self._odd
        with self._lock:
            is_odd = self._left > 0 and method in ("", environ["REQUEST_METHOD"])
            self._left -= is_odd
            if does or not is_odd:
                answer: Iterable[bytes] = self._app(environ, (lambda *_: None) if is_odd else start_response)
                if not is_odd:
                    return answer
                list(answer)
        start_response(f"{status} {_PHRASES.get(status, 'Refused')}", [("Content-Length", "0")])
        return []


_PHRASES = {403: "Forbidden", 500: "Internal Server Error", 503: "Service Unavailable"}


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Say nothing of each request."""


@contextmanager
def served() -> Iterator[S3]:
    """Serve a bucket."""
    found = S3()
    server = make_server("127.0.0.1", 0, found, threaded=True, request_handler=_Quiet)
    found.url = f"http://127.0.0.1:{server.port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        assert requests.put(f"{found.url}/{BUCKET}", timeout=120).ok
        yield found
    finally:
        server.shutdown()
        thread.join()
