"""Graph's batches, taken apart: a recording holds the single requests, so that what is asked together may change.

Source: Combine multiple HTTP requests using JSON batching.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import orjson

BATCH = "/$batch"


class Part(NamedTuple):
    """What one request of a batch was answered: status, headers, and the JSON body."""

    status: int
    headers: Mapping[str, str]
    body: Any


def is_batch(url: str) -> bool:
    """Tell whether a URL takes batches."""
    return url.partition("?")[0].endswith(BATCH)


def requests_in(body: bytes | str | None) -> dict[str, str]:
    """Return the requests of a batch: their URLs, relative to the version, by their ids."""
    found = orjson.loads(body or b"{}")
    return {str(each["id"]): str(each["url"]) for each in found.get("requests", ())}


def answered(body: bytes | str | None, answer: Callable[[str], Part]) -> bytes:
    """Return the answer to a batch, put together from the answers to its requests.

    Args:
        body: of the batch.
        answer: gives the answer to a request by its URL, relative to the version.
    """
    responses = []
    for number, url in requests_in(body).items():
        part = answer(url)
        responses.append({"id": number, "status": part.status, "headers": dict(part.headers), "body": part.body})
    return orjson.dumps({"responses": responses})
