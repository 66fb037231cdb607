"""Signing in: every way that settings can choose, over TLS, and what is made of the token's life."""

import json
import ssl
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from integration import ConfigurationError, CredentialsError, Unreachable, handle
from integration.config import Config, from_environment, from_event
from integration.msgraph.auth import CLOUDS, GivenToken, NoToken, Tokens
from integration.msgraph.credentials import Application, ManagedIdentity, client_secret
from integration.secret import Secret
from integration.signin import tokens_for
from tests.simulator import Faults, Simulator, demo_tenant

TENANT = "11111111-2222-4333-8444-555555555555"
CLIENT = "99999999-8888-4777-8666-555555555555"
PASSWORD = "p4ss"
HANGS_UP = 0


@dataclass
class Service:
    """A sign-in service, or the endpoint of a managed identity, that keeps what it is asked."""

    status: int = 200
    lifetime: int = 3600
    location: str = ""
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def calls(self) -> list[dict[str, str]]:
        """The requests for a token."""
        return [form for form in self.asked if form]

    def answer(self) -> dict[str, Any]:
        """A token that tells which call it answers, or an error."""
        if self.status != 200:
            return {"error": "invalid_request", "error_description": "as asked"}
        return {"access_token": f"token-{len(self.calls)}", "expires_in": self.lifetime, "token_type": "Bearer"}


@contextmanager
def serving(service: Service, context: ssl.SSLContext | None = None) -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if path.endswith("/openid-configuration"):
                tenant = path.split("/")[1]
                names = {"token_endpoint": "token", "authorization_endpoint": "authorize"}
                self.reply(200, {name: f"{service.url}/{tenant}/oauth2/v2.0/{end}" for name, end in names.items()})
            else:
                self.record(query)

        def do_POST(self) -> None:
            self.record(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def record(self, form: str) -> None:
            values = {name: given[0] for name, given in parse_qs(form).items()}
            service.asked.append(values | {"metadata": self.headers.get("Metadata", "")})
            if service.status == HANGS_UP:
                self.close_connection = True
            else:
                self.reply(service.status, service.answer())

        def reply(self, status: int, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
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


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def service(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    with serving(Service(), context) as service:
        yield service


@pytest.fixture(scope="module")
def issued() -> trustme.LeafCert:
    """A certificate of the application, with an RSA key and an intermediate authority."""
    root = trustme.CA(key_type=trustme.KeyType.RSA)
    return root.create_child_ca(key_type=trustme.KeyType.RSA).issue_cert(
        "app.contoso.example", key_type=trustme.KeyType.RSA
    )


def key_of(issued: trustme.LeafCert) -> Any:
    return load_pem_private_key(issued.private_key_pem.bytes(), None)


def certificates_of(issued: trustme.LeafCert) -> list[x509.Certificate]:
    return [x509.load_pem_x509_certificate(blob.bytes()) for blob in issued.cert_chain_pems]


def pem(issued: trustme.LeafCert, *, password: str = "") -> bytes:
    """The file with the certificates before the key, the key's own last."""
    encryption: KeySerializationEncryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    key = key_of(issued).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    return b"".join(blob.bytes() for blob in reversed(issued.cert_chain_pems)) + bytes(key)


def pfx(issued: trustme.LeafCert, password: str) -> bytes:
    own, *others = certificates_of(issued)
    return pkcs12.serialize_key_and_certificates(
        b"app", key_of(issued), own, others, BestAvailableEncryption(password.encode())
    )


def application(service: Service, **settings: Any) -> Tokens:
    return tokens_for(Config(client_id=CLIENT, directory_id=TENANT, authority=service.url, **settings))


def with_certificate(service: Service, content: bytes, password: str = "", *, chain: bool = False) -> Tokens:
    Path("app").write_bytes(content)
    return application(
        service, certificate_path="app", certificate_password=Secret(password), send_certificate_chain=chain
    )


def test_the_first_credential_that_is_set_signs_in() -> None:
    given: dict[str, Any] = {
        "access_token": Secret("t"),
        "client_secret": Secret("s"),
        "certificate_path": "app.pem",
        "federated_token_file": "token",
        "managed_identity": True,
    }
    proofs = []
    for name in list(given):
        tokens = tokens_for(Config(client_id=CLIENT, directory_id=TENANT, **given))
        proofs.append((type(tokens), getattr(getattr(tokens, "_proof", None), "__qualname__", "").split(".")[0]))
        del given[name]
    assert proofs == [
        (GivenToken, ""), (Application, "Secret"), (Application, "certificate"), (Application, "federated_token"),
        (ManagedIdentity, ""),
    ]  # fmt: skip
    assert isinstance(tokens_for(Config(client_secret=Secret("s")), offline=True), NoToken)
    with pytest.raises(CredentialsError, match="nothing to sign in with"):
        tokens_for(Config())


def test_a_client_secret_is_sent_for_the_graph_that_is_read(service: Service) -> None:
    for cloud in CLOUDS.values():
        assert application(service, client_secret=Secret("s3cret"), graph_url=cloud.graph).token().reveal()
    assert application(service, client_secret=Secret("s3cret"), graph_url="http://127.0.0.1:1").token().reveal()
    scopes = [call["scope"] for call in service.calls]
    assert scopes == [f"{cloud.graph}/.default" for cloud in (*CLOUDS.values(), CLOUDS["global"])]
    assert {(call["client_id"], call["client_secret"]) for call in service.calls} == {(CLIENT, "s3cret")}


@pytest.mark.parametrize("form", ["pem", "pem with password", "pfx"])
def test_a_certificate_signs_the_assertion(service: Service, issued: trustme.LeafCert, form: str) -> None:
    password = "" if form == "pem" else PASSWORD
    content = pfx(issued, PASSWORD) if form == "pfx" else pem(issued, password=password)
    assert with_certificate(service, content, password).token().reveal() == "token-1"
    (call,) = service.calls
    own = certificates_of(issued)[0]
    key = own.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assertion = call["client_assertion"]
    claims = jwt.decode(assertion, key, algorithms=["PS256"], audience=f"{service.url}/{TENANT}/oauth2/v2.0/token")
    assert (claims["iss"], claims["sub"]) == (CLIENT, CLIENT)
    assert call["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert "client_secret" not in call
    assert sent_with(assertion) == [own]


def test_the_chain_is_sent_on_request_the_keys_own_certificate_first(
    service: Service, issued: trustme.LeafCert
) -> None:
    with_certificate(service, pem(issued), chain=True).token()
    assert sent_with(service.calls[0]["client_assertion"]) == certificates_of(issued)
    assert len(certificates_of(issued)) == 2


def sent_with(assertion: str) -> list[x509.Certificate]:
    """The certificates in an assertion's header (x5c)."""
    return [x509.load_der_x509_certificate(b64decode(text)) for text in jwt.get_unverified_header(assertion)["x5c"]]


def test_a_certificate_file_that_cannot_be_used_is_named(service: Service, issued: trustme.LeafCert) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    own = issued.cert_chain_pems[0].bytes()
    stranger = trustme.CA(key_type=trustme.KeyType.RSA)
    cases = {
        "the password is missing": (pem(issued, password=PASSWORD), ""),
        "the password is not its own": (pfx(issued, PASSWORD), "another"),
        "is not a PEM or PFX file": (b"neither", ""),
        "with certificate and private key": (own, ""),
        "holds no RSA private key": (
            own + curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), ""
        ),
        "holds no certificate of its private key": (stranger.cert_pem.bytes() + issued.private_key_pem.bytes(), ""),
    }  # fmt: skip
    for problem, (content, password) in cases.items():
        with pytest.raises(CredentialsError, match=problem) as caught:
            with_certificate(service, content, password).token()
        assert "another" not in str(caught.value)
    with pytest.raises(CredentialsError, match=r"missing\.pem cannot be read: FileNotFoundError"):
        application(service, certificate_path="missing.pem").token()
    assert service.asked == []


def test_a_federated_token_is_read_anew_at_each_sign_in(service: Service) -> None:
    Path("federated").write_text("first\n")
    tokens = application(service, federated_token_file="federated")
    first = tokens.token()
    Path("federated").write_text("second\n")
    assert tokens.token() is first
    tokens.renew(first)
    tokens.token()
    assert [call["client_assertion"] for call in service.calls] == ["first", "second"]
    tokens.renew(tokens.token())
    Path("federated").write_text("\n")
    with pytest.raises(CredentialsError, match="federated is empty"):
        tokens.token()
    Path("federated").unlink()
    with pytest.raises(CredentialsError, match="federated cannot be read: FileNotFoundError"):
        tokens.token()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The endpoint of an Azure machine's managed identity; behind no proxy, whatever the environment says."""
    with serving(Service()) as service:
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", service.url)
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        yield service


def test_a_managed_identity_gives_a_token_for_the_cloud(machine: Service) -> None:
    graph = CLOUDS["usgov"].graph
    system = tokens_for(Config(managed_identity=True, graph_url=graph))
    assert system.token().reveal() == "token-1"
    assert tokens_for(Config(managed_identity=True, client_id=CLIENT)).token().reveal() == "token-2"
    first, second = machine.calls
    assert (first["resource"], first["metadata"], first.get("client_id")) == (graph, "true", None)
    assert (second["resource"], second["client_id"]) == (CLOUDS["global"].graph, CLIENT)
    system.renew(system.token())
    assert system.token().reveal() == "token-3"


def test_a_machine_without_the_identity_is_told_apart_from_one_that_does_not_answer(machine: Service) -> None:
    machine.status = 400
    with pytest.raises(CredentialsError, match=r"check that it is assigned to this machine \(invalid_request\)"):
        tokens_for(Config(managed_identity=True)).token()
    machine.status = 503
    with pytest.raises(Unreachable, match="managed identity endpoint is not working: HTTP 503"):
        tokens_for(Config(managed_identity=True)).token()


def test_eight_threads_make_one_token_call() -> None:
    with Simulator(demo_tenant(), tls=True, latency=0.1) as simulator, pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(simulator.ca_file))
        signin = simulator.signin
        tokens = Application(
            simulator.authority, signin.tenant_id, signin.client_id, client_secret(Secret(signin.client_secret)), ""
        )
        with ThreadPoolExecutor(8) as executor:
            got = {id(future.result()) for future in [executor.submit(tokens.token) for _ in range(8)]}
        calls = [request for request in simulator.requests if request.method == "POST"]
    assert (len(got), len(calls)) == (1, 1)


@pytest.mark.parametrize("status", [500, 503, 429, HANGS_UP])
def test_a_failed_early_refresh_keeps_the_valid_token(
    service: Service, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    service.lifetime = 2
    tokens = application(service, client_secret=Secret("s3cret"))
    first = tokens.token()
    ends = time.monotonic() + 2
    service.status = status
    assert tokens.token() is first
    assert not caplog.records
    time.sleep(1.1)
    calls = len(service.calls)
    assert tokens.token() is first
    assert tokens.token() is first
    assert len(service.calls) == calls + 1
    assert ["the present token is good for" in record.getMessage() for record in caplog.records] == [True]
    time.sleep(ends - time.monotonic() + 0.1)
    with pytest.raises(Unreachable, match=f"HTTP {status}" if status else "did not answer"):
        tokens.token()


def test_a_token_is_refreshed_before_it_expires(service: Service) -> None:
    service.lifetime = 2
    tokens = application(service, client_secret=Secret("s3cret"))
    assert (tokens.token().reveal(), tokens.token().reveal()) == ("token-1", "token-1")
    time.sleep(1.1)
    assert (tokens.token().reveal(), tokens.token().reveal()) == ("token-2", "token-2")


def test_a_rejected_token_is_replaced_once_though_several_threads_complain(service: Service) -> None:
    tokens = application(service, client_secret=Secret("s3cret"))
    first = tokens.token()
    for _ in range(3):
        tokens.renew(first)
        assert tokens.token().reveal() == "token-2"
    assert len(service.calls) == 2


def test_a_redirect_is_not_followed_with_the_secret(service: Service) -> None:
    with serving(Service()) as other:
        service.status, service.location = 307, other.url
        with pytest.raises(CredentialsError, match="sign-in refused"):
            application(service, client_secret=Secret("s3cret")).token()
        assert other.asked == []


def test_a_host_that_is_no_sign_in_service_is_told(service: Service) -> None:
    with pytest.raises(Unreachable, match="did not answer"):
        application(Service(url="https://127.0.0.1:9"), client_secret=Secret("s3cret")).token()
    service.status = 502
    with pytest.raises(Unreachable, match="HTTP 502") as caught:
        application(service, client_secret=Secret("s3cret")).token()
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("way", ["certificate", "token file"])
def test_a_run_signs_in_without_a_secret(issued: trustme.LeafCert, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    Path("app.pfx").write_bytes(pfx(issued, PASSWORD))
    Path("federated").write_text("a token of another provider")
    ways = {
        "certificate": {"clientCertificatePath": "app.pfx", "clientCertificatePassword": PASSWORD},
        "token file": {"federatedTokenFile": "federated"},
    }
    faults = Faults(expired_token_401=1, after=1)
    with Simulator(demo_tenant(), tls=True, faults=faults) as simulator:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(simulator.ca_file))
        config = {
            "clientId": simulator.signin.client_id,
            "directoryId": simulator.signin.tenant_id,
            "graphUrl": simulator.url,
            "authority": simulator.authority,
            **ways[way],
        }
        report = handle({"instance": {"config": config}})
        calls = [request for request in simulator.requests if request.path.endswith("/oauth2/v2.0/token")]
    assert {result.verdict for result in report.results} == {"complete"}
    assert len(calls) == 2


def test_variables_of_azure_identity_are_understood() -> None:
    names = {
        "AZURE_CLIENT_ID": CLIENT,
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_CERTIFICATE_PATH": "app.pfx",
        "AZURE_CLIENT_CERTIFICATE_PASSWORD": PASSWORD,
        "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN": "True",
        "AZURE_FEDERATED_TOKEN_FILE": "federated",
        "AZURE_AUTHORITY_HOST": "login.microsoftonline.us",
    }
    config = from_environment(names)
    assert (config.client_id, config.directory_id, config.certificate_path) == (CLIENT, TENANT, "app.pfx")
    assert config.certificate_password.reveal() == PASSWORD
    assert (config.send_certificate_chain, config.federated_token_file) == (True, "federated")
    assert config.authority == "https://login.microsoftonline.us"
    own = from_environment({**names, "INTEGRATION_AUTHORITY": "https://login.contoso.example/"})
    assert own.authority == "https://login.contoso.example"
    assert PASSWORD not in repr(config)


@pytest.mark.parametrize("cloud", sorted(CLOUDS))
def test_a_cloud_sets_graph_and_authority_unless_they_are_named(cloud: str) -> None:
    token = {"INTEGRATION_ACCESS_TOKEN": "t"}
    expected = (CLOUDS[cloud].graph, CLOUDS[cloud].authority)
    from_variable = from_environment({**token, "INTEGRATION_CLOUD": cloud})
    from_flag = from_environment({**token, "INTEGRATION_CLOUD": "global"}, {"cloud": cloud})
    in_event = from_event({"instance": {"config": {"accessToken": "t", "cloud": cloud}}})
    assert {(config.graph_url, config.authority) for config in (from_variable, from_flag, in_event)} == {expected}
    named = from_environment(token, {"cloud": cloud, "graphUrl": "https://graph.contoso.example/v1.0/"})
    assert (named.graph_url, named.authority) == ("https://graph.contoso.example", expected[1])


def test_all_that_is_missing_is_named_with_what_would_do_instead() -> None:
    with pytest.raises(ConfigurationError) as caught:
        from_environment({})
    client, directory, secret = caught.value.faults
    assert client.startswith("clientId is missing: set ")
    assert directory.startswith("directoryId is missing: set ")
    for name in (
        "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE",
        "INTEGRATION_MANAGED_IDENTITY", "INTEGRATION_ACCESS_TOKEN",
    ):  # fmt: skip
        assert name in secret
    with pytest.raises(ConfigurationError) as caught:
        from_event({"instance": {"config": {}}})
    assert len(caught.value.faults) == 3
    assert "federatedTokenFile" in caught.value.faults[2]
    with pytest.raises(ConfigurationError) as caught:
        from_environment({"AZURE_FEDERATED_TOKEN_FILE": "federated"})
    assert [fault.split()[0] for fault in caught.value.faults] == ["clientId", "directoryId"]
    assert from_environment({"INTEGRATION_MANAGED_IDENTITY": "true"}).managed_identity
    with pytest.raises(ConfigurationError):
        from_environment({"INTEGRATION_MANAGED_IDENTITY": "false"})


def test_numbers_and_switches_are_checked_alike_wherever_they_come_from() -> None:
    token = {"INTEGRATION_ACCESS_TOKEN": "t"}
    config = from_environment({**token, "INTEGRATION_IN_FLIGHT": "32", "INTEGRATION_FULL_EVERY": "0.5"})
    assert (config.in_flight, config.full_every, config.fresh) == (32, 0.5, False)
    event = {"accessToken": "t", "inFlight": 64, "fullEvery": 1, "fresh": True}
    config = from_event({"instance": {"config": event}})
    assert (config.in_flight, config.full_every, config.fresh) == (64, 1.0, True)
    wrong = {"INTEGRATION_IN_FLIGHT": "65", "INTEGRATION_FULL_EVERY": "often", "INTEGRATION_CLOUD": "mars"}
    with pytest.raises(ConfigurationError) as caught:
        from_environment({**token, **wrong})
    assert {fault.partition(")")[0].partition("(")[2] for fault in caught.value.faults} == set(wrong)
    assert "mars" not in str(caught.value)
    with pytest.raises(ConfigurationError) as caught:
        from_event({"instance": {"config": {"accessToken": "t", "inFlight": 0, "fullEvery": 0, "cloud": "mars"}}})
    assert len(caught.value.faults) == 3


def test_recorded_answers_need_no_credentials_and_keep_none() -> None:
    event = {"instance": {"config": {"clientSecret": "s3cret", "graphUrl": "https://graph.contoso.example"}}}
    config = from_event(event, offline=True)
    assert (bool(config.client_secret), config.graph_url) == (False, CLOUDS["global"].graph)


def test_msal_is_not_imported_before_it_is_needed() -> None:
    script = "import sys, integration.cli; sys.exit('msal' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
