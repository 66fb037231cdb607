"""Secrets that Graph tells with what is read, and that nobody here needs: they are dropped before anything is kept.

``$select`` cannot leave them out, since they are parts of a property, however deep within it. Sources: addIn,
alternativeSecurityId, appleManagedIdentityProvider, basicAuthentication, keyCredential, managedDevice,
passwordCredential, passwordProfile, passwordSingleSignOnSettings, pkcs12Certificate, resetPasscodeActionResult,
settingValue and synchronizationSecretKeyStringValuePair resource types; Eliminate bad passwords using Microsoft Entra
Password Protection.
"""

import re
from typing import Any

_PARTS = {
    "addIns": ("properties",),
    "alternativeSecurityIds": ("key",),
    "passwordCredentials": ("hint", "key", "secretText"),
    "keyCredentials": ("hint", "key", "secretText"),
    "passwordSingleSignOnSettings": ("fields",),
}
"""Parts of a property that are secrets, or tell how one begins; elsewhere these names mean something else."""
_SECRET = re.compile(
    r"(?i).*(pass(word(hash)?|phrase|code)|secret(text|value|key)?|token(value)?|(shared|private|api|account|access|encryption|"
    r"mac)key|bypasscode|unlockpin|pkcs12value|connectionstring)s?|certificatedata"
)
"""Names of texts, and of lists of texts, that are secrets wherever they are; numbers and objects so named stay."""
_LABELS = ("key", "name")
"""Properties that tell what the ``value`` beside them is."""
_BANNED = "BannedPasswordList"
"""The setting with the words that no password may hold: they tell how passwords are built, and only count here."""
_WORD = re.compile(r"[^\t\r\n]+")
_MASKED = "*"
_NESTED = frozenset({dict, list})
_MOST = 10_000
_harmless: set[str] = set()
"""Names that were found to be of no secret: most objects have no others, which takes a moment to tell."""


def drop_secrets(value: Any) -> None:
    """Drop secrets from a decoded value of JSON, at any depth."""
    if type(value) is dict and not value.keys() <= _harmless:
        _drop(value)
    for each in value.values() if type(value) is dict else value:
        if type(each) in _NESTED:
            drop_secrets(each)


def _drop(row: dict[str, Any]) -> None:
    """Drop the secrets that an object holds itself."""
    for name, value in [*row.items()]:
        if name in _PARTS:
            for each in value if isinstance(value, list) else [value]:
                for part in _PARTS[name] if isinstance(each, dict) else ():
                    each.pop(part, None)
        elif _SECRET.fullmatch(name):
            if isinstance(value, str):
                del row[name]
            elif isinstance(value, list):
                row[name] = [each for each in value if not isinstance(each, str)]
        elif name in _LABELS:
            _drop_labelled(row, value)
        elif len(_harmless) < _MOST:
            _harmless.add(name)


def _drop_labelled(row: dict[str, Any], label: object) -> None:
    """Drop a value that its label says to be a secret; of banned words, leave how many there are."""
    if not (isinstance(label, str) and isinstance(row.get("value"), str)):
        return
    if label == _BANNED:
        row["value"] = _WORD.sub(_MASKED, row["value"])
    elif _SECRET.fullmatch(label):
        del row["value"]
