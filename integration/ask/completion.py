"""What a shell may complete on the command line: types, questions, and whom a question is about.

Every command imports this module and few runs complete anything, so that what reads questions and graphs is imported
where it is wanted.
"""

import os
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from integration.errors import IntegrationError
from integration.text.visible import visible

if TYPE_CHECKING:
    from integration.ask.questions import Question
    from integration.sdk.step import Step

_MOST = 50
_SPECIAL = re.compile(r"([^\w@%+=:,./-])")


class TypeName(click.types.StringParamType):
    """The name of a type, module or area, as the plan knows it; shells complete it from the installed steps."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the types, and the modules and areas that they are sorted into, that begin so."""
        steps = _steps()
        told = {step.name: step.description for step in steps}
        for step in steps:
            area, _, rest = step.module.partition(".")
            if rest:
                told.setdefault(area, f"all types of the area {area}")
                told.setdefault(step.module, f"all types of the module {step.module}")
        return [CompletionItem(name, help=told[name]) for name in sorted(told) if name.startswith(incomplete)]


class QuestionName(click.types.StringParamType):
    """The name of a ready-made question; shells complete it from those of the plugins and of ``--questions``."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the questions that begin so."""
        known = _questions(ctx).values()
        return [CompletionItem(each.name, help=each.description) for each in known if each.name.startswith(incomplete)]


class EntityName(click.types.StringParamType):
    """What a parameter of a question stands for; shells complete it from the names in the graph, where there is one."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names and keys that begin so."""
        question = _questions(ctx).get(ctx.params.get("question") or "")
        given = len(ctx.params.get("parameters") or ())
        if question is None or given >= len(question.parameters) or not question.parameters[given].types:
            return []
        return _names(ctx, question.parameters[given].types, incomplete)


class ObjectName(click.types.StringParamType):
    """An entity of any type; shells complete it from the names in the graph, where there is one."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names and keys that begin so."""
        return _names(ctx, [step.name for step in _steps() if not step.is_relationship], incomplete)


def _steps() -> "Sequence[Step]":
    from integration.sdk.plugins import declared_steps, load

    return declared_steps(load())


def _names(ctx: click.Context, types: Sequence[str], incomplete: str) -> list[CompletionItem]:
    from integration.ask.lookup import names_like
    from integration.ask.query import read_graph

    try:
        with read_graph(Path(ctx.params.get("out") or ".integration") / "graph.db") as database:
            found = names_like(database, types, incomplete)
            return [CompletionItem(_typed(name)) for name in islice(_fitting(found, incomplete), _MOST)]
    except IntegrationError:
        return []


def _questions(ctx: click.Context) -> "dict[str, Question]":
    from integration.ask.questions import load_questions
    from integration.sdk.plugins import load

    try:
        return load_questions(load(), ctx.params.get("files") or ())
    except IntegrationError:
        return {}


def _fitting(names: Iterator[str], incomplete: str) -> Iterator[str]:
    """Yield the names that begin so and can be typed, each once."""
    wanted = incomplete.casefold()
    yield from dict.fromkeys(name for name in names if name.casefold().startswith(wanted) and name == visible(name))


def _typed(name: str) -> str:
    """Return a name as it is typed: bash, unlike other shells, leaves it to a program to escape what it reads."""
    is_bash = any(value.startswith("bash") for name, value in os.environ.items() if name.endswith("_COMPLETE"))
    return _SPECIAL.sub(r"\\\1", name) if is_bash else name
