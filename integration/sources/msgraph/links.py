"""URLs of Graph: below which root they are, and what is below its version.

Source: Paging Microsoft Graph data in your app.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

VERSION = "/v1.0"


def path_of(url: str, root: str = "") -> str:
    """Return the path of a URL below the version: what messages name.

    Args:
        url: any.
        root: path of the root that the version is below, where that is known.
    """
    path = urlsplit(url).path
    _, found, below = path.removeprefix(root).partition(f"{VERSION}/")
    return f"/{below}" if found else path


def relative(path: str, options: Mapping[str, str] | None = None) -> str:
    """Return a path with OData options, relative to the version."""
    query = "&".join(f"{name}={quote(value, safe=',()=$:*')}" for name, value in (options or {}).items())
    return f"{path}?{query}" if query else path


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port to which requests would send."""
    parts = parsed(url)
    scheme = parts.scheme or ""
    return scheme, (parts.host or "").lower(), parts.port or {"https": 443, "http": 80}.get(scheme)


def parsed(url: str) -> Url:
    """Take a URL apart as requests does before it sends; one that it would refuse has no parts."""
    try:
        return parse_url(url)
    except LocationParseError:
        return Url()
