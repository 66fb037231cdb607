"""Pages of a collection: sizes, opaque page tokens, and what goes wrong with them.

A page token is a key cursor: objects that come or go between two pages shift nothing.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import islice
from time import time

import orjson

from tests.simulator.encode import Encode
from tests.simulator.faults import Injector
from tests.simulator.odata import Answer, Call, GraphError, success, top_of
from tests.simulator.tokens import BadToken, Seal

DEFAULT_PAGE = 100
"""Items of a page without $top."""

FOREIGN_ORIGIN = "https://graph.elsewhere.example"


class Pager:
    """Cuts sorted places into pages.

    ``page_size`` caps every page, $top notwithstanding (a server may do so); ``lifetime`` is that of page tokens in
    seconds; ``empty_after`` holds (path, page number) pairs, see Tenant.
    """

    def __init__(
        self,
        seal: Seal,
        injector: Injector,
        *,
        page_size: int | None,
        lifetime: float | None,
        empty_after: frozenset[tuple[str, int]],
    ) -> None:
        self._seal, self._injector = seal, injector
        self._page_size, self._lifetime, self._empty_after = page_size, lifetime, empty_after
        self._dead: set[str] = set()

    def page(
        self,
        call: Call,
        context: str,
        places: Sequence[int],
        wanted: Callable[[int], bool],
        encode: Encode,
        *,
        default: int = DEFAULT_PAGE,
        most: int | None = None,
    ) -> Answer:
        """One page of the wanted places, of ``default`` places without $top, and ``most`` whatever it says.

        Raises GraphError for a bad $top and for a page token that is not good (any more).
        """
        size = top_of(call, default, min(filter(None, (self._page_size, most)), default=None))
        cursor, number, blanks = self._resume(call)
        start = bisect_right(places, cursor)
        found = list(islice((place for place in islice(places, start, None) if wanted(place)), size + 1))
        count = sum(map(wanted, places)) if call.advanced and number == 1 else None
        planned = not blanks and (call.path, number - 1) in self._empty_after
        if found and number > 1 and (planned or self._injector.strikes("empty_pages", f"{call.key} {number}")):
            return success(self._body(call, context, [], self._token(call, cursor, number, blanks + 1), count))
        following = self._token(call, found[size - 1], number + 1, 0) if len(found) > size else None
        shown = found[:size]
        if shown and self._injector.strikes("repeated_objects", f"{call.key} {number}"):
            shown = [cursor, *shown] if number > 1 else [*shown, shown[0]]
        return success(self._body(call, context, [encode(place) for place in shown], following, count))

    def link(self, call: Call, token: str) -> str:
        """The link that continues with a token, or a bad one where a fault says so."""
        own = call.options.get("$skiptoken")
        if own and self._injector.strikes("repeated_next_link", call.key):
            return call.link(own)
        link = call.link(token)
        if self._injector.strikes("foreign_next_link", call.key):
            return FOREIGN_ORIGIN + link.removeprefix(call.origin)
        return link

    def check_alive(self, call: Call, token: str) -> None:
        """Raise the GraphError of a page token that has expired; a fault may end its life now."""
        if token not in self._dead and self._injector.strikes("expired_page", call.key):
            self._dead.add(token)
        if token in self._dead:
            raise expired_page()

    @property
    def generation(self) -> int:
        """Goes into every page token, so that a restarted chain does not meet its own dead tokens."""
        return len(self._dead)

    def _token(self, call: Call, cursor: int, number: int, blanks: int) -> str:
        issued = int(time()) if self._lifetime is not None else 0
        return self._seal.close(call.key, [cursor, number, blanks, call.eventual, self.generation, issued])

    def _resume(self, call: Call) -> tuple[int, int, int]:
        token = call.options.get("$skiptoken")
        if token is None:
            return -1, 1, 0
        self.check_alive(call, token)
        try:
            cursor, number, blanks, eventual, _, issued = self._seal.open(call.key, token)
        except BadToken:
            raise GraphError(400, "Request_BadRequest", "The specified page token value is invalid.") from None
        if eventual != call.eventual or (self._lifetime is not None and time() - issued > self._lifetime):
            raise expired_page()
        return cursor, number, blanks

    def _body(self, call: Call, context: str, rows: list[bytes], token: str | None, count: int | None) -> bytes:
        head: dict[str, str | int] = {"@odata.context": context}
        if count is not None:
            head["@odata.count"] = count
        if token is not None:
            head["@odata.nextLink"] = self.link(call, token)
        return with_value(head, rows)


def with_value(head: dict[str, str | int], rows: list[bytes]) -> bytes:
    """A collection's JSON text from its annotations and encoded items."""
    return b"".join((orjson.dumps(head)[:-1], b',"value":[', b",".join(rows), b"]}"))


def expired_page() -> GraphError:
    """The error of a page token that no longer works."""
    return GraphError(
        400, "Directory_ExpiredPageToken", "The specified page token value has expired and can no longer be used."
    )
