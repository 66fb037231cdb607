"""A certificate file as MSAL's ``client_credential``.

Source: MSAL Python 1.39, ``ConfidentialClientApplication``; Microsoft identity platform, certificate credentials.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from integration.errors import CredentialsError
from integration.text.files import read_bytes
from integration.text.secret import Secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate


def read_certificate(path: Path, password: Secret, *, chain: bool) -> dict[str, Any]:
    """Return what MSAL signs its assertion with.

    Args:
        path: a PEM file with private key and certificates in any order, or a PFX (PKCS #12) file.
        password: of the private key; empty where it has none.
        chain: also send the certificates that the file holds besides the key's own.

    Returns:
        ``private_key`` and ``public_certificate`` as PEM; with ``chain`` also the SHA-1 ``thumbprint``, which makes
        MSAL send all of ``public_certificate`` (x5c), the key's own first.

    Raises:
        CredentialsError: the file cannot be read, lacks one of the two, or has another password.
    """
    from cryptography.hazmat.primitives import hashes, serialization

    key, own, others = _parse(path, password)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    public = own.public_bytes(pem).decode()
    if not chain:
        return {"private_key": private, "public_certificate": public}
    return {
        "private_key": private,
        "public_certificate": public + "".join(other.public_bytes(pem).decode() for other in others),
        "thumbprint": own.fingerprint(hashes.SHA1()).hex(),  # noqa: S303 - x5t names a certificate by it
    }


def _parse(path: Path, password: Secret) -> tuple["RSAPrivateKey", "Certificate", list["Certificate"]]:
    """Return the private key, its own certificate and the other ones."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

    passphrase = password.reveal().encode() if password else None
    key: Any
    try:
        data = read_bytes(path)
        if b"-----BEGIN " in data:
            key, certificates = load_pem_private_key(data, passphrase), x509.load_pem_x509_certificates(data)
        else:
            key, first, others = pkcs12.load_key_and_certificates(data, passphrase)
            certificates = [*([first] if first else []), *others]
    except OSError as error:
        raise CredentialsError(f"the certificate file {path} cannot be read: {error.strerror}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise CredentialsError(
            f"the certificate file {path} is not a PEM or PFX file with certificate and private key,"
            f" or the password is {'not its own, if it has one' if password else 'missing'}"
        ) from None
    if not isinstance(key, RSAPrivateKey):
        raise CredentialsError(f"the certificate file {path} holds no RSA private key")
    own = next((each for each in certificates if each.public_key() == key.public_key()), None)
    if own is None:
        raise CredentialsError(f"the certificate file {path} holds no certificate of its private key")
    return key, own, [each for each in certificates if each is not own]
