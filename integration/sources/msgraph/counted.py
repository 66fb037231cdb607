"""Listings that may come short without a word, held against how many Graph counts elsewhere."""

from collections.abc import Iterator

from integration.errors import GraphError
from integration.sources.msgraph.habits import COUNTED
from integration.sources.msgraph.headcount import Miscounted
from integration.sources.msgraph.paging import REFUSALS
from integration.sources.reader import Reader
from integration.sources.request import Request


def short_of(reader: Reader, request: Request) -> Iterator[GraphError]:
    """Yield the error where a listing has fewer objects than Graph counts of them elsewhere.

    Where Graph refuses to say how many there are, as it does without a licence, there is nothing to compare with. Where
    it fails to, that is told: the listing may be short.

    Args:
        reader: has read the listing, and reads the count once a run.
        request: what was read.
    """
    if request.kind != "collection" or request.filter or request.path not in COUNTED:
        return
    overview, name = COUNTED[request.path]
    try:
        count = reader.row(Request("object", overview, select=None)).get(name)
    except REFUSALS:
        return
    except GraphError as error:
        yield error
        return
    if type(count) is not int:
        return

    def size() -> int:
        with reader.mirror.pieces(request.name) as pieces:
            return sum(len(rows) for _, rows in pieces.more())

    came: int = reader.mirror.fact(request.name, "size", "", size)
    if came < count:
        yield Miscounted(count, came, request.path)
