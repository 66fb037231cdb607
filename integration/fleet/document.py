"""The form of ``fleet.json``, which tells what is known of all tenants.

A list of types stands in it once, however many tenants it is true of: thousands without a licence, or without a role in
Azure, lack the same hundreds of types, and each of them would name them all.
"""

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import jsonschema_rs
import orjson

from integration.errors import OutputError
from integration.fleet.outcomes import shared_types
from integration.text.discretion import logger

FORMAT = 2
"""1 had the names of types with each tenant; it is read as well."""
_LIST = "list"
"""With a tenant, the number of the list that holds the names, from 0."""
_OF_THE_FORM = ("format", "lists")

_TEXT, _NUMBER = {"type": "string"}, {"type": "number", "minimum": 0}
_TEXTS = {"type": "array", "items": _TEXT}
_TIME = {"type": ["integer", "null"], "minimum": 0, "maximum": 253_402_300_799_999}
"""Epoch milliseconds, up to the year 9999."""
_TYPES = {
    "type": ["array", "integer", "object"],
    "items": _TEXT,
    "required": [_LIST],
    "properties": {_LIST: {"type": "integer", "minimum": 0}},
}
_TENANT = {
    "type": "object",
    "properties": {
        "word": _TEXT,
        "reason": _TEXT,
        "codes": {"type": "array", "items": {"type": "integer"}},
        "seconds": _NUMBER,
        "changed": {"type": "object", "additionalProperties": {"type": "integer"}},
        "types": {"type": "object", "additionalProperties": _TYPES},
        "lastSuccess": _TIME,
        "lastSeconds": _NUMBER,
    },
}
_FORM = {
    "type": "object",
    "required": ["tenants"],
    "properties": {
        "run": _TEXT,
        "endedOn": _TIME,
        "lists": {"type": "array", "items": _TEXTS},
        "tenants": {"type": "object", "additionalProperties": _TENANT},
    },
}
"""As far as it is read here; another version may have written more into it."""

_log = logger("integration")


def understood(data: bytes, where: str) -> dict[str, Any]:
    """Return what ``fleet.json`` says, with the names of types; nothing where it is damaged: a run does without it.

    Args:
        data: its content.
        where: it, for the log.

    Raises:
        OutputError: a later version of this product has written it, in a way that this one does not know.
    """
    with suppress(orjson.JSONDecodeError, IndexError):
        found = orjson.loads(data)
        if isinstance(found, dict) and isinstance(found.get("format"), int) and found["format"] > FORMAT:
            raise OutputError(f"{where}: a later version of this product has written it: use that one")
        if _form().is_valid(found):
            lists = [tuple(names) for names in found.get("lists", ())]
            for tenant in found["tenants"].values():
                if "types" in tenant:
                    tenant["types"] = shared_types(_named(tenant["types"], lists))
            return {name: value for name, value in found.items() if name not in _OF_THE_FORM}
    _log.warning("%s is damaged: what became of the tenants is known again after the next run", where)
    return {}


def written(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``understood`` gives, as it is written."""
    places: dict[tuple[str, ...], int] = {}

    def listed(names: Any) -> Any:
        return names if isinstance(names, int) else {_LIST: places.setdefault(tuple(names), len(places))}

    tenants = {
        name: {**each, "types": {verdict: listed(names) for verdict, names in each["types"].items()}}
        if "types" in each
        else each
        for name, each in told["tenants"].items()
    }
    return {"format": FORMAT, **told, "lists": [*places], "tenants": tenants}


@cache
def _form() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(_FORM)


def _named(types: Mapping[str, Any], lists: list[tuple[str, ...]]) -> dict[str, Any]:
    """Return a tenant's types by verdict, by their names; raises ``IndexError`` for a list that is not there."""
    return {verdict: lists[names[_LIST]] if isinstance(names, dict) else names for verdict, names in types.items()}
