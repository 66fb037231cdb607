"""A sign-in service that the tests of signing in talk to, and certificates of an application."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from integration.config.settings import Config
from integration.http.auth import Tokens
from integration.sources.signin import tokens_for

TENANT = "11111111-2222-4333-8444-555555555555"
CLIENT = "99999999-8888-4777-8666-555555555555"
PASSWORD = "p4ss"
HANGS_UP = 0


@dataclass
class Service:
    """A sign-in service, or the endpoint of a managed identity, that keeps what it is asked.

    ``raw`` makes its answer of the form or query that it got; ``discovery`` is its answer, with its status, to who asks
    for the tenant's endpoints.
    """

    status: int = 200
    lifetime: int = 3600
    location: str = ""
    raw: Callable[[str], bytes] | None = None
    discovery: tuple[int, bytes] | None = None
    retry_after: str = ""
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def answer(self) -> dict[str, Any]:
        """A token that tells which call it answers, or an error."""
        if self.status != 200:
            return {"error": "invalid_request", "error_description": "as asked"}
        return {"access_token": f"token-{len(self.asked)}", "expires_in": self.lifetime, "token_type": "Bearer"}


@contextmanager
def serving(service: Service, context: ssl.SSLContext | None = None) -> Iterator[Service]:
    """Serve it on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if path.endswith("/openid-configuration") and service.discovery:
                self.send(*service.discovery)
            elif path.endswith("/openid-configuration"):
                tenant = path.split("/")[1]
                names = {"token_endpoint": "token", "authorization_endpoint": "authorize"}
                self.reply(200, {name: f"{service.url}/{tenant}/oauth2/v2.0/{end}" for name, end in names.items()})
            else:
                self.record(query)

        def do_POST(self) -> None:
            self.record(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def record(self, form: str) -> None:
            values = {name: given[0] for name, given in parse_qs(form).items()}
            headers = {name.lower(): self.headers.get(name, "") for name in ("Metadata", "Authorization")}
            service.asked.append(values | headers)
            if service.status == HANGS_UP:
                self.close_connection = True
            elif service.raw:
                self.send(service.status, service.raw(form))
            else:
                self.reply(service.status, service.answer())

        def reply(self, status: int, document: dict[str, Any]) -> None:
            self.send(status, json.dumps(document).encode())

        def send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if service.retry_after:
                self.send_header("Retry-After", service.retry_after)
            if service.location:
                self.send_header("Location", service.location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        service.url = f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serving_over_tls(ca_file: Path) -> Iterator[Service]:
    """A sign-in service whose certificates are trusted by who trusts ``ca_file``, which is written."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    with serving(Service(), context) as service:
        yield service


def issue() -> trustme.LeafCert:
    """A certificate of the application, with an RSA key and an intermediate authority."""
    root = trustme.CA(key_type=trustme.KeyType.RSA)
    return root.create_child_ca(key_type=trustme.KeyType.RSA).issue_cert(
        "app.contoso.example", key_type=trustme.KeyType.RSA
    )


def _key_of(issued: trustme.LeafCert) -> Any:
    return load_pem_private_key(issued.private_key_pem.bytes(), None)


def certificates_of(issued: trustme.LeafCert) -> list[x509.Certificate]:
    return [x509.load_pem_x509_certificate(blob.bytes()) for blob in issued.cert_chain_pems]


def pem(issued: trustme.LeafCert, *, password: str = "") -> bytes:
    """The file with the certificates before the key, the key's own last."""
    encryption: KeySerializationEncryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    key = _key_of(issued).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    return b"".join(blob.bytes() for blob in reversed(issued.cert_chain_pems)) + bytes(key)


def pfx(issued: trustme.LeafCert, password: str) -> bytes:
    own, *others = certificates_of(issued)
    return pkcs12.serialize_key_and_certificates(
        b"app", _key_of(issued), own, others, BestAvailableEncryption(password.encode())
    )


def application(service: Service, **settings: Any) -> Tokens:
    """What gives the tokens of an application of that service."""
    return tokens_for(Config(client_id=CLIENT, directory_id=TENANT, authority=service.url, **settings))
