"""The one door by which text from outside goes out to people: terminals, tables, messages, logs, reports.

Names, error messages and host names are written by strangers. Here they lose what would move a cursor, change colours,
turn a line around or begin another one, and what may be a secret. What JSON gives to programs stays exact, and yet
moves nothing: there such characters are escapes.
"""

import re
from typing import Any, TypeVar

from integration.text.secret import redacted

UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    r"\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Control characters, separators of lines, marks of direction (Unicode, Bidirectional Algorithm), half characters, and
what else has no shape of its own (Default_Ignorable_Code_Point) but for what joins letters and varies their shapes."""
_UNSEEN_BUT_LINES = re.compile(rf"(?!\n){UNSEEN.pattern}")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7e]")
_LONGEST = 200
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


_ESCAPED_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
_IN_ITS_PLACE = rb"\1\\ufffd"
JSON = TypeVar("JSON", bytes, bytes | bytearray)


def without_nul(json: JSON) -> JSON:
    """Return JSON with U+FFFD in place of each U+0000, which not every output can carry; most has none."""
    return _ESCAPED_NUL.sub(_IN_ITS_PLACE, json) if b"\\" in json and b"\\u0000" in json else json


def visible(value: object) -> str:
    """Return a value of the tenant on one line, each character that cannot be seen as U+FFFD."""
    return UNSEEN.sub(REPLACEMENT, str(value))


def brief(text: str, longest: int = _LONGEST) -> str:
    """Return a name or a value as sentences quote it: what is too long for that by its beginning."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def line(value: object) -> str:
    """Return words of a stranger, such as a server's message, on one line and without secrets."""
    return redacted(visible(" ".join(str(value).split())))


def lines(value: object) -> str:
    """Return a message of this package, which may hold words of strangers, without secrets; its line breaks stay."""
    return redacted(_UNSEEN_BUT_LINES.sub(REPLACEMENT, str(value)))


def exact(value: Any, *, ascii_only: bool = False) -> str:
    """Return a value as JSON on one line, each character that cannot be seen as an escape.

    Args:
        value: of JSON's kinds; bytes become hexadecimal.
        ascii_only: write every character beyond ASCII as an escape too.
    """
    import orjson  # every module imports this one, and few print JSON

    text = orjson.dumps(value, default=bytes.hex).decode()
    return ascii_of(text) if ascii_only else escaped(text)


def escaped(json: str) -> str:
    """Return JSON with an escape in place of each character that cannot be seen."""
    return UNSEEN.sub(_escape, json)


def ascii_of(text: str) -> str:
    """Return text with an escape of JSON in place of each character beyond ASCII."""
    return _BEYOND_ASCII.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", errors="surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
