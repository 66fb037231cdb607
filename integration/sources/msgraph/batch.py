"""Several GETs in one request. Source: Combine multiple HTTP requests using JSON batching."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from integration.errors import BadAnswer
from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.client import GraphClient

MOST = 20
"""Requests that Graph takes in one batch."""
_TRIES = 3
"""How often a batch is sent whose answer has no part."""
_Part = tuple[int, Mapping[str, str], Mapping[str, Any]]
"""Status, headers with names in lower case, and body of an answer inside a batch."""
_PLAIN = str | int | float
_UNANSWERED: _Part = 503, {}, {"error": {"code": "missingInBatchResponse"}}


class Unreadable(BadAnswer):
    """What came, several times, cannot be read as a whole: the answer to one request in the batch may be why."""


class Inner(NamedTuple):
    """A request inside a batch: its path, relative to the version and with its query, and its own headers."""

    path: str
    headers: Mapping[str, str]


def batch(client: GraphClient, inner: Sequence[Inner]) -> list[Answer]:
    """GET up to 20 paths in one request.

    Args:
        client: sends the batch.
        inner: the requests.

    Returns:
        The answer to each, in order; some may be errors, throttled ones among them. One that was left out counts as a
        503.

    Raises:
        GraphError: the batch as a whole was refused.
        Unreadable: the answer as a whole is garbled.
        BadAnswer: what came, several times, is no answer to a batch.
    """
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
