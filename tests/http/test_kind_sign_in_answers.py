"""Whatever a sign-in service answers ends in one sentence of this package: no traceback, no body, no secret."""

import json
import logging
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from integration import CredentialsError, IntegrationError, Unreachable
from integration.config.settings import Config
from integration.http import authority
from integration.http.token_answers import OddAnswer, fields_of_answer
from integration.sources.signin import tokens_for
from integration.text.secret import Secret
from tests.http.sign_in import PASSWORD, Service, application, issue, pfx, serving, serving_over_tls

SECRET = "client-secret-that-nobody-may-see"
TOKEN = "opaque-token-that-nobody-may-see"
DEEP = b"[" * 100_000 + b"]" * 100_000
NO_SERVICE = "does not answer as one"


def token(**fields: Any) -> bytes:
    return json.dumps({"token_type": "Bearer", "access_token": TOKEN, "expires_in": 3600, **fields}).encode()


def error(**fields: Any) -> bytes:
    return json.dumps({"error": "invalid_client", "error_codes": [7000215], **fields}).encode()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Path]]:
    ca_file = tmp_path_factory.mktemp("ca") / "ca.pem"
    with serving_over_tls(ca_file) as service:
        yield service, ca_file


@pytest.fixture
def service(shared: tuple[Service, Path], monkeypatch: pytest.MonkeyPatch) -> Service:
    service, ca_file = shared
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca_file))
    service.status, service.raw, service.discovery = 200, None, None
    return service


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The endpoint of an Azure machine's managed identity."""
    with serving(Service()) as service:
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", service.url)
        yield service


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """A host that logs every library at every level."""
    caplog.set_level(logging.DEBUG)
    for name in ("msal", "urllib3", "integration"):
        caplog.set_level(logging.DEBUG, name)
    yield caplog
    assert not [secret for secret in (SECRET, TOKEN) if secret in caplog.text]


def ends(sign_in: Callable[[], object], kind: type[IntegrationError]) -> str:
    """Return the message of the error that signing in raises, which shows nothing in any form."""
    with pytest.raises(kind) as caught:
        sign_in()
    assert type(caught.value) is kind
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert not [word for word in (SECRET, TOKEN, "/msal/", "\x1b") if word in shown]
    return str(caught.value)


def signed_in(service: Service) -> Callable[[], Secret]:
    return application(service, client_secret=Secret(SECRET)).token


TOKENS: list[Any] = [123, None, ["t"], {}, "", "a\nb", "t\u2026", True]
LIFETIMES: list[Any] = [None, [], "abc", float("nan"), {}, True]
NO_ANSWERS = {
    "a list": b"[1]", "a text": b'"x"', "nothing": b"", "null": b"null", "cut": token()[:70],
    "html": b"<html>no</html>",
    "deep": DEEP, "deep inside": b'{"error": ' + DEEP + b"}", "no field of a token": b'{"foo": 1}',
    "not UTF-8": b'{"access_token": "\xff\xfe"}', "a token and an error": token(error="invalid_client"),
    "4,500 digits": b'{"access_token": "t", "expires_in": ' + b"9" * 4500 + b"}",
    "2 MB": token(padding="x" * 2_000_000),
    **{f"token {value!r}": token(access_token=value) for value in TOKENS},
    **{f"lifetime {value!r}": token(expires_in=value) for value in LIFETIMES},
}  # fmt: skip


@pytest.mark.parametrize("body", NO_ANSWERS.values(), ids=NO_ANSWERS)
@pytest.mark.parametrize("status", [200, 400, 401])
def test_what_is_no_answer_of_a_sign_in_service_is_told_so(status: int, body: bytes, service: Service) -> None:
    service.status, service.raw = status, lambda _: body
    asked = len(service.asked)
    assert NO_SERVICE in ends(signed_in(service), Unreachable)
    assert len(service.asked) == asked + 1


@pytest.mark.parametrize("status", [201, 202, 203, 206, 301, 302, 307])
def test_a_token_that_comes_with_another_status_is_none(status: int, service: Service) -> None:
    service.status, service.raw = status, lambda _: token()
    assert f"{NO_SERVICE} (HTTP {status})" in ends(signed_in(service), Unreachable)


@pytest.mark.parametrize("status", [200, 400, 401, 403])
def test_a_form_that_comes_back_is_not_shown(status: int, service: Service, log: pytest.LogCaptureFixture) -> None:
    service.status, service.raw = status, lambda form: form.encode()
    assert NO_SERVICE in ends(signed_in(service), Unreachable)
    assert [record.name for record in log.records if record.name.startswith("msal")] == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "sign-in refused: invalid_client (AADSTS7000215): the client secret is wrong"),
        ({"error_codes": [SECRET]}, "sign-in refused: invalid_client (no AADSTS code)"),
        ({"error_codes": 5}, "invalid_client (no AADSTS code)"),
        ({"error_codes": {"a": 1}}, "invalid_client (no AADSTS code)"),
        ({"error_codes": [True, None, 700016, "x"]}, "invalid_client (AADSTS700016)"),
        ({"error_codes": [*range(1, 100_000)]}, "(AADSTS1, AADSTS2, AADSTS3, AADSTS4, AADSTS5): see"),
        ({"error_codes": [10**40, -1, 700016]}, "invalid_client (AADSTS700016)"),
        ({"error": SECRET}, "no error code (AADSTS7000215)"),
        ({"error": f"bad\x1b[2J\n{SECRET}"}, "no error code (AADSTS7000215)"),
        ({"error": {"code": SECRET}}, "no error code (AADSTS7000215)"),
        ({"error": [SECRET]}, "no error code (AADSTS7000215)"),
        ({"error_description": f"you sent {SECRET}", "suberror": SECRET}, "invalid_client (AADSTS7000215)"),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 401])
def test_a_refusal_tells_codes_and_nothing_else(
    status: int, fields: dict[str, Any], said: str, service: Service
) -> None:
    service.status, service.raw = status, lambda _: error(**fields)
    assert said in ends(signed_in(service), CredentialsError)


@pytest.mark.parametrize("code", [
        7000112, 7000215, 7000222, 7000229, 50013, 50034, 50105, 500011, 500133, 53003, 65001, 700016, 700023, 700024,
        90002, 90038, 900382,
    ],
)  # fmt: skip
def test_a_refusal_that_is_known_says_what_to_do(code: int, service: Service) -> None:
    service.status, service.raw = 401, lambda _: error(error_codes=[code])
    said = ends(signed_in(service), CredentialsError)
    assert re.search(rf"\(AADSTS{code}\): [^:]+: (add|assign|check|choose|copy|enable|grant|have) ", said)


@pytest.mark.parametrize("way", ["certificate", "federated token"])
def test_an_assertion_that_comes_back_is_not_shown(way: str, service: Service) -> None:
    Path("app.pfx").write_bytes(pfx(issue(), PASSWORD))
    Path("token").write_text(TOKEN)
    ways: dict[str, dict[str, Any]] = {
        "certificate": {"certificate_path": "app.pfx", "certificate_password": Secret(PASSWORD)},
        "federated token": {"federated_token_file": "token"},
    }
    sent = []

    def echo(form: str) -> bytes:
        sent.append(service_asked()["client_assertion"])
        return json.dumps({"error": sent[-1], "error_codes": [700027], "error_description": form}).encode()

    def service_asked() -> dict[str, str]:
        return service.asked[-1]

    service.status, service.raw = 401, echo
    said = ends(application(service, **ways[way]).token, CredentialsError)
    assert "no error code (AADSTS700027)" in said
    assert sent[0] not in said


def test_brackets_in_what_is_said_are_no_depth(service: Service) -> None:
    service.status, service.raw = 401, lambda _: error(error_description="[" * 40 + '"{{{' + "\\")
    assert "(AADSTS7000215)" in ends(signed_in(service), CredentialsError)
    service.status, service.raw = 200, lambda _: token(claims=["x", {"a": [[["]"]]]}])
    assert signed_in(service)().reveal() == TOKEN


@pytest.mark.parametrize(("retry_after", "status"), [("1", 429), ("0.2", 503), ("soon", 429)])
def test_a_service_that_asks_to_wait_is_asked_again_when_it_says(
    retry_after: str, status: int, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    monkeypatch.setattr(service, "retry_after", retry_after)

    def mended(_: str) -> bytes:
        service.status, service.raw = 200, None
        return b"{}"

    service.status, service.raw = status, mended
    assert signed_in(service)().reveal().startswith("token-")
    assert waits == [1.0 if retry_after == "1" else 0.5]


def test_a_token_that_is_rejected_is_given_anew_also_by_a_service_that_asks_to_wait(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "retry_after", "30")
    tokens = application(service, client_secret=Secret(SECRET))
    first = tokens.token()
    tokens.renew(first)
    assert tokens.token().reveal() != first.reveal()


def test_a_service_that_asks_to_wait_for_long_is_told(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "retry_after", "300")
    service.status, asked = 429, len(service.asked)
    assert "HTTP 429; it asks to wait 300 s" in ends(signed_in(service), Unreachable)
    assert len(service.asked) == asked + 1


def test_who_has_had_a_token_does_not_wait_for_long_since_a_run_may_be_told_to_end(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "retry_after", "30")
    tokens = application(service, client_secret=Secret(SECRET))
    tokens.renew(tokens.token())
    service.status, asked = 429, len(service.asked)
    assert "it asks to wait 30 s" in ends(tokens.token, Unreachable)
    assert len(service.asked) == asked + 1


DISCOVERIES = {
    "a list": b"[1]", "no endpoint": b"{}", "deep": DEEP, "cut": b'{"token_endpoint": "https',
    "one of the two": b'{"token_endpoint": "https://127.0.0.1:9/t/token"}',
    "a number": b'{"authorization_endpoint": 5, "token_endpoint": 5}',
    "in the clear": json.dumps(
        {f"{name}_endpoint": "http://127.0.0.1:9/t" for name in ("token", "authorization")}
    ).encode(),
}  # fmt: skip


@pytest.mark.parametrize("body", DISCOVERIES.values(), ids=DISCOVERIES)
def test_endpoints_of_a_tenant_that_are_none_are_told(body: bytes, service: Service) -> None:
    asked = len(service.asked)
    service.discovery = (200, body)
    assert NO_SERVICE in ends(signed_in(service), Unreachable)
    assert len(service.asked) == asked


def test_a_tenant_that_is_not_known_is_told_apart_from_a_gateway(service: Service) -> None:
    service.discovery = (400, error(error="invalid_tenant", error_codes=[90002]))
    assert "does not know the tenant" in ends(signed_in(service), CredentialsError)
    service.discovery = (403, b"<html>blocked</html>")
    assert f"{NO_SERVICE} (HTTP 403)" in ends(signed_in(service), Unreachable)
    service.discovery = (302, b"{}")
    assert f"{NO_SERVICE} (HTTP 302)" in ends(signed_in(service), Unreachable)


@pytest.mark.parametrize("lifetime", [-5, 0, "-1", "0"], ids=repr)
def test_a_token_that_has_expired_is_told_with_the_clock(lifetime: object, service: Service) -> None:
    service.raw = lambda _: token(expires_in=lifetime)
    assert "check the clock of this machine" in ends(signed_in(service), Unreachable)


@pytest.mark.parametrize(
    "fields", [{"expires_in": "3600"}, {"expires_in": 1e99}, {"access_token": f"\ufeff{TOKEN}\r\n"}]
)
def test_a_token_that_is_written_oddly_is_taken(fields: dict[str, Any], service: Service) -> None:
    service.raw = lambda _: token(**fields)
    assert signed_in(service)().reveal() == TOKEN


@pytest.mark.parametrize("body", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_an_odd_answer_to_a_managed_identity_is_told_too(body: bytes, machine: Service) -> None:
    machine.raw = lambda _: body
    assert NO_SERVICE in ends(tokens_for(Config(managed_identity=True)).token, Unreachable)


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"[1]", b'{"error": "identity_not_found"}', DEEP], ids=len)
def test_a_machine_may_refuse_in_its_own_words(body: bytes, machine: Service) -> None:
    machine.status, machine.raw = 400, lambda _: body
    said = ends(tokens_for(Config(managed_identity=True)).token, CredentialsError)
    assert "check that it is assigned to this machine" in said


def test_an_answer_that_never_ends_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authority, "_DEADLINE", 0.3)
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while not done.wait(0.05):
                try:
                    connection.sendall(b" ")
                except OSError:
                    break
            connection.close()

        thread = threading.Thread(target=drip)
        thread.start()
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", f"http://127.0.0.1:{server.getsockname()[1]}")
        try:
            said = ends(tokens_for(Config(managed_identity=True)).token, Unreachable)
        finally:
            done.set()
            thread.join()
    assert "did not answer within" in said


def test_a_host_that_uses_msal_itself_keeps_its_records(service: Service, log: pytest.LogCaptureFixture) -> None:
    service.raw = lambda _: b"no JSON"
    ends(signed_in(service), Unreachable)
    logging.getLogger("msal.oauth2cli.oauth2").error("of the host")
    assert "of the host" in log.text


def test_fields_that_signing_in_does_not_need_are_left_out() -> None:
    kept = fields_of_answer(token(refresh_in="soon", id_token=SECRET, error_codes=None))
    assert kept == {"token_type": "Bearer", "access_token": TOKEN, "expires_in": 3600, "error_codes": []}
    with pytest.raises(OddAnswer) as caught:
        fields_of_answer(SECRET.encode())
    assert SECRET not in "".join(traceback.format_exception(caught.value))
