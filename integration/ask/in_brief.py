"""Very many questions on a terminal: in as few lines as tell which there are, and which of them find something."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from integration.ask.every import Answered, by_rows
from integration.ask.questions import Question
from integration.terminal.cut_rows import print_cut
from integration.terminal.named_rows import filled
from integration.terminal.streams import emit
from integration.text.phrases import counted
from integration.text.visible import visible


def questions_in_brief(questions: Sequence[Question]) -> None:
    """Print the names of questions, under the titles of their files."""
    console = Console()
    for title, found in groupby(sorted(questions, key=lambda each: each.title), key=lambda each: each.title):
        console.print(Text(visible(title), style="bold"))
        for line in filled([each.usage for each in found], console.width):
            console.print(Text(line), soft_wrap=True)
    emit(f"\n{counted(len(questions), 'question')}. A word, such as mfa, lists those that speak of it;")
    emit("--all asks those that need no parameter; a pipe or a file gets descriptions.")


def answers_in_brief(answers: Sequence[Answered]) -> None:
    """Print a line for each question that finds something or is wrong itself, and count the others by verdict."""
    shown = [each for each in by_rows(answers) if each.count or each.verdict == "failed"]
    print_cut(["question", ">rows", "description"], [*map(_row, shown)])
    others: Counter[str] = Counter(each.verdict for each in answers if not each.count)
    emit("")
    for verdict, text in _NOTHING.items():
        if others[verdict]:
            emit(f"{counted(others[verdict], 'further question')}: {text}")
    emit("integration query NAME shows the rows; a pipe or a file gets all questions.")


def _row(answered: Answered) -> list[str]:
    verdict = "" if answered.verdict == "complete" else f"{answered.verdict}: "
    return [answered.question.name, f"{answered.count:,}", visible(f"{verdict}{answered.question.description}")]


_NOTHING = {
    "complete": "nothing is found, and what they read is complete",
    "partial": "nothing is found in what was read, which is not all",
    "skipped": "not asked, since what they read is not in the graph",
}
"""What it means that there is no row, by verdict."""
