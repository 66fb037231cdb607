"""What a token says of itself: its claims, read and not verified, for who asks what it may do and whose it is.

Source: Microsoft identity platform, access token claims; JSON Web Token (RFC 7519).
"""

import base64
from collections.abc import Mapping
from typing import Any

import orjson

from integration.text.secret import Secret


def roles_of(token: Secret) -> frozenset[str] | None:
    """Return the application permissions in a token (claim ``roles``).

    ``None`` where the token does not tell: an opaque one, or a user's (claim ``scp``), whose rights depend on the user.
    """
    claims = _claims(token)
    roles = claims.get("roles", [])
    if not claims or "scp" in claims or not isinstance(roles, list):
        return None
    return frozenset(role for role in roles if isinstance(role, str))


def tenant_of(token: Secret) -> str | None:
    """Return the id of the tenant that a token is for (claim ``tid``); ``None`` where the token does not tell."""
    return _text(_claims(token), "tid")


def application_of(token: Secret) -> str | None:
    """Return the client id that a token was issued to (claim ``appid`` or ``azp``); ``None`` where it does not tell."""
    claims = _claims(token)
    return _text(claims, "appid") or _text(claims, "azp")


def _claims(token: Secret) -> Mapping[str, Any]:
    """Return the claims in a signed token (JWT, RFC 7519), unverified; none where it is not one."""
    parts = token.reveal().split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) and value else None
