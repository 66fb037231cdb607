"""URLs of Graph: below which root they are, and what is below its version.

Source: Paging Microsoft Graph data in your app.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

VERSION = "/v1.0"
_OTHER_VERSION = re.compile(r"/(?!v1\.0/)(beta|v\d+(\.\d+)?)/", re.IGNORECASE)
_KEY = re.compile(r"(?<=[^(])\('([^']+)'\)")
_CAST = re.compile(r"^(microsoft\.)?graph\.|\(\)$")
_COMPARED = 2
"""Segments at the end of a path that all links of a collection have: it and its parent, or ``/users/delta``."""


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


def leads_on(url: str, path: str, root: str = "") -> bool:
    """Tell whether a link leads to more of the collection that it came with.

    What a link says is the service's own matter, so no more is compared than the ends of both paths, in any case, with
    or without the namespace of a cast, and with keys written in either of OData's two ways.

    Source: OData 4.01, URL conventions, sections 4.3 and 4.11.

    Args:
        url: where the link leads.
        path: the collection, below the version.
        root: path of the root that the version is below.
    """
    leads = urlsplit(url).path
    if _OTHER_VERSION.match(leads.removeprefix(root)):
        return False
    ways = [_segments(each) for each in (leads.partition(f"{VERSION}/")[2] or leads, path)]
    compared = min(_COMPARED, len(ways[1]))
    return not {".", ".."}.intersection(ways[0]) and ways[0][-compared:] == ways[1][-compared:]


def _segments(path: str) -> list[str]:
    """Return the segments of a path, each in the one form that it is compared in."""
    plain = _KEY.sub(r"/\1", path.partition("?")[0])
    return [_CAST.sub("", unquote(each).lower()) for each in plain.split("/") if each]
