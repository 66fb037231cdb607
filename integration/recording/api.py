"""One API as a recording knows it: how it is asked, what of its answers is kept, and how its objects hang together."""

import re
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
import requests

from integration.errors import CredentialsError
from integration.http.auth import Tokens
from integration.recording.features import features
from integration.recording.sample import Sample
from integration.recording.scrub import Scrubber
from integration.tapes.cassette import answer_headers
from integration.text.secret import HIDDEN

FoundObject: TypeAlias = dict[str, Any]
SigningIn: TypeAlias = Callable[[], Tokens]
_PAGE = re.compile(r"[?&]\$skiptoken=page-(\d+)")
_AGAIN = (401, 429)
_REFUSALS = 5


@dataclass(frozen=True)
class RawAnswer:
    """An answer as it came: HTTP status, headers, and the JSON in its body; ``None`` where that is none."""

    status: int
    headers: Mapping[str, str]
    body: Any


Sending: TypeAlias = Callable[[requests.PreparedRequest, str], RawAnswer]
"""Sends a request to a root."""


@dataclass(frozen=True)
class Taken:
    """What an API answered to one request, scrubbed.

    Attributes:
        status: HTTP status.
        headers: those that matter.
        body: JSON, without links to further pages.
        following: the request for the next page; ``None`` on the last.
    """

    status: int
    headers: Mapping[str, str]
    body: Any
    following: str | None = None


class RecordedApi(ABC):
    """One API during one recording.

    Requests are known by their URL at the API's home, which cassettes name, with pseudonyms in it.

    Args:
        scrubber: replaces the tenant's values.
        sign_in: signs the requests in; the run's own ``Authorization`` is sent where ``None``.
        root: where requests are sent; where the run sends them if empty.

    Attributes:
        name: what the API is called in messages.
        home: its root in the global cloud.
        link: the property that leads to the next page.
        counted: the property that says how many objects there are, of which the run is given a sample.
        pacing: headers in lower case that say how fast it may be asked.
        taken: the answers, by request.
        seen: objects that the API gave.
        refusals: what it said lately where it refused: for the screen alone, since it may name anybody.
    """

    name: str
    home: str
    link: str
    counted: str = ""
    pacing: tuple[str, ...] = ()

    def __init__(self, scrubber: Scrubber, sign_in: SigningIn | None = None, root: str = "") -> None:
        self.taken: dict[str, Taken] = {}
        self.seen = 0
        self.refusals: deque[str] = deque(maxlen=_REFUSALS)
        self.scrubber = scrubber
        self._sign_in, self._root = sign_in, root
        self._tokens: Tokens | None = None
        self._links: dict[str, str] = {}
        self._pseudo_links: dict[str, str] = {}
        self._samples: dict[str, Sample] = {}
        self._dropped: set[object] = set()

    @abstractmethod
    def root_of(self, url: str) -> str | None:
        """Return the root that a URL is below; ``None`` where it is none of this API."""

    @abstractmethod
    def asked(self, request: requests.PreparedRequest, root: str, exchange: Sending) -> RawAnswer:
        """Ask what a request with pseudonyms asks, keep the answer, and return what the run is given of it."""

    @abstractmethod
    def answered(self, request: requests.PreparedRequest, answers: Mapping[str, Taken]) -> Taken | None:
        """Return the answer to a request from what is left of those that were kept; ``None`` where there is none."""

    @abstractmethod
    def key(self, row: FoundObject) -> object:
        """Return what an object is known by; ``None`` for one without an id."""

    @abstractmethod
    def kind(self, row: FoundObject) -> object:
        """Return which kind of object it is, where objects of several come together."""

    @abstractmethod
    def owner(self, path: str, known: Mapping[str, set[object]]) -> tuple[object, str] | None:
        """Return parent's key and name of the relation where a path asks for children.

        Args:
            path: URL without options.
            known: the keys of the objects of each collection, by its path.
        """

    def references(self, row: FoundObject) -> Iterator[tuple[str, str, bool]]:
        """Yield what an object names that may be others: by which property, the text, and whether it is in that one."""
        return iter(())

    @abstractmethod
    def ended(self) -> None:
        """Called when everything is read."""

    def at(self, root: str) -> str:
        """Return the root that requests are sent to, where the run sends them to another one."""
        return self._root or root

    def tokens(self) -> Tokens | None:
        """Return what signs requests in, having signed in; ``None``: the run does."""
        if self._tokens is None and self._sign_in is not None:
            self._tokens = self._sign_in()
        return self._tokens

    def _get(self, request: requests.PreparedRequest, root: str, exchange: Sending) -> RawAnswer:
        """Ask for an object, or for a page of a collection."""
        target = self.home + str(request.url).removeprefix(root)
        real = request.copy()
        real.url = self._real(target, root)
        return self._answer(target, exchange(real, self.at(root)), root)

    def _real(self, target: str, root: str) -> str:
        """Return the URL at a root that a request stands for."""
        relative = target.removeprefix(self.home)
        return self.at(root) + (self._links.get(target) or self.scrubber.pseudonyms.real(relative))

    def _answer(self, target: str, received: RawAnswer, root: str) -> RawAnswer:
        """Keep an answer, and return what the run is given of it."""
        status, body = received.status, received.body
        if status >= 400:
            self._refused(target, received)
            scrubbed, following = self.scrubber.error(body), None
        elif isinstance(body, dict):
            scrubbed, following = self._scrubbed(target, body, root)
        else:
            return received
        self._keep(target, Taken(status, received.headers, scrubbed, following))
        given = {name: value for name, value in scrubbed.items() if name != self.counted or status >= 400}
        if following:
            given[self.link] = root + following.removeprefix(self.home)
        return RawAnswer(status, received.headers, given)

    def _keep(self, target: str, answer: Taken) -> None:
        """Keep an answer, unless the same may be answered otherwise when it is asked once more."""
        if answer.status < 500 and answer.status not in _AGAIN:
            headers = answer_headers(answer.headers)
            kept = {
                name: value for name, value in headers.items() if answer.status >= 400 or name.lower() != "retry-after"
            }
            self.taken[target] = Taken(answer.status, kept, answer.body, answer.following)

    def _refused(self, target: str, received: RawAnswer) -> None:
        what = target.removeprefix(self.home).partition("?")[0]
        self.refusals.append(f"{self.name} said: {what}: HTTP {received.status}: {_message(received.body)}")

    def _scrubbed(self, target: str, body: FoundObject, root: str) -> tuple[Any, str | None]:
        """Return the body of a success, a sample of its objects in place of them all, and the next page."""
        link = body.pop(self.link, None)
        rows = body.get("value")
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            self.seen += len(rows)
            body["value"] = list(self._sampled(self._sample_of(target.partition("?")[0]), rows))
        scrubbed = self._without_values(body, target)
        if link is None:
            return scrubbed, None
        if HIDDEN in str(link) or not str(link).startswith(f"{self.at(root)}/"):
            return {**scrubbed, self.link: self.scrubber.pseudonyms.url(str(link))}, None
        return scrubbed, self._following(target, str(link).removeprefix(self.at(root)))

    def _without_values(self, body: FoundObject, target: str) -> Any:
        """Return a body with pseudonyms in it."""
        return self.scrubber.scrubbed(body)

    def _sample_of(self, path: str) -> str:
        """Return which collections are sampled together with that of a path: the children of all parents."""
        parents, _, relation = path.rpartition("/")
        parents = parents.rpartition("/")[0]
        return f"{parents}/*/{relation}" if parents in self._samples else path

    def _sampled(self, name: str, rows: Sequence[FoundObject]) -> Iterator[FoundObject]:
        sample = self._samples.setdefault(name, Sample())
        for row in rows:
            key = self.key(row)
            if key in self._dropped:
                continue
            if sample.takes(key, features(row, self.scrubber.is_plain)):
                yield row
            elif isinstance(key, str):
                self._dropped.add(key)

    def _following(self, target: str, link: str) -> str:
        """Return what stands for a link to the next page: the API's own tells what is on the page before."""
        known = self._pseudo_links.get(link)
        if known is None:
            found = _PAGE.search(target)
            number = int(found[1]) if found else 1
            first = _PAGE.sub("", target)
            known = f"{first}{'&' if '?' in first else '?'}$skiptoken=page-{number + 1}"
            self._pseudo_links[link] = known
        self._links[known] = link
        return known


def not_signed_in(reason: str) -> SigningIn:
    """Return what refuses to sign in."""

    def refuse() -> Tokens:
        raise CredentialsError(reason)

    return refuse


def body_of(request: requests.PreparedRequest) -> Any:
    """Return the JSON that a request carries; ``None`` where that is none."""
    return orjson.loads(request.body) if request.body else None


def _message(body: Any) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("message") if isinstance(error, dict) else error or "no message")
