"""Reading one relation of many parents: batches in flight side by side, each parent followed to its last page."""

import math
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import orjson

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
from integration.mirror import Link, Mirror
from integration.msgraph.answers import Answer
from integration.msgraph.batch import MOST, batch
from integration.msgraph.client import Client, relative
from integration.msgraph.paging import page_of

_RESTARTS = 5
_ADVANCED = {"ConsistencyLevel": "eventual"}


@dataclass(frozen=True, slots=True)
class _Task:
    """The next page of one parent: its first where ``link`` is ``None``."""

    parent: str
    link: str | None = None
    failures: int = 0
    restarts: int = 0


class FanOut:
    """Fetches the children of parents into the mirror.

    They are asked for by an advanced query, because the plain listing of v1.0 leaves service principals out (List group
    members); where a tenant does not support that, the plain listing is read and ``plain`` says so.

    Args:
        client: sends the batches.
        mirror: keeps the links.
        name: the relation's name in the mirror.
        parents: path of the parents' collection.
        relation: the navigation property.
        select: properties of the children.

    Attributes:
        plain: service principals may be missing.
    """

    def __init__(
        self, client: Client, mirror: Mirror, name: str, parents: str, relation: str, select: Sequence[str]
    ) -> None:
        self._client, self._mirror, self._name = client, mirror, name
        self._parents, self._relation = parents, relation
        self._options = {"$select": ",".join(select), "$top": "999"}
        self.plain = False
        self._tasks: deque[_Task] = deque()
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
        self._tasks.extend(_Task(parent, link) for parent, link in pending)
        workers = max(1, min(threads, math.ceil(len(self._tasks) / MOST)))
        with ThreadPoolExecutor(workers, thread_name_prefix=self._relation) as executor:
            for _ in range(workers):
                executor.submit(self._work)
        if self._failure:
            raise self._failure

    def _work(self) -> None:
        while tasks := self._take():
            try:
                answers = batch(self._client, [self._path(task) for task in tasks], None if self.plain else _ADVANCED)
                again = self._settle(tasks, answers)
            except BaseException as error:
                self._done([], error)
                if not isinstance(error, Exception):
                    raise
                return
            self._done(again)

    def _take(self) -> list[_Task]:
        """Return up to a batch of tasks; none when all is done or something failed."""
        with self._changed:
            while not self._tasks and self._working and not self._failure:
                self._changed.wait()
            if self._failure or not self._tasks:
                return []
            self._working += 1
            return [self._tasks.popleft() for _ in range(min(MOST, len(self._tasks)))]

    def _done(self, again: Sequence[_Task], failure: BaseException | None = None) -> None:
        with self._changed:
            self._working -= 1
            self._tasks.extendleft(reversed(again))
            self._failure = self._failure or failure
            self._changed.notify_all()

    def _settle(self, tasks: Sequence[_Task], answers: Sequence[Answer]) -> list[_Task]:
        """Keep what the answers hold, and return the tasks that are left of them."""
        pages: list[tuple[str, list[Link], str | None]] = []
        again: list[_Task] = []
        waits: list[float] = []
        for task, answer in zip(tasks, answers, strict=True):
            error = answer.error()
            if error is None:
                page = page_of(self._client, answer)
                pages.append((task.parent, _links(task.parent, page.rows), page.next_link))
                if page.next_link is not None:
                    if page.next_link == task.link:
                        raise BadAnswer("a next link leads back to its own page", path=answer.path, status=200)
                    again.append(replace(task, link=page.next_link, failures=0))
            elif isinstance(error, NotFound):
                pages.append((task.parent, [], None))
            else:
                again.append(self._retry(task, error))
                if isinstance(error, Throttled):
                    asked = answer.retry_after
                    waits.append(self._client.patience.wait(1) if asked is None else asked)
        if pages:
            self._mirror.add_links(self._name, pages)
            self._progress = time.monotonic()
        self._pace(answers, waits)
        return again

    def _retry(self, task: _Task, error: GraphError) -> _Task:
        """Return the task with which to go on after an error.

        Raises:
            GraphError: trying again cannot help.
        """
        patience = self._client.patience
        if isinstance(error, Throttled) and time.monotonic() - self._progress < patience.deadline:
            return task
        if isinstance(error, PageTokenExpired) and task.restarts < _RESTARTS:
            self._mirror.forget_parent(self._name, task.parent)
            return _Task(task.parent, restarts=task.restarts + 1)
        again = isinstance(error, ServiceUnavailable | NotLicensed) or error.status == 401
        if again and task.failures + 1 < patience.attempts:
            self._client.pace.sleep(patience.wait(task.failures + 1))
            return replace(task, failures=task.failures + 1)
        if isinstance(error, BadRequest) and error.status == 400 and task.link is None and not self.plain:
            self.plain = True
            return task
        if isinstance(error, BadRequest) and error.status == 400 and task.link is None and task.failures == 0:
            return replace(task, failures=1)
        raise error

    def _pace(self, answers: Sequence[Answer], waits: Sequence[float]) -> None:
        failed = sum(1 for answer in answers if answer.error() and answer.status != 404)
        if failed:
            self._client.meter.again(failed, throttled=len(waits))
        if waits:
            self._client.pace.throttled(max(waits))

    def _path(self, task: _Task) -> str:
        if task.link is not None:
            return self._client.relative_link(task.link)
        options = self._options if self.plain else {**self._options, "$count": "true"}
        return relative(f"{self._parents}/{task.parent}/{self._relation}", options)


def _links(parent: str, rows: Sequence[Mapping[str, Any]]) -> list[Link]:
    try:
        return [
            (parent, row["id"], row.get("@odata.type") or "", None if len(row) == 2 else orjson.dumps(row))
            for row in rows
        ]
    except KeyError:
        raise BadAnswer("a child has no id", path=parent, status=200) from None
