"""What a host hands over: where that is something else than was asked for, it is told at once, by its name.

A type checker tells the same, where there is one. No value is repeated, since it may be a secret.
"""

from pathlib import Path
from typing import Any, get_origin

from integration.errors import ConfigurationError

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


def _fits(value: object, kind: Any) -> bool:
    """Tell whether a value is of a type; ``tuple[str, ...]`` takes lists too, and ``float`` whole numbers."""
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
    if get_origin(kind) is tuple:
        kind = tuple | list
    if isinstance(value, kind) and not isinstance(value, bool):
        return "holds what is no text"
    return f"is of the type {type(value).__name__}"
