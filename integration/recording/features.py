"""What an object shows: the more of it a recording holds, the more of a step it tries; and choosing objects by that."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeGuard

_ONE_OF = "one of"
_VALUES = 5


class IsPlain(Protocol):
    """Tells of a property, its text, and the property whose object has it, whether steps decide by it."""

    def __call__(self, name: str, text: str, within: str = "", /) -> bool:
        """Return whether they do."""


def features(row: Mapping[str, Any], is_plain: IsPlain) -> frozenset[object]:
    """Return what can be told apart of an object.

    Of each property: that it is null, empty or there; which of two booleans, or which value of an enumeration it has;
    whether its text has letters beyond ASCII. Lists and objects are looked into.

    Args:
        row: an object.
        is_plain: tells of a property and its text whether steps decide by it.
    """
    return frozenset(_features(row, "", is_plain))


def cover(
    shows: Mapping[Any, Iterable[object]], first: Iterable[Any], further: int, always: Iterable[Any]
) -> dict[Any, None]:
    """Return which objects to keep: some, and as few others as show what these do not.

    Args:
        shows: what each object shows, by key.
        first: keys of objects to keep.
        further: how many others at most.
        always: keys of objects that stay whatever they show.
    """
    kept = dict.fromkeys([*always, *first])
    missing = set().union(*shows.values()).difference(*(shows[key] for key in kept)) if shows else set()
    for _ in range(further):
        best = max(shows, key=lambda key: len(missing.intersection(shows[key])), default=None)
        if best is None or missing.isdisjoint(shows[best]):
            break
        kept[best] = None
        missing.difference_update(shows[best])
    return kept


def without_rare_values(shows: Mapping[Any, Iterable[object]]) -> dict[Any, set[object]]:
    """Return what objects show, of each property's values only the most common: there are hundreds of languages."""
    counts = Counter(each for found in shows.values() for each in found if _is_value(each))
    common: dict[object, int] = Counter()
    rare = set()
    for value, _ in counts.most_common():
        common[value[0]] += 1
        if common[value[0]] > _VALUES:
            rare.add(value)
    return {key: set(found) - rare for key, found in shows.items()}


def plain_values(value: Any, is_plain: IsPlain, name: str = "", within: str = "") -> Iterator[tuple[str, str]]:
    """Yield property and text of everything in a JSON value that steps decide by."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from plain_values(each, is_plain, key, name)
    elif isinstance(value, list):
        for each in value:
            yield from plain_values(each, is_plain, name, within)
    elif isinstance(value, str) and value and is_plain(name, value, within):
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
        within, _, own = name.rpartition("/")
        if value and is_plain(own, value, within.rpartition("/")[2]):
            yield name, _ONE_OF, value
        else:
            yield name, "text", bool(value), value.isascii()
    else:
        yield name, value if isinstance(value, bool) else "null" if value is None else "number"


def _is_value(feature: object) -> TypeGuard[tuple[str, str, str]]:
    """Tell whether a feature is the value of an enumeration: the property comes first."""
    return isinstance(feature, tuple) and len(feature) == 3 and feature[1] == _ONE_OF
