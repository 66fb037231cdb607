"""Ids of Azure in properties: a record in which nothing but their case is another is the same record.

Azure spells one id in several ways, also over time (``integration.values.arm_key``), and with it what is named by a
part of it. The spelling that the graph has stays, so that of a tenant in which nothing changed nothing is told, and of
any other only what did.
"""

import re
import sqlite3
from itertools import chain, repeat
from typing import Any

import orjson

_id = re.compile(
    r"(|.*\s|https://(?:management|portal)\.[^/\s]+/?(?:#@[^/]*/resource)?)"
    r"/?(?:subscriptions/(?:[0-9a-f-]{36}|[^/]+/(?:resourcegroups|providers)/.+)(?:/.*)?|providers/\w+\.[\w.]+/.+)",
    re.IGNORECASE,
).fullmatch
"""An id, after nothing, after words (``Allow /subscriptions/...``), or in the address of a page of Azure's."""
Parts = dict[str, str]
"""How the parts of ids are spelled now, and how they were before."""


def know_spelling(database: sqlite3.Connection) -> None:
    """Have statements know ``spelled_as``, which gives properties with the ids as other properties spell them."""
    database.create_function("spelled_as", 2, _spelled_as, deterministic=True)


def _spelled_as(now: str | None, before: str | None) -> str | None:
    """Return properties, an object of JSON, with each id spelled as it is in those before."""
    if now is None or before is None:
        return now
    found, old, parts = orjson.loads(now), orjson.loads(before), Parts()
    spelled = _spelled(found, old, parts)
    return orjson.dumps(_spelled(spelled, old, parts)).decode() if parts else now


def _spelled(now: Any, before: Any, parts: Parts) -> Any:
    if isinstance(now, str):
        return before if isinstance(before, str) and now != before and _is_same(now, before, parts) else now
    if isinstance(now, dict) and isinstance(before, dict):
        names = {name.lower(): name for name in before}
        known = {name: names.get(name.lower()) for name in now}
        return {
            _spelled(name, known[name], parts): _spelled(value, before.get(known[name]), parts)
            for name, value in now.items()
        }
    if isinstance(now, list) and isinstance(before, list):
        texts = {each.lower(): each for each in before if isinstance(each, str)}
        there = zip(now, chain(before, repeat(None)), strict=False)
        return [
            _spelled(each, texts.get(each.lower()) if isinstance(each, str) else other, parts) for each, other in there
        ]
    return now


def _is_same(now: str, before: str, parts: Parts) -> bool:
    """Tell whether two texts differ in the case of an id alone, or of a part of one that is spelled otherwise now."""
    if now.lower() != before.lower():
        return False
    found = _id(now)
    if found and before.startswith(found[1]):
        parts.update(zip(now.split("/"), before.split("/"), strict=True))
        return True
    return parts.get(now) == before
