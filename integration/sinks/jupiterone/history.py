"""What the graph knows of an integration instance at JupiterOne: which types it holds as they were delivered.

A job deletes what it does not bring, and JupiterOne says how much that was only when it is done. So a job deletes only
where the graph remembers what it delivered. A graph in a new folder, or one for another instance, remembers nothing:
its first job deletes nothing, and says how many of its entities were new there. Where not all of them were, others may
be there as well that this graph never had, and jobs go on to delete nothing until somebody allows it.
"""

from collections.abc import Collection, Sequence
from typing import Any

from integration.sdk.report import Report
from integration.sdk.sink import StoredGraph
from integration.sdk.step import Step
from integration.text.discretion import logger

_UNKNOWN = "held records before this folder delivered any, and may hold more than its graph has"
_log = logger("integration.sinks")


class History:
    """What was delivered to an instance.

    Three revisions are remembered of each type: the one that was delivered last, the one with which the instance held
    nothing else, and the one with which it turned out that it may.

    Args:
        graph: remembers it.
        place: names the instance.
        steps: the types that the graph has for it.
        report: their verdicts.
    """

    def __init__(self, graph: StoredGraph, place: str, steps: Sequence[Step], report: Report) -> None:
        self._graph, self._place, self._steps, self._report = graph, place, steps, report
        self._settled, self._doubtful = f"{place} settled", f"{place} doubtful"
        self._known = {step.name for step in steps if self._since(step)}
        self._doubted = {step.name for step in steps if self._is_doubtful(step)}
        self._gone: int | None = 0

    def kept(self) -> list[str]:
        """Return the types of which a job must delete nothing, beside those that the report names.

        A graph that is delivered again has nothing to delete: if more is there, then the graph is an older one.
        """
        return [step.name for step in self._steps if not self._may_delete(step)]

    def added(self, steps: Collection[Step], job: Any) -> None:
        """Note that a job has added the records of these types, and deleted nothing."""
        self._meet(job)
        for step in steps if job or self._known else ():
            self._graph.deliver(self._place, step)

    def replaced(self, steps: Collection[Step], job: Any, kept: Collection[str]) -> None:
        """Note that a job has brought these types, and deleted what else there was of them, but for some."""
        self._meet(job)
        self._tell_of_others(job)
        lasting = {*kept, *self._report.incomplete}
        for step in steps:
            self._graph.deliver(self._place, step)
            if step.name not in lasting:
                self._graph.deliver(self._settled, step)

    def _tell_of_others(self, job: Any) -> None:
        """Tell where a job deleted more entities than had gone from the graph: JupiterOne says only then how many."""
        deleted = job.get("numEntitiesDeleted")
        if self._gone is not None and isinstance(deleted, int) and deleted > self._gone:
            _log.warning(
                "%s: JupiterOne deleted %d entities, of which the graph had %d: another program wrote the rest to this"
                " integration instance, or an earlier one of this tenant did; give each an instance of its own",
                self._place,
                deleted,
                self._gone,
            )

    def _meet(self, job: Any) -> None:
        """Note of types that the instance is first given whether it held anything of them, as the first job shows.

        What is allowed is so for that job, and what is chosen later was not there if nothing was.
        """
        if not job or self._report.guard is None:
            return
        uploaded, created = job.get("numEntitiesUploaded"), job.get("numEntitiesCreated")
        is_new = not self._doubted if self._known else bool(uploaded) and created == uploaded
        for step in self._steps:
            if step.name not in self._known and not self._is_doubtful(step):
                self._graph.deliver(self._settled if is_new else self._doubtful, step)
                if not is_new and not self._report.guard.allow:
                    self._withhold(step)

    def _may_delete(self, step: Step) -> bool:
        if self._report.guard is None or self._report.guard.allow:
            self._gone = None
            return True
        if self._doubted and (step.name in self._doubted or step.name not in self._known):
            self._graph.deliver(self._doubtful, step)
            self._withhold(step)
            return False
        since = self._since(step)
        if since == self._graph.revision:
            return False
        if step.name not in self._known:
            return False
        if not self._graph.remembers(since):
            self._gone = None  # how much went before is forgotten: what has gone since then counts alone
        last = max(since, self._graph.delivered(self._place, step))
        gone = self._graph.gone(step, since, last)
        changes = self._graph.changes(step, last) if self._graph.remembers(last) else ()
        came = sum(change.what == "created" for change in changes)
        there = self._graph.count(step) - came + gone
        may_delete = not gone or self._report.may_delete(step.name, there, gone)
        if may_delete and self._gone is not None and not step.is_relationship:
            self._gone += gone
        return may_delete

    def _since(self, step: Step) -> int:
        """Return the revision with which the instance held nothing else of a type; 0 where none is known."""
        return self._graph.delivered(self._settled, step) or self._graph.delivered(self._place, step)

    def _is_doubtful(self, step: Step) -> bool:
        return self._graph.delivered(self._doubtful, step) > self._graph.delivered(self._settled, step)

    def _withhold(self, step: Step) -> None:
        if self._report.guard and step.name not in self._report.incomplete:
            self._report.guard.withhold(step.name, _UNKNOWN)
