"""Several GETs in one request. Source: Combine multiple HTTP requests using JSON batching."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from integration.msgraph.answers import Answer
from integration.msgraph.client import Client

MOST = 20
"""Requests that Graph takes in one batch."""
_UNANSWERED = {"error": {"code": "missingInBatchResponse"}}


class Inner(NamedTuple):
    """A request inside a batch: its path, relative to the version and with its query, and its own headers."""

    path: str
    headers: Mapping[str, str]


def batch(client: Client, inner: Sequence[Inner]) -> list[Answer]:
    """GET up to 20 paths in one request.

    Args:
        client: sends the batch.
        inner: the requests.

    Returns:
        The answer to each, in order; some may be errors, throttled ones among them. One that was left out counts as a
        503.

    Raises:
        GraphError: the batch as a whole was refused.
    """
    asked = [
        {"id": str(number), "method": "GET", "url": path, **({"headers": dict(headers)} if headers else {})}
        for number, (path, headers) in enumerate(inner)
    ]
    answer = client.post(client.url("/$batch"), {"requests": asked})
    responses = answer.body.get("responses")
    whole = [each for each in responses if isinstance(each, dict)] if isinstance(responses, list) else []
    found = {each.get("id"): each for each in whole if isinstance(each.get("status"), int)}
    answers = []
    for number, (path, _) in enumerate(inner):
        response = found.get(str(number)) or {"status": 503, "body": _UNANSWERED}
        lowered = {name.lower(): str(value) for name, value in (response.get("headers") or {}).items()}
        body = response.get("body")
        plain = path.partition("?")[0]
        answers.append(Answer(plain, response["status"], lowered, body if isinstance(body, dict) else {}))
    client.meter.inner(len(inner), sum(each.units for each in answers))
    return answers
