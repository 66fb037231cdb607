"""What a person must know of a run, in a few sentences: what is missing, what to grant, what it took, what changed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from integration.sdk.changes import SIGNS, What
from integration.sdk.mass_deletion import UNTIL
from integration.sdk.report import Report, StepResult
from integration.sources.msgraph.permissions import smallest
from integration.store.history import shown
from integration.terminal.remarks import causes
from integration.terminal.untaken import untaken
from integration.text.phrases import counted, listed, some
from integration.text.visible import line

_WORDS: Mapping[What, str] = {"created": "came", "updated": "changed", "deleted": "went"}


def sentences(report: Report, out: Path) -> list[str]:
    """Return what to say at the end of a run; the last one is what a person must know if nothing else.

    Args:
        report: the run's.
        out: its folder.
    """
    return [
        _cost(report),
        *_without(report),
        *untaken(report.reading.get("notRepresented", {}), _all_read(report)),
        f"{out / 'graph.db'} and {out / 'summary.json'} hold the result.",
        _completeness(report),
        *_destinations(report),
    ]


def push_sentences(report: Report, out: Path, destinations: int) -> list[str]:
    """Return what to say after the graph was sent; the last one is what a person must know if nothing else.

    Args:
        report: of the run that made the graph, and what became of the destinations.
        out: folder of the graph.
        destinations: how many there are.
    """
    served = destinations - len(report.failed_sinks)
    missing = [result for result in report.results if result.verdict in ("failed", "skipped")]
    return [
        *([f"The graph lacks {len(missing):,} of {counted(len(report.results), 'type')}."] if missing else []),
        f"{served:,} of {counted(destinations, 'destination')} {'has' if served == 1 else 'have'}"
        f" the graph of {out / 'graph.db'}.",
        *_destinations(report),
    ]


def duration(seconds: float) -> str:
    """Return a duration as people say it: ``0.04 s``, ``4.1 s``, ``2 min 5 s``, ``1 h 2 min``."""
    if seconds < 59.95:
        return f"{seconds:.2f} s" if seconds < 0.95 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left} min" if hours else f"{minutes} min {rest} s"


def _completeness(report: Report) -> str:
    """Return whether everything was read, or what is missing and what to do."""
    missing = [result for result in report.results if result.verdict == "failed" or result.because_of_failure]
    partial = [result for result in report.results if result.verdict == "partial"]
    absent = {*report.not_chosen, *(result.type for result in report.results if result.left_out)}
    closed = [
        each
        for each in report.results
        if each.verdict == "skipped" and not each.because_of_failure and not each.left_out
    ]
    if not missing and not partial:
        if closed:
            return f"All that is open to this run was read; {_skipped(report, closed)}."
        if absent:
            return f"All that was asked for was read; {_are(len(absent), 'type')} left out."
        return "Everything was read."
    chosen = sum(1 for result in report.results if result.verdict != "skipped" or result.because_of_failure)
    told = [(missing, "missing"), (partial, "partial")]
    parts = [f"{len(results):,} {'is' if len(results) == 1 else 'are'} {word}" for results, word in told if results]
    parts[0] = parts[0].replace(" ", f" of {counted(chosen, 'type')} ", 1)
    falls_away = causes(report)
    first = [*(result for result in missing if not falls_away[result.type]), *partial]
    remedy = _remedy(first, _to_grant(report, first))
    return f"{listed(parts)}: {remedy}" + (f" Besides, {_skipped(report, closed)}." if closed else "")


def _skipped(report: Report, results: Sequence[StepResult]) -> str:
    """Return how many types are not permitted, not licensed or not there, and what would change that."""
    were = f"{counted(len(results), 'type')} {'was' if len(results) == 1 else 'were'} skipped"
    to_grant = _to_grant(report, results)
    if not to_grant:
        return f"{were} for the reasons above"
    falls_away, closed = causes(report), {result.type for result in results if not result.to_grant}
    others = sum(1 for name in closed if not falls_away[name] or falls_away[name] & closed)
    besides = f", {others:,} of them for other reasons than permissions, told above" if others else ""
    return f"{were}{besides}: to read more, grant {listed(to_grant)}"


def _to_grant(report: Report, results: Sequence[StepResult]) -> tuple[str, ...]:
    """Return the smallest set of permissions that the token lacks, as far as it tells, and these types want."""
    told = report.reading.get("permissions", {})
    has = {*told.get("granted", ())} - {*told.get("contained", ())}  # what is refused is not in the broader one
    return smallest({name for result in results for name in result.to_grant} - has)


def _remedy(results: Sequence[StepResult], to_grant: Sequence[str]) -> str:
    """Return what to do; where a permission is the reason for some of the types alone, for which it is not."""
    if not to_grant:
        return "the reasons are above; the next run tries again."
    others = [result.type for result in results if not result.to_grant]
    besides = f" {some(others)}: for other reasons, told above." if others else ""
    return f"grant {listed(to_grant)}, then run again.{besides}"


def _cost(report: Report) -> str:
    """Return how the run began, what it changed and what it took."""
    reading = report.reading
    costs = [reading, *(each for each in reading.values() if isinstance(each, dict))]
    requests = sum(count for cost in costs for count in cost.get("requests", {}).values())
    took = [counted(requests, "request"), duration(report.seconds)]
    if (held := reading.get("throttledSeconds", 0)) >= 1:
        took.append(f"{duration(held)} of it held back by Graph")
    begun = f" of {shown(datetime.fromtimestamp(reading['begunOn'] / 1000, UTC))}" if "begunOn" in reading else ""
    resumed = f", gone on from where one{begun} was cut short" if reading.get("mirror") == "resumed" else ""
    if report.first:
        records = sum(result.count for result in report.results)
        return f"First run{resumed}: {', '.join([counted(records, 'record'), *took])}."
    anew = ", everything read anew" if str(reading.get("mirror", "")).startswith(("new", "rebuilt")) else ""
    total = {what: sum(counts.get(what, 0) for counts in report.changes.values()) for what in SIGNS}
    changed = [f"{total[what]:,} {word}" for what, word in _WORDS.items() if total[what]]
    since = f" since {shown(datetime.fromtimestamp(report.changed_on / 1000, UTC))}" if report.changed_on else ""
    return f"Later run{resumed}{anew}: {', '.join(changed) or f'nothing changed{since}'}; {', '.join(took)}."


def _without(report: Report) -> Iterator[str]:
    """Yield for each collection which properties were left out, since Graph does not know them where this tenant is."""
    for path, names in sorted(report.reading.get("unknownProperties", {}).items()):
        yield f"Without {', '.join(map(line, names))} of {line(path)}, which Graph does not know here."


def _all_read(report: Report) -> bool:
    """Tell whether all types that there are were read."""
    return not report.not_chosen and all(result.verdict in ("complete", "partial") for result in report.results)


def _destinations(report: Report) -> Iterator[str]:
    told = {type for types in report.withheld_at.values() for type in types}
    for type, reason in report.withheld.items():
        if type not in told:
            yield f"{type}: {reason}"
    for url, types in report.withheld_at.items():
        yield f"{url}: deletions are withheld {UNTIL}:"
        for reason in dict.fromkeys(types.values()):
            yield f"  {', '.join(type for type, each in types.items() if each == reason)}: {reason}"
    for url, reason in report.failed_sinks.items():
        yield f"{url}: not written: {reason}"


def _are(count: int, noun: str) -> str:
    return f"{counted(count, noun)} {'is' if count == 1 else 'are'}"
