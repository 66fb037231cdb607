"""Azure as a recording knows it: tables of Azure Resource Graph, and listings of Azure Resource Manager."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit
from zlib import crc32

import orjson
import requests

from integration.config.clouds import GLOBAL_AZURE
from integration.recording.api import FoundObject, RawAnswer, RecordedApi, Sending, SigningIn, Taken, body_of
from integration.recording.azure.ids import containers_of, texts_with_paths
from integration.recording.azure.scrubber import AzureScrubber
from integration.sources.azure.answers import TOO_LARGE
from integration.sources.azure.client import QUERIED_AT
from integration.sources.azure.partitions import asked_by
from integration.sources.azure.resource_graph import PAGE
from integration.values import arm_key

_TABLES = f"{GLOBAL_AZURE}{QUERIED_AT}#"
_RESOURCES = "resources"
_PLACES = ("/subscriptions", "/providers/")


class RecordedAzure(RecordedApi):
    """Azure during one recording.

    Of a query the rows are kept, by their table and type, however the table was cut into parts when it was read: the
    same rows answer any other query.

    Args:
        scrubber: replaces the tenant's values.
        sign_in: as ``RecordedApi`` takes it.
        root: as ``RecordedApi`` takes it.
        types: the types of resources, in lower case, that steps read; all where ``None``.
    """

    name = "Azure"
    home = GLOBAL_AZURE
    link = "nextLink"
    pacing = ("x-ms-user-quota-remaining", "x-ms-user-quota-resets-after", "x-ms-tenant-subscription-limit-hit")
    scrubber: AzureScrubber

    def __init__(
        self,
        scrubber: AzureScrubber,
        sign_in: SigningIn | None = None,
        root: str = "",
        types: Collection[str] | None = None,
    ) -> None:
        super().__init__(scrubber, sign_in, root)
        self._types = types
        self._rows: defaultdict[str, defaultdict[str, dict[str, FoundObject]]] = defaultdict(lambda: defaultdict(dict))
        self._lost: defaultdict[tuple[str, str], set[object]] = defaultdict(set)
        self._known: Mapping[str, set[object]] = MappingProxyType({})
        self._keys: set[object] = set()

    def root_of(self, url: str) -> str | None:
        """Return scheme and host of a URL whose path is one of Azure Resource Manager."""
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" if parts.path.startswith(_PLACES) else None

    def asked(self, request: requests.PreparedRequest, root: str, exchange: Sending) -> RawAnswer:
        """Ask for a page of a listing, or for the rows of a query."""
        if not (body := body_of(request)):
            return self._get(request, root, exchange)
        real = request.copy()
        real.url = self.at(root) + str(request.url).removeprefix(root)
        named = {"subscriptions": [self.scrubber.pseudonyms.real(id) for id in body.get("subscriptions", ())]}
        real.prepare_body(orjson.dumps({**body, **named} if named["subscriptions"] else body), None)
        received = exchange(real, self.at(root))
        if received.status >= 400 or not _has_rows(received.body):
            return self._without_rows(body["query"], received)
        return RawAnswer(received.status, received.headers, self._of_query(body["query"], received.body))

    def ended(self) -> None:
        """Keep the rows that came, each type of a table as a collection, and of resources those that steps read."""
        for table, types in self._rows.items():
            self.taken[f"{_TABLES}{table}"] = Taken(200, {}, {})
            for type, rows in types.items():
                if table != _RESOURCES or self._types is None or type in self._types:
                    self.taken[f"{_TABLES}{table}/{type}"] = Taken(200, {}, {"value": list(rows.values())})

    def answered(self, request: requests.PreparedRequest, answers: Mapping[str, Taken]) -> Taken | None:
        """Return the answer to a request; to a query, from all rows that are left."""
        if not (body := body_of(request)):
            return answers.get(str(request.url))
        part, counts = asked_by(body["query"])
        table = f"{_TABLES}{part.table}"
        if (whole := answers.get(table)) is None or whole.status != 200:
            return whole
        of_types = {
            type: answer.body["value"]
            for target, answer in answers.items()
            if (type := target.removeprefix(f"{table}/")) != target and part.type in ("", type)
        }
        if counts:
            return Taken(200, {}, _page([{"type": type, "n": len(rows)} for type, rows in of_types.items() if rows]))
        rows = [
            row
            for of_type in of_types.values()
            for row in of_type
            if part.of == 1 or crc32(str(self.key(row)).encode()) % part.of == part.number
        ]
        return Taken(200, {}, _page(rows) if len(rows) <= PAGE else _more())

    def key(self, row: FoundObject) -> object:
        """Return the id of a row as steps know it, in whatever case it is written."""
        id = row.get("id")
        return arm_key(id) if isinstance(id, str) and id else None

    def kind(self, row: FoundObject) -> object:
        """Return the type of a resource, in lower case."""
        return str(row.get("type")).lower()

    def owner(self, path: str, known: Mapping[str, set[object]]) -> tuple[object, str] | None:
        """Return the key of the resource that a path goes through, and what is asked for below it."""
        if self._known is not known:
            self._known, self._keys = known, {key for keys in known.values() for key in keys}
        names = arm_key(unquote(path.removeprefix(self.home))).split("/")
        for end in range(len(names) - 1, 2, -1):
            if (parent := "/".join(names[:end])) in self._keys:
                return parent, "/".join(["*", names[end - 2], "*", *names[end:]])
        return None

    def references(self, row: FoundObject) -> Iterator[tuple[str, str, bool]]:
        """Yield what a row is in, and every text in it that is the id of something, or may be."""
        for place in containers_of(str(row.get("id"))):
            yield "", place, True
        for name, text in texts_with_paths(row):
            yield name, text, False

    def _of_query(self, query: str, body: Mapping[str, Any]) -> Any:
        """Return what the run is given in answer to a query: rows with pseudonyms, and counts of these."""
        part, counts = asked_by(query)
        rows = body["data"]
        if counts:
            return _page([self._counted(part.table, row) for row in rows])
        total, truncated = body.get("totalRecords"), str(body.get("resultTruncated")).lower() == "true"
        lacking = isinstance(total, int) and total > len(rows)
        if body.get("$skipToken") or ((truncated or lacking) and len(rows) >= PAGE):
            return _more()
        given = list(self._let_through(part.table, rows))
        missing = total - len(rows) if isinstance(total, int) and lacking else 0
        return {**_page(given, missing), "resultTruncated": str(truncated).lower()}

    def _counted(self, table: str, row: FoundObject) -> FoundObject:
        """Return the count of a type's rows without those that were not let through."""
        type, count = row.get("type"), row.get("n")
        if not isinstance(type, str) or not isinstance(count, int):
            return dict(self.scrubber.scrubbed(row))
        return {"type": type, "n": count - len(self._lost[table, type.lower()])}

    def _let_through(self, table: str, rows: Sequence[FoundObject]) -> Iterator[FoundObject]:
        self.seen += len(rows)
        of_types: defaultdict[str, list[FoundObject]] = defaultdict(list)
        for row in rows:
            of_types[str(row.get("type")).lower()].append(row)
        kept = self._rows[table]
        for type, of_type in of_types.items():
            for row in self._sampled(f"{table}/{type}", of_type):
                scrubbed = self.scrubber.row(row)
                if key := self.key(scrubbed):
                    kept[type][str(key)] = scrubbed
                yield scrubbed
            self._lost[table, type].update(self._dropped.intersection(map(self.key, of_type)))

    def _without_rows(self, query: str, received: RawAnswer) -> RawAnswer:
        """Keep that a table is refused, and return how."""
        scrubbed = self.scrubber.error(received.body)
        if received.status >= 400:
            part, _ = asked_by(query)
            self._refused(f"{self.home}/{part.table}", received)
            if TOO_LARGE not in orjson.dumps(scrubbed).decode().lower():
                self._keep(f"{_TABLES}{part.table}", Taken(received.status, received.headers, scrubbed))
        return RawAnswer(received.status, received.headers, scrubbed)

    def _without_values(self, body: FoundObject, target: str) -> Any:
        if isinstance(rows := body.get("value"), list):
            return {"value": [self.scrubber.row(row) for row in rows]}
        return self.scrubber.row(body)

    def _sample_of(self, path: str) -> str:
        """Return the kind of a listing: children are sampled together by what is asked for below their resources."""
        return "/".join(unquote(path).lower().rpartition("/providers/")[2].split("/")[1::2])


def _has_rows(body: Any) -> bool:
    rows = body.get("data") if isinstance(body, dict) else None
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


def _page(rows: Sequence[FoundObject], missing: int = 0) -> FoundObject:
    """Return an answer of Azure Resource Graph that is whole, but for what Azure has said to be missing."""
    counts = Counter(totalRecords=len(rows) + missing, count=len(rows))
    return {**counts, "data": list(rows), "facets": [], "resultTruncated": "false"}


def _more() -> FoundObject:
    """Return an answer that says that the rows do not fit into one page."""
    return {**_page(()), "$skipToken": "page-2"}
