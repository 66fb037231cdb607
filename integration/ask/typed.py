"""An answer's values as the schemas of its types say: SQLite knows neither booleans nor lists."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from integration.ask.answer import QueryAnswer
from integration.sdk.schema import json_types_of, load_schema
from integration.sdk.step import Step

_CLASS = "_class"
"""A column that holds JSON whatever is read."""


def typed(answer: QueryAnswer, steps: Iterable[Step]) -> QueryAnswer:
    """Return an answer in which booleans are booleans and lists are lists, where it can be seen what a column is.

    That is where it has the name of a property that means the same in all the types that were read.

    Args:
        answer: from ``Inquiry``.
        steps: all declarations.
    """
    schemas = [load_schema(step).document["properties"] for step in steps if step.name in answer.read]
    mended = {at: mend for at, name in enumerate(answer.columns) if (mend := _mending(name, schemas))}
    if not mended:
        return answer
    rows = (tuple(mended[at](value) if at in mended else value for at, value in enumerate(row)) for row in answer.rows)
    return QueryAnswer(answer.columns, rows, answer.read)


def _mending(name: str, schemas: Iterable[Mapping[str, Any]]) -> Callable[[object], object] | None:
    if name == _CLASS:
        return _parsed
    kinds = {_kind(schema[name]) for schema in schemas if name in schema}
    return {frozenset({"boolean"}): _boolean, frozenset({"array"}): _parsed}.get(frozenset(kinds))


def _kind(definition: Mapping[str, Any]) -> str:
    named = json_types_of(definition)
    return named[0] if len(named) == 1 else ""


def _boolean(value: object) -> object:
    return bool(value) if value in (0, 1) and isinstance(value, int) else value


def _parsed(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except ValueError:
        return value
