"""Several GETs in one request, or each by itself where that is refused.

Source: Combine multiple HTTP requests using JSON batching.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from integration.errors import BadAnswer, GraphError, Throttled
from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.links import VERSION
from integration.text.discretion import logger

MOST = 20
"""Requests that Graph takes in one batch."""
_TRIES = 3
"""How often a batch is sent whose answer has no part."""
_Part = tuple[int, Mapping[str, str], Mapping[str, Any]]
"""Status, headers with names in lower case, and body of an answer inside a batch."""
_PLAIN = str | int | float
_UNANSWERED: _Part = 503, {}, {"error": {"code": "missingInBatchResponse"}}
_NOT_IMPLEMENTED = 501
_log = logger("integration")


class Unreadable(BadAnswer):
    """What came, several times, cannot be read as a whole: the answer to one request in the batch may be why."""


class Inner(NamedTuple):
    """A request inside a batch: its path, relative to the version and with its query, and its own headers."""

    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Failed(Answer):
    """What came of a request that was sent by itself, in vain."""

    reason: GraphError | None = None

    def error(self) -> GraphError | None:
        return self.reason


def batch(client: GraphClient, inner: Sequence[Inner]) -> list[Answer]:
    """GET up to 20 paths in one request, or in one each once batches were refused as such, by a proxy for instance.

    Args:
        client: sends the batch.
        inner: the requests.

    Returns:
        The answer to each, in order; some may be errors, throttled ones among them. One that was left out counts as a
        503.

    Raises:
        GraphError: Graph does not work, or throttles for too long.
        Unreadable: the answer as a whole is garbled.
        BadAnswer: what came, several times, is no answer to a batch.
    """
    if client.takes_batches:
        try:
            return _together(client, inner)
        except GraphError as error:
            if not _is_refusal(error):
                raise
            if client.takes_batches:
                _log.warning("requests are sent one by one, since batches are refused: %s", error)
            client.takes_batches = False
    return [_alone(client, each) for each in inner]


def _is_refusal(error: GraphError) -> bool:
    """Tell whether the batch was refused as such, whatever it asked for."""
    return (400 <= error.status < 500 or error.status == _NOT_IMPLEMENTED) and not isinstance(error, Throttled)


def _alone(client: GraphClient, asked: Inner) -> Answer:
    """GET a path by itself; what fails is an answer, as it is within a batch.

    Raises:
        Throttled: for too long.
    """
    path = asked.path.partition("?")[0]
    try:
        return client.get(f"{client.root}{VERSION}{asked.path}", asked.headers)
    except Throttled:
        raise
    except GraphError as error:
        return _Failed(path, error.status, {}, {}, reason=error.with_traceback(None))


def _together(client: GraphClient, inner: Sequence[Inner]) -> list[Answer]:
    asked = [
        {"id": str(number), "method": "GET", "url": path, **({"headers": dict(headers)} if headers else {})}
        for number, (path, headers) in enumerate(inner)
    ]
    answer, found = _exchanged(client, asked)
    answers = []
    for number, (path, _) in enumerate(inner):
        status, headers, body = found.get(str(number)) or _UNANSWERED
        answers.append(Answer(path.partition("?")[0], status, headers, body, answer.turn))
    client.meter.inner(len(inner), sum(each.units for each in answers))
    return answers


def _exchanged(client: GraphClient, asked: Sequence[Mapping[str, Any]]) -> tuple[Answer, dict[str, _Part]]:
    """Return the answer to a batch, and its parts.

    One without any part is tried again here, and not often: to try each of its requests by itself takes a minute, and
    the same again for every relation.
    """
    url, tries = client.url("/$batch"), 0
    while True:
        try:
            answer = client.post(url, {"requests": asked})
        except BadAnswer as error:
            if _is_refusal(error):
                raise
            raise Unreadable(
                error.problem,
                path=error.path,
                status=error.status,
                code=error.code,
                request_id=error.request_id,
                too_much=error.too_much,
            ) from None
        responses = answer.body.get("responses")
        found = _parts(responses)
        if found or (len(asked) == 1 and isinstance(responses, list)):
            return answer, found
        tries += 1
        if tries == _TRIES:
            raise BadAnswer("what came is no answer to a batch", path="/$batch", status=answer.status)
        client.pace.sleep(client.patience.wait(tries))


def _parts(responses: object) -> dict[str, _Part]:
    """Return what a batch was answered, by id; what has no id or status is no answer, nor is one of two for one id."""
    found: dict[str, _Part] = {}
    twice: set[str] = set()
    for each in responses if isinstance(responses, list) else ():
        if (
            not isinstance(each, dict)
            or not isinstance(each.get("id"), str | int)
            or type(each.get("status")) is not int
        ):
            continue
        number = str(each["id"])
        if number in found:
            twice.add(number)
        headers, body = each.get("headers"), each.get("body")
        named = headers.items() if isinstance(headers, dict) else ()
        found[number] = each["status"], _lowered(named), body if isinstance(body, dict) else {}
    return {number: part for number, part in found.items() if number not in twice}


def _lowered(named: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Return headers by their names in lower case; what is told several times, or as a list, is one text."""
    found: dict[str, list[str]] = {}
    for name, value in named:
        texts = [str(each) for each in (value if isinstance(value, list) else [value]) if isinstance(each, _PLAIN)]
        found.setdefault(name.lower(), []).extend(texts)
    return {name: ", ".join(texts) for name, texts in found.items() if texts}
