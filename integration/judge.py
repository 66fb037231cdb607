"""Running one step, and the verdict on it."""

import logging
import time
from collections.abc import Iterator, Mapping
from itertools import islice

from integration.config import Config
from integration.context import Context, Seen
from integration.errors import CredentialsError, FatalError, Forbidden, IntegrationError
from integration.reader import Reader
from integration.records import Records
from integration.report import StepResult, Verdict
from integration.schema import load_schema
from integration.stage import Published
from integration.step import Step
from integration.store import Store

_ROWS = 1000
_log = logging.getLogger("integration")


class Judge:
    """Runs one step, publishes what it yields, and judges whether that is all there is.

    Args:
        step: the declaration.
        results: verdicts on the steps that ran before, by type.
        config: settings.
    """

    def __init__(self, step: Step, results: Mapping[str, StepResult], config: Config) -> None:
        self._step, self._results, self._config = step, results, config
        self._seen = Seen()
        self._records = Records(step, load_schema(step), config.strict, config.raw_data)
        self._started = time.time()

    def judge(self, store: Store, reader: Reader) -> StepResult:
        """Run the step and return its verdict; one that fails publishes nothing.

        Raises:
            CredentialsError: no other step can read either.
            FatalError: the run cannot go on.
        """
        store.show(self._step, self._records.schema)
        context = Context(self._step, reader, store, self._config, self._seen)
        stage = store.stage(self._step)
        try:
            rows = self._records.rows(iter(self._step.run(context)))
            while chunk := list(islice(rows, _ROWS)):
                stage.add(chunk)
            reasons = "; ".join(self._missing())
            published = stage.publish(complete=not reasons, strict=self._config.strict)
        except (CredentialsError, FatalError):
            raise
        except IntegrationError as error:
            return self._result("failed", self._refusal(error, self._step.permissions))
        except Exception as error:
            _log.exception("%s failed", self._step.name)
            return self._result("failed", f"{self._step.source}: {type(error).__name__}: {error}")
        finally:
            stage.discard()
        return self._result("partial" if reasons else "complete", reasons, published)

    def _missing(self) -> Iterator[str]:
        """Yield the reasons why the step's records are not all there is."""
        for error in dict.fromkeys(self._seen.errors):
            yield self._refusal(error, self._step.optional)
        if self._records.rejected:
            yield f"{self._records.rejected} records rejected, such as {self._records.example}"
        for name in sorted(self._seen.types):
            if self._results[name].verdict == "partial":
                yield f"{name} is partial"

    def _refusal(self, error: IntegrationError, permissions: tuple[str, ...]) -> str:
        if isinstance(error, Forbidden) and permissions:
            return f"needs the permission {', '.join(permissions)}: {error}"
        return str(error)

    def _result(self, verdict: Verdict, reason: str, published: Published | None = None) -> StepResult:
        published = published or Published(0)
        problems = {
            name: {"count": count, "examples": list(examples)}
            for name, count, examples in (
                ("duplicateKeys", published.duplicates, published.duplicate_examples),
                ("danglingEnds", published.dangling, published.dangling_examples),
                ("rejectedRecords", self._records.rejected, [self._records.example]),
            )
            if count
        }
        return StepResult(
            type=self._step.name,
            verdict=verdict,
            reason=reason,
            count=published.count,
            started_on=round(self._started * 1000),
            seconds=time.time() - self._started,
            description=self._step.description,
            needs=self._step.needs,
            problems=problems,
        )
