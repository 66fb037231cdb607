"""What a step's last records are worth now: kept where nothing changed, changed by what did, or made anew.

Where nothing has changed that the records are made of, the step does not run. Where one input has changed and the step
takes each object by itself (``per_row``), it runs on what changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from integration.engine.attempt import Attempt, Job, noted
from integration.engine.context import ChangedInput, ensure
from integration.engine.memory import Memory, made_by, recall
from integration.engine.verdicts import gap
from integration.errors import GraphError, IntegrationError
from integration.sources.request import Request
from integration.store.publication import Published
from integration.text.discretion import logger

_log = logger("integration")


@dataclass(frozen=True)
class Unaltered:
    """Records that stay as they are: how many, and what is odd about them."""

    count: int
    problems: Mapping[str, Any]


@dataclass(frozen=True)
class Altered:
    """Records of which some were exchanged."""

    attempt: Attempt
    published: Published


class Incremental:
    """Knows what a step's last records were made of, and brings them up to date where that can be done.

    Args:
        job: what is run.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._made_by = made_by(job.step, job.schema, job.config)

    def last_requests(self) -> list[Request]:
        """Return what the step asked for when its records were made; nothing where it would not ask so now."""
        memory = self._memory
        return [request for request, _ in memory.requests] if memory else []

    def bring_up_to_date(self) -> Unaltered | Altered | None:
        """Keep the last records, or exchange those that changed; ``None`` where all have to be made anew."""
        memory = self._memory
        if memory is None or "duplicateKeys" in memory.problems:
            return None  # a record that was left out may come now, since another type has lost what had its key
        if any(map(gap, self._job.verdicts.of(memory.listed))):
            return None  # their entities are as they were, which tells nothing of how they are
        changed = self._changed(memory)
        if changed is None:
            return None
        if not changed:
            return self._kept(memory)
        if not self._job.step.per_row or len(changed) > 1:
            return None
        if not self._job.store.are_latest(memory.ends):
            return None  # a run without the step took ends, so that more of its relationships than change may lack one
        return self._altered(changed[0], memory)

    def remember(self, attempt: Attempt, count: int, problems: Mapping[str, Any]) -> None:
        """Keep what complete records were made of."""
        job = self._job
        Memory(
            made_by=self._made_by,
            requests=list(attempt.seen.requests.items()),
            types=attempt.seen.types,
            listed=sorted(attempt.seen.listed),
            ends=job.store.keys(job.step.awaited),
            count=count,
            problems=problems,
        ).save(job.store, job.step)

    def forget(self) -> None:
        """Keep nothing, since the records are not all there is."""
        self._job.store.remember(self._job.step, None)

    @cached_property
    def _memory(self) -> Memory | None:
        """What the last run made is known by, where it would be made in the same way now."""
        return recall(self._job.store, self._job.step, self._made_by)

    def _changed(self, memory: Memory) -> list[Request | str] | None:
        """Return which of the step's inputs of last time have changed since, having brought all of them up to date.

        ``None`` where that cannot be told: an input is read whole anew, or was not read, now or last time. The step
        then runs on all.
        """
        reader, store = self._job.reader, self._job.store
        changed: list[Request | str] = []
        for request, _ in memory.requests:
            if request.kind != "relation":
                reader.start(request)
        try:
            for request, version in memory.requests:
                if not version or reader.reads_anew(request):
                    return None
                ensure(request, reader)
                if reader.version(request) != version:
                    if reader.base(request) != version:
                        return None
                    changed.append(request)
        except GraphError as error:
            _log.info("%s runs again: %s", self._job.step.name, error)
            return None
        for name, revision in memory.types.items():
            if store.content(name) != revision:
                if store.content_before(name) != revision:
                    return None
                changed.append(name)
        return changed

    def _kept(self, memory: Memory) -> Unaltered | None:
        job = self._job
        for request, _ in memory.requests:
            if any(job.reader.gaps(request)):
                return None
        ends = job.store.keys(job.step.awaited)
        if ends != memory.ends:
            count, examples = job.store.refresh_dangling(job.step, memory.ends)
            if count and job.config.strict:
                return None
            problems = {name: of for name, of in memory.problems.items() if name != "danglingEnds"}
            memory = replace(memory, ends=ends, problems={**problems, **noted("danglingEnds", count, examples)})
            memory.save(job.store, job.step)
        return Unaltered(memory.count, memory.problems)

    def _altered(self, changed: Request | str, memory: Memory) -> Altered | None:
        """Run the step on what changed, as it was and as it is, and exchange the records; ``None`` where that fails."""
        job = self._job
        publication = job.store.publication(job.step)
        versions: list[Mapping[Request, str]] = []
        try:
            for add, before in ((publication.add_old, True), (publication.add, False)):
                attempt = Attempt(job)
                attempt.fill(add, job.step.records(attempt.context(ChangedInput(changed, before))))
                versions.append(attempt.seen.requests)
            if list(attempt.missing()) or not _read_as_before(attempt, memory):
                return None
            if versions[0] != versions[1]:
                return None  # more of it has changed since it was read as it was
            if attempt.seen.left_out or "leftOut" in memory.problems:
                return None  # how much of all there is that is, what changed does not tell
            if changed in attempt.seen.looked_up:
                return None  # what that was before is not known, so neither is which records were made of it
            return Altered(attempt, publication.publish_changes(memory.count, strict=job.config.strict))
        except IntegrationError:
            raise
        except Exception as error:  # noqa: BLE001 - running on all there is tells what it costs
            _log.info("%s runs again: %s", job.step.name, error)
            return None
        finally:
            publication.discard()


def _read_as_before(attempt: Attempt, memory: Memory) -> bool:
    requests = {request for request, _ in memory.requests}
    return attempt.seen.requests.keys() == requests and attempt.seen.types.keys() == memory.types.keys()
