"""Values as people and files give them: what sticks to their ends is dropped, and what cannot be sent is told.

Sources: RFC 6749, appendix A (client_id, client_secret); RFC 6750, section 2.1 (bearer tokens).
"""

import re

from integration.text.visible import UNSEEN

_STICKS = re.compile(r"[\s\u180e\u200b-\u200f\u2060\ufeff]+")
"""White space, line breaks, byte order marks and what has no width."""
_LINE_BREAKS = re.compile(r"[\r\n\ufeff]+")
_VISIBLE = re.compile(r"[!-~]*")
_TENANT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def trimmed(text: str) -> str:
    """Return a value without what files, editors and copying leave at its ends."""
    return _without(text, _STICKS)


def one_line(text: str) -> str:
    """Return a password without the line breaks at its ends; blanks may be part of it."""
    return _without(text, _LINE_BREAKS)


def fits_header(text: str) -> bool:
    """Tell whether a token can be sent in a header: printable ASCII without blanks."""
    return bool(_VISIBLE.fullmatch(text))


def fits_form(text: str) -> bool:
    """Tell whether an id or a secret may be one: printable characters of Latin-1."""
    return text.isprintable() and (text.isascii() or max(text) <= "\xff")


def fits_name(text: str) -> bool:
    """Tell whether a key or a name may be one: nothing in it that cannot be seen."""
    return not UNSEEN.search(text)


def is_tenant(text: str) -> bool:
    """Tell whether a directory (tenant) id may be one: a GUID or a domain name."""
    return bool(_TENANT.fullmatch(text))


def is_guid(text: str) -> bool:
    """Tell whether an id is a GUID, in whatever case of letters (RFC 9562, section 4)."""
    return bool(_GUID.fullmatch(text))


def _without(text: str, ends: re.Pattern[str]) -> str:
    first = ends.match(text)
    text = text[first.end() :] if first else text
    while text and ends.fullmatch(text[-1]):
        text = text[:-1]
    return text
