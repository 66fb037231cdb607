"""Which permissions a token has, and what a plan lacks without them."""

import base64
import binascii

import orjson

from integration.secret import Secret


def roles_of(token: Secret) -> frozenset[str] | None:
    """Return the application permissions in a token; ``None`` where the token does not tell."""
    try:
        payload = token.reveal().split(".")[1]
        claims = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return frozenset(claims["roles"])
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        return None
