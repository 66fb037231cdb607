"""From the bytes of an answer to a JSON object: what one odd byte has broken is mended, and nothing else is lost.

Sources: RFC 8259, The JavaScript Object Notation Data Interchange Format; Python, json.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from integration.http.levels import cut, is_unusual, levels_of
from integration.text.visible import without_nul

_DIGITS = 300
_NAME = b'"value"'
_ROWS = re.compile(rb'"value"\s*:\s*\[')
_LEADS_ON = ("extLink", "eltaLink", "kipToken", "esultTruncated")
"""End the names of what says that there is more, or that something is missing; they begin with a small or large letter.

Sources: OData JSON Format Version 4.01; Azure Resource Graph, working with large data sets."""


def decode(raw: bytes | bytearray) -> dict[str, Any]:
    """Decode a body; one that is no JSON object, such as a gateway's HTML page, is an empty one.

    So is one in which an object has two lists of rows, or says twice whether more follow; JSON says not which counts.
    U+0000, which not every output can carry, is U+FFFD from here on, what is nested too deep a text that says so.
    """
    try:
        body = orjson.loads(without_nul(raw))
    except orjson.JSONDecodeError:
        body = _mended(raw)
    if not isinstance(body, dict) or _lost_rows(raw, body) or any(_lost(raw, body, name) for name in _LEADS_ON):
        return {}
    return cut(body) if is_unusual(raw) else body


def _lost_rows(raw: bytes | bytearray, body: dict[str, Any]) -> bool:
    """Tell whether a list named ``value`` is in the text that is not in what was made of it.

    Most bodies have one, or one in each part of a batch; what else is named so is looked for where there are more.
    """
    if raw.count(_NAME) <= 1:
        return False
    there = _named_so(raw)
    return there > _lists(body) + sum(map(_lists, _inner(body))) and there > _count(body)


def _lost(raw: bytes | bytearray, body: dict[str, Any], name: str) -> bool:
    """Tell whether a name that ends so is in the text more often than in what was made of it."""
    if raw.count(word := f'{name}"'.encode()) <= 1:
        return False
    there = sum(1 for _ in re.finditer(word + rb"\s*:", raw))

    def known(holders: Iterable[Any]) -> int:
        return sum(key.endswith(name) for holder in holders if isinstance(holder, dict) for key in holder)

    return there > known([body, *_inner(body)]) and there > sum(map(known, levels_of(body)))


def _lists(body: Any) -> int:
    return isinstance(body, dict) and isinstance(body.get("value"), list)


def _inner(body: dict[str, Any]) -> Iterator[Any]:
    """Yield the bodies in the answer to a batch."""
    parts = body.get("responses")
    yield from (part.get("body") for part in parts if isinstance(part, dict)) if isinstance(parts, list) else ()


def _count(body: dict[str, Any]) -> int:
    """Count the lists named ``value`` in a body."""
    return sum(_lists(each) for level in levels_of(body) for each in level)


def _named_so(json: bytes | bytearray) -> int:
    return sum(1 for _ in _ROWS.finditer(json))


def _mended(raw: bytes | bytearray) -> Any:
    """Decode JSON in which not every character or number is right; ``None`` where it is none for all that.

    It may begin with a byte order mark, hold bytes of another encoding, control characters, half characters or numbers
    that are none; nested deeper than any answer of Graph it may not be.
    """
    try:
        text = raw.decode("utf-8-sig", errors="replace")
        value = json.loads(text, strict=False, parse_constant=_none, parse_float=_finite, parse_int=_integer)
        mended = json.dumps(value, ensure_ascii=False).encode(errors="replace")
        return orjson.loads(without_nul(mended))
    except (ValueError, RecursionError):
        return None


def _none(_: str) -> None:
    """Return nothing in place of ``NaN`` and ``Infinity``."""


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _integer(text: str) -> int | float | None:
    return int(text) if len(text) < _DIGITS else _finite(text)
