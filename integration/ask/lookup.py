"""Which entity a person means: by its key, or by a name that only one entity has."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from heapq import nsmallest
from itertools import islice
from typing import Any

import orjson

from integration.disk.sqlite import checked
from integration.errors import QueryError
from integration.text.visible import REPLACEMENT, brief, visible

NAMES = ("displayName", "userPrincipalName", "mail")
"""The properties that name an entity, beside its key; the case of letters does not matter."""
_SHOWN = 10
_NEAR, _ALIKE = 5, 20
"""How many names are suggested, and how many things of one name may stand before another name."""
_LONG = 200
"""Characters of a text that are looked for in SQL."""
_KEY = (
    "SELECT key FROM types JOIN nodes ON type = types.number WHERE name IN (SELECT value FROM json_each(?)) AND key = ?"
)
_LIKE = (
    f"SELECT key, {checked('properties')} FROM types CROSS JOIN nodes ON type = types.number"
    " WHERE name IN (SELECT value FROM json_each(?)) AND properties LIKE ? ORDER BY name, key"
)
_BEGINS = (
    "SELECT key FROM types CROSS JOIN nodes ON type = types.number"
    " WHERE name IN (SELECT value FROM json_each(?)) AND key BETWEEN ? AND ? ORDER BY key"
)
_OF_A_KEY = 3
"""Characters from which on keys are looked for by their beginning."""
FoundEntity = tuple[str, dict[str, Any]]
"""Key and properties."""


def find_key(database: sqlite3.Connection, types: Sequence[str], text: str) -> str:
    """Return the key of the entity that a person means.

    Args:
        database: the graph.
        types: the entity is of one of them.
        text: a key, or else a display name, user principal name or mail address in any case of letters, as it is shown.

    Raises:
        QueryError: no entity has the name, or several have; lists what is near, or those that have it. Or it is no
            text.
    """
    text = well_formed(text)
    if database.execute(_KEY, (orjson.dumps(types).decode(), text)).fetchone():
        return text
    wanted = visible(text).casefold()
    found = list(islice(_entities(database, types, text, lambda name: name == wanted), _SHOWN + 1))
    if len(found) == 1:
        return found[0][0]
    if found:
        lines = [f"{key}  {_described(properties)}" for key, properties in found[:_SHOWN]]
        more = ["…"] if len(found) > _SHOWN else []
        raise QueryError(
            "\n  - ".join([f"several are called {brief(text)!r}: give the key of one of them", *lines, *more])
        )
    near = _containing(database, types, text) or _similar(database, types, text)
    hint = "\n  - ".join(["; near it:", *(repr(brief(name)) for name in near)]) if near else ""
    which = f"no {' or '.join(types)}" if len(types) <= _NEAR else "nothing in the graph"
    raise QueryError(f"{which} has the key or the name {brief(text)!r}{hint}")


def names_like(database: sqlite3.Connection, types: Sequence[str], text: str) -> Iterator[str]:
    """Yield names of the types' entities that contain a text, in any case of letters, and keys that begin with it."""
    for _, properties in database.execute(_LIKE, (orjson.dumps(types).decode(), _pattern(text))):
        yield from _names(orjson.loads(properties))
    if len(text) >= _OF_A_KEY:
        yield from (key for (key,) in database.execute(_BEGINS, (orjson.dumps(types).decode(), text, f"{text}\uffff")))


def well_formed(text: str) -> str:
    """Return a text that a shell hands over, which is UTF-8 whatever the locale says.

    Raises:
        QueryError: it is not.
    """
    try:
        return text.encode(errors="surrogateescape").decode()
    except UnicodeError:
        raise QueryError(f"{brief(text)!a}: this is not UTF-8") from None


def _containing(database: sqlite3.Connection, types: Sequence[str], text: str) -> list[str]:
    """Return names that contain the text, in addresses before the host: those that it is most of, of whatever type."""
    wanted = visible(text).casefold()

    def contains(name: str) -> bool:
        return name.startswith(wanted) or wanted in name.partition("@")[0]

    found = _entities(database, types, text, contains)
    near = (next(name for name in _names(each) if contains(visible(name).casefold())) for _, each in found)
    return list(dict.fromkeys(nsmallest(_NEAR * _ALIKE, near, key=lambda name: (len(name), name))))[:_NEAR]


def _similar(database: sqlite3.Connection, types: Sequence[str], text: str) -> list[str]:
    every = (name for _, properties in _entities(database, types, "", lambda _: True) for name in _names(properties))
    return get_close_matches(brief(text), map(brief, every), n=_NEAR)


def _entities(
    database: sqlite3.Connection, types: Sequence[str], text: str, is_meant: Callable[[str], bool]
) -> Iterator[FoundEntity]:
    """Yield the entities that have a name, as it is shown and in lower case, that is meant; it contains the text."""
    for key, properties in database.execute(_LIKE, (orjson.dumps(types).decode(), _pattern(text))):
        entity = key, orjson.loads(properties)
        if any(is_meant(visible(name).casefold()) for name in _names(entity[1])):
            yield entity


def _pattern(text: str) -> str:
    """Return a pattern for LIKE that the JSON of whatever contains the text matches, in any case of letters.

    LIKE knows the two cases of ASCII letters alone, and JSON escapes some characters; U+FFFD stands for any of those
    that are not shown.
    """
    return f"%{''.join(character if _is_plain(character) else '%' for character in text[:_LONG])}%"


def _is_plain(character: str) -> bool:
    if character.isascii():
        return character.isprintable() and character not in '%_"\\'
    return character == character.casefold() == character.upper() and character == visible(character) != REPLACEMENT


def _names(properties: dict[str, Any]) -> Iterator[str]:
    return iter(dict.fromkeys(properties[name] for name in NAMES if isinstance(properties.get(name), str)))


def _described(properties: dict[str, Any]) -> str:
    return ", ".join(repr(brief(name)) for name in _names(properties))
