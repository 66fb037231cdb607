"""Which URLs a secret may be sent to."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

_UNSENT = re.compile(r"[\s\x00-\x1f\x7f]")
"""Blanks and control characters, which Python's own parser of URLs drops or lets pass."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to this machine itself, which no proxy stands before."""
    try:
        host = urlsplit(url).hostname or ""
        return host in _LOOPBACK or ip_address(host).is_loopback
    except ValueError:
        return False


def why_unsafe(url: str, example: str, *, loopback: bool = True) -> str | None:
    """Return what is wrong with the root of a service, without showing it; ``None`` where nothing is.

    Args:
        url: ``https://`` with a host, neither credentials nor a query.
        example: a right one, for the message.
        loopback: whether ``http://`` to this machine is right too.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        return f"is not a URL such as {example}"
    if parts.scheme not in ("http", "https") or not parts.hostname or _UNSENT.search(url):
        return f"is not a URL such as {example}"
    if parts.username or parts.password or parts.query:
        return "must hold neither credentials nor a query"
    if parts.scheme == "http" and not (loopback and parts.hostname in _LOOPBACK):
        return "must begin with https://" + (" (http: loopback only)" if loopback else "")
    return None
