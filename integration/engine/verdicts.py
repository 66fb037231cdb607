"""The verdicts of a run while it goes on."""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence

from integration.errors import IntegrationError, Interrupted
from integration.sdk.plan import Plan
from integration.sdk.report import StepResult
from integration.sdk.step import Step


class Verdicts:
    """Verdicts by type; safe for many threads.

    Args:
        known: verdicts that stand from the start.
        types: names of all types that there are, whether they run or not.
    """

    def __init__(self, known: Mapping[str, StepResult], types: Collection[str]) -> None:
        self._known = dict(known)
        self.types = types
        self._lock = threading.Lock()
        self._stopped = False

    def put(self, result: StepResult) -> None:
        """Add a verdict."""
        with self._lock:
            self._known[result.type] = result

    def stop(self) -> None:
        """Make ``check`` raise from now on."""
        self._stopped = True

    def check(self) -> None:
        """Raise ``Interrupted`` where the run was stopped."""
        if self._stopped:
            raise Interrupted("the run was stopped")

    def so_far(self) -> dict[str, StepResult]:
        """Return the verdicts that are known now."""
        with self._lock:
            return dict(self._known)

    def known(self, type: str) -> bool:
        """Tell whether a type has its verdict."""
        with self._lock:
            return type in self._known

    def of(self, types: Iterable[str]) -> list[StepResult]:
        """Return the verdicts on types that have theirs, as all have that a step needs when it starts."""
        with self._lock:
            return [self._known[name] for name in types]


def gap(result: StepResult) -> str:
    """Return why the entities of a type that a step reads may not be all there is; empty where they are.

    What the token or the tenant does not have is no gap: a step that wants the type, and needs it not, does without.
    """
    if result.verdict == "partial":
        return f"{result.type} is partial"
    if result.verdict == "failed" and not result.to_grant:
        return f"{result.type} failed: {result.reason}"
    return ""


def not_run(plan: Plan, declared: Iterable[Step]) -> dict[str, StepResult]:
    """Return the verdicts on the types that a plan skips.

    Args:
        plan: says why.
        declared: the steps; of a type that is blocked there is none.
    """
    steps = {step.name: step for step in declared}
    return {
        name: StepResult(
            type=name,
            verdict="skipped",
            reason=reason,
            left_out=True,
            description=steps[name].description if name in steps else "",
            needs=steps[name].needs if name in steps else (),
        )
        for name, reason in plan.skipped.items()
    }


def skipped(
    step: Step,
    reason: str,
    *,
    because_of_failure: bool = False,
    to_grant: Sequence[str] = (),
    errors: Sequence[IntegrationError] = (),
) -> StepResult:
    """Return the verdict on a step that does not run."""
    return StepResult(
        type=step.name,
        verdict="skipped",
        reason=reason,
        description=step.description,
        needs=step.needs,
        because_of_failure=because_of_failure,
        to_grant=to_grant,
        errors=names_of(errors),
    )


def names_of(errors: Sequence[IntegrationError]) -> tuple[str, ...]:
    """Return the names of errors, each once, so that programs need not read reasons."""
    return tuple(dict.fromkeys(type(error).__name__ for error in errors))
