"""Reading one relation of many parents: batches in flight side by side, each parent followed to its last page."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from integration.budget import Budget
from integration.errors import (
    BadAnswer,
    BadRequest,
    GraphError,
    NotFound,
    NotLicensed,
    PageTokenExpired,
    ServiceUnavailable,
    Throttled,
)
from integration.mirror import Mirror
from integration.msgraph.answers import Answer
from integration.msgraph.batch import MOST, Inner, batch
from integration.msgraph.client import Client, relative
from integration.msgraph.paging import page_of
from integration.progress import Counter

_RESTARTS = 5
_SHARD = 50
_FULL = 8
_ADVANCED = {"ConsistencyLevel": "eventual"}


@dataclass(frozen=True, slots=True)
class _Task:
    """The next page of a parent, or of the changes of a shard of parents: the first page where ``link`` is ``None``."""

    parents: tuple[str, ...]
    delta: bool = False
    link: str | None = None
    failures: int = 0
    restarts: int = 0


@dataclass(slots=True)
class _Kept:
    """What is kept of the answers to some tasks.

    Attributes:
        pieces: a parent's id, and a JSON array of some of its children.
        items: how many children these are.
        progress: how far parents are read: id, and the link of the next page where one is left.
        again: the tasks that are left.
        failures: how often the one of these has failed that failed most, and now again; 0 where none did.
    """

    pieces: list[tuple[str, bytes]] = field(default_factory=list)
    items: int = 0
    progress: list[tuple[str, str | None]] = field(default_factory=list)
    again: list[_Task] = field(default_factory=list)
    failures: int = 0


class FanOut:
    """Fetches the children of parents into the mirror.

    Children are asked for parent by parent, by an advanced query, because the plain listing of v1.0 leaves service
    principals out (List group members); where a tenant does not support that, the plain listing is read and ``plain``
    says so. As soon as the budget of resource units runs low, or four fifths of the 8,000 units are spent that Graph
    grants a tenant at once, the parents that are left are read by the first round of a delta query instead, 50 parents
    a query, which Graph charges less: a unit for a page of some 500 children (Get delta for groups).

    Args:
        client: sends the batches.
        mirror: keeps the links.
        name: the relation's name in the mirror.
        parents: path of the parents' collection.
        relation: the navigation property.
        select: properties of the children.
        counter: adds up what is read.
        tracked: a delta query tells the relation.
        grew: called when there is more in the mirror.

    Attributes:
        plain: service principals may be missing.
        economized: some parents were read by a delta query.
    """

    def __init__(
        self,
        client: Client,
        mirror: Mirror,
        name: str,
        parents: str,
        relation: str,
        select: Sequence[str],
        counter: Counter,
        *,
        tracked: bool,
        grew: Callable[[], None] = lambda: None,
    ) -> None:
        self._client, self._mirror, self._name = client, mirror, name
        self._parents, self._relation = parents, relation
        self._options = {"$select": ",".join(select), "$top": "999"}
        self._tracked = tracked
        self._grew = grew
        self._counter = counter
        self._title = f"{parents}/{{id}}/{relation}"
        self.plain = False
        self.economized = False
        self._tasks: deque[_Task] = deque()
        self._threads = 1
        self._budget = Budget(client)
        self._working = 0
        self._failure: BaseException | None = None
        self._changed = threading.Condition()
        self._progress = time.monotonic()

    def fetch(self, pending: Sequence[tuple[str, str | None]], threads: int) -> None:
        """Fetch the children of parents, each from its next page on.

        Args:
            pending: parent's id, and the link to go on with.
            threads: the most batches at once.

        Raises:
            GraphError: Graph did not give all of it; what it gave is in the mirror.
        """
        self._counter.expect(self._title, len(pending))
        self._tasks.extend(_Task((parent,), link=link) for parent, link in pending)
        self._threads = max(1, min(threads, math.ceil(len(self._tasks) / MOST)))
        with ThreadPoolExecutor(self._threads, thread_name_prefix=self._relation) as executor:
            for _ in range(self._threads):
                executor.submit(self._work)
        if self._failure:
            raise self._failure

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

    def _take(self) -> list[_Task]:
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

    def _done(self, again: Iterable[_Task], failure: BaseException | None = None) -> None:
        with self._changed:
            self._working -= 1
            self._tasks.extendleft(again)
            self._failure = self._failure or failure
            if self.economized:
                self._reshape()
            self._changed.notify_all()

    def _reshape(self) -> None:
        """Make shards of the parents of which nothing is read, or undo that where delta queries do not work."""
        fresh = [task for task in self._tasks if task.link is None and task.delta is not self._tracked]
        if fresh:
            kept = [task for task in self._tasks if task.link is not None or task.delta is self._tracked]
            size = _SHARD if self._tracked else 1
            parents = [parent for task in fresh for parent in task.parents]
            shards = [tuple(parents[start : start + size]) for start in range(0, len(parents), size)]
            self._tasks = deque([*kept, *(_Task(shard, delta=self._tracked) for shard in shards)])

    def _fetch(self, tasks: Sequence[_Task]) -> list[_Task]:
        """Bring what some tasks ask for into the mirror, and return the tasks that are left of them.

        Where the mirror has to be waited for, the answers are gone already: they take a multiple of what is kept.
        """
        kept = self._settle(tasks, batch(self._client, [self._inner(task) for task in tasks]))
        if kept.pieces or kept.progress:
            self._mirror.add_children(self._name, kept.pieces, kept.progress, self._grew)
            self._progress = time.monotonic()
            read = sum(1 for _, link in kept.progress if link is None)
            waited = self._client.pace.waited
            self._counter.add(self._title, pages=len(tasks), items=kept.items, parents=read, throttled=waited)
        if kept.failures:
            self._client.pace.sleep(self._client.patience.wait(kept.failures))
        return kept.again

    def _settle(self, tasks: Sequence[_Task], answers: Sequence[Answer]) -> _Kept:
        """Return what is kept of the answers."""
        kept = _Kept()
        for task, answer in zip(tasks, answers, strict=True):
            error = answer.error()
            if error is not None:
                kept.again.extend(again := self._retry(task, error))
                if not isinstance(error, Throttled):
                    kept.failures = max([kept.failures, *(each.failures for each in again)])
                kept.progress.extend((parent, None) for parent in task.parents if self._is_gone(task, error))
                continue
            page = page_of(self._client, answer)
            if task.delta and not {row.get("id") for row in page.rows} <= set(task.parents):
                self._tracked = False
                kept.again.append(replace(task, link=None))
                continue
            for parent, children in self._children_of(task, page.rows).items():
                if children:
                    kept.pieces.append((parent, orjson.dumps(children)))
                    kept.items += len(children)
            if page.next_link is None:
                kept.progress.extend((parent, None) for parent in task.parents)
            else:
                kept.again.append(self._following(task, page.next_link, answer))
                if not task.delta:
                    kept.progress.append((task.parents[0], page.next_link))
        if self._budget.runs_low(answers) and self._tracked:
            self.economized = True
        return kept

    def _children_of(self, task: _Task, rows: Sequence[dict[str, Any]]) -> dict[str, Sequence[dict[str, Any]]]:
        """Return the children on a page, by parent."""
        found: dict[str, Sequence[dict[str, Any]]] = {task.parents[0]: rows}
        if task.delta:
            found = {}
            for row in rows:
                children = [child for child in row.get(f"{self._relation}@delta") or () if "@removed" not in child]
                found[row["id"]] = [*found.get(row["id"], ()), *children]
        if not all("id" in child for children in found.values() for child in children):
            raise BadAnswer("a child has no id", path=self._title, status=200)
        return {parent: _each_once(children) for parent, children in found.items()}

    def _following(self, task: _Task, link: str, answer: Answer) -> _Task:
        if link == task.link:
            raise BadAnswer("a next link leads back to its own page", path=answer.path, status=answer.status)
        return replace(task, link=link, failures=0)

    def _is_gone(self, task: _Task, error: GraphError) -> bool:
        return isinstance(error, NotFound) and not task.delta

    def _retry(self, task: _Task, error: GraphError) -> list[_Task]:
        """Return the task with which to go on after an error; none where its parent is gone.

        Raises:
            GraphError: trying again cannot help.
        """
        patience = self._client.patience
        if self._is_gone(task, error):
            return []
        if isinstance(error, Throttled) and time.monotonic() - self._progress < patience.deadline:
            return [task]
        if isinstance(error, PageTokenExpired) and task.restarts < _RESTARTS:
            return [_Task(task.parents, task.delta, restarts=task.restarts + 1)]
        again = isinstance(error, ServiceUnavailable | NotLicensed) or error.status == 401
        if again and task.failures + 1 < patience.attempts:
            return [replace(task, failures=task.failures + 1)]
        if task.delta:
            self._tracked = False
            return [_Task(task.parents, delta=True)]
        if isinstance(error, BadRequest) and task.link is None and task.failures == 0:
            self.plain = True
            return [replace(task, failures=1)]
        raise error

    def _inner(self, task: _Task) -> Inner:
        headers = {} if self.plain or task.delta else _ADVANCED
        if task.link is not None:
            return Inner(self._client.relative_link(task.link), headers)
        if task.delta:
            ids = " or ".join(f"id eq '{parent}'" for parent in task.parents)
            options = {"$select": f"id,{self._relation}", "$filter": ids}
            return Inner(relative(f"{self._parents}/delta", options), headers)
        options = self._options if self.plain else {**self._options, "$count": "true"}
        return Inner(relative(f"{self._parents}/{task.parents[0]}/{self._relation}", options), headers)


def _each_once(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the objects without those that came again."""
    return list({row["id"]: row for row in rows}.values())
