"""Cutting what was read to what a person can review: answers that hold the objects that stay, and no others."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import orjson
import requests
from requests.adapters import HTTPAdapter

from integration.errors import CassetteError
from integration.recording.api import RecordedApi, Taken
from integration.recording.choice import Choice, two_pages, with_shorter_lists
from integration.recording.features import plain_values
from integration.tapes.tapes import response_to

_COUNTED = "$count%20eq"
"""Asks how many parents have so many children, of which a cut cannot tell."""


class Cut(HTTPAdapter):
    """Answers from what was read, cut: a collection has two pages at most.

    Args:
        apis: what was read.
        keep: how many objects stay of a page, and entries of a list inside an object.

    Attributes:
        kept: keys of the objects that stay.
    """

    def __init__(self, apis: Sequence[RecordedApi], keep: int) -> None:
        super().__init__()
        self._keep = keep
        self._choice = Choice(apis, keep)
        self._answers = {api: dict(self._cut(api)) for api in apis}
        self.kept = self._choice.kept

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Answer a request.

        Raises:
            CassetteError: it was not made when the tenant was read.
        """
        url = str(request.url)
        api = next(api for api in self._answers if api.root_of(url) is not None)
        answer = api.answered(request, self._answers[api])
        if answer is None:
            what = url.removeprefix(api.home)
            raise CassetteError(f"the step asked for {what} only the second time: it must ask for the same each time")
        return response_to(self, request, answer.status, answer.headers, orjson.dumps(answer.body))

    def plain_values(self) -> dict[str, frozenset[str]]:
        """Return the texts in the answers that are no pseudonyms, because steps decide by them, by property."""
        found: dict[str, set[str]] = defaultdict(set)
        for api, answers in self._answers.items():
            for answer in answers.values():
                for name, text in plain_values(answer.body, api.scrubber.is_plain):
                    found[name].add(text)
        return {name: frozenset(found[name]) for name in sorted(found)}

    def _cut(self, api: RecordedApi) -> Iterator[tuple[str, Taken]]:
        """Yield each request and its answer."""
        listings = [each for each in self._choice.listings.values() if each.api is api]
        paged = {target for listing in listings for target in listing.targets}
        for target, answer in api.taken.items():
            if target not in paged:
                yield target, replace(answer, body=self._trimmed(answer.body, api), following=None)
        for listing in listings:
            numbers = count()
            kept = [
                [row for row in page if listing.key(row, next(numbers)) in self._choice.kept] for page in listing.pages
            ]
            pages = two_pages(kept)
            targets = listing.targets[: len(pages)]
            for number, (target, page) in enumerate(zip(targets, pages, strict=True)):
                body = {**api.taken[target].body, "value": [self._trimmed(row, api) for row in page]}
                if _COUNTED in target:
                    body.pop(api.counted, None)
                elif api.counted in body:
                    body[api.counted] = sum(map(len, pages))
                if number + 1 < len(targets):
                    body[api.link] = targets[number + 1]
                yield target, replace(api.taken[target], body=body, following=None)

    def _trimmed(self, value: Any, api: RecordedApi) -> Any:
        return with_shorter_lists(value, self._keep, api.scrubber.is_plain)
