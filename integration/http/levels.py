"""How deep values of JSON may be nested: what is deeper goes, and a text in its place says so.

Nothing that Graph or Azure documents is nested a tenth as deep, while what writes JSON again, and what goes through a
value level by level, has limits: 254 levels, or Python's own. The text is of no property's type but a text's, so that
a record that is made of such a value is left out, and says why.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeVar

LEVELS = 100
"""Objects and lists within one another."""
TOO_DEEP = f"(nested deeper than {LEVELS} levels)"
_USUAL = 16
_BUT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NESTED = frozenset({dict, list})
V = TypeVar("V")


def is_unusual(json: bytes | bytearray) -> bool:
    """Tell whether JSON is nested deeper than is usual; it may be said of JSON whose texts hold brackets, too.

    Brackets are taken away from the innermost on, a level at a time, which takes little of what decoding takes.
    """
    brackets = json.translate(None, _BUT_BRACKETS)
    for _ in range(_USUAL):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return bool(brackets)


def is_nested(json: bytes) -> bool:
    """Tell whether JSON is nested deeper than is usual whatever its texts hold, or is none, before it is parsed."""
    return is_unusual(json) and is_unusual(_TEXTS.sub(b"", json))


def is_too_deep(value: object) -> bool:
    """Tell whether a value of JSON is nested too deep."""
    return any(number > LEVELS for number, _ in enumerate(levels_of(value), 1))


def cut(value: V) -> V:
    """Return a value of JSON, in which what is nested too deep has been replaced."""
    for number, level in enumerate(levels_of(value), 1):
        if number == LEVELS:
            for holder in level:
                for place, each in [*_within(holder)]:
                    if type(each) in _NESTED:
                        holder[place] = TOO_DEEP
    return value


def levels_of(value: Any) -> Iterator[list[Any]]:
    """Yield the objects and lists in a value of JSON, those of one level together, from the outermost on."""
    level = [value] if type(value) in _NESTED else []
    while level:
        yield level
        level = [each for holder in level for _, each in _within(holder) if type(each) in _NESTED]


def _within(holder: Any) -> Any:
    return holder.items() if type(holder) is dict else enumerate(holder)
