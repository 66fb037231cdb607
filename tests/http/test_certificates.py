"""Signing in with a certificate: what is sent, and what is said of a file that cannot be used."""

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from integration import CredentialsError
from integration.http.auth import Tokens
from integration.text.secret import Secret
from tests.http.sign_in import (
    CLIENT,
    PASSWORD,
    TENANT,
    Service,
    application,
    certificates_of,
    issue,
    pem,
    pfx,
    serving_over_tls,
)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    with serving_over_tls(tmp_path / "ca.pem") as service:
        yield service


@pytest.fixture(scope="module")
def issued() -> trustme.LeafCert:
    return issue()


def with_certificate(service: Service, content: bytes, password: str = "", *, chain: bool = False) -> Tokens:
    Path("app").write_bytes(content)
    return application(
        service, certificate_path="app", certificate_password=Secret(password), send_certificate_chain=chain
    )


@pytest.mark.parametrize("form", ["pem", "pem with password", "pfx"])
def test_a_certificate_signs_the_assertion(service: Service, issued: trustme.LeafCert, form: str) -> None:
    password = "" if form == "pem" else PASSWORD
    content = pfx(issued, PASSWORD) if form == "pfx" else pem(issued, password=password)
    assert with_certificate(service, content, password).token().reveal() == "token-1"
    (call,) = service.asked
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
    assert sent_with(service.asked[0]["client_assertion"]) == certificates_of(issued)
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
    with pytest.raises(CredentialsError, match=r"missing\.pem cannot be read: No such file or directory"):
        application(service, certificate_path="missing.pem").token()
    with pytest.raises(CredentialsError, match="/dev/zero cannot be read: it has more than 64 MB"):
        application(service, certificate_path="/dev/zero").token()
    assert service.asked == []
