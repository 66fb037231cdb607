"""Secrets and certificates that applications and service principals sign in with: never the secret itself."""

from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family
from integration.values import epoch_ms
from steps._forms import text_in, values_in
from steps._words import composed, says
from steps.entra._apps import READ, applications, part_key, service_principals

_DAY = timedelta(days=1) // timedelta(milliseconds=1)
_OWNERS = {"azure_application": ("application", "appId"), "azure_service_principal": ("servicePrincipal", "id")}
"""What Graph calls each type of owner, and the property that its key is."""
_LISTS = {"azure_password_credential": "passwordCredentials", "azure_key_credential": "keyCredentials"}
_PUBLIC = ("customKeyIdentifier", "displayName", "endDateTime", "keyId", "startDateTime", "type", "usage")
"""What may be kept of a credential: a hint is the beginning of the secret."""
_HEX_DIGITS = frozenset("0123456789abcdefABCDEF")
_THUMBPRINT_DIGITS = 40


@entity_step("Secret", permissions=READ, per_row=True)
def azure_password_credential(ctx: Context) -> Iterator[Entity]:
    """A client secret of an application or a service principal: until when it is valid, not what it is."""
    for owner_type in _OWNERS:
        for owner in _owners(ctx, owner_type):
            for secret in values_in(owner, "passwordCredentials"):
                name = secret.get("displayName") or _label(secret.get("customKeyIdentifier")) or secret["keyId"][:8]
                yield Entity(
                    part_key("azure_password_credential", owner["id"], secret["keyId"]),
                    _public(secret),
                    displayName=name,
                    name=name,
                    opensSigningKey=_opens_key(owner, secret),
                    **_of_owner(owner_type, owner),
                    **_lifetime(secret),
                )


@entity_step("Certificate", permissions=READ, per_row=True)
def azure_key_credential(ctx: Context) -> Iterator[Entity]:
    """A certificate, or another key, of an application or a service principal."""
    for owner_type in _OWNERS:
        for owner in _owners(ctx, owner_type):
            for credential in values_in(owner, "keyCredentials"):
                thumbprint = _thumbprint(credential.get("customKeyIdentifier"))
                name = credential.get("displayName") or thumbprint or credential["keyId"][:8]
                yield Entity(
                    _key_of("azure_key_credential", owner, credential),
                    _public(credential),
                    displayName=name,
                    name=name,
                    thumbprint=thumbprint,
                    isActiveSigningKey=_is_active(owner_type, owner, credential, thumbprint),
                    **_of_owner(owner_type, owner),
                    **_lifetime(credential),
                )


@relationship_family(list(_OWNERS), "HAS", list(_LISTS), permissions=READ, per_row=True)
def azure_has_credential(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A secret or certificate signs in as an application or a service principal."""
    for owner in _owners(ctx, from_type):
        for credential in values_in(owner, _LISTS[to_type]):
            yield Relationship(owner[_OWNERS[from_type][1]], _key_of(to_type, owner, credential))


def _owners(ctx: Context, owner_type: str) -> Iterator[Any]:
    return applications(ctx) if owner_type == "azure_application" else service_principals(ctx)


def _key_of(type: str, owner: Any, credential: Any) -> str:
    """Return the key of a credential; one key may be there twice, to sign and to verify (``Verify``, in any case)."""
    key = part_key(type, owner["id"], credential["keyId"])
    return composed(":", key, text_in(credential, "usage").capitalize()) if type == "azure_key_credential" else key


def _public(credential: Any) -> dict[str, Any]:
    return {name: credential[name] for name in _PUBLIC if name in credential}


def _of_owner(owner_type: str, owner: Any) -> dict[str, Any]:
    """Return whose credential it is; those of managed identities nobody can renew but Azure."""
    is_principal = owner_type == "azure_service_principal"
    return {
        "ownerType": _OWNERS[owner_type][0],
        "ownerId": owner["id"],
        "rotatedByAzure": is_principal and says(owner["servicePrincipalType"], "ManagedIdentity"),
    }


def _lifetime(credential: Any) -> dict[str, Any]:
    """Return for how many days it is valid in all."""
    begins, ends = epoch_ms(credential.get("startDateTime")), epoch_ms(credential.get("endDateTime"))
    return {"lifetimeDays": (ends - begins) // _DAY if isinstance(begins, int) and isinstance(ends, int) else None}


def _opens_key(owner: Any, secret: Any) -> bool:
    """Tell whether a secret opens a private key that Microsoft Entra signs with, and signs nobody in.

    Source: servicePrincipal: addTokenSigningCertificate: both have one ``keyId``.
    """
    keys = values_in(owner, "keyCredentials")
    return any(says(key.get("usage"), "Sign") and key.get("keyId") == secret["keyId"] for key in keys)


def _is_active(owner_type: str, owner: Any, credential: Any, thumbprint: str | None) -> bool | None:
    """Tell whether a key signs the tokens of single sign-on now; ``None`` where it is none that could."""
    if owner_type != "azure_service_principal" or not says(credential["usage"], "Sign"):
        return None
    preferred = owner["preferredTokenSigningKeyThumbprint"]
    return None if preferred is None or thumbprint is None else preferred.upper() == thumbprint


def _thumbprint(identifier: str | None) -> str | None:
    """Return the identifier of a certificate in upper-case hexadecimal digits, as its thumbprint is written.

    Graph mostly gives these digits themselves, although its type is Edm.Binary (Add a certificate to an app).
    """
    content = _binary(identifier or "")
    for text in (identifier or "", content.decode("ascii", errors="replace")):
        if len(text) == _THUMBPRINT_DIGITS and _HEX_DIGITS.issuperset(text):
            return text.upper()
    return content.hex().upper() or None


def _label(identifier: str | None) -> str | None:
    """Return the label that older tools gave a secret in its identifier; ``None`` where it is none.

    Bytes at random make letters, too, in the scripts of which Unicode has most: a label is taken where it is ASCII.
    """
    text = _binary(identifier or "").decode("utf-16-le", errors="replace")
    return text if text.isascii() and text.isprintable() else None


def _binary(text: str) -> bytes:
    """Return what Graph writes as Edm.Binary: Base64, in either alphabet; nothing where it is not that."""
    try:
        return b64decode(text.replace("-", "+").replace("_", "/") + "==")
    except ValueError:
        return b""
