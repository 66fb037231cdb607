"""Reading one relation of many parents: batches in flight side by side, each parent followed to its last page."""

import math
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from operator import not_

from integration.errors import FatalError, GraphError
from integration.sources.collection import Collection
from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.batch import MOST, Unreadable, batch
from integration.sources.msgraph.budget import Budget
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.habits import ADVANCED
from integration.sources.msgraph.outcomes import Outcomes
from integration.sources.msgraph.tasks import Task
from integration.sources.request import Request
from integration.text.whose import carried
from integration.threads import Threads

_HOPELESS = 2
"""How many answers of a batch, each asked for by itself, cannot be read before any other: then none can."""
_SHARD = 50
_FULL = 8


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
        unknown: properties that Graph does not know; those that turn out to be such are added.
        tracked: a delta query tells the relation.

    Attributes:
        economized: some parents were read by a delta query.
    """

    def __init__(
        self, client: GraphClient, into: Collection, request: Request, unknown: list[str], *, tracked: bool
    ) -> None:
        self._client, self._into = client, into
        self._relation = request.relation
        self._outcomes = Outcomes(client, request, unknown, tracked=tracked, any_read=into.any_read)
        self.economized = False
        self._tasks: deque[Task] = deque()
        self._threads = 1
        self._budget = Budget(client)
        self._working = 0
        self._failure: BaseException | None = None
        self._changed = threading.Condition()

    @property
    def plain(self) -> bool:
        """Whether children were listed plainly, so that service principals may be missing."""
        return self._outcomes.questions.plain and self._relation in ADVANCED

    @property
    def refused(self) -> Mapping[str, GraphError]:
        """Parents whose children Graph did not give to the end, and why."""
        return self._outcomes.refused

    def fetch(self, pending: Sequence[tuple[str, str | None]], threads: int) -> None:
        """Fetch the children of parents, each from its next page on; others may follow by further calls.

        Args:
            pending: parent's id, and the link to go on with.
            threads: the most batches at once.

        Raises:
            GraphError: Graph gave the children of no parent, or does not work; what it gave is in the mirror.
        """
        self._tasks.extend(Task((parent,), link=link) for parent, link in pending)
        if self.economized:
            self._reshape()
        self._threads = max(1, min(threads, math.ceil(len(self._tasks) / MOST)))
        with Threads(self._threads, thread_name_prefix=self._relation) as executor:
            try:
                for _ in range(self._threads):
                    executor.submit(carried(self._work))
            except FatalError as error:
                self._fail(error)
        if self._failure:
            raise self._failure
        if self.refused and not self._outcomes.any_read:
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

    def _fail(self, failure: FatalError) -> None:
        """End the work because the run cannot go on."""
        with self._changed:
            self._failure = self._failure or failure
            self._changed.notify_all()

    def _reshape(self) -> None:
        """Make shards of the parents of which nothing is read, or undo that where delta queries do not work."""
        fits = [task.link is not None or task.alone or task.delta is self._outcomes.tracked for task in self._tasks]
        if not all(fits):
            kept, fresh = list(compress(self._tasks, fits)), list(compress(self._tasks, map(not_, fits)))
            size = _SHARD if self._outcomes.tracked else 1
            parents = [parent for task in fresh for parent in task.parents]
            shards = [tuple(parents[start : start + size]) for start in range(0, len(parents), size)]
            self._tasks = deque([*kept, *(Task(shard, delta=self._outcomes.tracked) for shard in shards)])

    def _fetch(self, tasks: Sequence[Task]) -> list[Task]:
        """Bring what some tasks ask for into the mirror, and return the tasks that are left of them.

        Where the mirror has to be waited for, the answers are gone already: they take a multiple of what is kept.
        """
        asked, answers, unreadable = self._answers(tasks)
        kept = self._outcomes.settle(asked, answers)
        kept.again.extend(left for task in unreadable for left in self._outcomes.unreadable(task))
        if self._budget.runs_low(answers) and self._outcomes.tracked:
            self.economized = True
        del answers
        if kept.pieces or kept.progress:
            self._into.add_parts(kept.pieces, kept.progress)
            self._outcomes.came(kept)
            self._into.count(
                pages=len(tasks), items=kept.items, parents=kept.parents_read, throttled=self._client.waited
            )
        if kept.failures:
            self._client.pace.sleep(self._client.patience.wait(kept.failures))
        return kept.again

    def _answers(self, tasks: Sequence[Task]) -> tuple[list[Task], list[Answer], list[Task]]:
        """Return the tasks that were answered, the answers, and the tasks whose answers cannot be read.

        One answer may spoil that of the whole batch, so of one that is garbled each half is asked for by itself.

        Raises:
            GraphError: the batch as a whole was refused, or no part of it can be read.
        """
        asked, answers, unreadable = list[Task](), list[Answer](), list[Task]()
        parts = [tasks]
        while parts:
            part = parts.pop()
            try:
                answers += batch(self._client, [self._outcomes.questions.inner(task) for task in part])
                asked += part
            except Unreadable:
                if len(part) > 1:
                    parts += [part[len(part) // 2 :], part[: len(part) // 2]]
                    continue
                unreadable += part
                if len(unreadable) == _HOPELESS and not asked:
                    raise
        return asked, answers, unreadable
