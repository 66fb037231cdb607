"""Choosing the objects that a recording keeps: few of each kind, and still one consistent tenant.

Of each collection the first objects of the first page and the last of the last stay, and others that show something
which these do not. A child stays where it was kept in its own collection; of a parent that has children, at least one.
Of what objects name, some of each kind stay, and all that they are in.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integration.recording.api import FoundObject, RecordedApi, Taken
from integration.recording.features import IsPlain, cover, features, without_rare_values

_FURTHER = 10
_PROVIDED = "/providers/"


@dataclass(frozen=True)
class Listing:
    """The pages of one collection, or of the children of one parent, by the requests for them, and the path of these.

    Attributes:
        api: what gave it.
        path: of the requests.
        targets: the requests.
        pages: the objects of each page.
    """

    api: RecordedApi
    path: str
    targets: tuple[str, ...]
    pages: tuple[Sequence[FoundObject], ...]

    @property
    def rows(self) -> Iterator[FoundObject]:
        """All objects."""
        return (row for page in self.pages for row in page)

    def key(self, row: FoundObject, number: int) -> object:
        """Return what an object is known by; one without an id, by its place."""
        key = self.api.key(row)
        return (self.path, number) if key is None else key


class Choice:
    """Which objects stay of what was read.

    Args:
        apis: what gave them.
        keep: how many stay of a page, and entries of a list inside an object.

    Attributes:
        listings: the collections, by the request for the first page.
        kept: keys of the objects that stay.
    """

    def __init__(self, apis: Sequence[RecordedApi], keep: int) -> None:
        self._keep = keep
        self._taken = {target: answer for api in apis for target, answer in api.taken.items()}
        self.listings = {each.targets[0]: each for api in apis for each in _listings(api)}
        self._owners = {target: owner for api in apis for target, owner in _owners(api, self.listings.values())}
        self._homes: dict[object, str] = {}
        for listing in self.listings.values():
            for row in listing.rows:
                self._homes.setdefault(listing.api.key(row), listing.path)
        self._followed: set[tuple[str, object]] = set()
        self._edges: dict[object, int] = defaultdict(int)
        self.kept: set[object] = set()
        self._choose()

    def _choose(self) -> None:
        shown = self._shown_by_children()
        for listing in self.listings.values():
            if listing.targets[0] not in self._owners:
                self._choose_of(listing, shown)
        before = -1
        while before < len(self.kept):
            before = len(self.kept)
            for target, (parent, relation) in self._owners.items():
                if parent in self.kept and target in self.listings:
                    self._choose_children(self.listings[target], relation)
            for listing in self.listings.values():
                self._follow(listing)

    def _choose_of(self, listing: Listing, shown: Mapping[object, set[object]]) -> None:
        rows = {listing.key(row, number): row for number, row in enumerate(listing.rows)}
        last = min(self._keep, len(listing.pages[-1])) if len(listing.pages) > 1 else 0
        is_plain = listing.api.scrubber.is_plain
        shows = without_rare_values({key: features(row, is_plain) | shown.get(key, set()) for key, row in rows.items()})
        first = [*list(rows)[: self._keep], *list(rows)[len(rows) - last :]]
        self.kept.update(cover(shows, first, self._keep * _FURTHER, [key for key in rows if key in self.kept]))

    def _choose_children(self, listing: Listing, relation: str) -> None:
        """Keep the children that are kept anyway, more where there are few such, and one of each page that stays."""
        key_of = listing.api.key
        for row in listing.rows:
            self._choose_end((relation, listing.api.kind(row)), key_of(row))
        for page in two_pages(listing.pages):
            if page and not any(key_of(row) in self.kept for row in page):
                self.kept.add(key_of(page[0]))

    def _choose_end(self, kind: object, key: object) -> None:
        """Keep what an edge leads to where there are few such edges."""
        if key in self.kept or self._edges[kind] < self._keep:
            self.kept.add(key)
            self._edges[kind] += 1

    def _follow(self, listing: Listing) -> None:
        """Keep what the objects that stay name, and what they are in."""
        api = listing.api
        for row in listing.rows:
            key = api.key(row)
            if key not in self.kept or (listing.path, key) in self._followed:
                continue
            self._followed.add((listing.path, key))
            for name, text, inside in api.references(with_shorter_lists(row, self._keep, api.scrubber.is_plain)):
                named = text if text in self._homes else _owner_of_part(text, self._homes)
                if named is None or named == key:
                    continue
                if inside:
                    self.kept.add(named)
                else:
                    self._choose_end((api.kind(row), name, self._homes[named]), named)

    def _shown_by_children(self) -> Mapping[object, set[object]]:
        """Return what parents show: children of which kinds they have, none, many, themselves, or a refusal."""
        shown: dict[object, set[object]] = defaultdict(set)
        for target, (parent, relation) in self._owners.items():
            listing = self.listings.get(target)
            if listing is None:
                shown[parent].add((relation, self._taken[target].status))
                continue
            kinds = {listing.api.kind(row) for row in listing.rows}
            shown[parent] |= {(relation, kind) for kind in kinds or {"none"}}
            if len(listing.pages) > 1:
                shown[parent].add((relation, "pages"))
            if any(listing.api.key(row) == parent for row in listing.rows):
                shown[parent].add((relation, "itself"))
        return shown


def with_shorter_lists(value: Any, keep: int, is_plain: IsPlain) -> Any:
    """Return a JSON value whose lists are not longer than needed.

    Args:
        value: any.
        keep: how many entries stay of a list at least.
        is_plain: tells of a property and its text whether steps decide by it.
    """
    if isinstance(value, dict):
        return {name: with_shorter_lists(each, keep, is_plain) for name, each in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) > keep:
        if not all(isinstance(each, dict) for each in value):
            return value[:keep]
        shows = {number: features(each, is_plain) for number, each in enumerate(value)}
        kept = cover(shows, list(shows)[:keep], keep, [])
        value = [each for number, each in enumerate(value) if number in kept]
    return [with_shorter_lists(each, keep, is_plain) for each in value]


def two_pages(pages: Sequence[Sequence[FoundObject]]) -> list[list[FoundObject]]:
    """Return all pages but the last as one, and the last."""
    return [[row for page in pages[:-1] for row in page], list(pages[-1])] if len(pages) > 1 else [*map(list, pages)]


def _listings(api: RecordedApi) -> Iterator[Listing]:
    """Yield the collections that were read of an API, each once."""
    taken: Mapping[str, Taken] = api.taken
    following = {answer.following for answer in taken.values()}
    for target, answer in taken.items():
        if target in following or not isinstance(answer.body.get("value"), list):
            continue
        targets = [target]
        while (link := taken[targets[-1]].following) and link in taken and link not in targets:
            targets.append(link)
        pages = tuple(taken[each].body["value"] for each in targets)
        yield Listing(api, target.partition("?")[0], tuple(targets), pages)


def _owners(api: RecordedApi, listings: Iterable[Listing]) -> Iterator[tuple[str, tuple[object, str]]]:
    """Yield each request for children, with parent's key and name of the relation."""
    keys: dict[str, set[object]] = defaultdict(set)
    for listing in listings:
        if listing.api is api:
            keys[listing.path].update(map(api.key, listing.rows))
    for target in api.taken:
        if owner := api.owner(target.partition("?")[0], keys):
            yield target, owner


def _owner_of_part(text: str, homes: Mapping[object, str]) -> str | None:
    """Return the key of the object that has a part which is named, such as the network of a subnet."""
    while _PROVIDED in text:
        text = text.rpartition("/")[0]
        if text in homes:
            return text
    return None
