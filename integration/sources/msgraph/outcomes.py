"""What the answers to the questions about parents tell of their children, and what is left to be asked."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from integration.errors import (
    BadAnswer,
    BadRequest,
    GraphError,
    NotFound,
    NotLicensed,
    PageTokenExpired,
    PagingError,
    ServiceUnavailable,
    Throttled,
)
from integration.sources.chain import Chain
from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.batch import MOST
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.delta import children_in, is_removed
from integration.sources.msgraph.habits import MAY_BE_ABSENT
from integration.sources.msgraph.headcount import Headcount, Miscounted
from integration.sources.msgraph.kinds import are_members
from integration.sources.msgraph.paging import Page
from integration.sources.msgraph.tasks import Kept, Questions, Task, each_once
from integration.sources.msgraph.within import may_be_cut, read_rest
from integration.sources.repeats import CameTwice
from integration.sources.request import Request
from integration.sources.selection import Selection
from integration.text.exact_json import exact_json

_RESTARTS = 5
_DOUBTS = 2


class Outcomes:
    """Decides for each answer what is kept of it, and whether and how its question is asked again.

    Args:
        client: follows links.
        request: the relation.
        unknown: properties that Graph does not know, as ``Questions`` takes them.
        tracked: a delta query tells the relation.
        any_read: the mirror has the children of some parents.

    Attributes:
        questions: says what to ask for.
        tracked: a delta query tells the relation, as far as is known by now.
        any_read: children of some parents came, now or before.
        progress: when the last of them came (``time.monotonic``).
        refused: parents whose children Graph did not give to the end, and why.
    """

    def __init__(
        self, client: GraphClient, request: Request, unknown: list[str], *, tracked: bool, any_read: bool
    ) -> None:
        self._client = client
        self._request, self._title = request, request.title
        self._parents, self._relation = request.path, request.relation
        self._selection = Selection(request.properties)
        self.questions, self._unknown = Questions(client, request, unknown), unknown
        self.tracked, self.any_read = tracked, any_read
        self.progress = time.monotonic()
        self.refused: dict[str, GraphError] = {}
        self._takes_advanced = False
        self._vanished = count(1)
        self._lock = threading.Lock()

    def came(self, kept: Kept) -> None:
        """Take note that children were kept."""
        self.progress = time.monotonic()
        self.any_read = self.any_read or kept.parents_read > 0

    def settle(self, tasks: Sequence[Task], answers: Sequence[Answer]) -> Kept:
        """Return what is kept of the answers to some tasks, and the tasks that are left of them."""
        kept = Kept()
        for task, answer in zip(tasks, answers, strict=True):
            error = answer.error()
            if error is None and task.doubt is None:
                try:
                    kept.again.extend(self._keep(task, self.questions.page(answer), kept))
                    continue
                except (BadAnswer, PagingError) as garbled:
                    error = garbled.with_traceback(None)  # whose frames hold the whole batch
            if error is not None and error.status == 404 and self._relation in MAY_BE_ABSENT:
                kept.progress.extend((parent, None) for parent in task.parents)
                continue
            kept.again.extend(again := self._doubted(task, error) if task.doubt else self._retry(task, error))
            if not isinstance(error, Throttled | BadRequest):
                kept.failures = max([kept.failures, *(each.failures for each in again)])
        return kept

    def unreadable(self, task: Task) -> list[Task]:
        """Return the task with which to go on where an answer, asked for by itself, cannot be read.

        Raises:
            GraphError: those of every parent cannot.
        """
        if task.delta:
            self.tracked = False
            return [Task(task.parents, delta=True)]
        path = self.questions.inner(task).path.partition("?")[0]
        return self._refuse(task, BadAnswer("the answer cannot be read, not by itself either", path=path, status=200))

    def _keep(self, task: Task, page: Page, kept: Kept) -> list[Task]:
        """Keep what is on a page, and return the tasks that are left.

        Raises:
            BadAnswer: not all of it are objects with an id, and of a kind.
        """
        if page.odd:
            raise BadAnswer("not all of the children are objects", path=self._title, status=200)
        for row in page.rows if may_be_cut(self._request) else ():
            read_rest(self._client, self._request, row)
        if task.delta:
            task = replace(task, told=task.told | {str(row.get("id")) for row in page.rows})
            if not task.told <= set(task.parents):
                self.tracked = False
                return [Task(task.parents, delta=True)]
        elif task.plain and self._takes_advanced:
            return self._once_more(replace(task, plain=False)) or self._refuse(task, _advanced_refused(self._title))
        elif task.plain:
            self.questions.plain = True
        else:
            self._takes_advanced = not self.questions.plain
        if not task.delta:
            task = replace(task, headcount=task.headcount or Headcount(page.count, task.before))
            if wrong := self._counted(task, page):
                return self._miscounted(task, wrong, kept)
        found = self._children_of(task, page.rows)
        untold = set(task.parents) - task.told if task.delta else set()
        if page.next_link is None:
            again = [Task((parent,), alone=True) for parent in sorted(untold)]
            kept.progress.extend((parent, None) for parent in task.parents if parent not in untold)
        else:
            again = [self._following(task, page.next_link, page.rows)]
            kept.progress.extend([(task.parents[0], page.next_link)] if not task.delta else [])
        pieces = [(parent, exact_json(children)) for parent, children in found.items() if children]
        kept.pieces.extend(pieces)
        kept.items += sum(map(len, found.values()))
        return again

    def _counted(self, task: Task, page: Page) -> Miscounted | CameTwice | None:
        """Return what is wrong with the children of a parent when its last page is there, as far as counting tells."""
        assert task.headcount is not None
        task.headcount.add(page.rows, page.odd)
        path = f"{self._parents}/{task.parents[0]}/{self._relation}"
        return None if page.next_link else task.headcount.error(path)

    def _miscounted(self, task: Task, wrong: Miscounted | CameTwice, kept: Kept) -> list[Task]:
        """Return the task that reads a parent once more of which not all children may have come."""
        before = wrong.came if isinstance(wrong, CameTwice) else task.before
        again = replace(task, link=None, chain=None, failures=0, headcount=None, recounted=True, before=before)
        if not task.recounted:
            return [again]
        kept.progress.append((task.parents[0], self._client.url(self.questions.inner(again).path)))
        return self._refuse(task, wrong)

    def _children_of(self, task: Task, rows: Sequence[dict[str, Any]]) -> dict[str, Sequence[Mapping[str, Any]]]:
        """Return the children on a page, by parent."""
        found: dict[str, Sequence[dict[str, Any]]] = {task.parents[0]: rows}
        if task.delta:
            found = {}
            for row in rows:
                named = children_in(row, self._relation, self._title)
                children = [child for child in named if not is_removed(child, self._title)]
                found[row["id"]] = [*found.get(row["id"], ()), *children]
        if not all(map(are_members, found.values())):
            raise BadAnswer("a child has no id, or no kind that is text", path=self._title, status=200)
        return {parent: self._selection.of_each(each_once(children)) for parent, children in found.items()}

    def _following(self, task: Task, link: str, rows: Sequence[Mapping[str, Any]]) -> Task:
        first = task.link or self._client.url(self._title)
        chain = task.chain or Chain(first, self._client.path_of(first))
        chain.lead_to(link, rows)
        return replace(task, link=link, chain=chain, failures=0)

    def _doubted(self, task: Task, error: GraphError | None) -> list[Task]:
        """Return the task with which to go on when Graph has said whether a parent without children is there at all."""
        if isinstance(error, NotFound):
            if task.failures < _DOUBTS:
                return self._once_more(task)
            if next(self._vanished) >= MOST and not self.any_read:
                raise error  # they are listed, so that they are not all gone
            return []
        if error is not None:
            return self._retry(task, error)
        return self._once_more(replace(task, doubt=None)) or self._refuse(task, task.doubt)

    def _retry(self, task: Task, error: GraphError | None) -> list[Task]:
        """Return the task with which to go on after an error; none where that cannot help.

        Raises:
            GraphError: Graph throttles for too long, or refuses the children of every parent.
        """
        if isinstance(error, NotFound) and not task.delta:
            return [replace(task, doubt=error)]
        if isinstance(error, Throttled):
            if time.monotonic() - self.progress >= self._client.patience.deadline:
                raise error
            return [task]
        if isinstance(error, BadRequest) and error.unknown:
            with self._lock:
                is_left_out = self.questions.leave_out(error.unknown)
            if is_left_out or error.unknown in self._unknown:  # the latter where it was asked for at the same time
                return [task] if is_left_out else self._once_more(task) or self._refuse(task, error)
        is_link_refused = isinstance(error, BadRequest) and task.link is not None
        forgotten = isinstance(error, PageTokenExpired) or is_link_refused
        if forgotten and task.restarts < _RESTARTS:
            return [Task(task.parents, task.delta, alone=task.alone, restarts=task.restarts + 1)]
        mendable = isinstance(error, BadAnswer | ServiceUnavailable | NotLicensed)
        again = self._once_more(task) if mendable else []
        if task.delta and not again:
            self.tracked = False
            return [Task(task.parents, delta=True)]
        if error and error.too_much and not (again or task.small or task.link or task.doubt):
            return [replace(task, small=True, failures=0)]
        if (
            isinstance(error, BadRequest)
            and task.link is None
            and task.doubt is None
            and not (task.plain or self.questions.plain)
        ):
            return [replace(task, plain=True)]
        return again or self._refuse(task, error)

    def _once_more(self, task: Task) -> list[Task]:
        """Return the task to be tried again, or none where that was done often enough."""
        more = task.failures + 1 < self._client.patience.attempts
        return [replace(task, failures=task.failures + 1)] if more else []

    def _refuse(self, task: Task, error: GraphError | None) -> list[Task]:
        """Go on without the children of a parent, unless there are those of no other one."""
        assert error is not None
        with self._lock:
            self.refused[task.parents[0]] = error
            if not self.any_read and len(self.refused) >= MOST:
                raise error
        return []


def _advanced_refused(path: str) -> BadRequest:
    return BadRequest("Graph refuses an advanced query that it takes elsewhere", path=path, status=400)
