"""References in a schema: they lead to another place in the same file, and not in a circle.

The validator would fetch whatever a reference names, from any host or file, whenever the types are loaded.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_REFERENCES = ("$ref", "$dynamicRef")
_IN_PLACE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else")
"""What applies a schema to the same value again. Source: JSON Schema draft 2020-12, section 10.2."""


def fault_of_references(document: Mapping[str, Any]) -> str:
    """Return what is wrong with the references of a schema; an empty text where nothing is."""
    for reference in _references(document):
        if not reference.startswith("#"):
            return f"{reference} leads out of this file: write out what it names"
    done: set[str] = set()
    for reference in _references(document):
        if _is_circle(document, reference, (), done):
            return f"{reference} leads to itself: write out what it names"
    return ""


def _references(value: object) -> Iterator[str]:
    """Yield the references in a value, however deep."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield from (text for name in _REFERENCES if isinstance(text := each.get(name), str))
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def _is_circle(document: Mapping[str, Any], reference: str, before: tuple[str, ...], done: set[str]) -> bool:
    """Tell whether what a reference names refers, for the same value, to something that led there."""
    if reference in before:
        return True
    if reference in done:
        return False
    further = _applied(_named(document, reference))
    circle = any(_is_circle(document, each, (*before, reference), done) for each in further)
    done.add(reference)
    return circle


def _applied(schema: object) -> Iterator[str]:
    """Yield the references that a schema applies to the value that it is itself for."""
    for each in schema if isinstance(schema, list) else [schema]:
        if isinstance(each, dict):
            yield from (text for name in _REFERENCES if isinstance(text := each.get(name), str))
            for name in _IN_PLACE:
                yield from _applied(each.get(name))


def _named(document: object, reference: str) -> object:
    """Return what a JSON pointer leads to; ``None`` where nothing is there, or it is no pointer."""
    found = document
    for part in reference.removeprefix("#").split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list):
            found = found[int(name)] if name.isdecimal() and int(name) < len(found) else None
        else:
            found = found.get(name) if isinstance(found, dict) else None
    return found
