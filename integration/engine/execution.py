"""Running one step, and judging what it made."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

from integration.engine.ahead import Ahead, discard
from integration.engine.attempt import Attempt, Job
from integration.engine.incremental import Incremental, Unaltered
from integration.engine.licence import Licence
from integration.engine.odd import Attempts, FromTheStart
from integration.engine.refusals import in_doubt, is_for_want_of_permissions, refusal, wanted
from integration.engine.verdicts import names_of, skipped
from integration.errors import (
    ConfigurationError,
    CredentialsError,
    FatalError,
    FeatureAbsent,
    IntegrationError,
    NotFound,
    NotLicensed,
    SourceUnavailable,
)
from integration.sdk.report import StepResult, Verdict
from integration.sdk.schema import Schema
from integration.sdk.step import Step
from integration.sources.flow import Restarted
from integration.sources.request import Request
from integration.store.publication import Publication, Published
from integration.text.discretion import logger
from integration.text.visible import line

_DID = {"failed": "failed", "skipped": "was skipped"}
_log = logger("integration")


class Execution:
    """Runs one step, publishes what it yields, and judges whether that is all there is.

    It is for a step whose needs have their verdicts.

    Args:
        job: the step, and what it is run with.
        lacking: permissions that the step cannot do without, and that the token is known to lack.

    Attributes:
        lacking: as given.
        reads: what the step asks for first, as far as that is known; ``None`` where it is not known yet.
    """

    def __init__(self, job: Job, lacking: Sequence[str] = ()) -> None:
        self._job, self.lacking = job, lacking
        self.reads: Sequence[Request] | None = None
        self._awaited: Request | None = None
        self._incremental, self._licence = Incremental(job), Licence(job)
        self._attempt = Attempt(job)
        self._ahead = Ahead(job.step.name, self._make)
        self._started = time.time()

    @property
    def step(self) -> Step:
        """The declaration."""
        return self._job.step

    @property
    def schema(self) -> Schema:
        """The step's schema."""
        return self._job.schema

    def judge(self) -> StepResult:
        """Run the step and return its verdict; one that fails publishes nothing.

        Raises:
            CredentialsError: no other step can read either.
            FatalError: the run cannot go on.
        """
        self._started = time.time()
        ahead = self._ahead.take()
        if barred := self._barred():
            if ahead:
                ahead.add_done_callback(discard)
            return barred
        made = ahead.result() if ahead else None
        try:
            return self._publish(made) if made else self._brought_up_to_date() or self._made_anew()
        except (ConfigurationError, CredentialsError, FatalError):
            raise
        except SourceUnavailable as error:
            return self._skipped(error.problem, error=error)
        except (NotLicensed, FeatureAbsent, NotFound) as error:
            what = "not licensed" if isinstance(error, NotLicensed) else "not there"
            return self._skipped(self._licence.why(error) or f"{what}: {error}", error=error)
        except IntegrationError as error:
            if why := self._licence.why(error):
                return self._skipped(why, error=error)
            permissions = in_doubt(self.step.permissions, self._job.granted)
            to_grant, reason = wanted([error], permissions), refusal(error, permissions)
            if self._job.is_presumed and is_for_want_of_permissions(error):
                return self._skipped(f"not permitted: {reason}", to_grant, error)
            return self._result("failed", reason, to_grant=to_grant, errors=[error])
        except Exception as error:  # noqa: BLE001 - whatever an author's code raises fails its own type alone
            _log.error("%s failed", self.step.name, exc_info=error)
            return self._result("failed", line(f"{self.step.source}: {type(error).__name__}: {error}"))
        finally:
            if made:
                made.discard()

    def make_ahead(self, threads: Executor) -> None:
        """Have the step's records made before what it needs has its verdict, unless it is judged already."""
        self._ahead.begin(threads)

    def waits(self) -> bool:
        """Tell whether it waits for what is still being read, or may, since what it reads is not known yet."""
        if self.reads is None:
            return True
        has = self._job.reader.has
        if self._awaited is None or has(self._awaited):  # asked after every step: most often it still waits for that
            asked = [request for request, version in list(self._attempt.seen.requests.items()) if not version]
            self._awaited = next((request for request in asked or self.reads if not has(request)), None)
        return self._awaited is not None

    def last_requests(self) -> list[Request]:
        """Return what the step asked for when the last run made its records; nothing where it would not ask so now."""
        return self._incremental.last_requests()

    def is_unlicensed(self) -> bool:
        """Tell whether the step does not run, since the tenant is known to lack the licence for what it reads."""
        return self._licence.is_barring()

    def _barred(self) -> StepResult | None:
        """Return the verdict where the step cannot run: for what it needs, a permission or a licence."""
        lost = [result for result in self._job.verdicts.of(self.step.needs) if result.verdict in _DID]
        if lost:
            reason = "; ".join(f"needs {each.type}, which {_DID[each.verdict]}: {each.reason}" for each in lost)
            failed = any(result.verdict == "failed" or result.because_of_failure for result in lost)
            to_grant = () if self.is_unlicensed() else self.lacking
            return skipped(self.step, reason, because_of_failure=failed, to_grant=to_grant)
        if self.is_unlicensed():
            return self._skipped(self._licence.lack())
        if self.lacking:
            return self._skipped(f"not permitted: the token lacks {' and '.join(self.lacking)}", self.lacking)
        return None

    def _skipped(self, reason: str, to_grant: Sequence[str] = (), error: IntegrationError | None = None) -> StepResult:
        """Return the verdict on a step that cannot run: a failure where the type was collected before, or is named."""
        counted_on = self.step.name in self._job.store.types() or self.step.name in self._job.config.only
        errors = [error] if error else []
        return skipped(self.step, reason, because_of_failure=counted_on, to_grant=to_grant, errors=errors)

    def _brought_up_to_date(self) -> StepResult | None:
        if self._licence.is_lacking():
            return None  # what is left of it may be nothing by now, which only all there is tells
        found = self._incremental.bring_up_to_date()
        if isinstance(found, Unaltered):
            return self._result("complete", "", found.count, found.problems, notes=("unchanged",))
        if found:
            self._attempt = found.attempt
            return self._published(found.published, "", notes=("changed",))
        return None

    def _made_anew(self) -> StepResult:
        """Run the step on all there is, and publish what it made."""
        publication = self._make()
        try:
            return self._publish(publication)
        finally:
            publication.discard()

    def _make(self) -> Publication:
        """Run the step on all there is, again where a collection began anew meanwhile, or where a row is odd."""
        attempts = Attempts()
        while True:
            self._attempt = attempt = Attempt(self._job, attempts.without)
            publication = self._job.store.publication(self.step)
            try:
                attempt.fill(publication.add, attempts.items(attempt.context(), attempt.records, attempt.seen.hands))
                return publication
            except Restarted as error:
                _log.info("%s starts again: %s was read anew", self.step.name, error)
            except FromTheStart as error:
                _log.info("%s starts again without a row: %s", self.step.name, error)
            except BaseException:
                publication.discard()
                raise
            publication.discard()

    def _publish(self, publication: Publication) -> StepResult:
        reasons = "; ".join(self._attempt.missing())
        if publication.is_empty and not reasons and self._licence.is_lacking():
            return self._skipped(self._licence.lack("Graph lists nothing"))
        return self._published(publication.publish(complete=not reasons, strict=self._job.config.strict), reasons)

    def _published(self, published: Published, reasons: str, notes: tuple[str, ...] = ()) -> StepResult:
        self._job.store.show(self.step, self.schema)
        problems = self._attempt.problems(published)
        if reasons:
            self._incremental.forget()
        else:
            self._incremental.remember(self._attempt, published.count, problems)
        verdict: Verdict = "partial" if reasons else "complete"
        to_grant = wanted(self._attempt.seen.errors, in_doubt(self.step.optional, self._job.granted))
        return self._result(verdict, reasons, published.count, problems, notes, to_grant, self._attempt.seen.errors)

    def _result(
        self,
        verdict: Verdict,
        reason: str,
        count: int = 0,
        problems: Mapping[str, Any] | None = None,
        notes: tuple[str, ...] = (),
        to_grant: Sequence[str] = (),
        errors: Sequence[IntegrationError] = (),
    ) -> StepResult:
        return StepResult(
            type=self.step.name,
            verdict=verdict,
            reason=reason,
            count=count,
            started_on=round(self._started * 1000),
            seconds=time.time() - self._started,
            description=self.step.description,
            needs=self.step.needs,
            problems=problems or {},
            notes=notes,
            to_grant=to_grant,
            errors=names_of(errors),
        )
