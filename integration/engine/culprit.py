"""Which property of an object a step's code could not cope with, as far as the code that failed tells."""

import linecache
import re
from collections.abc import Iterator, Mapping
from types import FrameType, TracebackType
from typing import Any


def reading(error: Exception, row: Any) -> str:
    """Return what of an object was read where an error was raised, such as ``mail (a number)``; empty if unknown.

    What failed is an expression. Of those that led there, the innermost counts in which the code has the object at
    hand and names one of its properties, or what a property has below it.

    Args:
        error: what was raised, as it was caught.
        row: the object.
    """
    if not isinstance(row, Mapping):
        return ""
    values = dict(_named(row))
    for frame, expression in reversed(list(_expressions(error.__traceback__))):
        if any(isinstance(each, Mapping) and each == row for each in frame.f_locals.values()):
            words = set(re.findall(r"\w+", expression))
            found = [name for name in values if name.rpartition(".")[2] in words]
            if found:
                return " and ".join(f"{name} ({_kind(values[name])})" for name in found)
    return ""


def _named(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        yield name, value
        if isinstance(value, Mapping):
            yield from ((f"{name}.{below}", each) for below, each in value.items())


def _expressions(led_there: TracebackType | None) -> Iterator[tuple[FrameType, str]]:
    """Yield what was being done when an error was raised, from the outside in, as it is written."""
    while led_there:
        frame = led_there.tb_frame
        positions = list(frame.f_code.co_positions())[led_there.tb_lasti // 2]
        yield frame, _written(frame.f_code.co_filename, *positions)
        led_there = led_there.tb_next


def _written(file: str, first: int | None, last: int | None, start: int | None, end: int | None) -> str:
    if first is None or last is None:
        return ""
    lines = [linecache.getline(file, number).encode() for number in range(first, last + 1)]
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    return b"".join(lines).decode(errors="replace")


def _kind(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true or false"
    kinds = {str: "a text", int: "a number", float: "a number", list: "a list"}
    return "an object" if isinstance(value, Mapping) else kinds.get(type(value), type(value).__name__)
