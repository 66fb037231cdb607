"""URLs of Graph: below which root they are, and what is below its version.

Source: Paging Microsoft Graph data in your app.
"""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, quote, unquote, urlsplit

VERSION = "/v1.0"
_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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


def strays(asked: str, link: str) -> str:
    """Return in what a link leads away from what was asked for, such as ``another listing``; empty where it does not.

    Graph may leave out options, whose values its token holds, write an id in parentheses, or name a type on the way.
    Source: Paging Microsoft Graph data in your app: the link includes any other query parameters of the request.

    Args:
        asked: path with options that was asked for, or its URL.
        link: URL of the next page, or of the next round of changes.
    """
    whole, led = urlsplit(asked), urlsplit(link)
    if _listing(whole.path) != _listing(led.path) or not _ids(whole.path) <= _ids(led.path):
        return "another listing"
    before = _options(whole.query)
    now = {**before, **_options(led.query)}
    if "select" in before and not {*before["select"].split(",")} <= {*now["select"].split(",")}:
        return "fewer properties"
    return "another filter" if before.get("filter") and now["filter"] != before["filter"] else ""


def _listing(path: str) -> list[str]:
    """Return what is listed: the last name of a path, and of changes also the one before; without what qualifies it."""
    names = [part.partition("(")[0].rpartition(".")[2] for part in unquote(path).lower().rstrip("/").split("/")]
    return names[-2 if names[-1] == "delta" else -1 :]


def _ids(path: str) -> set[str]:
    return set(_ID.findall(unquote(path).lower()))


def _options(query: str) -> dict[str, str]:
    """Return options by their names without ``$``, and without blanks and capitals, which may be written otherwise."""
    found = parse_qs(query)
    return {name.removeprefix("$").lower(): "".join(values[0].lower().split()) for name, values in found.items()}
