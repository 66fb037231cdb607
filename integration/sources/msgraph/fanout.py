"""Reading one relation of many parents: batches in flight side by side, each parent followed to its last page."""

import math
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import compress
from operator import not_
from typing import Any

import orjson

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
from integration.sources.collection import Collection
from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.batch import MOST, batch
from integration.sources.msgraph.budget import Budget
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.delta import is_removed
from integration.sources.msgraph.habits import ADVANCED
from integration.sources.msgraph.kinds import are_members
from integration.sources.msgraph.paging import Chain, Miscounted, Page
from integration.sources.msgraph.tasks import Kept, Questions, Task, each_once
from integration.sources.request import Request

_RESTARTS = 5
_SHARD = 50
_FULL = 8
_DOUBTS = 2


class FanOut:
    """Fetches the children of parents into the mirror.

    Children are asked for parent by parent, by an advanced query, because the plain listing of v1.0 leaves service
    principals out (List group members); where a tenant does not support that, the plain listing is read and ``plain``
    says so. As soon as the budget of resource units runs low, or four fifths of the 8,000 units are spent that Graph
    grants a tenant at once, the parents that are left are read by the first round of a delta query instead, 50 parents
    a query, which Graph charges less: a unit for a page of some 500 children (Get delta for groups).

    Args:
        client: sends the batches.
        into: the relation.
        request: what is asked for.
        tracked: a delta query tells the relation.

    Attributes:
        economized: some parents were read by a delta query.
        refused: parents whose children Graph did not give to the end, and why.
    """

    def __init__(self, client: GraphClient, into: Collection, request: Request, *, tracked: bool) -> None:
        self._client, self._into = client, into
        self._parents, self._relation = request.path, request.relation
        self._questions = Questions(client, request)
        self._tracked = tracked
        self._title = request.title
        self._takes_advanced = False
        self.economized = False
        self.refused: dict[str, GraphError] = {}
        self._any_read = False
        self._tasks: deque[Task] = deque()
        self._threads = 1
        self._budget = Budget(client)
        self._working = 0
        self._failure: BaseException | None = None
        self._changed = threading.Condition()
        self._progress = time.monotonic()

    @property
    def plain(self) -> bool:
        """Whether children were listed plainly, so that service principals may be missing."""
        return self._questions.plain and self._relation in ADVANCED

    def fetch(self, pending: Sequence[tuple[str, str | None]], threads: int, *, any_read: bool = False) -> None:
        """Fetch the children of parents, each from its next page on.

        Args:
            pending: parent's id, and the link to go on with.
            threads: the most batches at once.
            any_read: the mirror has the children of other parents.

        Raises:
            GraphError: Graph gave the children of no parent, or does not work; what it gave is in the mirror.
        """
        self._any_read = any_read
        self._into.expect(len(pending))
        self._tasks.extend(Task((parent,), link=link) for parent, link in pending)
        self._threads = max(1, min(threads, math.ceil(len(self._tasks) / MOST)))
        with ThreadPoolExecutor(self._threads, thread_name_prefix=self._relation) as executor:
            for _ in range(self._threads):
                executor.submit(self._work)
        if self._failure:
            raise self._failure
        if self.refused and not self._any_read:
            raise next(iter(self.refused.values()))

    def _work(self) -> None:
        while tasks := self._take():
            try:
                again = self._fetch(tasks)
            except BaseException as error:
                self._done([], error)
                if not isinstance(error, Exception):
                    raise
                return
            self._done(again)

    def _take(self) -> list[Task]:
        """Return up to a batch of tasks, few where their pages are full; none when all is done or something failed."""
        with self._changed:
            while not self._tasks and self._working and not self._failure:
                self._changed.wait()
            if self._failure or not self._tasks:
                return []
            self._working += 1
            first = self._tasks[0]
            share = math.ceil(len(self._tasks) / self._threads) if first.delta else len(self._tasks)
            most = self._budget.size if first.link is None and not first.delta else min(self._budget.size, _FULL)
            return [self._tasks.popleft() for _ in range(min(most, share))]

    def _done(self, again: Iterable[Task], failure: BaseException | None = None) -> None:
        with self._changed:
            self._working -= 1
            self._tasks.extendleft(again)
            self._failure = self._failure or failure
            if self.economized:
                self._reshape()
            self._changed.notify_all()

    def _reshape(self) -> None:
        """Make shards of the parents of which nothing is read, or undo that where delta queries do not work."""
        fits = [task.link is not None or task.alone or task.delta is self._tracked for task in self._tasks]
        if not all(fits):
            kept, fresh = list(compress(self._tasks, fits)), list(compress(self._tasks, map(not_, fits)))
            size = _SHARD if self._tracked else 1
            parents = [parent for task in fresh for parent in task.parents]
            shards = [tuple(parents[start : start + size]) for start in range(0, len(parents), size)]
            self._tasks = deque([*kept, *(Task(shard, delta=self._tracked) for shard in shards)])

    def _fetch(self, tasks: Sequence[Task]) -> list[Task]:
        """Bring what some tasks ask for into the mirror, and return the tasks that are left of them.

        Where the mirror has to be waited for, the answers are gone already: they take a multiple of what is kept.
        """
        kept = self._settle(tasks, batch(self._client, [self._questions.inner(task) for task in tasks]))
        if kept.pieces or kept.progress:
            self._into.add_parts(kept.pieces, kept.progress)
            self._progress = time.monotonic()
            read = sum(1 for _, link in kept.progress if link is None)
            self._any_read = self._any_read or read > 0
            waited = self._client.waited
            self._into.count(pages=len(tasks), items=kept.items, parents=read, throttled=waited)
        if kept.failures:
            self._client.pace.sleep(self._client.patience.wait(kept.failures))
        return kept.again

    def _settle(self, tasks: Sequence[Task], answers: Sequence[Answer]) -> Kept:
        """Return what is kept of the answers."""
        kept = Kept()
        for task, answer in zip(tasks, answers, strict=True):
            error = answer.error()
            if error is None and task.doubt is None:
                try:
                    kept.again.extend(self._keep(task, self._questions.page(answer), kept))
                    continue
                except (BadAnswer, PagingError) as garbled:
                    error = garbled.with_traceback(None)  # whose frames hold the whole batch
            kept.again.extend(again := self._doubted(task, error) if task.doubt else self._retry(task, error))
            if not isinstance(error, Throttled | BadRequest):
                kept.failures = max([kept.failures, *(each.failures for each in again)])
        if self._budget.runs_low(answers) and self._tracked:
            self.economized = True
        return kept

    def _keep(self, task: Task, page: Page, kept: Kept) -> list[Task]:
        """Keep what is on a page, and return the tasks that are left.

        Raises:
            BadAnswer: not all of it are objects with an id, and of a kind.
        """
        if page.odd:
            raise BadAnswer("not all of the children are objects", path=self._title, status=200)
        if task.delta:
            task = replace(task, told=task.told | {str(row.get("id")) for row in page.rows})
            if not task.told <= set(task.parents):
                self._tracked = False
                return [Task(task.parents, delta=True)]
        elif task.plain and self._takes_advanced:
            return self._once_more(replace(task, plain=False)) or self._refuse(task, _advanced_refused(self._title))
        elif task.plain:
            self._questions.plain = True
        else:
            self._takes_advanced = not self._questions.plain
        if not task.delta:
            count = page.count if task.count is None else task.count
            task = replace(task, count=count, got=task.got + len(page.rows))
            if page.next_link is None and task.got < (task.count or 0):
                return self._miscounted(task, kept)
        found = self._children_of(task, page.rows)
        untold = set(task.parents) - task.told if task.delta else set()
        if page.next_link is None:
            again = [Task((parent,), alone=True) for parent in sorted(untold)]
            kept.progress.extend((parent, None) for parent in task.parents if parent not in untold)
        else:
            again = [self._following(task, page.next_link, page.rows)]
            kept.progress.extend([(task.parents[0], page.next_link)] if not task.delta else [])
        pieces = [(parent, orjson.dumps(children)) for parent, children in found.items() if children]
        kept.pieces.extend(pieces)
        kept.items += sum(map(len, found.values()))
        return again

    def _miscounted(self, task: Task, kept: Kept) -> list[Task]:
        """Return the task that reads a parent once more of which fewer children came than Graph counts."""
        again = replace(task, link=None, chain=None, failures=0, count=None, got=0, recounted=True)
        if not task.recounted:
            return [again]
        kept.progress.append((task.parents[0], self._client.url(self._questions.inner(again).path)))
        parent = f"{self._parents}/{task.parents[0]}/{self._relation}"
        return self._refuse(task, Miscounted(task.count or 0, task.got, parent))

    def _children_of(self, task: Task, rows: Sequence[dict[str, Any]]) -> dict[str, Sequence[dict[str, Any]]]:
        """Return the children on a page, by parent."""
        found: dict[str, Sequence[dict[str, Any]]] = {task.parents[0]: rows}
        if task.delta:
            found = {}
            for row in rows:
                listed = row.get(f"{self._relation}@delta") or ()
                if not isinstance(listed, list | tuple) or not all(isinstance(child, dict) for child in listed):
                    raise BadAnswer("what came is no list of children", path=self._title, status=200)
                children = [child for child in listed if not is_removed(child, self._title)]
                found[row["id"]] = [*found.get(row["id"], ()), *children]
        if not all(map(are_members, found.values())):
            raise BadAnswer("a child has no id, or no kind that is text", path=self._title, status=200)
        return {parent: each_once(children) for parent, children in found.items()}

    def _following(self, task: Task, link: str, rows: Sequence[Mapping[str, Any]]) -> Task:
        chain = task.chain or Chain(task.link or self._client.url(self._title))
        chain.lead_to(link, rows)
        return replace(task, link=link, chain=chain, failures=0)

    def _doubted(self, task: Task, error: GraphError | None) -> list[Task]:
        """Return the task with which to go on when Graph has said whether a parent without children is there at all."""
        if isinstance(error, NotFound):
            return self._once_more(task) if task.failures < _DOUBTS else []
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
            if time.monotonic() - self._progress >= self._client.patience.deadline:
                raise error
            return [task]
        is_of_another_run = task.link is not None and task.chain is None
        forgotten = isinstance(error, PageTokenExpired) or (isinstance(error, BadRequest) and is_of_another_run)
        if forgotten and task.restarts < _RESTARTS:
            return [Task(task.parents, task.delta, alone=task.alone, restarts=task.restarts + 1)]
        mendable = isinstance(error, BadAnswer | ServiceUnavailable | NotLicensed) or (error and error.status == 401)
        again = self._once_more(task) if mendable else []
        if task.delta and not again:
            self._tracked = False
            return [Task(task.parents, delta=True)]
        if error and error.too_much and not (again or task.small or task.link or task.doubt):
            return [replace(task, small=True, failures=0)]
        if (
            isinstance(error, BadRequest)
            and task.link is None
            and task.doubt is None
            and not (task.plain or self._questions.plain)
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
        with self._changed:
            self.refused[task.parents[0]] = error
            if not self._any_read and len(self.refused) >= MOST:
                raise error
        return []


def _advanced_refused(path: str) -> BadRequest:
    return BadRequest("Graph refuses an advanced query that it takes elsewhere", path=path, status=400)
