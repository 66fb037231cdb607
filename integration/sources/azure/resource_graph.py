"""Asking Azure Resource Graph, and telling whether an answer is whole: the service does not say so by itself.

A page says by ``$skipToken`` that more follow, and by ``resultTruncated`` that rows are lost. Source: Azure Resource
Graph, working with large data sets.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

from integration.errors import BadAnswer, BadRequest
from integration.sources.azure.answers import TOO_MANY_SUBSCRIPTIONS, AzureAnswer
from integration.sources.azure.client import AzureClient

PAGE = 1_000
"""Rows of a page at most."""
COLUMNS = (
    "id", "name", "type", "tenantId", "kind", "location", "resourceGroup", "subscriptionId", "managedBy", "sku", "plan",
    "properties", "tags", "identity", "zones", "extendedLocation",
)  # fmt: skip
"""What each row of a table has. Source: Azure Resource Graph, explore your Azure resources."""
LARGEST = "resources"
"""The table that takes most queries, and that most types are made of."""
_FIRST = frozenset({LARGEST, "resourcecontainers"})
"""Tables that go before the others, so that records of most types, and what leads from groups and subscriptions to
them, are made while these are read."""
_AT_ONCE = 300
"""Subscriptions that one query should name. Source: Azure Resource Graph, guidance for throttled requests."""
_ABOVE_AND_BELOW = ("authorizationresources", "policyresources")
_WHOLE = re.compile(r"(\d{1,15})(\.0)?", re.ASCII)
_ABOVE = "where isempty(subscriptionId)"
"""What is assigned to management groups and to the tenant's root is in no subscription, and so are these groups."""


class Overfull(Exception):
    """The rows of a query do not fit into one page: ask for fewer."""


class QueriedRows(list[dict[str, Any]]):
    """The rows of a query.

    Attributes:
        digest: of the bodies in which they came: where it is the same, so are they.
        distinct: how many they are, each counted once that came several times by the very same id.
    """

    def __init__(self, rows: Iterable[dict[str, Any]], digest: str) -> None:
        super().__init__(rows)
        self.digest = digest
        ids = [id for row in self if isinstance(id := row.get("id"), str)]
        self.distinct = len(self) - len(ids) + len({*ids})


class ResourceGraph:
    """Asks for the rows of queries, in the whole of what the application may read.

    Args:
        client: sends the queries.

    Attributes:
        partial_scope: Azure has answered for a part of the subscriptions alone.
    """

    def __init__(self, client: AzureClient) -> None:
        self._client = client
        self._finding = threading.Lock()
        self._limit_is_known = False
        self.partial_scope = False
        self._groups: Sequence[Sequence[str]] = ()

    @property
    def names_subscriptions(self) -> bool:
        """Whether one query would range over too many subscriptions, so that they are named, some at a time."""
        return bool(self._groups)

    @property
    def answers(self) -> int:
        """How many pages an answer may have: one, or one for each group of subscriptions that have to be named."""
        return len(self._groups) or 1

    def rows(self, query: str, subscriptions: Sequence[str]) -> QueriedRows:
        """Return the rows of a query that gives few enough for a page.

        Args:
            query: KQL; its first word is the table.
            subscriptions: all that are visible, for a tenant with more of them than one query may range over.

        Raises:
            Overfull: they are too many, or too large, for one page.
            BadAnswer: rows are missing.
            GraphError: Azure did not give them.
        """
        if groups := self._groups:
            pages = [self.above(query), *(self._page(query, named) for named in groups)]
            return QueriedRows(chain.from_iterable(pages), " ".join(page.digest for page in pages))
        try:
            return self._page(query)
        except BadRequest as error:
            if error.code.lower() != TOO_MANY_SUBSCRIPTIONS or not subscriptions:
                raise
        ids = sorted(subscriptions)
        self._groups = [ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE)]
        return self.rows(query, subscriptions)

    def find_limit(self, query: str, subscriptions: Sequence[str]) -> None:
        """Find out by a query whether subscriptions have to be named, where they are many and nobody knows yet.

        Raises as ``rows`` does, but not ``Overfull``.
        """
        with self._finding:
            if len(subscriptions) > _AT_ONCE and not self._limit_is_known:
                with suppress(Overfull):
                    self.rows(query, subscriptions)
                self._limit_is_known = True

    def above(self, query: str) -> QueriedRows:
        """Return the rows of a query that are in no subscription, so that a part of these may be ranged over.

        Raises as ``rows`` does.
        """
        table, rest = query.split(maxsplit=1)
        return QueriedRows([], "") if table == LARGEST else self._page(f"{table} | {_ABOVE} {rest}", above=True)

    def _page(self, query: str, named: Sequence[str] = (), *, above: bool = False) -> QueriedRows:
        options: dict[str, Any] = {"$top": PAGE, "resultFormat": "objectArray"}
        table = query.split(maxsplit=1)[0]
        if table in _ABOVE_AND_BELOW:
            options["authorizationScopeFilter"] = "AtScopeAndBelow" if named else "AtScopeAboveAndBelow"
        if above:
            options["allowPartialScopes"] = True
        asked: dict[str, Any] = {"query": query, "options": options}
        if named:
            asked["subscriptions"] = list(named)
        answer = self._answer(asked, first=table in _FIRST)
        if not above and _is_true(answer.headers.get("x-ms-tenant-subscription-limit-hit")):
            self.partial_scope = True
        body, path = answer.body, answer.path
        rows, told = body.get("data"), [_number(body.get(name)) for name in ("totalRecords", "count")]
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise BadAnswer("the answer has no list of rows named data", path=path, status=200)
        if told[0] is None:
            raise BadAnswer("the answer does not say how many rows there are", path=path, status=200)
        total = max(number for number in told if number is not None)
        truncated, lacking = _is_true(body.get("resultTruncated")), total > len(rows)
        if body.get("$skipToken") or ((truncated or lacking) and len(rows) >= PAGE):
            raise Overfull
        if truncated:
            raise BadAnswer("Azure says that rows are lost", path=path, status=200)
        if lacking:
            raise BadAnswer(f"Azure counts {total:,} rows, of which {len(rows):,} came", path=path, status=200)
        return QueriedRows(rows, answer.digest)

    def _answer(self, body: Mapping[str, Any], *, first: bool) -> AzureAnswer:
        try:
            return self._client.query(body, first=first)
        except BadRequest as error:
            if error.too_much:
                raise Overfull from None
            raise


def count_by_type(rows: Iterable[Mapping[str, Any]], path: str) -> Counter[str]:
    """Return how many rows of each type there are, in lower case, as a query for these numbers tells.

    Raises:
        BadAnswer: a number is none.
    """
    counts: Counter[str] = Counter()
    for row in rows:
        type, told = row.get("type"), row.get("n")
        number = told if isinstance(told, int) and not isinstance(told, bool) else _number(told)
        if "type" in row and not type:
            continue
        if not isinstance(type, str) or number is None:
            raise BadAnswer("a count of rows is none", path=path, status=200)
        counts[type.lower()] += number
    return counts


def _number(told: object) -> int | None:
    """Return a number of rows, also where it is written as a text or with a point; ``None`` where it is none."""
    number = _WHOLE.fullmatch(str(told))
    return int(number[1]) if number else None


def _is_true(told: object) -> bool:
    """Tell whether a value says yes, as any does that does not say no: what is doubtful is no whole answer."""
    return str(told or False).strip().lower() not in ("false", "0")
