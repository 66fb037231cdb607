"""Where a request for a URL would go."""

from functools import lru_cache

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port to which requests would send."""
    parts = parsed(url)
    scheme = parts.scheme or ""
    return scheme, (parts.host or "").lower(), parts.port or {"https": 443, "http": 80}.get(scheme)


@lru_cache(512)
def parsed(url: str) -> Url:
    """Take a URL apart as requests does before it sends; one that it would refuse has no parts."""
    try:
        return parse_url(url)
    except LocationParseError:
        return Url()
