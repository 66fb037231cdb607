"""Cutting what was read to what a person can review: a few objects of each kind that still are one consistent tenant.

Of each collection the first objects of the first page and the last of the last stay, and others that show something
which these do not. A child stays where it was kept in its own collection; of a parent that has children, at least one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import orjson
import requests
from requests.adapters import HTTPAdapter

from integration.config.clouds import GLOBAL_GRAPH
from integration.errors import CassetteError
from integration.recording.features import IsPlain, cover, features, plain_values, without_rare_values
from integration.recording.survey import FoundObject, Taken
from integration.sources.msgraph.links import VERSION
from integration.tapes.tapes import response_to

_COUNTED = "$count%20eq"
"""Asks how many parents have so many children, of which a cut cannot tell."""
_EXPANDED = re.compile(r"[?&]\$expand=(\w+)\(")
_FURTHER = 10


@dataclass(frozen=True)
class _Listing:
    """The pages of one collection, or of the children of one parent, by the request for the first of them."""

    path: str
    targets: tuple[str, ...]
    pages: tuple[Sequence[FoundObject], ...]

    @property
    def rows(self) -> Iterator[FoundObject]:
        return (row for page in self.pages for row in page)


class Cut(HTTPAdapter):
    """Answers from what was read, cut: a collection has two pages at most.

    Args:
        taken: the answers, by request relative to the version.
        keep: how many objects stay of a page, and entries of a list inside an object.
        is_plain: tells of a property and its text whether steps decide by it.

    Attributes:
        kept: ids of the objects that stay.
    """

    def __init__(self, taken: Mapping[str, Taken], keep: int, is_plain: IsPlain) -> None:
        super().__init__()
        self._taken, self._keep, self._is_plain = taken, keep, is_plain
        self._listings = {each.targets[0]: each for each in _listings(taken)}
        self._owners = _owners(taken, self._listings.values())
        self.kept: set[object] = set()
        self._choose()
        self._answers = dict(self._cut())
        self._expanded = dict(_expanded(self._answers))

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Answer a request.

        Raises:
            CassetteError: it was not made when the tenant was read.
        """
        answer = self._answer(str(request.url).removeprefix(GLOBAL_GRAPH + VERSION))
        return response_to(self, request, answer.status, answer.headers, orjson.dumps(answer.body))

    def plain_values(self) -> dict[str, frozenset[str]]:
        """Return the texts in the answers that are no pseudonyms, because steps decide by them, by property."""
        found: dict[str, set[str]] = defaultdict(set)
        for answer in self._answers.values():
            for name, text in plain_values(answer.body, self._is_plain):
                found[name].add(text)
        return {name: frozenset(found[name]) for name in sorted(found)}

    def _answer(self, target: str) -> Taken:
        children = self._expanded.get(target.partition("?")[0])
        if children is not None:
            return Taken(200, {}, {"value": children})
        if target not in self._answers:
            raise CassetteError(f"the step asked for {target} only the second time: it must ask for the same each time")
        return self._answers[target]

    def _choose(self) -> None:
        """Choose the objects that stay."""
        shown = self._shown_by_children()
        for listing in self._listings.values():
            if listing.targets[0] not in self._owners:
                self._choose_of(listing, shown)
        edges: dict[object, int] = defaultdict(int)
        before = -1
        while before < len(self.kept):
            before = len(self.kept)
            for target, (parent, relation) in self._owners.items():
                if parent in self.kept and target in self._listings:
                    self._choose_children(self._listings[target], relation, edges)

    def _choose_of(self, listing: _Listing, shown: Mapping[str, set[object]]) -> None:
        rows = {_key(row, listing.path, number): row for number, row in enumerate(listing.rows)}
        last = min(self._keep, len(listing.pages[-1])) if len(listing.pages) > 1 else 0
        shows = without_rare_values(
            {key: features(row, self._is_plain) | shown.get(str(key), set()) for key, row in rows.items()}
        )
        first = [*list(rows)[: self._keep], *list(rows)[len(rows) - last :]]
        self.kept.update(cover(shows, first, self._keep * _FURTHER, [key for key in rows if key in self.kept]))

    def _choose_children(self, listing: _Listing, relation: str, edges: dict[object, int]) -> None:
        """Keep the children that are kept anyway, more where there are few such, and one of each page that stays."""
        for row in listing.rows:
            kind = relation, row.get("@odata.type")
            if row.get("id") in self.kept or edges[kind] < self._keep:
                self.kept.add(row.get("id"))
                edges[kind] += 1
        for page in _two(listing.pages):
            if page and not any(row.get("id") in self.kept for row in page):
                self.kept.add(page[0].get("id"))

    def _shown_by_children(self) -> Mapping[str, set[object]]:
        """Return what parents show: children of which kinds they have, none, many, themselves, or a refusal."""
        shown: dict[str, set[object]] = defaultdict(set)
        for target, (parent, relation) in self._owners.items():
            listing = self._listings.get(target)
            if listing is None:
                shown[parent].add((relation, self._taken[target].status))
                continue
            kinds = {row.get("@odata.type") for row in listing.rows}
            shown[parent] |= {(relation, kind) for kind in kinds or {"none"}}
            if len(listing.pages) > 1:
                shown[parent].add((relation, "pages"))
            if any(row.get("id") == parent for row in listing.rows):
                shown[parent].add((relation, "itself"))
        return shown

    def _cut(self) -> Iterator[tuple[str, Taken]]:
        """Yield each request and its answer."""
        paged = {target for listing in self._listings.values() for target in listing.targets}
        for target, answer in self._taken.items():
            if target not in paged:
                yield target, replace(answer, body=self._trimmed(answer.body), following=None)
        for listing in self._listings.values():
            numbers = count()
            pages = _two(
                [[row for row in page if _key(row, listing.path, next(numbers)) in self.kept] for page in listing.pages]
            )
            targets = listing.targets[: len(pages)]
            for number, (target, page) in enumerate(zip(targets, pages, strict=True)):
                body = {**self._taken[target].body, "value": [self._trimmed(row) for row in page]}
                if _COUNTED in target:
                    body.pop("@odata.count", None)
                elif "@odata.count" in body:
                    body["@odata.count"] = sum(map(len, pages))
                if number + 1 < len(targets):
                    body["@odata.nextLink"] = f"{GLOBAL_GRAPH}{VERSION}{targets[number + 1]}"
                yield target, replace(self._taken[target], body=body, following=None)

    def _trimmed(self, value: Any) -> Any:
        """Return a value whose lists are not longer than needed."""
        if isinstance(value, dict):
            return {name: self._trimmed(each) for name, each in value.items()}
        if not isinstance(value, list) or len(value) <= self._keep:
            return [self._trimmed(each) for each in value] if isinstance(value, list) else value
        if not all(isinstance(each, dict) for each in value):
            return value[: self._keep]
        shows = {number: features(each, self._is_plain) for number, each in enumerate(value)}
        kept = cover(shows, list(shows)[: self._keep], self._keep, [])
        return [self._trimmed(each) for number, each in enumerate(value) if number in kept]


def _listings(taken: Mapping[str, Taken]) -> Iterator[_Listing]:
    """Yield the collections that were read, each once."""
    following = {answer.following for answer in taken.values()}
    for target, answer in taken.items():
        if target in following or not isinstance(answer.body.get("value"), list):
            continue
        targets = [target]
        while (link := taken[targets[-1]].following) and link in taken and link not in targets:
            targets.append(link)
        pages = tuple(taken[each].body["value"] for each in targets)
        yield _Listing(target.partition("?")[0], tuple(targets), pages)


def _owners(taken: Mapping[str, Taken], listings: Iterable[_Listing]) -> dict[str, tuple[str, str]]:
    """Return parent's id and name of the relation for each request for children."""
    ids: dict[str, set[object]] = defaultdict(set)
    for listing in listings:
        ids[listing.path].update(row.get("id") for row in listing.rows)
    owners = {}
    for target in taken:
        path, _, relation = target.partition("?")[0].rpartition("/")
        parents, _, parent = path.rpartition("/")
        if parent in ids.get(parents, ()):
            owners[target] = parent, f"{parents}/*/{relation}"
    return owners


def _expanded(answers: Mapping[str, Taken]) -> Iterator[tuple[str, list[FoundObject]]]:
    """Yield the path of a relation and the children, for each parent with which these came.

    Some parents are asked again, one by one, for comparison: what these have is what came, also where there are others.
    """
    for target, answer in answers.items():
        if relation := _EXPANDED.search(target):
            for parent in answer.body.get("value") or ():
                if isinstance(children := parent.get(relation[1], []), list):
                    yield f"{target.partition('?')[0]}/{parent['id']}/{relation[1]}", children


def _two(pages: Sequence[Sequence[FoundObject]]) -> list[list[FoundObject]]:
    """Return all pages but the last as one, and the last."""
    return [[row for page in pages[:-1] for row in page], list(pages[-1])] if len(pages) > 1 else [*map(list, pages)]


def _key(row: FoundObject, path: str, number: int) -> object:
    """Return what an object is known by; one without an id, by its place."""
    return row.get("id", (path, number))
