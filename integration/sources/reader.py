"""Reading a tenant: each collection is fetched into the mirror once a run, however many steps ask for it."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from integration.errors import BadAnswer, Forbidden, GraphError, Interrupted
from integration.mirror.mirror import Mirror
from integration.sdk.progress import Counter
from integration.sdk.row import Row, row_of
from integration.sources.msgraph.client import Client
from integration.sources.msgraph.fetch import Fetcher
from integration.sources.msgraph.kinds import COLLECTIONS, Takes, kind_of
from integration.sources.msgraph.members import hiding, kinds
from integration.sources.request import Request

_HIDDEN = "Member.Read.Hidden"
_KIND = "@odata.type"
_AHEAD = 16
"""So many collections are fetched at once at most when one more is begun that nobody reads yet: each has threads."""
_GRACE = 1.0
"""Seconds for which the end of a run waits for connections that are still being made."""


class Restarted(Exception):
    """A collection began anew while it was read, because Graph forgot where the reading was: start again."""


class Flow:
    """One collection on its way into the mirror: who reads it follows it while it grows.

    Attributes:
        readings: how often it began to be read whole; 0 while it is only being brought up to date.
        ended: all that will come is there.
        error: why not all of it came.
    """

    def __init__(self) -> None:
        self.readings = 0
        self.ended = False
        self.error: BaseException | None = None
        self._pages = 0
        self._changed = threading.Condition()

    def began(self) -> None:
        """Say that the collection is read whole from now on."""
        with self._changed:
            self.readings += 1
            self._changed.notify_all()

    def began_anew(self) -> None:
        """Say that what was there goes, and that the collection is read whole once more."""
        with self._changed:
            self.readings += 1
            self.ended = False
            self._changed.notify_all()

    def grew(self) -> None:
        """Say that there is more of it."""
        with self._changed:
            self._pages += 1
            self._changed.notify_all()

    def end(self, error: BaseException | None = None) -> None:
        """Say that all that will come is there."""
        with self._changed:
            self.ended, self.error = True, error
            self._changed.notify_all()

    def stop(self) -> None:
        """Make everybody who follows it raise ``Interrupted``, unless it is all there."""
        if not self.ended:
            self.end(Interrupted("the run was stopped"))

    def wait_for_end(self) -> None:
        """Wait until everything is there, and raise what went wrong."""
        with self._changed:
            self._changed.wait_for(lambda: self.ended)
        if self.error:
            raise self.error

    def wait_for_more(self, seen: int | None = None) -> int:
        """Wait until there may be more than after ``seen`` pages, and return how many there are now."""
        with self._changed:
            if seen is None:
                self._changed.wait_for(lambda: self.ended or self.readings)
            else:
                self._changed.wait_for(lambda: self.ended or self._pages != seen)
            return self._pages


@dataclass
class Reader:
    """Fetches what steps ask for into the mirror, or brings it up to date, and reads it from there.

    Attributes:
        client: sends the requests.
        mirror: keeps what was read.
        in_flight: the most requests at once for one relation.
        incremental: use delta queries, and fetch collections beside each other.
        full_every: seconds after which everything is read whole, whatever delta queries would tell.
        counter: adds up what is read.
        new: the mirror was empty when the run started.
        reads_hidden: the application is known to have ``Member.Read.Hidden``.
        reasons: why a collection that was there had to be read whole, by name.
        smaller_pages: page sizes that Graph served where it did not serve the usual one, by path; 0 where it chose one.
        plain: relations of which service principals may be missing.
        bin_refused: why it is not known what was deleted before relations were read whole, and may be restored.
        refused: parents whose children Graph did not give to the end, and why, by relation.
    """

    client: Client
    mirror: Mirror
    in_flight: int
    incremental: bool
    full_every: float = 7 * 86_400.0
    new: bool = True
    reads_hidden: bool = False
    counter: Counter = field(default_factory=lambda: Counter(lambda _: None))
    reasons: dict[str, str] = field(default_factory=dict)
    smaller_pages: dict[str, int] = field(default_factory=dict)
    plain: set[str] = field(default_factory=set)
    bin_refused: list[str] = field(default_factory=list)
    refused: dict[str, dict[str, GraphError]] = field(default_factory=dict)
    _flows: dict[str, Flow] = field(default_factory=dict, repr=False)
    _lock: threading.Condition = field(default_factory=threading.Condition, repr=False)
    _fetching: int = field(default=0, repr=False)
    _closed: bool = field(default=False, repr=False)
    _settling: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _asked: dict[str, Request] = field(default_factory=dict, repr=False)
    _threads: list[threading.Thread] = field(default_factory=list, repr=False)
    _casts: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set), repr=False)

    def row(self, request: Request) -> Row:
        """Return the object that a request asks for."""
        self.ensure(request)
        return next(row for _, row in self.rows(request))

    def rows(self, request: Request) -> Iterator[tuple[str, Row]]:
        """Yield parent's id (empty without one) and object, each once, in no particular order, as they arrive.

        Raises:
            Restarted: what was yielded so far counts no more.
            GraphError: Graph did not give all of it.
        """
        self._note_cast(request)
        flow = self._flow(request)
        pages = flow.wait_for_more()
        if flow.ended:
            flow.wait_for_end()
        readings, row, takes = flow.readings, row_of(request.select), Takes(request.cast)
        with self.mirror.pieces(request.name) as pieces:
            while True:
                ended = flow.ended
                for parent, objects in pieces.more():
                    for each in [one for one in objects if takes[one.get(_KIND)]] if request.cast else objects:
                        yield parent, row(each)
                if flow.readings != readings:
                    raise Restarted(request.name)
                if ended:
                    break
                pages = flow.wait_for_more(pages)
        flow.wait_for_end()
        if not takes.keys().isdisjoint((None, "")):
            for parent, each in self.unnamed(request.name, request.cast):
                yield parent, row(each)

    def unnamed(self, name: str, cast: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield parent's id and child for children whose kind Graph did not name, and the mirror knows.

        Args:
            name: the relation.
            cast: the kind that is wanted: that of an object is known where a step has asked for the objects of a kind.
        """
        listing = self.asked(COLLECTIONS.get(cast, ""))
        if listing is None:
            return
        self.ensure(listing)
        with self.mirror.pieces(name) as pieces:
            for parent, objects in pieces.more():
                if without := [one for one in objects if not kind_of(one)]:
                    known = self.mirror.holds(listing.name, [one["id"] for one in without])
                    yield from ((parent, one) for one in without if one["id"] in known)

    def changes(self, request: Request, *, before: bool) -> Iterator[tuple[str, Row]]:
        """Yield parent's id and object of what has changed since the run began: as it was then, or as it is now."""
        row, takes = row_of(request.select), Takes(request.cast)
        for change in self.mirror.changes(request.name):
            text = change.before if before else change.now
            if text is not None and takes[(each := self.mirror.parsed(text)).get(_KIND)]:
                yield change.parent, row(each)

    def version(self, request: Request) -> str:
        """Return another string whenever what the request gives is another; empty where the mirror lacks it."""
        known = self.mirror.find(request.name)
        version = known.version if known else ""
        if version and self._has_unnamed(request) and (listing := self.asked(COLLECTIONS.get(request.cast, ""))):
            return f"{version} {self.version(listing)}"
        return version

    def _has_unnamed(self, request: Request) -> bool:
        """Tell whether Graph did not name the kind of some children, of which one kind is wanted."""
        return bool(request.cast) and "" in kinds(self.mirror, request.name)

    def reads_anew(self, request: Request) -> bool:
        """Tell whether a collection is read whole because nothing of it was there: its version is a new one then."""
        return self.new and self.incremental and request.tracked is not None

    def base(self, request: Request) -> str:
        """Return the version since which ``changes`` tells what changed; empty where it cannot."""
        known = self.mirror.find(request.name)
        return known.base if known and not self._has_unnamed(request) else ""

    def settle(self, request: Request) -> str:
        """Make a relation agree with what was deleted and restored meanwhile, and return its version.

        Raises:
            GraphError: it had to be read whole for that, and Graph did not give all of it.
        """
        with self._settling:
            restored = self.mirror.settle(request.name)
            if restored:
                self.reasons[request.name] = f"{restored} objects were restored that had been deleted when it was read"
                self._fetch_anew(request)
            return self.version(request)

    def stop(self) -> None:
        """Make everybody who fetches, or follows what is fetched, raise ``Interrupted``; safe for many threads."""
        self.client.stop()
        with self._lock:
            for flow in self._flows.values():
                flow.stop()

    def close(self) -> None:
        """Stop what is still fetched, which nobody reads, and wait until it has stopped; not for a silent host."""
        with self._lock:
            self._closed = True
            self._lock.notify_all()
        self.client.stop()
        ends = time.monotonic() + _GRACE
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def asked(self, path: str) -> Request | None:
        """Return the request with which a step has asked for a collection in this run."""
        return self._asked.get(path)

    def parents(self, request: Request) -> str:
        """Return the name of the collection that a relation's parents are read from, reading it where no step did."""
        listing = self._listing(request)
        self.ensure(listing)
        return listing.name

    def _listing(self, request: Request) -> Request:
        """Return the request for the parents of a relation: that of a step where there is one."""
        return self.asked(request.path) or Request("collection", request.path, select=("id", "visibility"))

    def relations(self) -> dict[str, set[str]]:
        """Return the names of the relations that steps asked for in this run, and the casts with which they did."""
        return dict(sorted(self._casts.items()))

    def gaps(self, request: Request) -> Iterator[GraphError]:
        """Yield what a whole answer does not hold: rows without an id, hidden children, parents that were refused.

        Source: Hidden membership in groups needs ``Member.Read.Hidden`` (List group members).
        """
        listing = self._listing(request) if request.kind == "relation" else request
        if lost := self.mirror.unusable(listing.name):
            rows = "row has" if lost == 1 else "rows have"
            yield BadAnswer(f"{lost:,} {rows} no id, and cannot be kept", path=request.path, status=200)
        may_hide = request.kind == "relation" and not self.reads_hidden
        if may_hide and (hidden := hiding(self.mirror, request.name, self.parents(request))):
            refused = Forbidden(f"{hidden} of them hide their {request.relation}: grant {_HIDDEN}", path=request.path)
            refused.permission = _HIDDEN
            yield refused
        if refusals := self.refused.get(request.name):
            example = next(iter(refusals.values()))
            problem = f"the {request.relation} of {len(refusals)} of them could not be read: {example}"
            yield GraphError(problem, path=request.path)

    def start(self, request: Request) -> None:
        """Have what the request asks for fetched, without waiting for it."""
        self._flow(request)

    def start_ahead(self, request: Request) -> bool:
        """Have what a step will ask for fetched, as soon as not too much else is; ``False`` where the reader is closed.

        A relation is left alone where nobody has asked for its parents, which would be listed once more.
        """
        with self._lock:
            self._lock.wait_for(lambda: self._fetching < _AHEAD or self._closed)
            if not self._closed and (request.kind != "relation" or self.asked(request.path)):
                self.start(request)
            return not self._closed

    def ensure(self, request: Request) -> None:
        """Have the mirror hold what the request asks for; a failure is remembered, not tried again by the next step.

        Raises:
            GraphError: Graph did not give all of it.
        """
        self._note_cast(request)
        self._flow(request).wait_for_end()

    def _note_cast(self, request: Request) -> None:
        if request.kind == "relation":
            with self._lock:
                self._casts[request.name].add(request.cast)

    def _flow(self, request: Request) -> Flow:
        """Return the collection's flow, having started it where nobody did."""
        with self._lock:
            flow = self._flows.get(request.name)
            if flow:
                return flow
            flow = self._flows[request.name] = Flow()
            self._fetching += 1
            if request.kind == "collection":
                self._asked.setdefault(request.path, request)
        if self.incremental:
            thread = threading.Thread(target=self._fetch, args=(request, flow), name=request.path, daemon=True)
            self._threads.append(thread)
            thread.start()
        else:
            self._fetch(request, flow)
        return flow

    def _fetch_anew(self, request: Request) -> None:
        flow = self._flow(request)
        flow.began_anew()
        try:
            with self._counted(request):
                Fetcher(self, request, flow).fetch_whole()
            flow.end()
        except BaseException as failure:
            flow.end(failure)
            raise

    def _fetch(self, request: Request, flow: Flow) -> None:
        try:
            with self._counted(request):
                Fetcher(self, request, flow).fetch()
            flow.end()
            if request.kind == "relation" and self.new:
                kinds(self.mirror, request.name)
        except BaseException as failure:  # noqa: BLE001 - whoever reads the collection raises it
            flow.end(failure)
        finally:
            with self._lock:
                self._fetching -= 1
                self._lock.notify_all()

    @contextmanager
    def _counted(self, request: Request) -> Iterator[None]:
        """Tell when the reading of a collection begins and ends."""
        self.counter.begin(request.title)
        try:
            yield
        finally:
            self.counter.end(request.title)
