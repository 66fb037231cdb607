"""Secrets that Graph tells with what is read, and that nobody here needs: they are dropped before anything is kept.

``$select`` cannot leave them out, since they are parts of a property. Sources: addIn, alternativeSecurityId,
keyCredential, managedDevice, passwordCredential, passwordProfile, passwordSingleSignOnSettings and settingValue
resource types; Eliminate bad passwords using Microsoft Entra Password Protection.
"""

import re
from collections.abc import Iterator
from typing import Any

_SECRET = {
    "addIns": ("properties",),
    "alternativeSecurityIds": ("key",),
    "passwordCredentials": ("hint", "key", "secretText"),
    "keyCredentials": ("hint", "key", "secretText"),
    "passwordProfile": ("password",),
    "passwordSingleSignOnSettings": ("fields",),
}
"""Parts of a property that are secrets, or tell how one begins."""
_ALONE = ("activationLockBypassCode", "clientSecret", "secretText")
"""Properties that are secrets wherever they are; of what is read whole, ``$select`` leaves nothing out."""
_BANNED = "BannedPasswordList"
"""The setting with the words that no password may hold: they tell how passwords are built, and only count here."""
_WORD = re.compile(r"[^\t\r\n]+")
_MASKED = "*"
_LISTS = ("value", "responses")
_TELLING = frozenset({*_SECRET, *_ALONE, "values", *_LISTS, "body"})
"""Properties of an object that may hold a secret, or another object; most objects have none of them."""


def drop_secrets(body: dict[str, Any]) -> dict[str, Any]:
    """Drop secrets from the objects of a decoded body: one object, a page of them, or the answer to a batch."""
    for name in _ALONE:
        body.pop(name, None)
    for name, parts in _SECRET.items():
        value = body.get(name)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                for part in parts:
                    each.pop(part, None)
    _mask_words(body.get("values"))
    for below in _objects_in(body):
        drop_secrets(below)
    return body


def _objects_in(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the objects in a page, in the answer to a batch and in a part of it that may hold a secret."""
    lists = [body.get("body")], *(body.get(name) for name in _LISTS)
    for found in lists:
        if isinstance(found, list):
            yield from [each for each in found if isinstance(each, dict) and not each.keys().isdisjoint(_TELLING)]


def _mask_words(values: object) -> None:
    """Take the banned words out of the values of a setting, and leave how many there are."""
    for each in values if isinstance(values, list) else ():
        if isinstance(each, dict) and each.get("name") == _BANNED and isinstance(each.get("value"), str):
            each["value"] = _WORD.sub(_MASKED, each["value"])
