"""What other packages have installed; one that cannot be used is named, whatever it raises."""

import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from importlib import metadata
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from integration.errors import DeclarationError, IntegrationError
from integration.sdk.hooks import PROJECT
from integration.sdk.step import Step


def installed() -> Iterable[EntryPoint]:
    """Return the group's entry points by name.

    Raises:
        DeclarationError: two packages give the same name, which pluggy would drop without a word.
    """
    found: dict[str, EntryPoint] = {}
    for entry_point in entry_points(group=PROJECT):
        other = found.setdefault(entry_point.name, entry_point)
        if other is not entry_point and (other.value != entry_point.value or owner(other) != owner(entry_point)):
            raise DeclarationError(
                f"the packages {owner(other)} and {owner(entry_point)} both declare {entry_point.name}: "
                "uninstall one of them, or rename its type"
            )
    return [found[name] for name in sorted(found)]


def owner(entry_point: EntryPoint) -> str:
    """Return the package that an entry point is of."""
    return _name(entry_point.dist) if entry_point.dist else entry_point.value


@cache
def _name(distribution: metadata.Distribution) -> str:
    return distribution.name


def imported(entry_point: EntryPoint) -> object:
    """Return what an entry point names.

    Raises:
        DeclarationError: it cannot be imported, or is a step of another name.
    """
    if not entry_point.pattern.match(entry_point.value):
        raise DeclarationError(
            f"the package {owner(entry_point)}: its entry point {entry_point.name} is {entry_point.value!r}: "
            "write it as module:name"
        )
    try:
        with naming(f"the package {owner(entry_point)} cannot be loaded: {entry_point.value}"):
            plugin: object = entry_point.load()
    except DeclarationError as error:
        if isinstance(error.__cause__, BaseException):
            raise
        raise DeclarationError(f"{error} (in the package {owner(entry_point)}: {entry_point.value})") from error
    if isinstance(plugin, Step) and plugin.name != entry_point.name:
        raise plugin.fault(f"its entry point is called {entry_point.name}: call it {plugin.name}")
    return plugin


@contextmanager
def naming(what: str) -> Iterator[None]:
    """Have what the code of a package raises tell whose code it is; what it prints is no result of the program's.

    ``SystemExit`` would end the program without a word of why, and what a test framework raises to skip a module is no
    ``Exception`` either. An interrupt passes.

    Args:
        what: whose code failed, and how.

    Raises:
        DeclarationError: the code raised something that is no error of this project.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except (IntegrationError, KeyboardInterrupt):
        raise
    except BaseException as error:
        place = _place_of(error)
        raise DeclarationError(
            f"{what}: {type(error).__name__}: {_said(error)}{place}: mend it, or uninstall it"
        ) from error


def _is_own(file: str) -> bool:
    return Path(file).parent == Path(__file__).parent


def _said(error: BaseException) -> str:
    return error.msg if isinstance(error, SyntaxError) else str(error)


def _place_of(error: BaseException) -> str:
    """Return the line of a package that raised something; nothing where Python's own import did."""
    if isinstance(error, SyntaxError) and error.filename:  # it has the place itself, and its file never ran
        return f" ({error.filename}, line {error.lineno})"
    places = [place for place in traceback.extract_tb(error.__traceback__) if Path(place.filename).is_file()]
    outside = [place for place in places if place.filename != metadata.__file__ and not _is_own(place.filename)]
    return f" ({outside[-1].filename}, line {outside[-1].lineno})" if outside else ""
