"""Bringing one table of Azure Resource Graph into the mirror, in parts by resource type."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Set
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from operator import attrgetter
from typing import Any

import orjson

from integration.errors import BadAnswer
from integration.sources.azure.notes import GAP, HELD, PARTITION, SEEN, lost_note, sizes_of, subscriptions_in
from integration.sources.azure.partitions import Partition
from integration.sources.azure.resource_graph import LARGEST, PAGE, Overfull, QueriedRows, ResourceGraph, count_by_type
from integration.sources.azure.rows import KeptPage, by_type, kept_page
from integration.sources.azure.subscriptions import Subscriptions
from integration.sources.azure.tables import CONTAINERS, whole_of
from integration.sources.azure.told import TOLD, note_told, note_vanished
from integration.sources.collection import Collection
from integration.sources.request import Request
from integration.text.discretion import logger
from integration.text.whose import carried
from integration.threads import Threads

_TRIES = 3
_log = logger("integration")
_ROUNDS = 2
"""How often types are read again of which Azure counts another number than came."""
_SHRUNK = 0.8
"""A type of which less came than this share of what there was last time is read a second time: the service may have
lost rows without a word. Source: azure-powershell, issue 12747."""
_ALWAYS_COUNTED = frozenset({LARGEST, "resourcecontainers", "authorizationresources"})
"""Tables that are counted after they were read, also where they came in one answer: resources, what they are in, and
who may do what there."""


class TableFetch:
    """Fetches one table, or one type of a crowded one.

    Args:
        graph: answers queries.
        subscriptions: those that are visible, and those that exist.
        request: what is asked for.
        into: the collection.
        side_by_side: the most queries at once.
    """

    def __init__(
        self,
        graph: ResourceGraph,
        subscriptions: Subscriptions,
        request: Request,
        into: Collection,
        side_by_side: int,
    ) -> None:
        self._graph, self._subscriptions, self._into, self._side_by_side = graph, subscriptions, into, side_by_side
        self._visible = sorted(subscriptions.visible())
        self._whole = whole_of(request)
        self._table = self._whole.table
        self._answered: Set[str] = frozenset()
        self._doubled = Counter[str]()

    def fetch(self) -> None:
        """Have the mirror hold the table as it is now.

        Raises:
            GraphError: Azure did not give all of it.
        """
        known = self._into.known
        if known and known.state == "complete":
            return
        if known is None or known.state != "running":
            self._begin()
        self._into.began()
        self._answered = self._into.answered()
        self._read(self._left())
        self._compare()
        note_vanished(self._into, self._subscriptions)
        if self._into.name == CONTAINERS:
            note_told(self._into, self._subscriptions)
        self._into.complete()

    def _begin(self) -> None:
        """Start to read the table whole, and keep in mind of which subscriptions: one not seen any more may exist."""
        before = {*self._into.before(), *self._into.progress()}
        visible, known = self._subscriptions.visible(), subscriptions_in(before)
        lost = self._subscriptions.may_exist({id: of for id, of in known.items() if id not in visible})
        self._into.begin(None, before=[note for note in before if note.startswith((SEEN, HELD, TOLD))])
        seen = {**known, **visible}
        progress: list[tuple[str, str | None]] = [(f"{SEEN}{id} {seen[id]}", "") for id in (*self._visible, *lost)]
        if lost and (untold := sorted({*lost}.difference(self._subscriptions.hidden()))):
            progress.append(lost_note(untold))
        self._into.add_parts([], progress)

    def _left(self) -> list[Partition]:
        """Return the partitions that are not read yet; those of an earlier run that was cut short go on being used."""
        done = self._done()
        if not done:
            self._graph.find_limit(self._whole.counts, self._visible)
            return self._whole.plan(self._expected() // self._graph.answers)
        coarsest = min(of for _, of in done)
        left: list[Partition] = []
        pending = deque(self._whole.cut(coarsest))
        while pending:
            partition = pending.popleft()
            if (partition.number, partition.of) in done:
                continue
            if any(of > partition.of and number % partition.of == partition.number for number, of in done):
                pending.extend(partition.halves())
            else:
                left.append(partition)
        return left

    def _done(self) -> set[tuple[int, int]]:
        """Return the partitions that are read: which, and of how many."""
        found = (PARTITION.fullmatch(name) for name in self._into.progress())
        return {(int(match[1]), int(match[2])) for match in found if match}

    def _expected(self) -> int:
        """Return how many rows there may be: as many as last time; but for resources, few where nobody knows."""
        before = sum(sizes_of(self._into.before()).values())
        return before if before or self._table != LARGEST else sum(self._counts().values())

    def _read(self, partitions: Iterable[Partition]) -> None:
        pending = deque(partitions)
        running: dict[Future[Mapping[str, int] | None], Partition] = {}
        with Threads(self._side_by_side, thread_name_prefix=self._table) as executor:
            try:
                while pending or running:
                    while pending and len(running) < self._side_by_side:
                        partition = pending.popleft()
                        running[executor.submit(carried(self._read_one), partition)] = partition
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        partition, doubled = running.pop(future), future.result()
                        if doubled is None:
                            pending.extendleft(self._cut(partition))
                        else:
                            self._doubled.update(doubled)
            finally:
                for future in running:
                    future.cancel()

    def _read_one(self, partition: Partition) -> Mapping[str, int] | None:
        """Add the rows of a partition, and return how many of each type came again; ``None`` where they fit no page."""
        page = self._page(partition)
        if page is None:
            return None
        self._into.add_answer(page.digest, page.pieces, page.progress)
        self._into.count(pages=1, items=page.rows)
        return page.doubled

    def _page(self, partition: Partition) -> KeptPage | None:
        """Return what is kept of a partition; ``None`` where it does not fit into one page."""
        rows = self._rows_of(partition)
        return None if rows is None else kept_page(partition.name, rows, self._answered)

    def _rows_of(self, partition: Partition) -> QueriedRows | None:
        """Return the rows of a partition; ``None`` where they do not fit into one page.

        One that came again may stand in the place of another, and Azure counts them alike. So they are asked for once
        more: Azure itself has some resources twice.
        """
        try:
            rows = self._rows(partition.query)
            if rows.distinct < len(rows):
                _log.info("asked again: %d rows came again", len(rows) - rows.distinct)
                rows = max(self._rows(partition.query), rows, key=attrgetter("distinct"))
        except Overfull:
            return None
        return rows

    def _rows(self, query: str) -> QueriedRows:
        for _ in range(_TRIES - 1):
            try:
                return self._graph.rows(query, self._visible)
            except BadAnswer as error:
                _log.info("asked again: %s", error)
        return self._graph.rows(query, self._visible)

    def _cut(self, partition: Partition) -> list[Partition]:
        """Return several partitions for one that is too large; for the whole table as many as its rows take."""
        rows = sum(self._counts().values()) // self._graph.answers if partition.of == 1 else 0
        whole = self._whole.plan(rows)
        return whole if len(whole) > 1 else self._halved(partition)

    def _halved(self, partition: Partition) -> list[Partition]:
        halves = partition.halves()
        if not halves:
            raise BadAnswer("rows are too many or too large for a page, however few are asked for", path=self._table)
        return halves

    def _counts(self) -> Counter[str]:
        """Return how many rows of each type Azure counts, but for those of no type.

        Raises:
            BadAnswer: there are more types than one answer holds, or a count is none.
        """
        path = self._table
        try:
            rows = self._rows(self._whole.counts)
        except Overfull:
            raise BadAnswer(f"there are more than {PAGE:,} types", path=path, status=200) from None
        return count_by_type(rows, path)

    def _compare(self) -> None:
        """Compare what came with what Azure counts now, and read those types again that differ.

        They differ where resources came or went meanwhile; where they still do, what is missing is told. A type that
        shrank much since last time is read a second time, too, before anything of it may be deleted: nothing may where
        subscriptions are not seen any more. A further table that came in one answer is of one moment, and that answer
        says how many rows there are: it is not counted, unless something of it had to be read again.
        """
        are_lost = bool(subscriptions_in(self._into.progress()).keys() - {*self._visible})
        before, confirmed = {} if are_lost else sizes_of(self._into.before()), set[str]()
        is_one_answer = self._done() == {(0, 1)} and not self._graph.names_subscriptions
        is_counted = self._table in _ALWAYS_COUNTED or not is_one_answer
        for rest in range(_ROUNDS, -1, -1):
            came = self._doubled + Counter(dict(self._into.sizes()))
            shrunk = {type for type, size in before.items() if came.get(type, 0) < _SHRUNK * size} - confirmed
            counted = self._counts() if is_counted or shrunk or confirmed else Counter(came)
            differing = {type for type in counted.keys() | came.keys() if counted[type] != came.get(type, 0)}
            if not rest or not (differing or shrunk):
                break
            for type in sorted(differing | shrunk):
                _log.info("read again: of %s there are %d, %d came", type, counted[type], came.get(type, 0))
                self._replace(type, counted[type])
            confirmed |= differing | shrunk
        gaps = {type: f"Azure counts {counted[type]:,}, of which {came.get(type, 0):,} came" for type in differing}
        held = {**came, **{type: max(came.get(type, 0), before.get(type, 0)) for type in differing}}
        notes = [(f"{GAP}{type}", told) for type, told in gaps.items()]
        self._into.add_parts([], [*notes, *((f"{HELD}{size} {type}", "") for type, size in held.items())])

    def _replace(self, type: str, count: int) -> None:
        """Read the rows of one type again."""
        pending = deque(replace(self._whole, type=type).plan(count // self._graph.answers))
        found: list[dict[str, Any]] = []
        while pending:
            partition = pending.popleft()
            rows = self._rows_of(partition)
            if rows is None:
                pending.extendleft(self._halved(partition))  # so that what no cutting helps is known soon
            else:
                found.extend(rows)
        parts, _, doubled = by_type(found)
        self._doubled[type] = doubled[type]
        self._into.replace_part(type, orjson.dumps(parts.get(type, [])))
