"""Secrets that Graph tells with what is read, and that nobody here needs: they are dropped before anything is kept.

``$select`` cannot leave them out, since they are parts of a property. Sources: addIn, alternativeSecurityId,
keyCredential, passwordCredential, passwordProfile, passwordSingleSignOnSettings and settingValue resource types;
Eliminate bad passwords using Microsoft Entra Password Protection.
"""

import re
from collections.abc import Iterator
from typing import Any

_SECRET = {
    "addIns": ("properties",),
    "alternativeSecurityIds": ("key",),
    "passwordCredentials": ("hint", "secretText"),
    "keyCredentials": ("key",),
    "passwordProfile": ("password",),
    "passwordSingleSignOnSettings": ("fields",),
}
"""Parts of a property that are secrets, or tell how one begins."""
_BANNED = "BannedPasswordList"
"""The setting with the words that no password may hold: they tell how passwords are built, and only count here."""
_WORD = re.compile(r"[^\t\r\n]+")
_MASKED = "*"
_TOLD = tuple(f'"{name}"'.encode() for name in (*_SECRET, _BANNED))


def drop_secrets(raw: bytes | bytearray, body: dict[str, Any]) -> dict[str, Any]:
    """Drop secrets from the objects of a decoded body, and return it.

    Args:
        raw: the body before it was decoded: most have nothing of the kind, which is seen at once.
        body: one object, a page of them, or the answer to a batch.
    """
    if any(told in raw for told in _TOLD):
        for row in _objects(body):
            for name, parts in _SECRET.items():
                value = row.get(name)
                for each in value if isinstance(value, list) else [value]:
                    if isinstance(each, dict):
                        for part in parts:
                            each.pop(part, None)
            _mask_words(row.get("values"))
    return body


def _mask_words(values: object) -> None:
    """Take the banned words out of the values of a setting, and leave how many there are."""
    for each in values if isinstance(values, list) else ():
        if isinstance(each, dict) and each.get("name") == _BANNED and isinstance(each.get("value"), str):
            each["value"] = _WORD.sub(_MASKED, each["value"])


def _objects(body: object) -> Iterator[dict[str, Any]]:
    """Yield a body and what it holds, where these are objects."""
    if isinstance(body, dict):
        yield body
        for name in ("value", "responses"):
            found = body.get(name)
            for each in found if isinstance(found, list) else ():
                yield from _objects(each)
        yield from _objects(body.get("body"))
