"""The authorities that are trusted are read once a process, and anew when their file has changed."""

import ssl
from pathlib import Path

import certifi
import pytest
import requests
import trustme

from integration.http import trust
from integration.http.connections import Adapter
from tests.http.sign_in import Service, serving


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were read."""
    monkeypatch.setattr(trust, "_known", {})
    found: list[str] = []
    load = ssl.SSLContext.load_verify_locations

    def noted(context: ssl.SSLContext, cafile: str | None = None, *others: object) -> None:
        found.append(str(cafile))
        load(context, cafile, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", noted)
    return found


def context_of(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def status(url: str, bundle: Path | str) -> int:
    """Ask by a connection of its own."""
    with requests.Session() as session:
        session.mount("https://", Adapter())
        return session.get(
            f"{url}/t/v2.0/.well-known/openid-configuration", verify=str(bundle), timeout=120
        ).status_code


def test_connections_share_what_was_read_of_the_authorities(read: list[str]) -> None:
    authority, bundle = trustme.CA(), Path("ca.pem")
    authority.cert_pem.write_to_path(str(bundle))
    with serving(Service(), context_of(authority)) as service:
        assert [status(service.url, bundle) for _ in range(3)] == [200, 200, 200]
    assert read == [str(bundle)]


def test_a_file_that_has_changed_is_read_anew(read: list[str]) -> None:
    bundle = Path("ca.pem")
    for number in range(2):
        authority = trustme.CA(organization_name="x" * (number + 1))
        authority.cert_pem.write_to_path(str(bundle))
        with serving(Service(), context_of(authority)) as service:
            assert status(service.url, bundle) == 200
    assert read == [str(bundle)] * 2


def test_who_is_not_trusted_is_refused_also_by_a_shared_context(read: list[str]) -> None:
    authority, bundle = trustme.CA(), Path("ca.pem")
    authority.cert_pem.write_to_path(str(bundle))
    with serving(Service(), context_of(authority)) as service:
        assert status(service.url, bundle) == 200
        for _ in range(2):
            with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
                status(service.url, certifi.where())
        with pytest.raises(requests.exceptions.SSLError, match="ertificate"):
            status(service.url.replace("127.0.0.1", "localhost"), bundle)


def test_a_file_that_holds_no_authority_is_told_as_before() -> None:
    Path("ca.pem").write_text("nothing of the kind")
    refused = pytest.raises(OSError, match=r"ca\.pem|certificate")
    with serving(Service(), context_of(trustme.CA())) as service, refused:
        status(service.url, Path("ca.pem"))
