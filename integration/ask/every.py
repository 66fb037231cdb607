"""The answers to all questions that need to be told nothing: what there is to look at in a tenant."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from integration.ask.answer import QueryAnswer, ResultRow
from integration.ask.caveats import NotRead
from integration.ask.query import Inquiry
from integration.ask.questions import Question
from integration.errors import QueryError

_HEADINGS = ("question", "rows", "verdict", "description")


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What became of one question.

    Attributes:
        question: as it was asked.
        verdict: ``complete``; ``partial`` where a type that it reads is not complete; ``skipped`` where the graph lacks
            such a type; ``failed`` where SQLite cannot answer it.
        count: how many rows there are.
        columns: their names.
        first: the first of them, as many as were asked for.
        reasons: why it is not complete.
    """

    question: Question
    verdict: Literal["complete", "partial", "skipped", "failed"]
    count: int = 0
    columns: tuple[str, ...] = ()
    first: tuple[ResultRow, ...] = ()
    reasons: tuple[str, ...] = ()


def answer_every(inquiry: Inquiry, questions: Iterable[Question], first: int = 0) -> Iterator[Answered]:
    """Yield what becomes of each question that has no parameter.

    Args:
        inquiry: on the graph; it is over then.
        questions: from ``load_questions``.
        first: how many rows of each answer are kept.

    Raises:
        sqlite3.DatabaseError: the graph's file is damaged.
    """
    return (_answered(inquiry.anew(), question, first) for question in questions if not question.parameters)


def told_of_every(found: Iterable[Answered]) -> QueryAnswer:
    """Return an answer with a row for each question: those that found most come first."""
    rows = ((each.question.name, each.count, each.verdict, each.question.description) for each in by_rows(found))
    return QueryAnswer(_HEADINGS, rows)


def by_rows(found: Iterable[Answered]) -> list[Answered]:
    """Return the answers with those that found most first."""
    return sorted(found, key=lambda each: -each.count)


def reasons_of(found: Iterable[Answered]) -> list[str]:
    """Return why answers are not complete, each reason once; those of questions that are wrong themselves first."""
    ordered = sorted(found, key=lambda each: each.verdict != "failed")
    return list(dict.fromkeys(reason for each in ordered for reason in each.reasons))


def _answered(inquiry: Inquiry, question: Question, first: int) -> Answered:
    kept: list[ResultRow] = []
    count = 0
    try:
        answer = inquiry.ask(question, ())
        for row in answer.rows:
            count += 1
            if count <= first:
                kept.append(row)
    except NotRead as error:
        return Answered(question=question, verdict="skipped", reasons=(error.caveat,))
    except QueryError as error:
        return Answered(question=question, verdict="failed", reasons=(str(error),))
    reasons = tuple(inquiry.caveats())
    return Answered(
        question=question,
        verdict="partial" if reasons else "complete",
        count=count,
        columns=answer.columns,
        first=tuple(kept),
        reasons=reasons,
    )
