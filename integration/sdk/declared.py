"""What a decorator is handed: where no declaration can be made of it, that is told with the file and the function."""

from collections.abc import Iterable, Mapping
from inspect import isfunction
from typing import Any

from integration.errors import DeclarationError
from integration.sdk.step import file_of
from integration.text.visible import brief

_SUCH_AS = {"from_type": "acme_site", "verb": "HAS", "to_type": "acme_device", "type": "acme_site_has_device"}


def function_name(function: object) -> str:
    """Return the name of a function, which is the type's.

    Raises:
        DeclarationError: it is none, such as a step, where a function has two decorators that make one of it.
    """
    if not isfunction(function):
        raise DeclarationError(f"a step is declared of {type(function).__name__}: write a function below its decorator")
    return function.__name__


def check_names(function: object, **given: object) -> None:
    """Refuse what is given as a name, and is no text.

    Raises:
        DeclarationError: says what stands there, and what may.
    """
    for what, name in given.items():
        if not isinstance(name, str):
            remedy = f"write a name, such as {_SUCH_AS.get(what)!r}"
            raise function_fault(function, f"{what} is {brief(repr(name))}: {remedy}")


def check_mapping(function: object, what: str, names: object) -> None:
    """Refuse names of pairs of ends that are no mapping.

    Raises:
        DeclarationError: says what stands there, and what may.
    """
    if not isinstance(names, Mapping | None):
        found = type(names).__name__
        raise function_fault(function, f"{what} is of the type {found}: write {{(from_type, to_type): name}}")


def listed_classes(classes: object) -> list[Any]:
    """Return the classes of an entity, of which the step tells whether they are any.

    Raises:
        DeclarationError: there is a function in their place, above which the decorator was written without them.
    """
    if isfunction(classes):
        raise function_fault(classes, "entity_step is handed no class: write @entity_step('Device')")
    return [*classes] or [""] if isinstance(classes, Iterable) and not isinstance(classes, str) else [classes]


def listed_names(function: object, what: str, names: object) -> tuple[str, ...]:
    """Return each name once, in their order; a text in the place of a list would be as many names as it has letters."""
    if isinstance(names, str):
        raise function_fault(function, f"{what} is a text: write a list, such as [{names!r}]")
    if not isinstance(names, Iterable):
        raise function_fault(function, f"{what} is of the type {type(names).__name__}: write a list")
    listed = list(names)
    if strange := [name for name in listed if not isinstance(name, str)]:
        raise function_fault(function, f"{what} holds something of the type {type(strange[0]).__name__}: write names")
    return unique(listed)


def function_fault(function: Any, problem: str) -> DeclarationError:
    """Return an error that names a function and its file."""
    return DeclarationError(f"{file_of(function)}: {function.__name__}: {problem}")


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return each name once, in their order."""
    return tuple(dict.fromkeys(names))
