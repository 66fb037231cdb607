"""Which of the ready-made questions somebody means."""

from collections.abc import Iterable, Iterator, Mapping

from integration.ask.questions import Question
from integration.errors import QueryError
from integration.text.nearest import nearest
from integration.text.visible import brief

_MOST = 15
"""Questions that are listed for a word: a screen of them."""


def find_question(questions: Mapping[str, Question], name: str, command: str = "integration query") -> Question:
    """Return the question of a name; ``command`` lists them.

    Raises:
        QueryError: there is none; names the nearest, and those that speak of what it is called.
    """
    if name not in questions:
        about = list(_about(name, questions.values()))
        more = [f"… and {len(about) - _MOST} more"] if len(about) > _MOST else []
        raise QueryError("\n  ".join([
            f"there is no question {brief(name)}{nearest(name, questions)}; {command} lists those that there are"
            + (", and of these speak of it:" if about else ""),
            *(f"{each.usage}: {each.description}" for each in about[:_MOST]), *more,
        ]))  # fmt: skip
    return questions[name]


def _about(words: str, questions: Iterable[Question]) -> Iterator[Question]:
    """Yield the questions in whose name or description is each of some words, in any case of letters."""
    wanted = words.casefold().replace("-", " ").split()
    for question in questions:
        text = f"{question.name.replace('-', ' ')} {question.description}".casefold()
        if wanted and all(word in text for word in wanted):
            yield question
