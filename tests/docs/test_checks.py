"""What the page on checks says is so: its questions are there, and each check is answered or explained once."""

import re
from collections import Counter

import pytest

from integration import load
from integration.ask.questions import load_questions
from integration.sdk.plugins import declared_steps
from tests.support import ROOT

pytestmark = pytest.mark.every_area

PAGE = (ROOT / "docs" / "checks.md").read_text("utf-8")
ANSWERED, UNANSWERED = (part.partition("\n## ")[0] for part in re.split(r"\n## Wh.*\n", PAGE)[1:])
ROWS = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", ANSWERED, re.MULTILINE)
CHECKS = r"`([a-z]+(?:_[a-z0-9]+)+)`"


def test_each_question_is_there_and_has_one_row() -> None:
    known = load_questions(load())
    named = [question for question, _ in ROWS]
    assert named == sorted(set(named))
    assert [each for each in named if each not in known] == []
    told = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", PAGE)) - {"integration-query"}
    assert [each for each in told if each not in known] == []


@pytest.mark.every_type
def test_each_check_is_answered_by_one_question_or_it_is_said_why_not() -> None:
    types = {step.name for step in declared_steps(load())}
    reasons = re.findall(r"^\| (`.*?`) \| .+ \|$", UNANSWERED, re.MULTILINE)
    answered = [check for _, checks in ROWS for check in re.findall(CHECKS, checks)]
    unanswered = [check for first in reasons for check in re.findall(CHECKS, first)]
    times = Counter([*answered, *unanswered])
    assert [check for check, count in times.items() if count > 1 or check in types] == []
    assert len(unanswered) == 9
    assert len(answered) > 140
    empty = [question for question, checks in ROWS if not re.search(CHECKS, checks) and "(CIS: " not in checks]
    assert empty == []
