"""Signing in: every way that settings can choose, over TLS, and what is made of the token's life."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from integration import CredentialsError, Unreachable, handle
from integration.config.clouds import CLOUDS
from integration.config.settings import Config
from integration.http.auth import GivenToken, NoToken
from integration.http.credentials import Application, ManagedIdentity, client_secret
from integration.sources.signin import tokens_for
from integration.text.secret import Secret
from tests.http.sign_in import (
    CLIENT,
    HANGS_UP,
    PASSWORD,
    TENANT,
    Service,
    application,
    issue,
    pfx,
    serving,
    serving_over_tls,
)
from tests.simulator import Faults, Simulator, demo_tenant


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    with serving_over_tls(tmp_path / "ca.pem") as service:
        yield service


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
    scopes = [call["scope"] for call in service.asked]
    assert scopes == [f"{cloud.graph}/.default" for cloud in (*CLOUDS.values(), CLOUDS["global"])]
    assert {(call["client_id"], call["client_secret"]) for call in service.asked} == {(CLIENT, "s3cret")}


def test_a_federated_token_is_read_anew_at_each_sign_in(service: Service) -> None:
    Path("federated").write_text("first\n")
    tokens = application(service, federated_token_file="federated")
    first = tokens.token()
    Path("federated").write_text("second\n")
    assert tokens.token() is first
    tokens.renew(first)
    tokens.token()
    assert [call["client_assertion"] for call in service.asked] == ["first", "second"]
    tokens.renew(tokens.token())
    Path("federated").write_text("\n")
    with pytest.raises(CredentialsError, match="federated is empty"):
        tokens.token()
    Path("federated").unlink()
    with pytest.raises(CredentialsError, match="federated cannot be read: No such file"):
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
    first, second = machine.asked
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


@pytest.mark.parametrize(("status", "kind"), [(500, Unreachable), (401, CredentialsError)])
def test_who_waits_while_another_is_refused_does_not_ask_as_well(
    service: Service, status: int, kind: type[Exception]
) -> None:
    tokens = application(service, client_secret=Secret("s3cret"))
    came = threading.Barrier(8)

    def refused(_: str) -> bytes:
        if len(service.asked) == 1:
            came.wait(120)
            time.sleep(0.2)
        return b'{"error": "invalid_client"}'

    def ask_beside() -> Secret:
        came.wait(120)
        return tokens.token()

    service.status, service.raw = status, refused
    with ThreadPoolExecutor(8) as executor:
        asked = [executor.submit(tokens.token), *(executor.submit(ask_beside) for _ in range(7))]
    assert {type(each.exception()) for each in asked} == {kind}
    assert len(service.asked) < 4


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
    calls = len(service.asked)
    assert tokens.token() is first
    assert tokens.token() is first
    assert len(service.asked) == calls + 1
    assert ["the present token is good for" in record.getMessage() for record in caplog.records] == [True]
    time.sleep(ends - time.monotonic() + 0.1)
    with pytest.raises(Unreachable, match=f"HTTP {status}" if status else "did not answer"):
        tokens.token()


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_service_that_is_away_for_a_moment_ends_no_run(service: Service, status: int) -> None:
    def mended(_: str) -> bytes:
        service.status, service.raw = 200, None
        return b"{}"

    service.status, service.raw = status, mended
    assert application(service, client_secret=Secret("s3cret")).token().reveal() == "token-2"


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
    assert len(service.asked) == 2


def test_a_redirect_is_not_followed_with_the_secret(service: Service) -> None:
    with serving(Service()) as other:
        service.status, service.location = 307, other.url
        with pytest.raises(Unreachable, match="does not answer as one"):
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
def test_a_run_signs_in_without_a_secret(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    Path("app.pfx").write_bytes(pfx(issue(), PASSWORD))
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


def test_msal_is_not_imported_before_it_is_needed() -> None:
    script = "import sys, integration.cli; sys.exit('msal' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
