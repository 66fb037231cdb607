"""What Graph leaves null is no word of a text that is made of several values, whichever of them it is."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from integration.sdk.step import Step
from tests.odd_forms import Demo, Place, copy_of, replaced

pytestmark = pytest.mark.every_area

_NONE = re.compile(r"(?<![A-Za-z])None(?![A-Za-z])")
"""What Python writes for null."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with ExitStack() as stack:
        yield Demo("entra", tmp_path_factory.mktemp("demo"), stack)


def test_null_is_no_word(demo: Demo) -> None:
    assert [told for step in demo.steps for told in told_of_null(demo, step)] == []


def told_of_null(demo: Demo, step: Step) -> Iterator[str]:
    """Where the records of a step have the word None for a value that is null in one of the rows that it reads."""
    base = demo.made(step)
    known = {*nones(base.records)}
    for request in base.asked:
        tried = set[tuple[Any, ...]]()
        for parent, row in list(demo.reader.rows(request)):
            copied = copy_of(row)
            for path in values(copied):
                kind = tuple(name for name in path if isinstance(name, str))
                if kind in tried:
                    continue
                tried.add(kind)
                made = demo.made(step, request, (parent, replaced(copied, path, None)))
                for text in sorted({*nones(made.records)} - known):
                    yield f"{step.name}: {'.'.join(map(str, path))} is null: {text}"


def values(value: Any, path: Place = ()) -> Iterator[Place]:
    """Where values are in a row that are neither lists nor objects, but what tells the row apart."""
    for name, each in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(each, (dict, list)):
            yield from values(each, (*path, name))
        elif each is not None and (*path, name) != ("id",):
            yield (*path, name)


def nones(value: Any) -> Iterator[str]:
    """The texts within records that have the word None: keys, and what is JSON in them."""
    if isinstance(value, bytes):
        yield from nones(json.loads(value))
    elif isinstance(value, str) and _NONE.search(value):
        yield value
    elif isinstance(value, dict):
        yield from nones([*value.items()])
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from nones(each)
