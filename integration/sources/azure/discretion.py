"""Secrets that Azure tells with a resource's properties, and that nobody here needs: they go before anything is kept.

Azure leaves out what its types declare as secret. People put secrets elsewhere as well: into environment variables,
scripts, settings of extensions, definitions of workflows, headers, addresses. What decides is the name of a property in
any case of letters; numbers and booleans of such a name, as of ``disablePasswordAuthentication``, are no secrets and
stay. Of a text of any other name, what a link or a connection string says of a password, a signature or a key goes, and
what is a token or the address of a web hook by its form.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from integration.http.levels import TOO_DEEP, is_too_deep
from integration.sources.azure.verdicts import is_secret_number, verdicts
from integration.text.stated import SHORTEST_ENCODED, unencoded, unstated

OBJECTS = ("extendedLocation", "identity", "plan", "sku")
"""Columns of a row that are objects, besides its properties and tags."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)?")
"""What is no secret whatever it is called, such as when a key was made."""
_ID = re.compile(r"(?i)/subscriptions/[\w-]+/resourcegroups/[^/?#\s]+/providers(/[^/?#\s]+)+/?")
"""Which resource something is, such as the certificate of a name."""
_GIVEN = frozenset({"value", "defaultValue"})
"""What a parameter is, and what it would be if nobody had said."""
_WORD = re.compile(r"[A-Za-z]+|/\S*")
"""What no secret is: one word, such as the effect of a policy, or an id."""
_PERMITTED = frozenset("all backup delete get list purge recover restore set".split())
"""What an access policy of a vault permits to do with its secrets. Source: Azure Resource Manager, vaults."""
_MARKS = ("isSecret", "secret")
"""Beside a value: whether that is a secret. Source: Azure API Management, named values, for the second."""
_SECURE = frozenset({"securestring", "secureobject", "password"})
"""Types of what is a secret. Source: Azure Resource Manager templates, parameters; Azure Data Factory."""
_LABELS = {
    "value": (
        "name", "key", "headerName", "propertyName", "Name", "Key", "property", "displayName", "variable",
        "settingName", "parameterName", "variableName", "parameter",
    ),
    "Value": ("Name", "Key", "name", "key"),
    **dict.fromkeys(("content", "defaultValue", "stringValue"), ("name", "key")),
    "val": ("name", "key", "property"),
    "v": ("k", "key", "name"),
    "headerValue": ("headerName",),
    "settingValue": ("settingName", "name"),
    "parameterValue": ("parameterName", "name"),
    "matchValue": ("selector",),
    "matchValues": ("selector", "matchVariables"),
    "rulesEngineMatchValue": ("selector",),
}  # fmt: skip
"""Properties that hold what another one beside them names: settings, and what a rule for requests compares with."""
_LABELLED = frozenset(_LABELS)
_SETTINGS = re.compile(
    r"(?i)/config/(appsettings|azurestorageaccounts|backup|connectionstrings|metadata|publishingcredentials|pushsettings)$"
)
"""Configurations of apps whose properties are what people named themselves."""
_TRUST = frozenset({"remoteDnsIps", "trustDirection", "trustedDomainFqdn"})
"""What a managed domain tells of one that it trusts, in a list called settings, as elsewhere what people chose is."""
_SHORT, _MOST = 200, 10_000
_harmless: set[str] = set()
"""Short texts that were found to say nothing: those of the first resources, of which most others have the same."""
_NESTED = frozenset({dict, list})
_TOLD = _NESTED | {str}
"""What may hold a secret."""


def properties_kept(row: Mapping[str, Any]) -> Any:
    """Return the properties of a row without what may be a secret; of an app's settings, which are all values, none."""
    properties, id = row.get("properties"), row.get("id")
    is_settings = isinstance(properties, dict) and isinstance(id, str) and _SETTINGS.search(id)
    return {} if is_settings else without_secrets(properties)


def without_secrets(value: Any) -> Any:
    """Return a value of JSON, such as the properties of a resource, without what may be a secret.

    Of an object or a list only that it is there is left, since that can tell of which kind its holder is.
    """
    if isinstance(value, dict):
        return _object(value)
    if isinstance(value, list):
        return [_listed(each) if type(each) in _TOLD else each for each in value]
    return _said(value) if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    """Return what a list holds without secrets; where that is a pair of texts, the first may name the second."""
    kept = without_secrets(value)
    is_pair = type(value) is list and len(value) == 2 and type(value[0]) is type(value[1]) is str
    return kept[:1] if is_pair and verdicts[value[0]] == "drop" else kept


def _object(value: dict[str, Any]) -> dict[str, Any]:
    labels, hidden = ((), ()) if _LABELLED.isdisjoint(value) else _labels(value)
    kept: dict[str, Any] = {}
    for name, each in value.items():
        verdict = verdicts[name]
        if verdict == "unsay":
            kept |= _object({unstated(name): each})
        elif type(each) not in _TOLD:
            if not (type(each) is int and is_secret_number(name, each)):
                kept[name] = each
        elif verdict == "name" or (verdict == "list" and type(each) is list):
            kept[name] = _names(each)
        elif type(each) is not str:
            is_secret = verdict == "drop" or name in hidden
            told = _unvalued(each) if verdict == "quiet" else _untold(each) if verdict == "list" else each
            kept[name] = _times(each) if is_secret else without_secrets(told)
        elif (verdict == "keep" and name not in hidden) or name in labels or _TIME.fullmatch(each):
            kept[name] = _said(each)
    return kept


def _untold(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return parameters without the texts that somebody gave them, but for single words, times and ids of resources.

    What one of them says of another goes by that, such as whether a rule compares a header that holds a key.
    """
    _, hidden = _labels(parameters)
    return {
        name: {part: _given(told) if part in _GIVEN else told for part, told in each.items()}
        if isinstance(each, dict)
        else each
        for name, each in parameters.items()
        if _is_plain(each) and name not in hidden
    }


def _is_plain(value: object) -> bool:
    return type(value) is not str or any(each.fullmatch(value) for each in (_WORD, _TIME))


def _given(value: Any) -> Any:
    """Return what a parameter is given without what may be a secret; of the texts of an object its names decide."""
    if isinstance(value, dict):
        return {name: each if isinstance(each, str) else _given(each) for name, each in value.items()}
    return _plain(value)


def _plain(value: Any) -> Any:
    """Return a value of a parameter without texts that may be secrets, also in its lists and what these hold."""
    if isinstance(value, list):
        return [_plain(each) for each in value if _is_plain(each)]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if _is_plain(each)}
    return value if _is_plain(value) else None


def _times(value: Any) -> Any:
    """Return of what holds secrets that it is there, which resource it is, and when these were made, as a key was.

    Of a list of trusts it returns what is trusted, too.
    """
    if isinstance(value, list):
        objects = (each for each in value if isinstance(each, dict))
        trusts = ({name: told for name, told in each.items() if name in _TRUST} for each in objects)
        return without_secrets([trust for trust in trusts if trust])
    texts = {name: each for name, each in value.items() if isinstance(each, str)}
    return {
        name: text for name, text in texts.items() if _TIME.fullmatch(text) or (name == "id" and _ID.fullmatch(text))
    }


def _said(text: str) -> str:
    """Return a text without what it says of a password, a signature or a key, also where it is JSON that says so."""
    if (len(text) < SHORTEST_ENCODED and text.isalnum()) or text in _harmless:
        return text
    told = _unsaid(text)
    if len(text) <= _SHORT and len(_harmless) < _MOST and told == text:
        _harmless.add(text)
    return told


def _unsaid(text: str) -> str:
    if text.lstrip()[:1] in ("{", "[", '"'):
        try:
            told = _parsed(text)
        except RecursionError:
            return TOO_DEEP
        if type(told) in _TOLD:
            kept = without_secrets(told)
            return text if kept == told else orjson.dumps(kept).decode()
    encoded = unencoded(text)
    return "" if encoded and _said(encoded) != encoded else unstated(text)


def _labels(value: dict[str, Any]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the properties of an object that name what another one holds, and those that hold what is so named."""
    pairs = [(label, of) for of, names in _LABELS.items() if of in value for label in names]
    told = [(label, of) for label, of in pairs if value.get(label)]
    hidden = [of for label, of in told if any(verdicts[name] in ("drop", "quiet") for name in _named(value[label]))]
    is_marked = any(value.get(mark) is True for mark in _MARKS) or str(value.get("type")).lower() in _SECURE
    return [label for label, _ in told], [*hidden, *_GIVEN] if is_marked else hidden


def _named(label: Any) -> list[str]:
    """Return the names that a label has: it is one, or a list of objects each of which selects one."""
    names = [each.get("selector") for each in label if isinstance(each, dict)] if isinstance(label, list) else [label]
    return [name for name in names if isinstance(name, str)]


def _unvalued(value: Any) -> Any:
    """Return an object or a list without its texts, such as that of a parameter, where its name says what these are."""
    if isinstance(value, list):
        return [_unvalued(each) for each in value if type(each) is not str]
    is_given = isinstance(value, dict) and isinstance(value.get("value"), str)
    return {name: each for name, each in value.items() if name != "value"} if is_given else value


def _parsed(text: str) -> object:
    """Return what a text says as JSON, in which numbers and characters may be odd; ``None`` where it is none.

    Raises:
        RecursionError: it is nested too deep.
    """
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            told = json.loads(text, strict=False)
        except ValueError:
            return None
    if is_too_deep(told):
        raise RecursionError
    return told


def _names(values: Any) -> Any:
    """Return the names of a list of named values, or what a policy permits; nothing of what is no such list."""
    if not isinstance(values, list):
        return None
    if all(isinstance(each, str) and each.lower() in _PERMITTED for each in values):
        return values
    return [{"name": each["name"]} for each in values if isinstance(each, dict) and isinstance(each.get("name"), str)]
