"""What steps name: the texts and the names of properties that whoever reads their code and schemas knows."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from integration.sdk.mapping import X_FROM
from integration.sdk.schema import load_schema
from integration.sdk.step import Step

_PART = re.compile(r"[.\[\]]+")


def literals_of(steps: Iterable[Step]) -> frozenset[str]:
    """Return the texts that steps and their schemas name, and what of their package they import."""
    return frozenset(text for step in steps for text in _literals(step))


def names_read_by(steps: Iterable[Step]) -> frozenset[str]:
    """Return the names of properties, in lower case, that steps and their schemas may read."""
    steps = list(steps)
    copied = (part for step in steps for path in _copied(step) for part in _PART.split(path))
    return frozenset(name.lower() for name in (*literals_of(steps), *copied) if name)


def _literals(step: Step) -> Iterator[str]:
    for path in _sources(step.run.__module__, step.source):
        yield from _texts(path)
    for name, definition in load_schema(step).document["properties"].items():
        if "." in name:
            yield name.partition(".")[2]
        for listed in (definition.get("enum"), [definition.get("const")]):
            yield from (value for value in listed or () if isinstance(value, str))


def _copied(step: Step) -> Iterator[str]:
    for definition in load_schema(step).document["properties"].values():
        if isinstance(path := definition.get(X_FROM), str):
            yield path


@cache
def _sources(module: str, path: Path) -> tuple[Path, ...]:
    """Return the file of a module, and those of the same package that it imports, near or far."""
    package = module.partition(".")[0]
    found, ahead = {module: path}, [path]
    while ahead:
        for name in _imported(ahead.pop()):
            file = getattr(sys.modules.get(name), "__file__", None)
            if file and name not in found and name.partition(".")[0] == package:
                found[name] = Path(file)
                ahead.append(found[name])
    return tuple(found.values())


@cache
def _imported(path: Path) -> tuple[str, ...]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module)


@cache
def _texts(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.value.removesuffix("[]")  # as steps and schemas write the name of a list that a path leads through
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
