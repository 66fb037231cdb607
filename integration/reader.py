"""Reading a tenant: each collection is fetched into the mirror once a run, however many steps ask for it."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from integration.content import Collection
from integration.errors import BadAnswer, BadRequest, GraphError, IntegrationError, NotFound, PageTokenExpired
from integration.fanout import FanOut
from integration.mirror import Link, Mirror
from integration.msgraph.client import Client
from integration.msgraph.delta import LIFETIME, changes, latest
from integration.msgraph.paging import pages
from integration.progress import Counter
from integration.request import IDS, Request, Row, row_of

_RESTARTS = 5


@dataclass
class Reader:
    """Fetches what steps ask for into the mirror, or brings it up to date, and reads it from there.

    Attributes:
        client: sends the requests.
        mirror: keeps what was read.
        in_flight: the most requests at once for one relation.
        incremental: use delta queries.
        full_every: seconds after which everything is read whole, whatever delta queries would tell.
        counter: adds up what is read.
        announce: called when a collection is asked for the first time.
        new: the mirror was empty when the run started.
        reads_hidden: the application is known to have ``Member.Read.Hidden``.
        reasons: why a collection that was there had to be read whole, by name.
        plain: relations of which service principals may be missing.
    """

    client: Client
    mirror: Mirror
    in_flight: int
    incremental: bool
    full_every: float = 7 * 86_400.0
    new: bool = True
    reads_hidden: bool = False
    announce: Callable[[], None] = lambda: None
    counter: Counter = field(default_factory=lambda: Counter(lambda _: None))
    reasons: dict[str, str] = field(default_factory=dict)
    plain: set[str] = field(default_factory=set)
    _locks: defaultdict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock), repr=False)
    _asked: dict[str, Request] = field(default_factory=dict, repr=False)
    _known: dict[str, Request] = field(default_factory=dict, repr=False)
    _failures: dict[str, IntegrationError] = field(default_factory=dict, repr=False)

    def row(self, request: Request) -> Row:
        """Return the object that a request asks for."""
        return next(self.rows(request))

    def rows(self, request: Request) -> Iterator[Row]:
        """Yield the objects of a collection, each once, in order of their ids."""
        self.ensure(request)
        row = row_of(request.select)
        for body in self.mirror.items(request.name):
            yield row(orjson.loads(body))

    def links(self, request: Request) -> Iterator[tuple[str, Row]]:
        """Yield parent's id and child of a relation, in order of both ids."""
        self.ensure(request)
        row = row_of(request.select)
        for parent, child, kind, body in self.mirror.links(request.name):
            yield parent, row({"@odata.type": kind, "id": child} if body is None else orjson.loads(body))

    def asked(self, path: str) -> Request | None:
        """Return the request with which a step has asked for a collection in this run."""
        return self._asked.get(path)

    def parents(self, request: Request) -> str:
        """Return the name of the collection that a relation's parents are read from, reading it where no step did."""
        listing = self.asked(request.path) or Request("collection", request.path, select=("id", "visibility"))
        self.ensure(listing)
        return listing.name

    def relations(self) -> list[str]:
        """Return the names of the relations that steps have read in this run."""
        return sorted(name for name, request in self._known.items() if request.kind == "relation")

    def hidden(self, request: Request) -> int:
        """Return how many parents hide their children and show none: whether they have any is not known.

        Source: Hidden membership in groups needs ``Member.Read.Hidden`` (List group members).
        """
        childless = self.mirror.childless(request.name, self.parents(request))
        return sum(1 for body in childless if orjson.loads(body).get("visibility") == "HiddenMembership")

    def ensure(self, request: Request) -> None:
        """Have the mirror hold what the request asks for; a failure is remembered, not tried again by the next step.

        Raises:
            GraphError: Graph did not give all of it.
        """
        name = request.name
        self._known[name] = request
        if request.kind == "collection" and request.path not in self._asked:
            self._asked[request.path] = request
            self.announce()
        with self._locks[name]:
            if name in self._failures:
                raise self._failures[name]
            try:
                known = self.mirror.find(name)
                if known is None or known.state == "running" or not self._updated(request, known):
                    self._read(request, self.mirror.find(name))
            except IntegrationError as error:
                self._failures[name] = error
                raise

    def _updated(self, request: Request, known: Collection) -> bool:
        """Tell whether the mirror's collection is up to date, having applied what changed where Graph tells that."""
        if known.state == "complete":
            return True
        reason = self._outdated(request, known)
        if reason:
            self.reasons[request.name] = reason
            return False
        if known.delta_link is None:
            return False
        try:
            self._change(request, known.delta_link)
        except (BadAnswer, BadRequest, NotFound, PageTokenExpired) as error:
            self.reasons[request.name] = str(error)
            return False
        except GraphError as error:
            if error.status not in (400, 410):
                raise
            self.reasons[request.name] = str(error)
            return False
        return True

    def _outdated(self, request: Request, known: Collection) -> str:
        if request.tracked is None or not self.incremental:
            return ""
        if known.delta_link is None:
            return "Graph gave no delta link"
        if time.time() - known.delta_on > LIFETIME:
            return "the delta link is older than Graph keeps them"
        if time.time() - known.full_on > self.full_every:
            return "the periodic full read is due"
        return ""

    def _change(self, request: Request, link: str) -> None:
        for page in changes(self.client, link):
            if request.kind == "relation":
                self._change_links(request, page.rows, page.link)
            else:
                last = {_id(row, request.path): row for row in page.rows}
                rows = [(key, orjson.dumps(row)) for key, row in last.items() if "@removed" not in row]
                gone = [key for key, row in last.items() if "@removed" in row]
                self.mirror.change_items(request.name, rows, gone, page.link)
        if request.kind == "relation":
            self._fan_out(request)
        self.mirror.current(request.name)

    def _change_links(self, request: Request, rows: Sequence[Mapping[str, Any]], link: str) -> None:
        parents = [_id(row, request.path) for row in rows if "@removed" in row]
        last = {
            (_id(row, request.path), _id(child, request.path)): child
            for row in rows
            for child in row.get(f"{request.relation}@delta") or ()
        }
        gone = [key for key, child in last.items() if "@removed" in child]
        links: list[Link] = [
            (*key, str(child.get("@odata.type") or ""), None) for key, child in last.items() if "@removed" not in child
        ]
        self.mirror.change_links(request.name, links, gone, parents, link)

    def _read(self, request: Request, known: Collection | None) -> None:
        """Read a collection whole, from where an earlier run was cut short if one was."""
        for restart in range(_RESTARTS + 1):
            if restart or known is None or known.state != "running":
                self.mirror.begin(request.name, self._latest(request))
                known = None
            try:
                self._fetch(request, known.next_link if known else None)
            except PageTokenExpired:
                if restart == _RESTARTS:
                    raise
            else:
                self.mirror.complete(request.name)
                return

    def _latest(self, request: Request) -> str | None:
        """Return a link that will tell what changed from now on; ``None`` where Graph gives none."""
        if not self.incremental or request.tracked is None:
            return None
        try:
            return latest(self.client, request.path, request.tracked)
        except GraphError as error:
            self.reasons[request.name] = f"no changes can be asked for next time: {error}"
            return None

    def _fetch(self, request: Request, next_link: str | None) -> None:
        if request.kind == "relation":
            self._fan_out(request)
        elif request.kind == "object":
            answer = self.client.get(self.client.url(request.path, _options(request)))
            self.mirror.add_items(request.name, [("", orjson.dumps(answer.body))], None)
        else:
            for page in pages(self.client, next_link or self.client.url(request.path, _options(request))):
                rows = [(_id(row, request.path), orjson.dumps(row)) for row in page.rows]
                self.mirror.add_items(request.name, rows, page.next_link)
                self.counter.add(request.path, pages=1, items=len(rows), throttled=self.client.pace.waited)

    def _fan_out(self, request: Request) -> None:
        """Fetch the children of all parents that the mirror does not have yet."""
        pending = self.mirror.pending(request.name, self.parents(request))
        if pending:
            fan = FanOut(
                self.client,
                self.mirror,
                request.name,
                request.path,
                request.relation,
                request.select or IDS,
                self.counter,
                tracked=self.incremental and request.tracked is not None,
            )
            fan.fetch(pending, self.in_flight)
            if fan.plain:
                self.plain.add(request.name)


def _options(request: Request) -> dict[str, str]:
    options = {}
    if request.select is not None:
        options["$select"] = ",".join(request.select)
    if request.kind == "collection" and request.top is not None:
        options["$top"] = str(request.top)
    return options


def _id(row: Mapping[str, Any], path: str) -> str:
    key = row.get("id")
    if not isinstance(key, str) or not key:
        raise BadAnswer("an object of the collection has no id", path=path, status=200)
    return key
