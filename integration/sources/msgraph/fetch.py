"""Bringing one collection into the mirror: up to date by what changed, or read whole."""

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from integration.errors import BadAnswer, BadRequest, GraphError, PageTokenExpired, Throttled
from integration.mirror.clock import age
from integration.mirror.tables import Known
from integration.sources.collection import Collection
from integration.sources.msgraph.delta import (
    LIFETIME,
    Changes,
    changes,
    is_part_of_tracked,
    is_removed,
    latest,
    tracked,
)
from integration.sources.msgraph.doubts import is_in_doubt, note_doubt
from integration.sources.msgraph.gone import leave_out_deleted
from integration.sources.msgraph.headcount import Miscounted
from integration.sources.msgraph.listing import first_page, knows
from integration.sources.msgraph.objects import has_id, object_id, object_of, spell_alike
from integration.sources.msgraph.paging import REFUSALS, pages
from integration.sources.msgraph.thin import completed
from integration.sources.msgraph.unknown import UnknownProperties
from integration.sources.msgraph.within import may_be_cut, read_rest
from integration.sources.repeats import Came, CameTwice
from integration.sources.request import Request

if TYPE_CHECKING:
    from integration.sources.msgraph.source import GraphSource

_RESTARTS = 5
_WHAT_IS_KEPT = attrgetter("rows", "next_link", "odd")
_SMALLER: Mapping[int | None, int | None] = {999: 100, 100: None}
"""The page size to ask for where Graph does not serve one; ``None``: none is named, so that Graph chooses."""


class Fetcher:
    """Fetches one collection.

    Args:
        source: says how.
        request: what to fetch.
        into: the collection.
    """

    def __init__(self, source: "GraphSource", request: Request, into: Collection) -> None:
        self._source, self._request, self._into = source, request, into
        self._client = source.client
        self._tracked = tracked(request) if source.incremental else None
        self._top = request.top
        self._unknown = UnknownProperties(into)
        self._pages_read = 0
        self._before: Came | None = None

    def fetch(self) -> None:
        """Have the mirror hold the collection as Graph has it now.

        Raises:
            GraphError: Graph did not give all of it.
        """
        known = self._into.known
        if self._into.anew:
            self._into.because(self._into.anew)
            self._read(None)
        elif known is None or known.state == "running" or not self._updated(known):
            self._read(self._into.known)
            if known and known.state == "running":
                self._catch_up()
            if self._request.kind == "collection" and (known is None or known.state == "running"):
                leave_out_deleted(self._client, self._request.path, self._into)
        self._tell_unknown()

    def _tell_unknown(self) -> None:
        """Tell what the collection was read without, in this run or in an earlier one."""
        if noted := self._unknown.noted():
            told = self._source.unknown
            told[self._request.title] = sorted({*noted, *told.get(self._request.title, ())})

    def _updated(self, known: Known) -> bool:
        """Tell whether the mirror's collection is up to date, having applied what changed where Graph tells that.

        It is complete already where the run goes on with one that was cut short. Then it stays as it is unless some of
        its objects may be gone by now, as the listing of all tells: those are the parents of relations.
        """
        if known.state == "complete" and not is_part_of_tracked(self._request):
            self._follow_up()
            return True
        reason = self._outdated(known)
        if not reason and known.delta_link is None:
            return False
        try:
            if not reason and known.delta_link is not None:
                self._change(known.delta_link)
                return True
        except Throttled:
            raise
        except GraphError as error:
            reason = f"the delta link is given up: {error}"
        self._into.because(reason)
        return False

    def _catch_up(self) -> None:
        """Apply what changed since a run that was cut short began to read; who followed the collection begins anew."""
        known = self._into.known
        if known and known.delta_link:
            try:
                self._change(known.delta_link)
            except Throttled:
                raise
            except GraphError as error:
                self._into.because(f"what changed meanwhile is not known: {error}")
                self._read(None)
            else:
                self._into.began()

    def _outdated(self, known: Known) -> str:
        if self._tracked is None:
            return ""
        if known.delta_link is None:
            return "Graph gave no delta link"
        if self._into.unusable:
            return "rows of it had no id"
        if is_in_doubt(self._into):
            return "objects came twice"
        if age(known.delta_on) > LIFETIME:
            return "the delta link is older than Graph keeps them"
        if age(known.full_on) > self._source.full_every:
            return "the periodic full read is due"
        again = [name for name in self._unknown.noted() if knows(self._client, self._request, name, self._top)]
        return f"Graph knows {', '.join(again)} by now" if again else ""

    def _change(self, link: str) -> None:
        path = self._request.path
        for page in changes(self._client, link):
            self._apply(page, [object_id(row, path) for row in page.rows if is_removed(row, path)])
        self._follow_up()
        self._into.current()

    def _follow_up(self) -> None:
        """Read what is missing although all changes are known."""

    def _apply(self, page: Changes, gone: Sequence[str]) -> None:
        """Apply a page of changes; ``gone`` are the ids of objects that are there no more."""
        path = self._request.path
        last = {object_id(row, path): row for row in page.rows}
        told = {key: row for key, row in last.items() if "@removed" not in row}
        rows = completed(self._client, path, self._request.select, told, self._into.objects(list(told)))
        self._into.change(rows, [key for key in (*gone, *told) if key not in rows], page.link)

    def _read(self, known: Known | None) -> None:
        """Read a collection whole, from where an earlier run was cut short if that is known."""
        if known and known.next_link is None and self._request.kind != "relation":
            known = None
        for restart in range(_RESTARTS + 1):
            if restart or known is None or known.state != "running":
                self._into.begin(self._latest(), self._deleted())
                if self._request.kind != "relation":
                    self._unknown.note()
                known = None
            else:
                self._into.go_on(self._deleted())
            self._into.began()
            try:
                self._read_pages(known.next_link if known else None)
            except CameTwice as error:
                if self._before is not None or restart == _RESTARTS:
                    note_doubt(self._into, error)
                    self._into.complete(in_doubt=True)
                    return
                self._before = error.came
            except Miscounted:
                if restart:
                    raise
            except GraphError as error:
                if restart == _RESTARTS or not self._may_start_again(error, known):
                    raise
            else:
                self._into.complete()
                return

    def _may_start_again(self, error: GraphError, known: Known | None) -> bool:
        """Tell whether reading from the first page on can help after an error, with what Graph does serve."""
        if isinstance(error, PageTokenExpired):
            return True
        refused = isinstance(error, BadRequest)
        if self._request.kind != "relation" and self._unknown.turn_out(error, self._request.select):
            return True
        if error.too_much and self._top in _SMALLER and (refused or not self._pages_read):
            self._top = _SMALLER[self._top]
            self._source.smaller_pages[self._request.path] = self._top or 0
            return True
        return known is not None and isinstance(error, REFUSALS)

    def _latest(self) -> str | None:
        """Return a link that will tell what changed from now on; ``None`` where Graph gives none."""
        while self._tracked is not None:
            try:
                return latest(self._client, self._request.path, self._unknown.without(self._tracked))
            except GraphError as error:
                if not self._unknown.turn_out(error, self._request.select):
                    self._into.because(f"no changes can be asked for next time: {error}")
                    break
        return None

    def _deleted(self) -> Sequence[str]:
        """Return the ids of deleted objects to which the collection may have links."""
        return ()

    def _read_pages(self, next_link: str | None) -> None:
        request = self._request
        kept = unusable = 0
        first = first_page(self._client, request, self._unknown.without(request.select), self._top)
        for rows, link, odd in self._pages(next_link or first):
            self._pages_read += 1
            for row in rows if may_be_cut(request) else ():
                read_rest(self._client, request, row)
            if request.key != "id":
                rows = [{**row, "id": row.get(request.key)} for row in rows]
                spell_alike(rows)
            if request.kind == "collection" and not all(map(has_id, rows)):
                usable = [row for row in rows if has_id(row)]
                odd, rows = odd + len(rows) - len(usable), usable
            kept, unusable = kept + len(rows), unusable + odd
            self._into.add(rows, link, unusable=odd)
            self._into.count(pages=1, items=len(rows), throttled=self._client.waited)
            del rows  # a large page goes before the next one comes
        if unusable and not kept and next_link is None:
            raise BadAnswer("no object of the collection has an id", path=request.path, status=200)

    def _pages(self, url: str) -> Iterator[tuple[Sequence[dict[str, Any]], str | None, int]]:
        if self._request.kind == "object":
            found = {"id": "", **object_of(self._client.get(url))}
            spell_alike([found])
            yield [found], None, 0
        else:
            yield from map(_WHAT_IS_KEPT, pages(self._client, url, before=self._before))
