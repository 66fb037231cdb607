"""The end of a run, for people: the verdict on each type, the reasons, and what must be known."""

import sys
from collections.abc import Sequence
from contextlib import nullcontext, redirect_stdout
from dataclasses import replace
from pathlib import Path

from integration.sdk.report import Report
from integration.sinks.jsonl import URL as JSON_LINES
from integration.terminal.result_lines import rows
from integration.terminal.streams import emit
from integration.terminal.summary_text import push_sentences, sentences
from integration.text.visible import lines


def print_report(report: Report, out: Path, destinations: Sequence[str] = ()) -> None:
    """Print how a run ended: to standard error where a destination is standard output."""
    _print(report, sentences(report, out), destinations)


def print_push(report: Report, out: Path, destinations: Sequence[str]) -> None:
    """Print what became of a graph that was sent; where as ``print_report`` does.

    Of the types only those are shown whose records may be wrong: the run has told the rest.
    """
    shown = replace(report, results=[each for each in report.results if each.verdict in ("failed", "partial")])
    _print(shown, push_sentences(report, out, len(destinations)), destinations)


def _print(report: Report, told: Sequence[str], destinations: Sequence[str]) -> None:
    elsewhere = redirect_stdout(sys.stderr) if JSON_LINES in destinations else nullcontext()
    with elsewhere:
        if sys.stdout.isatty():
            from integration.terminal.result_table import print_on_terminal  # rich is slow to import

            print_on_terminal(report, told)
        else:
            emit("\n".join([*rows(report), *(lines(sentence) for sentence in told)]))
