"""JSON batching: up to 20 requests in one, answered in any order.

Source: Combine multiple requests in one HTTP call using JSON batching.
"""

import random
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import orjson

from tests.simulator.odata import JSON_TYPE, Answer, Call, GraphError, failure, parse

MAX_REQUESTS = 20
_OUTER_HEADERS = ("request-id", "client-request-id", "x-ms-ags-diagnostic")

Serve = Callable[[Call], Answer]


def batch(call: Call, serve: Serve, rng: random.Random) -> Answer:
    """Answer a batch, each request through ``serve``; the responses are shuffled by ``rng``.

    Raises GraphError 400 for an envelope that cannot be read: not JSON, over 20 requests, an id missing or twice, an
    unknown dependency.
    """
    requests = _requests(call.body)
    answers: dict[str, Answer] = {}
    for step in _ordered(requests):
        failed = any(answers[each.lower()].status >= 400 for each in step.get("dependsOn") or ())
        answers[step["id"].lower()] = _failed_dependency(call) if failed else _answer(call, step, serve)
    rng.shuffle(requests)
    parts = [_part(step["id"], answers[step["id"].lower()]) for step in requests]
    inner = tuple((str(step.get("url")), answers[step["id"].lower()].status) for step in requests)
    body = b'{"responses":[' + b",".join(parts) + b"]}"
    until = max((answer.until for answer in answers.values() if answer.status == 429 and not answer.lane), default=0.0)
    return Answer(200, body, {"Content-Type": JSON_TYPE, "OData-Version": "4.0"}, inner, until)


def _requests(body: bytes) -> list[dict[str, Any]]:
    try:
        requests = orjson.loads(body)["requests"]
        ids = [step["id"].lower() for step in requests]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        raise GraphError(
            400, "BadRequest", "The batch payload needs a list 'requests' whose items have a text 'id'."
        ) from None
    if len(requests) > MAX_REQUESTS:
        raise GraphError(400, "BadRequest", f"A batch holds at most {MAX_REQUESTS} requests, not {len(requests)}.")
    if len(set(ids)) < len(ids):
        raise GraphError(400, "BadRequest", "A request id occurs more than once in the batch.")
    for step in requests:
        if any(each.lower() not in ids for each in step.get("dependsOn") or ()):
            raise GraphError(400, "BadRequest", f"Request {step['id']} depends on one that is not in the batch.")
    return list(requests)


def _ordered(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    waiting, done, ordered = list(requests), set[str](), list[dict[str, Any]]()
    while waiting:
        ready = [step for step in waiting if all(each.lower() in done for each in step.get("dependsOn") or ())]
        if not ready:
            raise GraphError(400, "BadRequest", "The dependencies of the batch form a cycle.")
        ordered += ready
        done |= {step["id"].lower() for step in ready}
        waiting = [step for step in waiting if step["id"].lower() not in done]
    return ordered


def _answer(call: Call, step: dict[str, Any], serve: Serve) -> Answer:
    own = {name.lower(): value for name, value in (step.get("headers") or {}).items()}
    headers = {"client-request-id": call.headers["client-request-id"]} if "client-request-id" in call.headers else {}
    headers |= own
    try:
        url, method = step.get("url"), step.get("method")
        if not isinstance(url, str) or not isinstance(method, str):
            raise GraphError(400, "BadRequest", "A batched request needs 'method' and 'url'.")
        if "://" in url.partition("?")[0]:
            raise GraphError(400, "BadRequest", "The url of a batched request must be relative to the version.")
        if "body" in step and "content-type" not in own:
            raise GraphError(400, "BadRequest", "A batched request with a body needs a Content-Type header.")
        inner = parse(method, url, headers, call.origin, orjson.dumps(step["body"]) if "body" in step else b"")
        if inner.segments[0] == "$batch":
            raise GraphError(400, "BadRequest", "A batch cannot hold a batch.")
    except GraphError as error:
        return failure(error, headers)
    return serve(inner)


def _failed_dependency(call: Call) -> Answer:
    return failure(GraphError(424, "FailedDependency", "A request that this one depends on has failed."), call.headers)


def _part(identity: str, answer: Answer) -> bytes:
    body = answer.body or b"null"
    if answer.broken or "json" not in answer.headers.get("Content-Type", "json"):
        body = orjson.dumps(b64encode(body).decode())
    headers = {name: value for name, value in answer.headers.items() if name not in _OUTER_HEADERS}
    head = orjson.dumps({"id": identity, "status": answer.status, "headers": headers})[:-1]
    return head + b',"body":' + body + b"}"
