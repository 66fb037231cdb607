"""What ``event.json`` says of an event, as sentences about the settings that do not fit it."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from integration.text.nearest import nearest

_EXPECTED = {
    "type": "expected {0}",
    "minLength": "must not be empty",
    "enum": "expected one of {0}",
    "minimum": "must be at least {0}",
    "maximum": "must be at most {0}",
    "exclusiveMinimum": "must be more than {0}",
}
_DEEPEST = 20
"""Levels that an event may have; no setting is so deep."""


def faults_of(event: object) -> Iterator[str]:
    """Yield what is wrong with an event; the reference validator, slow to import, is asked only where something is."""
    if strange := next(_strange(event), ""):
        yield strange
        return
    if _quick().is_valid(event):
        return
    for error in sorted(_validator().iter_errors(event), key=lambda error: list(map(str, error.path))):
        where = ".".join(map(str, error.path)) or "the event"
        if error.validator == "additionalProperties":
            unknown = sorted(set(error.instance) - set(error.schema["properties"]))
            known = error.schema["properties"]
            yield f"{where}: unknown: {', '.join(name + nearest(name, known) for name in unknown)}"
        elif error.validator == "required":
            yield f"{where}: missing: {', '.join(name for name in error.validator_value if name not in error.instance)}"
        else:
            expected = error.validator_value
            shown = ", ".join(expected) if isinstance(expected, list) else expected
            yield f"{where}: {_EXPECTED[error.validator].format(shown)}"


def _strange(value: object, *path: str) -> Iterator[str]:
    """Yield what in an event no JSON could hold: it was not read from a file, but made by a host."""
    where = ".".join(path) or "the event"
    if len(path) > _DEEPEST:
        yield "the event is nested too deep"
    elif isinstance(value, dict):
        for name, each in value.items():
            if not isinstance(name, str):
                yield f"{where}: a name in it is of the type {type(name).__name__}: write a text"
            else:
                yield from _strange(each, *path, name)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _strange(each, *path, str(number))
    elif isinstance(value, str):
        if not value.isascii() and value.encode(errors="replace").decode() != value:
            yield f"{where}: holds half a character"
    elif value is not None and not isinstance(value, bool | int | float):
        yield f"{where}: is of the type {type(value).__name__}: write what JSON has"


@cache
def _schema() -> Any:
    from importlib.resources import files

    return json.loads(files("integration.config").joinpath("event.json").read_text(encoding="utf-8"))


@cache
def _quick() -> Any:
    import decimal  # noqa: F401 - jsonschema_rs imports it, and dies with a panic where that is interrupted

    import jsonschema_rs  # help and completion import this module as well

    return jsonschema_rs.validator_for(_schema())


def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_schema())
