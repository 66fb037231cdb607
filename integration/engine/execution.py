"""Running one step, and judging what it made."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from typing import Any

from integration.config.settings import Config
from integration.engine.context import Changes, Seen, StepContext, TooEarly, ensure
from integration.engine.memory import Memory, made_by, recall
from integration.engine.odd import Attempts, FromTheStart, Hands, Odd
from integration.engine.records import Records
from integration.engine.refusals import refusal, wanted
from integration.engine.verdicts import Results
from integration.errors import (
    ConfigurationError,
    CredentialsError,
    FatalError,
    FeatureAbsent,
    GraphError,
    IntegrationError,
    NotFound,
    NotLicensed,
    SourceUnavailable,
)
from integration.sdk.report import StepResult, Verdict
from integration.sdk.schema import load_schema
from integration.sdk.step import Step
from integration.sources.flow import Restarted
from integration.sources.reader import Reader
from integration.sources.request import Request
from integration.store.publication import Publication, Published, Row
from integration.store.store import Store
from integration.text.discretion import logger
from integration.text.visible import line

_ENTITIES, _RELATIONSHIPS = 250, 1_000
_DID = {"failed": "failed", "skipped": "was skipped"}
_log = logger("integration")


class Judge:
    """Runs one step, publishes what it yields, and judges whether that is all there is.

    It is for a step whose needs have their verdicts. Where nothing has changed that its records are made of, the step
    does not run; where one input has changed and the step takes each object by itself, it runs on what changed.

    Args:
        step: the declaration.
        results: verdicts on the other steps.
        config: settings.
        store: the graph.
        reader: the tenant.
        lacking: permissions that the step cannot do without, and that the token is known to lack.

    Attributes:
        step: the declaration.
        schema: its schema.
        lacking: as given.
    """

    def __init__(
        self,
        step: Step,
        results: Results,
        config: Config,
        store: Store,
        reader: Reader,
        lacking: Sequence[str] = (),
    ) -> None:
        self.step, self._results, self._config, self._store, self._reader = step, results, config, store, reader
        self.lacking = lacking
        self.schema = load_schema(step)
        self._made_by = made_by(step, self.schema, config)
        self._started = time.time()
        self._judging = threading.Lock()
        self._judged = False
        self._ahead: Future[Publication | None] | None = None
        self._start_over()

    def judge(self) -> StepResult:
        """Run the step and return its verdict; one that fails publishes nothing.

        Raises:
            CredentialsError: no other step can read either.
            FatalError: the run cannot go on.
        """
        self._started = time.time()
        ahead = self._take_ahead()
        if blocked := self._blocked():
            if ahead:
                ahead.add_done_callback(_discard)
            return blocked
        if self.lacking:
            lacks = f"not permitted: the token lacks {' and '.join(self.lacking)}"
            return skipped(self.step, lacks, because_of_failure=self._was_wanted(), to_grant=self.lacking)
        if self.is_unlicensed():
            lacks = f"not licensed: the tenant has no {' or '.join(self.step.licences)}"
            return skipped(self.step, lacks, because_of_failure=self._was_wanted())
        made = ahead.result() if ahead else None
        try:
            if made:
                return self._publish(made)
            return self._from_memory() or self._run()
        except (ConfigurationError, CredentialsError, FatalError):
            raise
        except SourceUnavailable as error:
            return skipped(self.step, error.problem, because_of_failure=self._was_wanted())
        except (NotLicensed, FeatureAbsent, NotFound) as error:
            what = "not licensed" if isinstance(error, NotLicensed) else "not there"
            return skipped(self.step, f"{what}: {error}", because_of_failure=self._was_wanted())
        except IntegrationError as error:
            to_grant = wanted([error], self.step.permissions)
            return self._result("failed", refusal(error, self.step.permissions), to_grant=to_grant)
        except Exception as error:  # noqa: BLE001 - whatever an author's code raises fails its own type alone
            _log.error("%s failed", self.step.name, exc_info=error)
            return self._result("failed", line(f"{self.step.source}: {type(error).__name__}: {error}"))
        finally:
            if made:
                made.discard()

    def is_unlicensed(self) -> bool:
        """Tell whether the tenant is known to lack the licence for what the step reads."""
        sources = self._reader.sources.values()
        return bool(self.step.licences) and any(each.unlicensed(self.step.licences, self._reader) for each in sources)

    def make_ahead(self, threads: Executor) -> None:
        """Have the step's records made before what it needs has its verdict, unless it is judged already."""
        with self._judging, suppress(RuntimeError):  # the run has ended, and the threads with it
            if not self._judged:
                self._ahead = threads.submit(self._make_early)

    def _make_early(self) -> Publication | None:
        try:
            return self._make()
        except (TooEarly, Exception) as error:  # noqa: BLE001 - the step raises it again where it is judged
            _log.debug("%s does not run ahead: %s", self.step.name, type(error).__name__)
            return None

    def _take_ahead(self) -> Future[Publication | None] | None:
        """Return what makes the records ahead; ``None`` where that has not begun, and will not."""
        with self._judging:
            self._judged = True
        return None if self._ahead is None or self._ahead.cancel() else self._ahead

    def _was_wanted(self) -> bool:
        """Tell whether somebody counts on the type: it was collected before, or named."""
        return self.step.name in self._store.types() or self.step.name in self._config.only

    def last_requests(self) -> list[Request]:
        """Return what the step asked for when the last run made its records; nothing where it would not ask so now."""
        memory = self._memory()
        return [request for request, _ in memory.requests] if memory else []

    def _start_over(self, without: Sequence[Odd] = ()) -> None:
        self._seen = Seen(hands=Hands(without))
        self._records = Records(self.step, self.schema, self._config.strict, self._config.raw_data)

    def _run(self) -> StepResult:
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
            self._start_over(attempts.without)
            publication = self._store.publication(self.step)
            try:
                context = self._context(None)
                self._fill(publication.add, attempts.items(context, self._records, self._seen.hands))
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
        reasons = "; ".join(self._missing())
        published = publication.publish(complete=not reasons, strict=self._config.strict)
        return self._published(published, reasons)

    def _from_memory(self) -> StepResult | None:
        """Return the verdict where what the last run made can be kept, or changed by what changed since."""
        memory = self._memory()
        if memory is None:
            return None
        changed = self._changed(memory)
        if changed is None:
            return None
        if not changed:
            return self._unchanged(memory)
        if not self.step.per_row or len(changed) > 1 or "duplicateKeys" in memory.problems:
            return None
        return self._run_on(changed[0], memory)

    def _memory(self) -> Memory | None:
        memory = recall(self._store, self.step)
        return memory if memory and memory.made_by == self._made_by else None

    def _changed(self, memory: Memory) -> list[Request | str] | None:
        """Bring all that the step read last time up to date, and return what of it is another; ``None``: unknown."""
        changed: list[Request | str] = []
        for request, _ in memory.requests:
            if request.kind != "relation":
                self._reader.start(request)
        try:
            for request, version in memory.requests:
                if self._reader.reads_anew(request):
                    return None
                ensure(request, self._reader)
                if self._reader.version(request) != version:
                    if self._reader.base(request) != version:
                        return None
                    changed.append(request)
        except GraphError as error:
            _log.info("%s runs again: %s", self.step.name, error)
            return None
        for name, revision in memory.types.items():
            if self._store.content(name) != revision:
                if self._store.content_before(name) != revision:
                    return None
                changed.append(name)
        return changed

    def _unchanged(self, memory: Memory) -> StepResult | None:
        for request, _ in memory.requests:
            if any(self._reader.gaps(request)):
                return None
        ends = {name: self._store.keys(name) for name in self.step.needs}
        if ends != memory.ends:
            count, examples = self._store.refresh_dangling(self.step, memory.ends)
            if count and self._config.strict:
                return None
            problems = {name: problem for name, problem in memory.problems.items() if name != "danglingEnds"}
            memory = replace(memory, ends=ends, problems={**problems, **_problem("danglingEnds", count, examples)})
            memory.save(self._store, self.step)
        return self._result("complete", "", memory.count, memory.problems, notes=("unchanged",))

    def _run_on(self, changed: Request | str, memory: Memory) -> StepResult | None:
        """Run the step on what changed, as it was and as it is, and exchange the records; ``None`` where that fails."""
        try:
            with self._publication() as publication:
                for add, before in ((publication.add_old, True), (publication.add, False)):
                    self._start_over()
                    self._fill(add, iter(self.step.run(self._context(Changes(changed, before)))))
                if list(self._missing()) or not self._read_as_before(memory):
                    return None
                published = publication.publish_changes(memory.count, strict=self._config.strict)
        except IntegrationError:
            raise
        except Exception as error:  # noqa: BLE001 - running on all there is tells what it costs
            _log.info("%s runs again: %s", self.step.name, error)
            return None
        return self._published(published, "", notes=("changed",))

    def _read_as_before(self, memory: Memory) -> bool:
        requests = {request for request, _ in memory.requests}
        return self._seen.requests.keys() == requests and self._seen.types.keys() == memory.types.keys()

    def _context(self, changes: Changes | None) -> StepContext:
        return StepContext(
            self.step, self.schema, self._reader, self._store, self._results, self._config, self._seen, changes
        )

    def _fill(self, add: Callable[[list[Row]], None], made: Iterator[Any]) -> None:
        """Add what the step yields."""
        rows = self._records.rows(made)
        most = _RELATIONSHIPS if self.step.is_relationship else _ENTITIES
        while chunk := list(islice(rows, most)):
            self._results.check()
            add(chunk)

    @contextmanager
    def _publication(self) -> Iterator[Publication]:
        publication = self._store.publication(self.step)
        try:
            yield publication
        finally:
            publication.discard()

    def _published(self, published: Published, reasons: str, notes: tuple[str, ...] = ()) -> StepResult:
        self._store.show(self.step, self.schema)
        problems = self._problems(published)
        if reasons:
            self._store.remember(self.step, None)
        else:
            Memory(
                made_by=self._made_by,
                requests=list(self._seen.requests.items()),
                types=self._seen.types,
                ends={name: self._store.keys(name) for name in self.step.needs},
                count=published.count,
                problems=problems,
            ).save(self._store, self.step)
        verdict: Verdict = "partial" if reasons else "complete"
        to_grant = wanted(self._seen.errors, self.step.optional)
        return self._result(verdict, reasons, published.count, problems, notes, to_grant)

    def _blocked(self) -> StepResult | None:
        """Return the verdict where a type that the step needs was not collected."""
        lost = [result for result in self._results.of(self.step.needs) if result.verdict in _DID]
        if not lost:
            return None
        reason = "; ".join(f"needs {result.type}, which {_DID[result.verdict]}: {result.reason}" for result in lost)
        failed = any(result.verdict == "failed" or result.because_of_failure for result in lost)
        return skipped(self.step, reason, because_of_failure=failed)

    def _missing(self) -> Iterator[str]:
        """Yield the reasons why the step's records are not all there is."""
        for error in dict.fromkeys(self._seen.errors):
            yield refusal(error, self.step.optional)
        if self._records.rejected:
            yield f"{self._records.rejected} records rejected, such as {self._records.example}"
        for result in self._results.of(sorted(self._seen.listed)):
            if result.verdict == "partial":
                yield f"{result.type} is partial"

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
        to_grant: Sequence[str] = (),
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
        )


def _discard(ahead: Future[Publication | None]) -> None:
    if publication := ahead.result():
        publication.discard()


def skipped(step: Step, reason: str, *, because_of_failure: bool = False, to_grant: Sequence[str] = ()) -> StepResult:
    """Return the verdict on a step that does not run."""
    return StepResult(
        type=step.name,
        verdict="skipped",
        reason=reason,
        description=step.description,
        needs=step.needs,
        because_of_failure=because_of_failure,
        to_grant=to_grant,
    )


def _problem(name: str, count: int, examples: Sequence[str]) -> dict[str, Any]:
    return {name: {"count": count, "examples": list(examples)}} if count else {}
