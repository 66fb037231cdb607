"""From the bytes of an answer to a JSON object: what one odd byte has broken is mended, and nothing else is lost.

Sources: RFC 8259, The JavaScript Object Notation Data Interchange Format; Python, json.
"""

import json
import math
from typing import Any

import orjson

from integration.text.visible import without_nul

_DIGITS = 300


def decode(raw: bytes | bytearray) -> dict[str, Any]:
    """Decode a body; one that is no JSON object, such as a gateway's HTML page, is an empty one.

    U+0000, which not every output can carry, is U+FFFD from here on.
    """
    try:
        body = orjson.loads(without_nul(raw))
    except orjson.JSONDecodeError:
        body = _mended(raw)
    return body if isinstance(body, dict) else {}


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
