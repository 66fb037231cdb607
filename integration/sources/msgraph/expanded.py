"""Reading a relation with the listing of its parents: ``$expand`` gives up to 20 children with each of them.

It may give fewer than there are without a word. So those parents are asked once more, one by one, that have the most
children of those that came with fewer than 20; and where Graph counts the parents without any, their number is
compared.

Sources: Optional query parameters, ``$expand``; Known issues with Microsoft Graph; List applications, example 5.
"""

from collections.abc import Mapping, Sequence
from heapq import heappush, heappushpop
from typing import Any

import orjson

from integration.errors import BadAnswer, BadRequest
from integration.sources.collection import Collection
from integration.sources.msgraph.batch import MOST
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.delta import IDS
from integration.sources.msgraph.habits import EXPANDED, MOST_EXPANDED, SINGLE
from integration.sources.msgraph.kinds import are_members
from integration.sources.msgraph.paging import page_of, pages
from integration.sources.msgraph.tasks import each_once
from integration.sources.request import Request
from integration.sources.selection import Selection

_COUNTED = "owners"
"""The relation of which Graph counts the parents without a child (List applications; List groups)."""
_SAMPLE_WITHOUT = 5
"""How many parents without a child are asked once more, beside those with the most children: together a batch."""
_ADVANCED = {"ConsistencyLevel": "eventual"}


class CutShort(BadAnswer):
    """Fewer children came with some parents than there are."""


def expands(request: Request) -> bool:
    """Tell whether a relation can be read with the listing of its parents."""
    return (request.path, request.relation) in EXPANDED and request.select == IDS and not request.among


class Expanded:
    """Reads the children of the parents that come with few.

    Args:
        client: sends the requests.
        into: the relation.
        request: what is asked for.
        top: parents on a page; as many as Graph likes where ``None``.

    Attributes:
        pages_read: how many pages of parents came.
    """

    def __init__(self, client: GraphClient, into: Collection, request: Request, top: int | None) -> None:
        self._client, self._into, self._request, self._top = client, into, request, top
        self._is_single, self._selection = request.relation in SINGLE, Selection(request.properties)
        self._most: list[tuple[int, str, frozenset[str]]] = []
        self._none: list[tuple[int, str, frozenset[str]]] = []
        self._without = 0
        self.pages_read = 0

    def read(self) -> None:
        """Read all pages from where an earlier run was cut short; parents that may have more children are left out.

        Raises:
            GraphError: Graph did not give all of it.
        """
        progress = self._into.progress("")
        link = progress.get("", self._first())
        for page in pages(self._client, link) if link else ():
            if page.odd:
                raise BadAnswer("not all parents are objects", path=self._request.path, status=200)
            self._keep(page.rows, page.next_link)
            self.pages_read += 1
        if not progress:
            self._count()
        self._into.forget([parent for _, parent, _ in (*self._most, *self._none)])

    def compare(self) -> None:
        """Compare what came with the parents that were asked once more with what each of them has.

        Raises:
            CutShort: one has more.
        """
        for _, parent, came in (*self._most, *self._none):
            if not self._into.children(parent).keys() <= came:
                raise CutShort(
                    f"{len(came)} came with {parent}, which has others", path=self._request.title, status=200
                )

    def _first(self) -> str:
        options = {"$select": "id", "$expand": f"{self._request.relation}($select=id)"}
        return self._client.url(self._request.path, options | ({} if self._top is None else {"$top": str(self._top)}))

    def _keep(self, rows: Sequence[Mapping[str, Any]], link: str | None) -> None:
        pieces, read = [], []
        for row in rows:
            parent, children = self._children_of(row)
            if len(children) >= MOST_EXPANDED or row.get(f"{self._request.relation}@odata.nextLink"):
                continue
            read.append((parent, None))
            if children:
                pieces.append((parent, orjson.dumps(children)))
            else:
                self._without += 1
            self._sample(parent, children)
        self._into.add_parts(pieces, [*read, ("", link)])
        items = sum(1 for _ in pieces)
        self._into.count(pages=1, items=items, parents=len(read), throttled=self._client.waited)

    def _children_of(self, row: Mapping[str, Any]) -> tuple[str, Sequence[Mapping[str, Any]]]:
        """Return the id of a parent, and the children that came with it."""
        parent, found = row.get("id"), row.get(self._request.relation)
        children = found if isinstance(found, list) else [] if found is None else [found]
        if not isinstance(parent, str) or not parent or not are_members(children):
            raise BadAnswer(
                "a parent or a child has no id, or no kind that is text", path=self._request.title, status=200
            )
        return parent, self._selection.of_each(each_once(children))

    def _sample(self, parent: str, children: Sequence[Mapping[str, Any]]) -> None:
        """Keep those with the most children, and some without, to be asked once more."""
        if self._is_single:
            return
        one = (len(children), parent, frozenset(child["id"] for child in children))
        if not children:
            self._none += [one] if len(self._none) < _SAMPLE_WITHOUT else []
        elif len(self._most) < MOST - _SAMPLE_WITHOUT:
            heappush(self._most, one)
        else:
            heappushpop(self._most, one)

    def _count(self) -> None:
        """Compare how many parents have no child with what Graph counts, where it counts that.

        Raises:
            CutShort: Graph counts fewer.
        """
        if self._request.relation != _COUNTED:
            return
        options = {"$filter": f"{_COUNTED}/$count eq 0", "$count": "true", "$select": "id", "$top": "1"}
        try:
            answer = self._client.get(self._client.url(self._request.path, options), _ADVANCED)
        except BadRequest:
            return  # it does not count that here; the sample has to do
        count = page_of(self._client, answer).count
        if count is not None and count < self._without:
            problem = f"{self._without:,} parents came without {_COUNTED}, where Graph counts {count:,}"
            raise CutShort(problem, path=self._request.path, status=200)
