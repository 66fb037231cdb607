"""URLs of Graph: below which root they are, and what is below its version.

Source: Paging Microsoft Graph data in your app.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

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
