"""Flags that several commands have, and kinds of values that people type after flags."""

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from integration.errors import QueryError

P = ParamSpec("P")
R = TypeVar("R")


class Finite(click.FloatRange):
    """A number in a range; NaN, which compares with nothing, and infinity are none."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number that was typed; click's own range takes NaN."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return number


class Whole(click.IntRange):
    """A whole number in a range; one that no memory and no database counts to stands for the largest of these."""

    name = "whole number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number that was typed."""
        return min(int(super().convert(value, param, ctx)), sys.maxsize)


class GivenPath(click.Path):
    """A path. An empty one is refused: it is a variable that was not set, and would be the working directory.

    Args:
        options: as of ``click.Path``.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(path_type=Path, **options)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path that was typed."""
        if value == "":
            self.fail("the path is empty: write . for the working directory.", param, ctx)
        return super().convert(value, param, ctx)


def form_options(command: Callable[P, R]) -> Callable[P, R]:
    """Give a command that answers questions the flags that choose the answer's form, which ``form_of`` reads."""
    command = click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")(command)
    return click.option("--json", "as_json", is_flag=True, help="Print a list of JSON objects.")(command)


def form_of(as_json: bool, as_csv: bool) -> str | None:
    """Return which form an answer is to have; ``None`` is a table.

    Raises:
        QueryError: both forms are asked for.
    """
    if as_json and as_csv:
        raise QueryError("choose one of --json and --csv")
    return "json" if as_json else "csv" if as_csv else None
