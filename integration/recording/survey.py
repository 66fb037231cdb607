"""Reading a tenant for a recording: real answers become made-up ones before anything else sees them.

The run that asks never learns a real value: it asks for pseudonyms, and what it gets, and keeps on disk, has nothing
but pseudonyms in it.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from integration.errors import CassetteError
from integration.http.auth import Tokens
from integration.http.bodies import read_body
from integration.http.room import MOST
from integration.http.surroundings import routes_to
from integration.recording.features import features
from integration.recording.pseudonyms import Pseudonyms
from integration.recording.salt import project_of, salt_of
from integration.recording.sample import Sample
from integration.recording.scrub import Scrubber
from integration.sources.msgraph.links import VERSION
from integration.tapes.cassette import answer_headers
from integration.tapes.tapes import response_to

_PAGE = re.compile(r"[?&]\$skiptoken=page-(\d+)")
_AGAIN = (401, 429)
_REFUSALS = 5
_COUNT = "@odata.count"
"""Says how many there are, of which the run is given a sample."""

FoundObject = dict[str, Any]


@dataclass(frozen=True)
class Taken:
    """What Graph answered to one request, scrubbed.

    Attributes:
        status: HTTP status.
        headers: those that matter.
        body: JSON, without links to further pages.
        following: the next page, relative to the version; ``None`` on the last.
    """

    status: int
    headers: Mapping[str, str]
    body: Any
    following: str | None = None


class Survey:
    """A tape: Graph itself, scrubbed, and of large collections a sample.

    Args:
        scrubber: replaces the tenant's values.
        tokens: signs the requests in; the run's own ``Authorization`` is sent where ``None``.

    Attributes:
        taken: the answers, by request relative to the version.
        seen: objects that Graph gave.
        refusals: what Graph said lately where it refused: for the screen alone, since it may name anybody.
    """

    offline = True
    one_by_one = True

    def __init__(self, scrubber: Scrubber, tokens: Tokens | None = None) -> None:
        self.taken: dict[str, Taken] = {}
        self.seen = 0
        self.refusals: deque[str] = deque(maxlen=_REFUSALS)
        self._scrubber, self._tokens = scrubber, tokens

    def adapter(self) -> BaseAdapter:
        """Return the adapter that asks Graph."""
        return Scrubbing(self._scrubber, self, self._tokens)

    def close(self) -> None:
        """Do nothing: the answers stay in memory."""


class Scrubbing(HTTPAdapter):
    """Sends requests to Graph with real values in place of pseudonyms, and answers with pseudonyms.

    Args:
        scrubber: replaces the tenant's values.
        survey: is told the answers, and of large collections only a sample is passed on.
        tokens: as ``Survey`` takes them.
    """

    def __init__(self, scrubber: Scrubber, survey: Survey, tokens: Tokens | None = None) -> None:
        super().__init__()
        self._scrubber, self._survey, self._tokens = scrubber, survey, tokens
        self._links: dict[str, str] = {}
        self._pseudo_links: dict[str, str] = {}
        self._samples: dict[str, Sample] = {}
        self._dropped: set[str] = set()

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """Send a request, and return its answer with pseudonyms.

        Raises:
            CassetteError: it is none to Graph, for which alone the tenant's values are known.
        """
        if VERSION not in str(request.url):
            raise CassetteError("only what Microsoft Graph gives can be recorded from a live tenant")
        root = str(request.url).partition(VERSION)[0]
        target = str(request.url).removeprefix(root + VERSION)
        real = request.copy()
        batch = orjson.loads(request.body)["requests"] if request.body else []
        targets = {str(each["id"]): str(each["url"]) for each in batch}
        if batch:
            asked = [{**each, "url": self._real(each["url"])} for each in batch]
            real.prepare_body(orjson.dumps({"requests": asked}), None)
        else:
            real.url = root + VERSION + self._real(target)
        response = self._exchange(real, root, options)
        status, headers = response.status_code, answer_headers(response.headers)
        body = _decoded(bytes(read_body(response, MOST)))
        if batch and isinstance(body, dict) and "responses" in body:
            answers = [self._inner(each, targets, root) for each in body["responses"]]
            given: Any = {"responses": answers}
        else:
            given = self._answer(target, status, headers, body, root)
        return response_to(self, request, status, headers, orjson.dumps(given))

    def _exchange(self, request: requests.PreparedRequest, root: str, options: Mapping[str, Any]) -> requests.Response:
        """Send a request, once more with a fresh token where Graph refused the first."""
        if self._tokens is None:
            return super().send(request, **options)
        with requests.Session() as session:
            settings = {**options, **routes_to(root, session)}
        for last in (False, True):
            token = self._tokens.token()
            request.headers["Authorization"] = f"Bearer {token.reveal()}"
            response = super().send(request, **settings)
            if last or response.status_code != 401:
                break
            response.close()
            self._tokens.renew(token)
        return response

    def _inner(self, answer: dict[str, Any], targets: Mapping[str, str], root: str) -> dict[str, Any]:
        number, status = str(answer["id"]), int(answer["status"])
        headers = answer_headers(answer.get("headers") or {})
        body = self._answer(targets[number], status, headers, answer.get("body"), root)
        return {"id": number, "status": status, "headers": headers, "body": body}

    def _answer(self, target: str, status: int, headers: Mapping[str, str], body: Any, root: str) -> Any:
        """Keep an answer, and return what the run is given of it."""
        if status >= 400:
            self._survey.refusals.append(f"{target.partition('?')[0]}: HTTP {status}: {_message(body)}")
            scrubbed, following = self._scrubber.error(body), None
        elif isinstance(body, dict):
            scrubbed, following = self._scrubbed(target, body, root)
        else:
            return body
        if status < 500 and status not in _AGAIN:
            kept = {name: value for name, value in headers.items() if status >= 400 or name.lower() != "retry-after"}
            self._survey.taken[target] = Taken(status, kept, scrubbed, following)
        given = {name: value for name, value in scrubbed.items() if name != _COUNT} if status < 400 else scrubbed
        return {**given, "@odata.nextLink": root + VERSION + following} if following else given

    def _scrubbed(self, target: str, body: dict[str, Any], root: str) -> tuple[Any, str | None]:
        """Return the body of a success, a sample of its objects in place of them all, and the next page."""
        link = body.pop("@odata.nextLink", None)
        body.pop("@odata.deltaLink", None)
        rows = body.get("value")
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            self._survey.seen += len(rows)
            body["value"] = list(self._sampled(target, rows))
        scrubbed = self._scrubber.scrubbed(body)
        if link is None:
            return scrubbed, None
        if not str(link).startswith(root + VERSION):
            return {**scrubbed, "@odata.nextLink": self._scrubber.pseudonyms.url(str(link))}, None
        return scrubbed, self._following(target, str(link).removeprefix(root + VERSION))

    def _sampled(self, target: str, rows: Sequence[FoundObject]) -> Iterator[FoundObject]:
        path = target.partition("?")[0]
        parents, _, relation = path.rpartition("/")
        parents = parents.rpartition("/")[0]
        name = f"{parents}/*/{relation}" if parents in self._samples else path
        sample = self._samples.setdefault(name, Sample())
        for row in rows:
            key = row.get("id")
            if key in self._dropped:
                continue
            if sample.takes(key, features(row, self._scrubber.is_plain)):
                yield row
            elif isinstance(key, str):
                self._dropped.add(key)

    def _following(self, target: str, link: str) -> str:
        """Return what stands for a link to the next page: Graph's own tells what is on the page before."""
        known = self._pseudo_links.get(link)
        if known is None:
            found = _PAGE.search(target)
            number = int(found[1]) if found else 1
            first = _PAGE.sub("", target)
            known = f"{first}{'&' if '?' in first else '?'}$skiptoken=page-{number + 1}"
            self._pseudo_links[link] = known
        self._links[known] = link
        return known

    def _real(self, target: str) -> str:
        return self._links.get(target) or self._scrubber.pseudonyms.real(target)


def _decoded(raw: bytes) -> Any:
    """Return a JSON body; ``None`` for what is not JSON, which nobody can scrub."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None


def _message(body: Any) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("message") if isinstance(error, dict) else error or "no message")


def scrubbing(path: Path) -> HTTPAdapter:
    """Return what sends requests to Graph for a cassette, with the pseudonyms of the project that it belongs to."""
    scrubber = Scrubber(Pseudonyms(salt_of(project_of(path.parent))))
    return Scrubbing(scrubber, Survey(scrubber))
