"""Secrets that Graph tells with what is read, and that nobody here needs: they are dropped before anything is kept.

``$select`` cannot leave them out, since they are parts of a property, however deep within it. Sources: addIn,
alternativeSecurityId, appleManagedIdentityProvider, basicAuthentication, keyCredential, managedDevice,
passwordCredential, passwordProfile, passwordSingleSignOnSettings, pkcs12Certificate, resetPasscodeActionResult,
settingValue and synchronizationSecretKeyStringValuePair resource types; Eliminate bad passwords using Microsoft Entra
Password Protection.
"""

import re
from typing import Any

from integration.text.stated import unstated

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
_WRITTEN = re.compile(
    r"(?i)(?!@).*(ur[il]s?|notes|description(for\w+)?|comments?|commandline|homepage|aboutme|justification"
    r"|extensionattribute\d+)|extension_.*"
)
"""Names of what people write, and of addresses that they give: of these goes what they say of a secret."""
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


class _Verdicts(dict[str, str]):
    """Says what is done to texts of a name: ``drop`` them, ``unsay`` what they say of secrets, or ``keep`` them."""

    def __missing__(self, name: str) -> str:
        known = (("drop", _SECRET), ("unsay", _WRITTEN))
        verdict = next((verdict for verdict, names in known if names.fullmatch(name)), "keep")
        if len(self) < _MOST:
            self[name] = verdict
            if verdict == "keep" and name not in _LABELS:
                _harmless.add(name)
        return verdict


_verdicts = _Verdicts()


def drop_secrets(value: Any) -> None:
    """Drop secrets from a decoded value of JSON, at any depth."""
    if type(value) is dict and not value.keys() <= _harmless:
        _drop(value)
    for each in value.values() if type(value) is dict else value:
        if type(each) in _NESTED:
            drop_secrets(each)


def _drop(row: dict[str, Any]) -> None:
    """Drop the secrets that an object holds itself."""
    for name in row.keys() - _harmless:
        value = row[name]
        if value is None:
            continue
        if name in _PARTS:
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict):
                    _drop_parts(each, _PARTS[name])
        elif (verdict := _verdicts[name]) == "drop":
            if isinstance(value, str):
                del row[name]
            elif isinstance(value, list):
                row[name] = [each for each in value if not isinstance(each, str)]
        elif name in _LABELS:
            _drop_labelled(row, value)
        elif verdict == "unsay":
            row[name] = _unsaid(value)


def _drop_parts(each: dict[str, Any], parts: tuple[str, ...]) -> None:
    """Drop the parts of a credential that are secrets, and what its name, as some give it, says of the rest."""
    for part in parts:
        each.pop(part, None)
    if "displayName" in each:
        each["displayName"] = _unsaid(each["displayName"])


def _unsaid(value: Any) -> Any:
    """Return a text, or a list of texts, without what it says of secrets."""
    if isinstance(value, list):
        return [unstated(each) if isinstance(each, str) else each for each in value]
    return unstated(value) if isinstance(value, str) else value


def _drop_labelled(row: dict[str, Any], label: object) -> None:
    """Drop a value that its label says to be a secret; of banned words, leave how many there are."""
    if not (isinstance(label, str) and isinstance(row.get("value"), str)):
        return
    if label == _BANNED:
        row["value"] = _WORD.sub(_MASKED, row["value"])
    elif _SECRET.fullmatch(label):
        del row["value"]
