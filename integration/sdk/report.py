"""What a run says of itself: a verdict for each type, and JupiterOne's ``summary.json``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from integration.errors import NotReported
from integration.sdk.changes import What
from integration.sdk.mass_deletion import Guard
from integration.text.nearest import nearest
from integration.text.visible import brief

Verdict = Literal["complete", "partial", "skipped", "failed"]

_STATUS = {"complete": "success", "partial": "success", "skipped": "disabled", "failed": "failure"}


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """The verdict on one type.

    Attributes:
        type: the type's name.
        verdict: ``complete``: the graph holds all that Graph has; ``partial``: some of it is missing; ``skipped``: the
            step did not run; ``failed``: it ran and published nothing.
        reason: why the verdict is not ``complete``; empty where it is.
        count: records that this run put into the graph.
        started_on: epoch milliseconds; 0 where the step did not run.
        seconds: how long the step took.
        description: what the type is.
        needs: types that it needs.
        because_of_failure: the step was skipped because another one failed, or although somebody counts on the type.
        left_out: nobody chose the type, or what it needs.
        problems: counts of duplicates, dangling ends and rejected records, with examples; only those that occurred.
        notes: sentences for the reader that do not change the verdict.
        to_grant: permissions for want of which the type is not complete, as far as that is known.
        errors: names of the errors behind the reason, such as ``Throttled``, for programs.
    """

    type: str
    verdict: Verdict
    reason: str = ""
    count: int = 0
    started_on: int = 0
    seconds: float = 0.0
    description: str = ""
    needs: Sequence[str] = ()
    because_of_failure: bool = False
    left_out: bool = False
    problems: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()
    to_grant: Sequence[str] = ()
    errors: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """The outcome of a run.

    Attributes:
        results: one for each type that was chosen, in the order of the plan.
        not_chosen: types that the run was not asked for, those among them that no installed step declares any more.
        error: why the run ended early; empty where it did not.
        changes: for each type how many records came (``created``), changed and went since the run before; only what is
            not 0.
        withheld: why destinations, or some of them, keep what they have beyond the graph of a type.
        withheld_at: what single destinations would lose, or why that is not known, by URL and type.
        failed_sinks: URL and reason of each destination that did not get the graph.
        started_on: epoch milliseconds.
        seconds: how long the run took.
        reading: how the tenant was read, and what that cost.
        first: the folder held no graph of the tenant before.
        changed_on: when a run before this one last changed the graph, epoch milliseconds; 0 where that is not known.
        guard: watches over the destination that is being written; none outside a run or push.
        compare_all: destinations compare all that they hold with the graph, not only what has changed since.
    """

    results: Sequence[StepResult]
    not_chosen: Sequence[str] = ()
    error: str = ""
    changes: Mapping[str, Mapping[What, int]] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)
    withheld_at: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    failed_sinks: Mapping[str, str] = field(default_factory=dict)
    started_on: int = 0
    seconds: float = 0.0
    reading: Mapping[str, Any] = field(default_factory=dict)
    first: bool = False
    changed_on: int = 0
    guard: Guard | None = field(default=None, repr=False, compare=False)
    compare_all: bool = field(default=False, repr=False, compare=False)

    def of(self, type: str) -> StepResult:
        """Return the result of one type.

        Raises:
            NotReported: the run was not asked for it; says the nearest type that it was asked for.
        """
        for result in self.results:
            if result.type == type:
                return result
        if type in self.not_chosen:
            raise NotReported(f"the run was not asked for {type}: the report has no result of it")
        near = nearest(str(type), [result.type for result in self.results])
        raise NotReported(f"the report has no result of a type {brief(str(type))}{near}")

    def exit_code(self, *, fail_on_partial: bool = False, fail_on_skipped: bool = False) -> int:
        """Return 3 where the run ended early, 1 where a type or a sink failed or deletions are withheld, else 0.

        Args:
            fail_on_partial: count a partial type as failed.
            fail_on_skipped: count a type as failed that was chosen and could not be read: not permitted, not licensed.
        """
        if self.error:
            return 3
        failed = any(result.verdict == "failed" or result.because_of_failure for result in self.results)
        partial = fail_on_partial and any(result.verdict == "partial" for result in self.results)
        skipped = fail_on_skipped and any(each.verdict == "skipped" and not each.left_out for each in self.results)
        return 1 if failed or partial or skipped or self.failed_sinks or self.withheld else 0

    @cached_property
    def incomplete(self) -> list[str]:
        """Names of all types of which nothing may be deleted anywhere, sorted: not complete, not chosen, withheld."""
        incomplete = (result.type for result in self.results if result.verdict != "complete")
        elsewhere = {type for types in self.withheld_at.values() for type in types}
        return sorted({*incomplete, *self.not_chosen, *(self.withheld.keys() - elsewhere)})

    def may_delete(self, type: str, held: int, gone: int) -> bool:
        """Tell whether a destination may delete records that the graph has no more; sinks ask before they do.

        Where that is a mass deletion which nobody has allowed, the run says so and ends with 1.

        Args:
            type: the records' type.
            held: how many records of the type the destination holds of this graph.
            gone: how many of them it would delete.
        """
        if type in self.incomplete:
            return False
        return self.guard is None or self.guard.may_delete(type, held, gone)

    def summary(self) -> dict[str, Any]:
        """Return ``summary.json``: JupiterOne's fields, and our verdicts, reasons and problems beside them."""
        withheld = {**self.withheld, **(self.guard.withheld if self.guard else {})}
        return {
            "integrationStepResults": [_step_summary(result) for result in self.results],
            "metadata": {"partialDatasets": {"types": self.incomplete}},
            "notChosenTypes": list(self.not_chosen),
            "startTime": self.started_on,
            "endTime": self.started_on + round(self.seconds * 1000),
            "duration": round(self.seconds * 1000),
            **({"changes": {name: dict(counts) for name, counts in self.changes.items()}} if self.changes else {}),
            **({"withheldDeletions": withheld} if withheld else {}),
            **({"reading": dict(self.reading)} if self.reading else {}),
            **({"error": self.error} if self.error else {}),
            **({"failedSinks": dict(self.failed_sinks)} if self.failed_sinks else {}),
        }


def _step_summary(result: StepResult) -> dict[str, Any]:
    partial = [result.type] if result.verdict != "complete" else []
    started, took = result.started_on, round(result.seconds * 1000)
    return {
        "id": result.type,
        "name": result.description or result.type,
        **({"dependsOn": list(result.needs)} if result.needs else {}),
        "declaredTypes": [result.type],
        "partialTypes": partial,
        "encounteredTypes": [result.type] if result.count else [],
        "encounteredTypeCounts": {result.type: result.count} if result.count else {},
        "status": _STATUS[result.verdict],
        **({"startTime": started, "endTime": started + took, "duration": took} if started else {}),
        "verdict": result.verdict,
        "reason": result.reason,
        **({"leftOut": True} if result.left_out else {}),
        "count": result.count,
        **({"problems": dict(result.problems)} if result.problems else {}),
        **({"notes": list(result.notes)} if result.notes else {}),
        **({"toGrant": list(result.to_grant)} if result.to_grant else {}),
        **({"errors": list(result.errors)} if result.errors else {}),
    }
