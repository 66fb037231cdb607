"""What a host hands over: where that is something else than was asked for, it is told at once, by its name.

A type checker tells the same, where there is one. No value is repeated, since it may be a secret.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, get_origin

from integration.errors import ConfigurationError
from integration.text.nearest import nearest
from integration.text.visible import brief

FOLDER = (str | Path, "name a folder")


def check_handed(where: str, **handed: tuple[object, Any, str]) -> None:
    """Refuse what is handed over that is of another type than it may be.

    Args:
        where: the function that it is handed to.
        handed: by name each argument, the type that it may be of, and what to do where it is of another one.

    Raises:
        ConfigurationError: names all that cannot be used.
    """
    faults = [
        f"{where}: {name} {_told(value, kind)}: {remedy}"
        for name, (value, kind, remedy) in handed.items()
        if not _fits(value, kind)
    ]
    if faults:
        raise ConfigurationError(faults)


def check_spelling(where: str, handed: Collection[str], known: Collection[str]) -> None:
    """Refuse what is handed over by a name that is none.

    Raises:
        ConfigurationError: names all that are unknown, each with the nearest that is known.
    """
    if unknown := [brief(name) + nearest(name, known) for name in handed if name not in known]:
        raise ConfigurationError([f"{where}: unknown: {', '.join(unknown)}"])


def check_texts(where: str, **handed: object) -> None:
    """Refuse what is no mapping of texts to texts, such as ``os.environ`` is.

    Raises:
        ConfigurationError: names all that cannot be used.
    """
    for argument, texts in handed.items():
        check_handed(where, **{argument: (texts, Mapping, "give texts by their names, as os.environ has them")})
        assert isinstance(texts, Mapping)
        faults = [
            f"{where}: {argument}: a name in it is of the type {type(name).__name__}: write a text"
            for name in texts
            if not isinstance(name, str)
        ]
        faults += [
            f"{where}: {argument}: {brief(name)} is of the type {type(value).__name__}: write a text, or leave it out"
            for name, value in texts.items()
            if isinstance(name, str) and not isinstance(value, str)
        ]
        if faults:
            raise ConfigurationError(faults)


def _fits(value: object, kind: Any) -> bool:
    """Tell whether a value is of a type; ``tuple[str, ...]`` takes lists too, and ``float`` whole numbers.

    A class is never what is asked for, though it has all that a protocol names; and a folder's name is not empty,
    which would mean the folder that the process works in.
    """
    if isinstance(value, type) or (kind == FOLDER[0] and value == ""):
        return False
    if get_origin(kind) is tuple:
        return isinstance(value, tuple | list) and all(isinstance(each, str) and _is_written(each) for each in value)
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, int | float if kind is float else kind) and _is_written(value)


def _is_written(value: object) -> bool:
    """Tell whether a text, or the name of a file, can be written in UTF-8, or as this machine gave it."""
    try:
        return not isinstance(value, str | Path) or b"\0" not in str(value).encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return False


def _told(value: object, kind: Any) -> str:
    if value is None:
        return "is missing"
    if isinstance(value, type):
        return f"is the class {value.__name__} itself"
    if value == "":
        return "is empty"
    if get_origin(kind) is tuple:
        kind = tuple | list
    if isinstance(value, kind) and not isinstance(value, bool):
        return "holds what is no text"
    return f"is of the type {type(value).__name__}"
