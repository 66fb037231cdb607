"""How an answer is told on the terminal: its rows, what it means that there is none, and what it may lack."""

import sys
from collections.abc import Iterable, Sequence

from integration.ask.answer import QueryAnswer, ResultRow
from integration.ask.formats import FORMS
from integration.ask.questions import Question
from integration.terminal.streams import tell
from integration.text.phrases import counted, some
from integration.text.visible import line

_MOST = 5
"""Phrases of what an answer may lack; a question over all entities may lack types for very many reasons."""
_IS = " is "
"""What is between a type and how it stands, in a phrase of what an answer may lack."""


def tell_answer(answer: QueryAnswer, form: str | None, limit: int | None, nothing: str) -> int:
    """Write an answer to standard output, and return how many rows were written.

    Args:
        answer: the rows.
        form: one of ``FORMS``; a table where ``None``.
        limit: of the rows the first so many alone.
        nothing: told below a table without a row.
    """
    counted = _Counted(answer, limit)
    FORMS[form or "table"](counted.answer, sys.stdout)
    if not counted.rows and form is None:
        tell(nothing)
    return counted.rows


def tell_caveats(caveats: Sequence[str]) -> None:
    """Say on standard error what an answer may lack: each reason once, in a few phrases, and how many more there are.

    Args:
        caveats: phrases such as ``TYPE is partial: some were refused``.
    """
    if not caveats:
        return
    phrases = _by_reason(caveats)
    told = [phrase for phrase, _ in phrases[:_MOST]]
    left = sum(types for _, types in phrases[_MOST:])
    more = [f"and {counted(left, 'more type')}, of which the table verdicts has the reasons"] if left else []
    tell(f"note: this may not be the whole truth: {line('; '.join([*told, *more]))}")


def list_of(questions: Iterable[Question]) -> QueryAnswer:
    """Return the list of questions as an answer."""
    return QueryAnswer(("question", "description"), ((each.usage, each.description) for each in questions))


def _by_reason(caveats: Sequence[str]) -> list[tuple[str, int]]:
    """Return the phrases, those that say the same of several types as one, each with how many types it is about."""
    groups: dict[str, list[str]] = {}
    for caveat in caveats:
        name, _, state = caveat.partition(_IS)
        groups.setdefault(state if state and " " not in name else caveat, []).append(name)
    told = {state: f"{some(names)} are {state}" for state, names in groups.items() if len(names) > 1}
    alone = {state: f"{names[0]}{_IS}{state}" if names[0] != state else state for state, names in groups.items()}
    return [(told.get(state, alone[state]), len(names)) for state, names in groups.items()]


class _Counted:
    """An answer whose first rows alone are given, and counted."""

    def __init__(self, answer: QueryAnswer, most: int | None) -> None:
        self.rows = 0
        self._first = answer.first(most).rows
        self.answer = QueryAnswer(answer.columns, iter(self._next, None))

    def _next(self) -> ResultRow | None:
        row = next(self._first, None)
        self.rows += row is not None
        return row
