"""Microsoft Graph and its sign-in service on one port, which say what they were sent wherever an answer has room."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs, quote

import trustme

TENANT = "00000000-0000-4000-a000-000000000001"
USER = {"id": "user-1", "displayName": "Ada"}
GROUP = {"id": "group-1", "displayName": "Everybody"}


@dataclass
class Reply:
    """An answer: its status, headers and body; ``raw`` are lines of its head that are no headers."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    raw: str = ""


Place: TypeAlias = Callable[[str, str], Reply]
"""Makes the answer that holds a secret, given the URL of the server."""


def reply(status: int = 200, body: Any = None, **headers: str) -> Reply:
    return Reply(
        status, json.dumps(body or {}).encode(), {name.replace("_", "-"): each for name, each in headers.items()}
    )


def error(status: int, secret: str, **fields: Any) -> Reply:
    envelope = {"code": "Invented", "message": f"you sent Bearer {secret} \x1b[2J\n{secret}", **fields}
    return reply(status, {"error": envelope}, Retry_After="100000")


def page(secret: str, **fields: Any) -> Reply:
    return reply(200, {"value": [USER], **fields})


def failing(status: int) -> Place:
    return lambda secret, url: error(status, secret)


GRAPH: dict[str, Place] = {
    **{f"message of {status}": failing(status) for status in (400, 401, 403, 404, 429, 500, 503)},
    "code": lambda s, u: error(400, "", code=f"x\n{s}"),
    "inner error": lambda s, u: error(404, "", innerError={"code": s, "request-id": s}),
    "cut message": lambda s, u: error(400, "", message="m" * 180 + f" {s}"),
    "request-id": lambda s, u: reply(400, {"error": {"code": "c", "message": ""}}, request_id=s),
    "Retry-After": lambda s, u: reply(503, {}, Retry_After=s),
    "Warning": lambda s, u: reply(206, {"value": []}, Warning=f'199 - "{s}"'),
    "WWW-Authenticate": lambda s, u: reply(401, {}, WWW_Authenticate=f"Bearer {s}"),
    "next link": lambda s, u: page(s, **{"@odata.nextLink": f"{u}/v1.0/users?$skiptoken={quote(s, safe='')}&again=1"}),
    "path of a next link": lambda s, u: page(s, **{"@odata.nextLink": f"{u}/v1.0/{quote(s, safe='')}/fails"}),
    "host of a next link": lambda s, u: page(s, **{"@odata.nextLink": f"https://user:{s}@graph.example/users"}),
    "no next link": lambda s, u: page(s, **{"@odata.nextLink": {"link": s}}),
    "error with values": lambda s, u: page(s, error={"code": s, "message": s}),
    "context": lambda s, u: page(s, **{"@odata.context": s}),
    "html": lambda s, u: Reply(502, f"<html>{s}</html>".encode()),
    "cut JSON": lambda s, u: Reply(200, f'{{"value": [{{"id": "u", "displayName": "{s}'.encode()),
    "no list": lambda s, u: reply(200, {"value": s}),
    "reason": lambda s, u: Reply(500, b"{}", reason=s),
    "redirect": lambda s, u: reply(302, {}, Location=f"{u}/v1.0/{quote(s, safe='')}"),
    "no header": lambda s, u: Reply(500, b"{}", raw=f"a line that is no header {s}\r\n"),
    "encoding": lambda s, u: reply(200, {"value": []}, Content_Encoding="gzip", X_Sent=s),
    "id": lambda s, u: reply(200, {"value": [{"id": {"a": s}, "displayName": "Ada"}]}),
}  # fmt: skip
"""Where the answer to a request for users holds the token."""
SIGN_IN: dict[str, Place] = {
    "error": lambda s, u: reply(401, {"error": s, "error_codes": [7000215]}),
    "error object": lambda s, u: reply(400, {"error": {"code": s}, "error_codes": [s]}),
    "description": lambda s, u: reply(400, {"error": "invalid_client", "error_description": f"you sent {s}"}),
    "form": lambda s, u: Reply(400, f"client_secret={quote(s)}&client_assertion={quote(s)}".encode()),
    "form that is taken": lambda s, u: Reply(200, f"client_secret={quote(s)}".encode()),
    "html": lambda s, u: Reply(403, f"<html>{s}</html>".encode()),
    "cut token": lambda s, u: Reply(200, f'{{"token_type": "Bearer", "access_token": "{s}'.encode()),
    "list": lambda s, u: Reply(200, json.dumps([s]).encode()),
    "no lifetime": lambda s, u: reply(200, {"access_token": s, "expires_in": s}),
    "no token": lambda s, u: reply(200, {"access_token": {"token": s}}),
    "token with a line break": lambda s, u: reply(200, {"access_token": f"{s}\n{s}", "expires_in": 3600}),
    "broken service": lambda s, u: Reply(500, s.encode(), reason=s),
    "redirect": lambda s, u: reply(307, {}, Location=f"{u}/{quote(s, safe='')}"),
    "no header": lambda s, u: Reply(400, b"{}", raw=f"a line that is no header {s}\r\n"),
}
"""Where the answer to a sign-in holds the secret or the assertion of the form."""


@dataclass
class Echo:
    """The server: ``token`` is what it gives, ``graph`` and ``sign_in`` say where it repeats what it is sent."""

    url: str = ""
    token: str = ""
    graph: Place | None = None
    sign_in: Place | None = None
    batch: bool = False
    repeated: list[str] = field(default_factory=list)

    def answer_to_form(self, form: dict[str, str]) -> Reply:
        secret = form.get("client_secret") or form.get("client_assertion", "")
        if self.sign_in:
            return self._repeat(self.sign_in, secret)
        return reply(200, {"token_type": "Bearer", "access_token": self.token, "expires_in": 3600})

    def answer(self, path: str, token: str) -> Reply:
        where = path.partition("?")[0]
        if path.endswith("/openid-configuration"):
            ends = {"token_endpoint": "token", "authorization_endpoint": "authorize"}
            return reply(200, {name: f"{self.url}/{TENANT}/oauth2/v2.0/{end}" for name, end in ends.items()})
        if where.endswith("/fails"):
            return error(404, token)
        if where.endswith("/users") and self.graph and not self.batch:
            return self._repeat(self.graph, token)
        if where.endswith("/delta"):
            return reply(200, {"value": [], "@odata.deltaLink": f"{self.url}{where}?$deltatoken=1"})
        if where.endswith("/organization"):
            return reply(200, {"value": [{"id": TENANT, "displayName": "Contoso", "verifiedDomains": []}]})
        found = {"users": [USER], "groups": [GROUP]}.get(where.rpartition("/")[2], [])
        return reply(200, {"value": found})

    def answer_to_batch(self, parts: list[dict[str, Any]], token: str) -> Reply:
        answers = []
        for part in parts:
            if self.graph and self.batch:
                one = self._repeat(self.graph, token)
                body = (
                    json.loads(one.body) if one.body.startswith(b"{") and one.body.endswith(b"}") else one.body.decode()
                )
            else:
                one, body = reply(200), {"value": []}
            answers.append({"id": part["id"], "status": one.status, "headers": one.headers, "body": body})
        return reply(200, {"responses": answers})

    def _repeat(self, place: Place, secret: str) -> Reply:
        self.repeated.append(secret)
        return place(secret, self.url)


@contextmanager
def echoing(ca_file: Path | None = None) -> Iterator[Echo]:
    """Serve on a free port of this machine; over TLS that is trusted by who trusts ``ca_file``, which is written."""
    echo = Echo()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send(echo.answer(self.path, self.token()))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path.endswith("/$batch"):
                self.send(echo.answer_to_batch(json.loads(body)["requests"], self.token()))
            else:
                self.send(echo.answer_to_form({name: given[0] for name, given in parse_qs(body).items()}))

        def token(self) -> str:
            return self.headers.get("Authorization", "").removeprefix("Bearer ")

        def send(self, answer: Reply) -> None:
            self.send_response(answer.status, answer.reason or None)
            for name, value in answer.headers.items():
                self.send_header(name, value.replace("\n", " "))
            self.send_header("Content-Length", str(len(answer.body)))
            self.flush_headers()
            self.wfile.write(answer.raw.encode() + b"\r\n" + answer.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        if ca_file:
            ca = trustme.CA()
            ca.cert_pem.write_to_path(str(ca_file))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            ca.issue_cert("127.0.0.1").configure_cert(context)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        echo.url = f"{'https' if ca_file else 'http'}://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield echo
        finally:
            server.shutdown()
            thread.join()
