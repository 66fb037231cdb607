"""Reading a relation with the listing of its parents: ``$expand`` gives up to 20 children with each of them.

It may give fewer than there are without a word. Where it stops at some number, all parents that have more come with
that number. So of those that came with fewer than 20 some are asked once more, one by one: two of each number of
children, and those with the most. And where Graph counts the parents without any, their number is compared.

Sources: Optional query parameters, ``$expand``; Known issues with Microsoft Graph; List applications, example 5.
"""

from collections import deque
from collections.abc import Collection as Ids
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from typing import Any

from integration.errors import BadAnswer, BadRequest
from integration.sources.collection import Collection
from integration.sources.msgraph.batch import MOST
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.delta import IDS
from integration.sources.msgraph.habits import EXPANDED, MOST_EXPANDED, SINGLE
from integration.sources.msgraph.kinds import are_members
from integration.sources.msgraph.objects import spell_alike
from integration.sources.msgraph.paging import page_of, pages
from integration.sources.msgraph.tasks import each_once
from integration.sources.repeats import CameTwice
from integration.sources.request import Request
from integration.sources.selection import Selection
from integration.text.exact_json import exact_json

_COUNTED = "owners"
"""The relation of which Graph counts the parents without a child (List applications; List groups)."""
_OF_EACH = 2
"""How many parents with the same number of children are asked once more."""
_SAMPLE_WITHOUT = 5
"""How many parents without a child are asked once more; with those that have the most children a batch, or more."""
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
        self._asked_again: Mapping[str, Mapping[str, Mapping[str, Any]]] = {}
        self.pages_read = 0

    def read(self) -> None:
        """Read all pages from where an earlier run was cut short; parents that may have more children are left out.

        Raises:
            GraphError: Graph did not give all of it.
        """
        link = self._into.progress("").get("", self._first())
        try:
            for page in pages(self._client, link) if link else ():
                if page.odd:
                    raise BadAnswer("not all parents are objects", path=self._request.path, status=200)
                self._keep(page.rows, page.next_link)
                self.pages_read += 1
        except CameTwice as error:  # these are asked for by themselves, as those are that were passed over
            self._into.forget([parent for parent, _ in self._into.sizes() if hash(parent) in error.twice])
        if self._is_single:
            return
        again, without = sample_of(self._into.sizes())
        self._count(without)
        self._asked_again = {parent: self._into.children(parent) for parent in again}
        self._into.forget(again)

    def compare(self, refused: Ids[str]) -> None:
        """Compare what came with the parents that were asked once more with what each of them has.

        Args:
            refused: parents that did not tell what they have: what came with them is kept, as it is of all others.

        Raises:
            CutShort: one has more.
        """
        untold = {parent: rows for parent, rows in self._asked_again.items() if parent in refused}
        if untold:
            self._into.forget(list(untold))
            pieces = [(parent, exact_json(list(rows.values()))) for parent, rows in untold.items() if rows]
            self._into.add_parts(pieces, [(parent, None) for parent in untold])
        for parent, came in self._asked_again.items():
            if not self._into.children(parent).keys() <= came.keys():
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
            if children is None:
                continue
            read.append((parent, None))
            if children:
                pieces.append((parent, exact_json(children)))
        self._into.add_parts(pieces, [*read, ("", link)])
        items = sum(1 for _ in pieces)
        self._into.count(pages=1, items=items, parents=len(read), throttled=self._client.waited)

    def _children_of(self, row: Mapping[str, Any]) -> tuple[str, Sequence[Mapping[str, Any]] | None]:
        """Return the id of a parent, and its children; ``None`` where those that came may not be all.

        A parent that has none comes with an empty list, or without the one child that it could have.
        """
        parent, found = row.get("id"), row.get(self._request.relation)
        children = found if isinstance(found, list) else [] if found is None else [found]
        if not isinstance(parent, str) or not parent:
            raise BadAnswer("a parent has no id", path=self._request.title, status=200)
        if not are_members(children):  # asked by itself, the parent may have them whole, or costs itself alone
            return parent, None
        spell_alike(children)
        is_silent = found is None and not self._is_single
        if is_silent or len(children) >= MOST_EXPANDED or row.get(f"{self._request.relation}@odata.nextLink"):
            return parent, None
        return parent, self._selection.of_each(each_once(children))

    def _count(self, without: int) -> None:
        """Compare how many parents came without a child with what Graph counts, where it counts that.

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
        if count is not None and count < without:
            problem = f"{without:,} parents came without {_COUNTED}, where Graph counts {count:,}"
            raise CutShort(problem, path=self._request.path, status=200)


def sample_of(sizes: Iterable[tuple[str, int]]) -> tuple[Sequence[str], int]:
    """Return the parents to be asked once more, and how many came without a child.

    There may be a million parents, of which no more are kept in memory than are asked.

    Args:
        sizes: each parent, and how many children came with it.
    """
    each: dict[int, deque[str]] = {0: deque(maxlen=_SAMPLE_WITHOUT)}
    without = 0

    def others() -> Iterator[tuple[int, str]]:
        nonlocal without
        for parent, size in sizes:
            if parent and size < MOST_EXPANDED:
                taken = each.setdefault(size, deque(maxlen=_OF_EACH))
                if size and len(taken) == _OF_EACH:
                    yield size, taken[0]
                taken.append(parent)
                without += not size

    rest = [parent for _, parent in nlargest(MOST - _SAMPLE_WITHOUT, others())]
    taken = [parent for size, parents in each.items() if size for parent in parents]
    return [*taken, *rest[: max(0, MOST - _SAMPLE_WITHOUT - len(taken))], *each[0]], without
