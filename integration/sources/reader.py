"""Reading a tenant: each collection is fetched into the mirror once a run, however many steps ask for it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat

from integration.errors import BadAnswer, FatalError, GraphError
from integration.mirror.mirror import Mirror
from integration.sdk.progress import Counter
from integration.sdk.row import Row, row_of
from integration.sources.asked import Asked
from integration.sources.collection import Collection
from integration.sources.flow import Flow, Restarted
from integration.sources.request import Request
from integration.sources.source import Source
from integration.text.whose import carried
from integration.threads import starting

_AHEAD = 16
"""So many collections are fetched at once at most when one more is begun that nobody reads yet: each has threads."""
_GRACE = 1.0
"""Seconds for which the end of a run waits for connections that are still being made."""


class Reader:
    """Has what steps ask for fetched into the mirror, or brought up to date, and reads it from there.

    Args:
        sources: the APIs of the tenant.
        mirror: keeps what was read.
        side_by_side: fetch collections beside each other, in threads.
        counter: adds up what is read.
        opened: what ``Mirror.open`` said of the mirror when the run started.

    Attributes:
        sources: the APIs, by name.
        mirror: as given.
        counter: as given.
        new: the mirror was empty then.
        resumed: the run goes on with one that was cut short.
        reasons: why a collection that was there had to be read whole, by name.
        asked: what steps asked for.
        is_stopped: the run ends, and nothing further is to be fetched ahead.
        fetched: called when nothing more of a collection will come.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        mirror: Mirror,
        *,
        side_by_side: bool = True,
        counter: Counter | None = None,
        opened: str = "new",
    ) -> None:
        self.sources: Mapping[str, Source] = {source.name: source for source in sources}
        self.mirror, self.new, self.resumed = mirror, opened == "new", opened == "resumed"
        self.counter = counter or Counter(lambda _: None)
        self.reasons: dict[str, str] = {}
        self.asked = Asked()
        self._side_by_side = side_by_side
        self._flows: dict[str, Flow] = {}
        self._lock = threading.Condition()
        self._fetching = 0
        self.is_stopped = False
        self.fetched: Callable[[], None] = lambda: None
        self._settling = threading.Lock()
        self._threads: list[threading.Thread] = []

    def row(self, request: Request) -> Row:
        """Return the object that a request asks for."""
        self.ensure(request)
        return next(row for _, row in self.rows(request))

    def rows(self, request: Request, *, together: bool = False) -> Iterator[tuple[str, Row]]:
        """Yield parent's id (empty without one) and object, each once, as they arrive; ``together``: parent by parent.

        Raises:
            Restarted: what was yielded so far counts no more.
            GraphError: the source did not give all of it.
        """
        source, flow = self.sources[request.source], self._flow(request)
        pages = flow.wait_for_more()
        if flow.ended:
            flow.wait_for_end()
        readings, row = flow.readings, row_of(request.properties)
        while together and not flow.ended:
            pages = flow.wait_for_more(pages)
        left = source.left_out(request)
        with self.mirror.pieces(request.name, part=request.part, without=left, together=together) as pieces:
            while True:
                ended = flow.ended
                for parent, objects in pieces.more():
                    yield from zip(repeat(parent), map(row, source.choose(request, objects)))
                if flow.readings != readings:
                    raise Restarted(request.name)
                if ended:
                    break
                pages = flow.wait_for_more(pages)
        flow.wait_for_end()
        for parent, further in source.further(request, self):
            yield parent, row(further)

    def changes(self, request: Request, *, before: bool) -> Iterator[tuple[str, Row]]:
        """Yield parent's id and object of what has changed since the run began: as it was then, or as it is now."""
        row, source = row_of(request.properties), self.sources[request.source]
        for change in self.mirror.changes(request.name):
            text = change.before if before else change.now
            if text is not None:
                for each in source.choose(request, [self.mirror.parsed(text)]):
                    yield change.parent, row(each)

    def version(self, request: Request) -> str:
        """Return another string whenever what the request gives is another; empty where the mirror lacks it."""
        source = self.sources[request.source]
        version = self.mirror.version(request.name, part=request.part, without=source.left_out(request))
        return " ".join([version, *map(self.version, source.inputs(request, self))]) if version else ""

    def reads_anew(self, request: Request) -> bool:
        """Tell whether a collection is read whole because nothing of it was there: its version is a new one then."""
        return self.new and self._side_by_side and self.sources[request.source].tracks(request)

    def base(self, request: Request) -> str:
        """Return the version since which ``changes`` tells what changed; empty where it cannot."""
        known = self.mirror.find(request.name)
        if known is None or request.part or self.sources[request.source].inputs(request, self):
            return ""
        return known.base

    def settle(self, request: Request) -> str:
        """Make a relation agree with what was deleted and restored meanwhile, and return its version.

        Raises:
            GraphError: it had to be read whole for that, and the source did not give all of it.
        """
        with self._settling:
            restored = self.mirror.settle(request.name)
            if restored:
                flow = self._flow(request)
                flow.began_anew()
                anew = f"{restored} objects were restored that had been deleted when it was read"
                self._fetch(request, flow, anew)
                flow.wait_for_end()
            return self.version(request)

    def stop(self) -> None:
        """Make everybody who fetches, or follows what is fetched, raise ``Interrupted``; safe for many threads."""
        for source in self.sources.values():
            source.stop()
        with self._lock:
            self.is_stopped = True
            self._lock.notify_all()
            for flow in self._flows.values():
                flow.stop()

    def close(self) -> None:
        """Stop what is still fetched, which nobody reads, and wait until it has stopped; not for a silent host."""
        self.stop()
        ends = time.monotonic() + _GRACE
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def listing(self, request: Request) -> Request:
        """Return the request for the parents of a relation: that of a step where there is one."""
        return self.asked.listing(request.path, request.among) or self.sources[request.source].parents(request)

    def parents(self, request: Request) -> str:
        """Return the name of the collection that a relation's parents are read from, reading it where no step did."""
        self.ensure(listing := self.listing(request))
        return listing.name

    def gaps(self, request: Request) -> Iterator[GraphError]:
        """Yield what a whole answer does not hold: rows without an id, and whatever else the source knows of."""
        listing = self.listing(request) if request.kind == "relation" else request
        if lost := self.mirror.unusable(listing.name):
            rows = "row has" if lost == 1 else "rows have"
            yield BadAnswer(f"{lost:,} {rows} no id, and cannot be kept", path=request.path, status=200)
        yield from self.sources[request.source].gaps(request, self)

    def is_slow(self, request: Request) -> bool:
        """Tell whether a collection comes slowly, whatever else is fetched: it is begun first, and not waited for."""
        return self.sources[request.source].is_slow(request)

    def has(self, request: Request) -> bool:
        """Tell whether reading what the request asks for has ended, so that nobody waits for it."""
        flow = self._flows.get(request.name)
        return flow is not None and flow.ended

    def start(self, request: Request) -> None:
        """Have what the request asks for fetched, without waiting for it."""
        self._flow(request)

    def start_ahead(self, request: Request) -> bool:
        """Have what a step will ask for fetched, as soon as not too much else is; ``False`` where the reader is closed.

        A relation is left alone where nobody has asked for its parents, which would be listed once more.
        """
        with self._lock:
            self._lock.wait_for(lambda: self._fetching < _AHEAD or self.is_stopped)
            if not self.is_stopped and (request.kind != "relation" or self.asked.listing(request.path, request.among)):
                self.start(request)
            return not self.is_stopped

    def ensure(self, request: Request) -> None:
        """Have the mirror hold what the request asks for; a failure is remembered, not tried again by the next step.

        Raises:
            GraphError: the source did not give all of it.
        """
        self._flow(request).wait_for_end()

    def _flow(self, request: Request) -> Flow:
        """Return the collection's flow, having started it where nobody did."""
        self.asked.note(request, tracked=self.sources[request.source].tracks(request))
        with self._lock:
            flow = self._flows.get(request.name)
            if flow:
                return flow
            flow = self._flows[request.name] = Flow()
            self._fetching += not self.is_slow(request)
        if not self._side_by_side:
            self._fetch_first(request, flow)
            return flow
        begin = carried(self._fetch_first)
        thread = threading.Thread(target=begin, args=(request, flow), name=request.path, daemon=True)
        try:
            with starting():
                thread.start()
            self._threads.append(thread)
        except FatalError as failure:  # whoever reads the collection raises it
            flow.end(failure)
        return flow

    def _fetch_first(self, request: Request, flow: Flow) -> None:
        try:
            self._fetch(request, flow)
        finally:
            with self._lock:
                self._fetching -= not self.is_slow(request)
                self._lock.notify_all()
            self.fetched()

    def _fetch(self, request: Request, flow: Flow, anew: str = "") -> None:
        try:
            with self.counter.counting(request.title):
                self.sources[request.source].fetch(request, Collection(request, self, flow, anew))
            flow.end()
        except BaseException as failure:  # noqa: BLE001 - whoever reads the collection raises it
            flow.end(failure)
