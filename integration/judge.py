"""Running one step, and the verdict on it."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from integration.config import Config
from integration.context import Context, NeedLost, Seen, ensure
from integration.errors import CredentialsError, FatalError, Forbidden, GraphError, IntegrationError
from integration.memory import Memory, content, keys, made_by, recall, remember
from integration.reader import Reader
from integration.records import Records
from integration.report import StepResult, Verdict
from integration.results import Results
from integration.schema import load_schema
from integration.stage import Published
from integration.step import Step
from integration.store import Store

_ROWS = 1000
_DID = {"failed": "failed", "skipped": "was skipped"}
_log = logging.getLogger("integration")


class Judge:
    """Runs one step, publishes what it yields, and judges whether that is all there is.

    A step starts at once; only where it reads the entities of another type, and before its own are published, it waits
    for the types that it needs.

    Args:
        step: the declaration.
        results: verdicts on the other steps.
        config: settings.
        store: the graph.
        reader: the tenant.
    """

    def __init__(self, step: Step, results: Results, config: Config, store: Store, reader: Reader) -> None:
        self._step, self._results, self._config, self._store, self._reader = step, results, config, store, reader
        self._seen = Seen()
        self._records = Records(step, load_schema(step), config.strict, config.raw_data)
        self._started = time.time()

    def judge(self) -> StepResult:
        """Run the step and return its verdict; one that fails publishes nothing.

        Raises:
            CredentialsError: no other step can read either.
            FatalError: the run cannot go on.
        """
        try:
            result = self._unchanged() or self._run()
        except (CredentialsError, FatalError):
            raise
        except NeedLost:
            result = None
        except IntegrationError as error:
            result = self._result("failed", self._refusal(error, self._step.permissions))
        except Exception as error:  # noqa: BLE001 - whatever an author's code raises fails its own type alone
            _log.error("%s failed", self._step.name, exc_info=error)
            result = self._result("failed", f"{self._step.source}: {type(error).__name__}: {error}")
        return self._blocked() or result or self._result("failed", "a type that it needs was lost")

    def _run(self) -> StepResult:
        context = Context(self._step, self._reader, self._store, self._results, self._config, self._seen)
        stage = self._store.stage(self._step)
        try:
            rows = self._records.rows(iter(self._step.run(context)))
            while chunk := list(islice(rows, _ROWS)):
                stage.add(chunk)
            if self._blocked():
                raise NeedLost(self._step.name)
            reasons = "; ".join(self._missing())
            published = stage.publish(complete=not reasons, strict=self._config.strict)
        finally:
            stage.discard()
        self._store.show(self._step, self._records.schema)
        problems = self._problems(published)
        remember(
            self._step, self._records.schema, self._config, self._seen, published, problems, self._reader, self._store
        )
        if reasons:
            self._store.remember(self._step.name, None)
        return self._result("partial" if reasons else "complete", reasons, published.count, problems)

    def _unchanged(self) -> StepResult | None:
        """Return the verdict of the last run where nothing has changed that the step's records are made of."""
        memory = recall(self._store, self._step.name)
        if memory is None or memory.made_by != made_by(self._step, self._records.schema, self._config):
            return None
        if not self._as_before(memory) or self._blocked():
            return None
        ends = {name: keys(self._store, name) for name in self._step.needs}
        if ends != memory.ends:
            count, examples = self._store.dangling(self._step)
            if count and self._config.strict:
                return None
            problems = {name: problem for name, problem in memory.problems.items() if name != "danglingEnds"}
            memory = replace(memory, ends=ends, problems={**problems, **_problem("danglingEnds", count, examples)})
            memory.save(self._store, self._step.name)
        return self._result("complete", "", memory.count, memory.problems, notes=("unchanged",))

    def _as_before(self, memory: Memory) -> bool:
        """Bring all that the step read last time up to date, and tell whether it is what it was."""
        try:
            for request, version in memory.requests:
                ensure(request, self._step, self._reader, self._results)
                if self._reader.mirror.version(request.name) != version:
                    return False
        except GraphError as error:
            _log.info("%s runs again: %s", self._step.name, error)
            return False
        self._results.of(memory.types)
        return all(content(self._store, name) == before for name, before in memory.types.items())

    def _blocked(self) -> StepResult | None:
        """Wait for the types that the step needs; return the verdict where one of them was not collected."""
        lost = [result for result in self._results.of(self._step.needs) if result.verdict in _DID]
        if not lost:
            return None
        reason = "; ".join(f"needs {result.type}, which {_DID[result.verdict]}: {result.reason}" for result in lost)
        failed = any(result.verdict == "failed" or result.because_of_failure for result in lost)
        return skipped(self._step, reason, because_of_failure=failed)

    def _missing(self) -> Iterator[str]:
        """Yield the reasons why the step's records are not all there is."""
        for error in dict.fromkeys(self._seen.errors):
            yield self._refusal(error, self._step.optional)
        if self._records.rejected:
            yield f"{self._records.rejected} records rejected, such as {self._records.example}"
        for result in self._results.of(sorted(self._seen.types)):
            if result.verdict == "partial":
                yield f"{result.type} is partial"

    def _refusal(self, error: IntegrationError, permissions: tuple[str, ...]) -> str:
        if isinstance(error, Forbidden) and permissions:
            return f"needs the permission {', '.join(permissions)}: {error}"
        return str(error)

    def _problems(self, published: Published) -> dict[str, Any]:
        return {
            **_problem("duplicateKeys", published.duplicates, published.duplicate_examples),
            **_problem("danglingEnds", published.dangling, published.dangling_examples),
            **_problem("rejectedRecords", self._records.rejected, [self._records.example]),
        }

    def _result(
        self,
        verdict: Verdict,
        reason: str,
        count: int = 0,
        problems: Mapping[str, Any] | None = None,
        notes: tuple[str, ...] = (),
    ) -> StepResult:
        return StepResult(
            type=self._step.name,
            verdict=verdict,
            reason=reason,
            count=count,
            started_on=round(self._started * 1000),
            seconds=time.time() - self._started,
            description=self._step.description,
            needs=self._step.needs,
            problems=problems or {},
            notes=notes,
        )


def skipped(step: Step, reason: str, *, because_of_failure: bool = False) -> StepResult:
    """Return the verdict on a step that does not run."""
    return StepResult(
        type=step.name,
        verdict="skipped",
        reason=reason,
        description=step.description,
        needs=step.needs,
        because_of_failure=because_of_failure,
    )


def _problem(name: str, count: int, examples: Sequence[str]) -> dict[str, Any]:
    return {name: {"count": count, "examples": list(examples)}} if count else {}
