"""The end of a run where there is no terminal: a line for each type, so that programs find it and take it apart."""

from collections.abc import Iterator

from integration.sdk.changes import signed
from integration.sdk.report import Report, StepResult
from integration.terminal.named_rows import named_rows
from integration.terminal.remarks import problems
from integration.text.visible import lines

_LONGEST_REASON = 600


def rows(report: Report) -> Iterator[str]:
    """Yield the lines of a table whose columns are padded, but for the last, the reason; none without types."""
    if not report.results:
        return
    heading = ["type", "verdict", ">count", ">seconds", "changes"]
    changes = [signed(report.changes.get(result.type, {})) or "-" for result in report.results]
    columns = zip(report.results, changes, strict=True)
    table = [[result.type, result.verdict, *numbers(result), changed] for result, changed in columns]
    reasons = ["reason", *("; ".join(filter(None, [result.reason, *problems(result)])) for result in report.results)]
    for cells, reason in zip(named_rows(heading, table), reasons, strict=True):
        yield "  ".join([*cells, _short(lines(reason))]).rstrip()


def numbers(result: StepResult) -> tuple[str, str]:
    """Return how many records a type has, and how many seconds it took, as people read them."""
    return f"{result.count:,}", f"{result.seconds:.2f}"


def _short(reason: str) -> str:
    """Return a reason on one line; what is longer than a screen is whole in ``summary.json``."""
    flat = " ".join(reason.split())
    if len(flat) <= _LONGEST_REASON:
        return flat
    kept = flat[:_LONGEST_REASON]
    words = kept.rpartition(" ")[0]
    return f"{words} …" if len(words) > _LONGEST_REASON // 2 else f"{kept}…"  # an address may be long, and one word
