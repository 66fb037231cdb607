"""What an object shows: the more of it a recording holds, the more of a step it tries."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

IsPlain = Callable[[str, str], bool]


def features(row: Mapping[str, Any], is_plain: IsPlain) -> frozenset[object]:
    """Return what can be told apart of an object.

    Of each property: that it is null, empty or there; which of two booleans, or which value of an enumeration it has;
    whether its text has letters beyond ASCII. Lists and objects are looked into.

    Args:
        row: an object of Graph.
        is_plain: tells of a property and its text whether steps decide by it.
    """
    return frozenset(_features(row, "", is_plain))


def plain_values(value: Any, is_plain: IsPlain, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield property and text of everything in a JSON value that steps decide by."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from plain_values(each, is_plain, key)
    elif isinstance(value, list):
        for each in value:
            yield from plain_values(each, is_plain, name)
    elif isinstance(value, str) and value and is_plain(name, value):
        yield name, value


def _features(value: Any, name: str, is_plain: IsPlain) -> Iterator[object]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _features(each, f"{name}/{key}", is_plain)
    elif isinstance(value, list):
        yield name, "list", bool(value)
        for each in value:
            yield from _features(each, name, is_plain)
    elif isinstance(value, str):
        if value and is_plain(name.rpartition("/")[2], value):
            yield name, "one of", value
        else:
            yield name, "text", bool(value), value.isascii()
    else:
        yield name, value if isinstance(value, bool) else "null" if value is None else "number"
