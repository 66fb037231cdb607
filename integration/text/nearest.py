"""The name that somebody meant who mistyped it."""

from collections.abc import Iterable
from difflib import get_close_matches

from integration.text.visible import brief


def nearest(name: str, names: Iterable[str]) -> str:
    """Return `` (did you mean …?)`` for a mistyped name, or nothing where no name is near."""
    close = get_close_matches(brief(name), list(names), n=1)
    return f" (did you mean {close[0]}?)" if close else ""
