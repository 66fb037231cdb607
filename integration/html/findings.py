"""What the ready-made questions found, as the page shows it: how many rows, and the first of them."""

from collections.abc import Iterable
from typing import Any

from integration.ask.every import Answered

SHOWN = 10
"""Rows of an answer that the page holds."""


def findings(answered: Iterable[Answered]) -> dict[str, Any]:
    """Return answers under the names that the page's template has for them: those that found most come first."""
    ordered = sorted(answered, key=lambda each: (-each.count, each.question.name))
    judged = [each for each in ordered if each.verdict in ("complete", "partial")]
    return {
        "found": [each for each in judged if each.count],
        "found_nothing": [each for each in judged if not each.count],
        "not_answered": [each for each in ordered if each not in judged],
    }
