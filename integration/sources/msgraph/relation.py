"""Bringing a relation into the mirror: with its parents' listing where that tells all, else parent by parent."""

from collections.abc import Mapping, Sequence
from typing import Any

from integration.errors import BadRequest, GraphError
from integration.mirror.tables import Known
from integration.sources.msgraph.delta import Changes, children_in, is_removed
from integration.sources.msgraph.expanded import CutShort, Expanded, expands
from integration.sources.msgraph.fanout import FanOut
from integration.sources.msgraph.fetch import Fetcher
from integration.sources.msgraph.habits import SINGLE
from integration.sources.msgraph.objects import object_id

_AT_ONCE = 20_000
"""Parents that are kept in memory at once: a tenant may have a million."""
_MAY_LACK_HIDDEN = "without hidden children"
"""Names a part without objects, which keeps in mind that a run without the permission to read them was here.

Of children that Graph hid from it no changes tell once the permission is there.
"""


class RelationFetcher(Fetcher):
    """Fetches the children of all parents."""

    _comes_expanded: bool | None = None
    _goes_on = False

    def fetch(self) -> None:
        """Have the mirror hold the relation as Graph has it now.

        Raises:
            GraphError: Graph did not give all of it.
        """
        known = self._into.known
        self._goes_on = self._tracked is None and known is not None and known.state in ("running", "complete")
        if self._goes_on:
            self._unknown.names = self._unknown.noted()
        super().fetch()

    def _read_pages(self, next_link: str | None) -> None:
        if self._comes_expanded is None:
            self._comes_expanded = expands(self._request)
        if not self._comes_expanded:
            self._fan_out()
            return
        expanded = Expanded(self._client, self._into, self._request, self._top)
        expanded.read()
        self._pages_read += expanded.pages_read
        self._fan_out()
        expanded.compare(self._source.refused.get(self._request.name, {}))

    def _may_start_again(self, error: GraphError, known: Known | None) -> bool:
        if isinstance(error, CutShort) or (self._comes_expanded and not self._pages_read and _is_refused(error)):
            self._comes_expanded = False
            self._into.because(f"it does not come with its parents: {error}")
            return True
        return super()._may_start_again(error, known)

    def _outdated(self, known: Known) -> str:
        if not self._source.hides(self._request) and self._into.progress(_MAY_LACK_HIDDEN):
            return "children that were hidden may be read by now"
        return super()._outdated(known)

    def _follow_up(self) -> None:
        if self._source.incremental:
            self._fan_out()

    def _apply(self, page: Changes, gone: Sequence[str]) -> None:
        path = self._request.path
        found: dict[str, dict[str, Mapping[str, Any]]] = {}
        lost: dict[str, set[str]] = {}
        for row in page.rows:
            parent = object_id(row, path)
            for child in children_in(row, self._request.relation, path):
                key = child["id"]
                if is_removed(child, path):
                    found.get(parent, {}).pop(key, None)
                    lost.setdefault(parent, set()).add(key)
                else:
                    lost.get(parent, set()).discard(key)
                    found.setdefault(parent, {})[key] = child
        if self._request.relation in SINGLE:
            for parent, children in found.items():
                others = self._into.children(parent).keys() - children.keys()
                lost.setdefault(parent, set()).update(others)
        self._into.change_children(found, lost, gone, page.link)

    def _deleted(self) -> Sequence[str]:
        return () if self._tracked is None else self._source.bin.ids()

    def _fan_out(self) -> None:
        """Fetch the children of all parents that the mirror does not have yet."""
        request = self._request
        listing = self._into.listing(request)
        if self._goes_on:  # of parents that are gone since a run that was cut short read them, no changes tell
            self._into.forget_others(listing)
        fan, after = None, ""
        while pending := self._into.pending(listing, after, _AT_ONCE):
            if fan is None:
                fan = FanOut(self._client, self._into, request, self._unknown.names, tracked=self._tracked is not None)
                self._into.expect(self._into.count_pending(listing))
            fan.fetch(pending, self._source.in_flight)
            after = pending[-1][0]
        if fan:
            self._source.refused[request.name] = dict(fan.refused)
            if fan.economized:
                self._into.leave_deleted()
            if fan.plain:
                self._source.plain.add(request.name)
        self._unknown.note()
        if self._source.hides(request) and not self._into.progress(_MAY_LACK_HIDDEN):
            self._into.add_parts([], [(_MAY_LACK_HIDDEN, None)])


def _is_refused(error: GraphError) -> bool:
    """Tell whether Graph does not take the question, whoever asks."""
    return isinstance(error, BadRequest)
