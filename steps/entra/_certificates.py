"""What certificates say of themselves: Graph gives some whole, and nothing of what is in them."""

from base64 import b64decode
from hashlib import sha1
from typing import Any

from integration.values import epoch_ms


def certified(name: str, row: Any) -> dict[str, Any]:
    """Return the thumbprint of a certificate, and until when it is valid; ``None`` for what is not known.

    Args:
        name: the property that holds it, DER in Base64; what is returned has names that begin with it.
        row: the object.
    """
    try:
        content = b64decode(row.get(name) or "", validate=True)
    except ValueError:
        content = b""
    thumbprint = sha1(content, usedforsecurity=False).hexdigest().upper() if content else None
    return {f"{name}Thumbprint": thumbprint, f"{name}ExpiresOn": _end(content)}


def _end(content: bytes) -> int | str | None:
    """Return the end of a certificate in epoch milliseconds; ``None`` for what is none."""
    from cryptography.x509 import load_der_x509_certificate  # which takes a tenth of a second

    try:
        return epoch_ms(load_der_x509_certificate(content).not_valid_after_utc.isoformat())
    except ValueError:
        return None
