"""One attempt at the records of a step: what the step is handed, what it meets, and what it makes."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from integration.config.settings import Config
from integration.engine.context import ChangedInput, Seen, StepContext
from integration.engine.odd import Hands, Odd, row_named
from integration.engine.records import Records
from integration.engine.refusals import in_doubt, refusal
from integration.engine.verdicts import Verdicts, gap
from integration.sdk.schema import Schema
from integration.sdk.step import Step
from integration.sdk.unread import told_to
from integration.sources.reader import Reader
from integration.store.publication import Published, RecordRow
from integration.store.store import Store
from integration.text.phrases import counted

_ENTITIES, _RELATIONSHIPS = 256, 1_024


@dataclass(frozen=True)
class Job:
    """A step, and what it is run with.

    Attributes:
        step: the declaration.
        schema: its schema.
        config: settings.
        store: the graph.
        reader: the tenant.
        verdicts: on the other steps.
        granted: permissions that the token is known to have.
        is_presumed: the step may be refused for a permission that the token has as part of a broader one alone.
    """

    step: Step
    schema: Schema
    config: Config
    store: Store
    reader: Reader
    verdicts: Verdicts
    granted: Collection[str] = ()
    is_presumed: bool = False


class Attempt:
    """Runs a step once, noting what it met.

    Args:
        job: what is run.
        without: rows that the step is not handed.

    Attributes:
        seen: what the step met.
        records: what it yielded, as records.
    """

    def __init__(self, job: Job, without: Sequence[Odd] = ()) -> None:
        self._job = job
        self.seen = Seen(hands=Hands(without))
        self.records = Records(job.step, job.schema, job.config.strict, job.config.raw_data)

    def context(self, changes: ChangedInput | None = None) -> StepContext:
        """Return what the step is handed; ``changes``: of one input only what has changed."""
        job = self._job
        return StepContext(job.step, job.schema, job.reader, job.store, job.verdicts, job.config, self.seen, changes)

    def fill(self, add: Callable[[list[RecordRow]], None], made: Iterator[Any]) -> None:
        """Add what the step yields, some at a time; then let go of what it was handed, however that ended."""
        rows = self.records.rows(made)
        most = _RELATIONSHIPS if self._job.step.is_relationship else _ENTITIES
        with closing(self.seen.hands), told_to(self._leave_unread):
            while chunk := list(islice(rows, most)):
                self._job.verdicts.check()
                add(chunk)

    def _leave_unread(self, problem: str) -> None:
        """Note what a step leaves unread of the row that it was handed last."""
        handed = self.seen.hands.last()
        self.records.leave_unread(f"{row_named(*handed[1])}: {problem}" if handed else problem)

    def missing(self) -> Iterator[str]:
        """Yield the reasons why the step's records are not all there is."""
        permissions = in_doubt(self._job.step.optional, self._job.granted)
        yield from dict.fromkeys(refusal(error, permissions) for error in self.seen.errors)
        if self.records.rejected:
            yield f"{counted(self.records.rejected, 'record')} rejected, such as {self.records.example}"
        if self.records.unread:
            yield f"not all of each object could be read, such as {self.records.unread}"
        yield from filter(None, map(gap, self._job.verdicts.of(sorted(self.seen.listed))))

    def problems(self, published: Published) -> dict[str, Any]:
        """Return what is odd about the records that were published."""
        return {
            **noted("duplicateKeys", published.duplicates, published.duplicate_examples),
            **noted("danglingEnds", published.dangling, published.dangling_examples),
            **noted("rejectedRecords", self.records.rejected, [self.records.example]),
            **noted("leftOut", sum(self.seen.left_out.values()), list(self.seen.left_out)),
        }


def noted(name: str, count: int, examples: Sequence[str]) -> Mapping[str, Any]:
    """Return one problem as ``StepResult.problems`` has it; nothing where it did not occur."""
    return {name: {"count": count, "examples": list(examples)}} if count else {}
