"""Values that must not be seen, and how they are kept out of text that others wrote."""

import json
import re
import threading
from base64 import b64encode
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple
from urllib.parse import quote, quote_plus
from weakref import ref

HIDDEN = "***"
_SHORT = 8
"""Characters from which on a secret is looked for inside words too; a shorter one might be a part of any."""
_SHORTEST = 4
"""Characters below which a value is no secret that could be told from other text; nor is a short word of letters."""
_HEAD = 12
"""Characters of a secret by which its beginning is known."""
_LONG = 16
_PATTERNS = tuple((re.compile(pattern), instead) for pattern, instead in (
    (r"eyJ[\w+/=-]{5,}(\.[\w+/=-]*){0,4}", HIDDEN),
    (r"(?<=://)([^/\s:@]*):[^/\s]+@", rf"\1:{HIDDEN}@"),
    (r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}", rf"\1 {HIDDEN}"),
    (r"(?i)\b(client_secret|client_assertion|assertion|access_token|refresh_token|password)=[^&\s\"']+",
     rf"\1={HIDDEN}"),
))  # fmt: skip
"""What is a secret by its form: JSON Web Tokens, passwords in URLs, Authorization headers, fields of sign-in forms."""
_OF_A_URL = r"(?s)(://[^:/@\s]*):.*@"
"""The password of a URL that stands alone, also where it is not encoded."""
_HEX = r"%[0-9A-F]{2}"
_SAFE_IN_URLS = str.maketrans("+/", "-_")
"""Base64 as URLs have it (RFC 4648, section 5)."""
_IN_URLS = str.maketrans({"+": "%2B", "/": "%2F", "=": "%3D"})
"""What ``quote`` makes of base64, in a hundredth of the time."""
_known: "list[ref[Secret]]" = []
"""Those that are alive, and some that were. Whoever looks takes a copy: to wait for each other costs threads more."""
_lock = threading.Lock()
_state = object()
"""Another one since a secret came or went, so that what was made of those that are known is made anew."""
_live: "tuple[object, list[_Forms]]" = (None, [])
"""The state, and what was looked for in it."""


_UNSAFE = re.compile(r"[\"&'+<>`\\]")
"""What the services, most of which are of .NET, escape in JSON. Source: System.Text.Json, JavaScriptEncoder.Default."""


class _Forms(NamedTuple):
    """What one live secret may read like.

    Attributes:
        length: characters of the secret itself.
        all: the forms in which it is sent, the longest first.
        heads: the beginnings of the forms that are longer than these.
        written: the secret as it stands in JSON.
    """

    length: int
    all: tuple[str, ...]
    heads: frozenset[str]
    written: tuple[bytes, ...]


class Secret:
    """A string that shows itself as ``***`` wherever it is printed, formatted or logged; only ``reveal`` gives it.

    Raises:
        TypeError: it is no string.
    """

    __slots__ = ("__weakref__", "_sent", "_value")

    def __init__(self, value: str) -> None:
        given: object = value
        if not isinstance(given, str):
            raise TypeError(f"a secret is a text, not of the type {type(given).__name__}")
        self._value = value
        self._sent: tuple[str, ...] = ()
        bare = value.strip()
        if len(bare) >= _SHORT or (len(bare) >= _SHORTEST and not bare.isalpha()):
            with _lock:
                _known[:] = [each for each in _known if each() is not None] + [ref(self, _changed)]
                _changed()

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    def _forms(self) -> tuple[str, ...]:
        """Return the value as it is, and as URLs, forms, JSON, HTML and base64 write it; made when it is looked for."""
        if not self._sent:
            from html import escape  # its table of entities is read by whoever looks for secrets, not by every run

            value = self._value.strip()
            safe = value.encode(errors="replace")
            in_urls = (quote(safe, safe=""), quote(safe), quote_plus(safe))
            lowered = [re.sub(_HEX, lambda found: found[0].lower(), form) for form in in_urls]
            forms = (value, *in_urls, *lowered, json.dumps(value)[1:-1], repr(value)[1:-1], escape(value))
            forms += _in_base64(safe) if len(value) >= _SHORT else ()
            self._sent = tuple(dict.fromkeys(forms))
        return self._sent

    def __bool__(self) -> bool:
        return bool(self._value)

    def __str__(self) -> str:
        return HIDDEN

    __repr__ = __str__

    def __format__(self, _: str) -> str:
        return HIDDEN

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


class Address(str):
    """A URL that may hold a password: it shows itself without, in whatever lists or dumps what it is part of."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(redacted(re.sub(_OF_A_URL, rf"\1:{HIDDEN}@", self)))


def redacted(text: str) -> str:
    """Return text without secrets: every ``Secret`` that is alive, in each form that text is sent in, and its like.

    Servers echo what they were sent, and exceptions of libraries quote it, so that text from outside may hold the
    token, the secret or the assertion of this run.
    """
    if len(text) < _SHORTEST:
        return text
    text = _without_live(text)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def repeats_secret(text: str) -> bool:
    """Tell whether a live ``Secret``, or the beginning of one, is in a text in a form that is sent."""
    return _without_live(text) != text


def holds_secret(text: str) -> bool:
    """Tell whether a live ``Secret``, long enough to be there by no accident, is in a text in a form that is sent."""
    return any(form in text for forms in _long() for form in forms.all)


def repeats_long_secret(body: bytes | bytearray) -> bool:
    """Tell whether such a ``Secret`` stands in JSON as it is: to look for each of its forms would take too long."""
    return any(form in body for forms in _long() for form in forms.written)


def without_long_secrets(text: str) -> str:
    """Return text with ``***`` in place of each such ``Secret``."""
    for forms in _long():
        for form in forms.all:
            text = text.replace(form, HIDDEN)
    return text


def _long() -> Iterator[_Forms]:
    return (forms for forms in _looked_for() if forms.length >= _LONG)


def _in_base64(value: bytes) -> tuple[str, ...]:
    """Return what base64 makes of a value, alone and behind one or two bytes, as in the header of a user and password.

    Base64 writes three bytes as four characters, so that a value reads in one of three ways, by its place; of what it
    shares with its neighbours the characters at its ends are made, which are left out.
    """
    forms = [b64encode(value).decode()]
    for place in range(3):
        written = b64encode(bytes(place) + value).decode()
        forms.append(written[-(-8 * place // 6) : 8 * (place + len(value)) // 6])
    forms += [form.translate(_SAFE_IN_URLS) for form in forms]
    return (*forms, *(form.translate(_IN_URLS) for form in forms))


def _changed(_: object = None) -> None:
    """Say that a secret came or went. Python may call it at any moment, so that it takes no lock."""
    global _state
    _state = object()


def _looked_for() -> list[_Forms]:
    """Return the forms of every secret that is alive, those of the longest first.

    They are listed once: every link and every line of a log is looked at for all of them, and a process that reads many
    tenants has many.
    """
    global _live
    state, (of, found) = _state, _live
    if of is not state:  # taken before the secrets are, so that one that comes meanwhile makes it another one
        alive = {secret._forms() for each in tuple(_known) if (secret := each()) is not None}
        found = [_forms_of(sent) for sent in sorted(alive, key=lambda sent: len(sent[0]), reverse=True)]
        _live = state, found
    return found


def _forms_of(sent: tuple[str, ...]) -> _Forms:
    heads = frozenset(form[:_HEAD] for form in sent if len(form) > _HEAD)
    escaped = json.dumps(sent[0])[1:-1]
    forms = (sent[0], escaped, escaped.replace("/", "\\/"), _UNSAFE.sub(_escaped, sent[0]))
    written = {text.encode(errors="replace") for text in forms}
    return _Forms(len(sent[0]), tuple(sorted(sent, key=len, reverse=True)), heads, tuple(written))


def _escaped(found: re.Match[str]) -> str:
    return "\\\\" if found[0] == "\\" else f"\\u{ord(found[0]):04X}"


def _without_live(text: str) -> str:
    for forms in _looked_for():
        for form in forms.all:
            if forms.length >= _SHORT:
                text = text.replace(form, HIDDEN)
            elif form in text:
                text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", HIDDEN, text)
        text = _uncut(text, forms)
    return text


def _uncut(text: str, forms: _Forms) -> str:
    """Return text without the beginning of a secret that is left where text was cut."""
    for head in forms.heads:
        at = text.find(head)
        while at >= 0:
            end = at + max(_alike(text[at:], form) for form in forms.all)
            text = f"{text[:at]}{HIDDEN}{text[end:]}"
            at = text.find(head, at + len(HIDDEN))
    return text


def _alike(text: str, form: str) -> int:
    """Return how many characters two texts have in common from their beginning on."""
    return sum(takewhile(bool, (mine == its for mine, its in zip(text, form, strict=False))))
