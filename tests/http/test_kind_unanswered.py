"""Why a sign-in service is not reached is told in words that lead to a remedy, and what may pass is tried again."""

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import trustme

from integration import Unreachable
from integration.http.unanswered import may_pass, reason_of
from integration.text.secret import Secret
from tests.http.sign_in import Service, application, serving

NOW = datetime.datetime.now(datetime.UTC)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that would have been waited."""
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> trustme.CA:
    """Whose certificates this machine trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    return authority


def failure(service: Service) -> str:
    with pytest.raises(Unreachable) as caught:
        application(service, client_secret=Secret("s3cret-of-this-test")).token()
    assert "s3cret" not in str(caught.value)
    return str(caught.value)


@contextmanager
def showing(certificate: trustme.LeafCert) -> Iterator[Service]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    with serving(Service(), context) as service:
        yield service


def test_a_certificate_whose_time_is_over_leads_to_the_clock(authority: trustme.CA, waits: list[float]) -> None:
    with showing(authority.issue_cert("127.0.0.1", not_after=NOW - datetime.timedelta(hours=3))) as service:
        assert "set that, or have it renewed" in failure(service)
    assert waits == []


def test_a_certificate_of_another_host_leads_to_the_address(authority: trustme.CA, waits: list[float]) -> None:
    with showing(authority.issue_cert("other.example")) as service:
        assert "a certificate which is another host's: check the address" in failure(service)
    assert waits == []


@pytest.mark.usefixtures("authority")
def test_a_certificate_of_a_stranger_leads_to_who_is_trusted(waits: list[float]) -> None:
    with showing(trustme.CA().issue_cert("127.0.0.1")) as service:
        assert "REQUESTS_CA_BUNDLE" in failure(service)
    assert waits == []


@contextmanager
def saying(answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Answer each connection so, and hang up."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                connection, _ = server.accept()
                with connection:
                    heard.append(connection.recv(65_536))
                    if heard[-1] == b"end":
                        return
                    connection.sendall(answer)

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield server.getsockname()[1], heard
        finally:
            with socket.create_connection(server.getsockname()) as last:
                last.sendall(b"end")
            thread.join()


@pytest.mark.usefixtures("authority")
def test_a_port_without_tls_leads_to_the_address(waits: list[float]) -> None:
    with saying(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") as (port, _):
        assert "it speaks no TLS there: check the address" in failure(Service(url=f"https://127.0.0.1:{port}"))
    assert waits == []


@pytest.mark.parametrize(
    ("status", "said", "times"),
    [(407, "the proxy asks for a name and a password (HTTP 407)", 0), (403, "the proxy leads nowhere (HTTP 403)", 0),
     (503, "the proxy leads nowhere (HTTP 503)", 2)],
)  # fmt: skip
def test_a_proxy_that_refuses_is_told_and_asked_again_where_that_may_pass(
    status: int, said: str, times: int, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    with saying(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()) as (port, heard):
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:pass-of-a-proxy@127.0.0.1:{port}")
        message = failure(Service(url="https://login.contoso.example"))
    assert said in message
    assert "pass-of-a-proxy" not in message
    assert len(waits) == times
    assert heard[0].startswith(b"CONNECT login.contoso.example:443")


def test_a_refused_connection_is_tried_again(waits: list[float]) -> None:
    assert "ConnectionError; check its address" in failure(Service(url="https://127.0.0.1:9"))
    assert waits == [0.5, 1.0]


def chained(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("made", "passes"),
    [
        (lambda: requests.ReadTimeout("x"), True),
        (lambda: requests.exceptions.SSLError(ssl.SSLEOFError("cut")), True),
        (lambda: requests.exceptions.SSLError(ssl.SSLError("no")), False),
        (lambda: chained(requests.ConnectionError("a"), requests.ConnectionError("b")), True),
    ],
    ids=["time-out", "cut", "TLS", "chained"],
)
def test_what_tells_nothing_more_is_told_by_its_kind_alone(made: Callable[[], BaseException], passes: bool) -> None:
    error = made()
    error.__context__ = error.__cause__
    assert (reason_of(error), may_pass(error)) == ("", passes)
