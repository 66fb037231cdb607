"""Several GETs in one request. Source: Combine multiple HTTP requests using JSON batching."""

from collections.abc import Mapping, Sequence
from typing import Any

from integration.errors import BadAnswer, GraphError, ServiceUnavailable, Throttled
from integration.msgraph.answers import Answer
from integration.msgraph.client import Client, Patience

MOST = 20
"""Requests that Graph takes in one batch."""


def batch(
    client: Client, paths: Sequence[str], headers: Mapping[str, str] | None = None, patience: Patience | None = None
) -> list[Answer | GraphError]:
    """GET up to 20 paths in one request; inner answers that were throttled or failed are asked for again by themselves.

    Args:
        client: sends the batches.
        paths: relative to the version, with their query.
        headers: sent with every inner request.
        patience: how often an inner request is tried.

    Returns:
        For each path, in order, its answer, or the error that Graph gave for it.

    Raises:
        GraphError: the batch as a whole was refused.
    """
    patience = patience or Patience()
    results: dict[int, Answer | GraphError] = {}
    attempt = 0
    while pending := [index for index in range(len(paths)) if index not in results]:
        attempt += 1
        answers = _send(client, {index: paths[index] for index in pending}, headers or {})
        waits = []
        for index in pending:
            answer = answers.get(index)
            error = answer.error() if answer else ServiceUnavailable("the batch left it out", path=paths[index])
            if answer is not None and error is None:
                results[index] = answer
            elif isinstance(error, Throttled | ServiceUnavailable) and attempt < patience.attempts:
                asked = answer.retry_after if answer else None
                waits.append(patience.wait(attempt) if asked is None else asked)
            elif error is not None:
                results[index] = error
        if waits:
            client.pause(max(waits))
    return [results[index] for index in range(len(paths))]


def _send(client: Client, paths: Mapping[int, str], headers: Mapping[str, str]) -> dict[int, Answer]:
    requests: list[dict[str, Any]] = [
        {"id": str(index), "method": "GET", "url": path} | ({"headers": dict(headers)} if headers else {})
        for index, path in paths.items()
    ]
    answer = client.post(client.url("/$batch"), {"requests": requests})
    responses = answer.body.get("responses")
    if not isinstance(responses, list):
        raise BadAnswer("the answer has no list named responses", path=answer.path, status=answer.status)
    found = {}
    for response in responses:
        index = int(response["id"])
        inner_headers = {name.lower(): str(value) for name, value in (response.get("headers") or {}).items()}
        body = response.get("body")
        path = paths[index].partition("?")[0]
        found[index] = Answer(path, int(response["status"]), inner_headers, body if isinstance(body, dict) else {})
    return found
