"""Reading a tenant: each collection is fetched into the mirror once, however many steps ask for it."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import orjson

from integration.errors import BadAnswer, GraphError, IntegrationError, NotFound, PageTokenExpired
from integration.mirror import Link, Mirror
from integration.msgraph.batch import MOST, batch
from integration.msgraph.client import Client
from integration.msgraph.paging import Page, page_of, pages

_RESTARTS = 5


class Row(dict[str, Any]):
    """An object from Graph.

    A property that was selected and that Graph left out is ``None``; one that was not selected raises ``KeyError``.
    """

    __slots__ = ("_select",)

    def __init__(self, content: Mapping[str, Any], select: Sequence[str] | None) -> None:
        super().__init__(content)
        self._select = select

    def __missing__(self, name: str) -> None:
        if self._select is None or name not in self._select:
            raise KeyError(f"{name} is not among the selected properties: add it to the step's select")


class Reader:
    """Fetches collections, objects and relations into the mirror, and reads them from there.

    Args:
        client: sends the requests.
        mirror: keeps what was read.
        threads: requests in flight for one relation.
    """

    def __init__(self, client: Client, mirror: Mirror, threads: int) -> None:
        self._client = client
        self._mirror = mirror
        self._threads = threads
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._failures: dict[str, IntegrationError] = {}

    def get(self, path: str, select: Sequence[str] | None) -> Row:
        """Return one object."""
        name = _name(path, select)
        self._once(name, lambda: self._fetch_object(name, path, select))
        return next(Row(orjson.loads(body), select) for body in self._mirror.items(name))

    def list(self, path: str, select: Sequence[str] | None, top: int | None) -> Iterator[Row]:
        """Yield the objects of a collection, each once, in order of their ids."""
        if select is not None and "id" not in select:
            select = ("id", *select)
        name = _name(path, select)
        self._once(name, lambda: self._fetch_collection(name, path, select, top))
        for body in self._mirror.items(name):
            yield Row(orjson.loads(body), select)

    def related(self, parents: str, relation: str, select: Sequence[str]) -> Iterator[tuple[str, Row]]:
        """Yield the id of a parent and one of its children, for every child of every parent, in order of both."""
        if "id" not in select:
            select = ("id", *select)
        name = _name(f"{parents}/*/{relation}", select)
        self._once(name, lambda: self._fetch_links(name, parents, relation, select))
        for parent, child, kind, body in self._mirror.links(name):
            content = {"@odata.type": kind, "id": child} if body is None else orjson.loads(body)
            yield parent, Row(content, select)

    def _once(self, name: str, fetch: Callable[[], None]) -> None:
        """Fetch what the mirror does not have; a failure is remembered, not tried again by the next step."""
        with self._locks[name]:
            if name in self._failures:
                raise self._failures[name]
            if self._mirror.is_complete(name):
                return
            for restart in range(_RESTARTS + 1):
                self._mirror.begin(name)
                try:
                    fetch()
                except PageTokenExpired as error:
                    if restart == _RESTARTS:
                        self._failures[name] = error
                        raise
                except IntegrationError as error:
                    self._failures[name] = error
                    raise
                else:
                    self._mirror.complete(name)
                    return

    def _fetch_object(self, name: str, path: str, select: Sequence[str] | None) -> None:
        answer = self._client.get(self._client.url(path, _options(select, None)))
        self._mirror.add_items(name, [("", orjson.dumps(answer.body))], None)

    def _fetch_collection(self, name: str, path: str, select: Sequence[str] | None, top: int | None) -> None:
        for page in pages(self._client, self._client.url(path, _options(select, top))):
            rows = [(_id(row, path), orjson.dumps(row)) for row in page.rows]
            self._mirror.add_items(name, rows, page.next_link)

    def _fetch_links(self, name: str, parents: str, relation: str, select: Sequence[str]) -> None:
        query = "&".join(f"{key}={value}" for key, value in _options(select, 999).items())
        source = self._mirror.named(parents) or self._listed(parents)
        chunks = _chunks(self._mirror.ids(source), MOST)

        def fetch(chunk: Sequence[str]) -> None:
            answers = batch(self._client, [f"{parents}/{parent}/{relation}?{query}" for parent in chunk])
            for parent, answer in zip(chunk, answers, strict=True):
                if isinstance(answer, NotFound):
                    continue
                if isinstance(answer, GraphError):
                    raise answer
                self._follow(name, parent, page_of(self._client, answer))

        with ThreadPoolExecutor(self._threads) as executor:
            for done in executor.map(fetch, chunks):
                assert done is None

    def _follow(self, name: str, parent: str, page: Page) -> None:
        self._mirror.add_links(name, [_link(parent, row) for row in page.rows])
        if page.next_link is not None:
            for later in pages(self._client, page.next_link):
                self._mirror.add_links(name, [_link(parent, row) for row in later.rows])

    def _listed(self, parents: str) -> str:
        """Read the parents' ids, where no step has read the parents."""
        select = ("id",)
        name = _name(parents, select)
        self._once(name, lambda: self._fetch_collection(name, parents, select, 999))
        return name


def _name(path: str, select: Sequence[str] | None) -> str:
    return path if select is None else f"{path}?$select={','.join(sorted(select))}"


def _options(select: Sequence[str] | None, top: int | None) -> dict[str, str]:
    options = {}
    if select is not None:
        options["$select"] = ",".join(select)
    if top is not None:
        options["$top"] = str(top)
    return options


def _id(row: Mapping[str, Any], path: str) -> str:
    key = row.get("id")
    if not isinstance(key, str) or not key:
        raise BadAnswer("an object of the collection has no id", path=path, status=200)
    return key


def _link(parent: str, row: Mapping[str, Any]) -> Link:
    child = _id(row, "members")
    kind = str(row.get("@odata.type") or "")
    return parent, child, kind, orjson.dumps(row) if len(row) > 2 else None


def _chunks(items: Iterable[str], size: int) -> Iterator[list[str]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
