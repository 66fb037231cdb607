"""What an answer of Graph means: its JSON body, its error, and how long it asks to wait.

Sources: Microsoft Graph error responses and resource types; Microsoft Graph throttling guidance; Paging Microsoft Graph
data in your app.
"""

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from integration.errors import (
    BadAnswer,
    BadRequest,
    DeltaTokenExpired,
    Forbidden,
    GraphError,
    NotFound,
    NotLicensed,
    PageTokenExpired,
    ServiceUnavailable,
    Throttled,
)

_EXPIRED_PAGE_TOKEN = {"directory_expiredpagetoken", "directorypagetokennotfoundexception"}
_EXPIRED_DELTA_TOKEN = {"syncstatenotfound", "resyncrequired"}
_NOT_LICENSED = "nonpremiumtenant"
_UNKNOWN = "unknownerror"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, whether to a request of its own or inside a batch.

    Attributes:
        path: path of the request, without host and query: for messages.
        status: HTTP status.
        headers: header names in lower case.
        body: the decoded JSON object; empty where there was none.
    """

    path: str
    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, from Retry-After as number or date; ``None`` on success, where it means nothing."""
        value = self.headers.get("retry-after")
        if value is None or self.status < 400:
            return None
        return seconds_to_wait(value)

    @property
    def percentage(self) -> float | None:
        """The share of the limit that is used, from 0.8 on (``x-ms-throttle-limit-percentage``)."""
        try:
            value = float(self.headers.get("x-ms-throttle-limit-percentage", ""))
        except ValueError:
            return None
        return value if math.isfinite(value) else None

    @property
    def units(self) -> int:
        """Resource units that Graph charged (``x-ms-resource-unit``); 0 where it does not tell."""
        value = self.headers.get("x-ms-resource-unit", "")
        return int(value) if value.isdecimal() else 0

    def error(self) -> GraphError | None:
        """Return the error that the answer stands for, or ``None`` where it is a success."""
        if 200 <= self.status < 300:
            return None
        envelope = self.body.get("error")
        envelope = envelope if isinstance(envelope, dict) else {}
        kind, problem = _meaning(self.status, _codes(envelope), " ".join(str(envelope.get("message") or "").split()))
        inner = envelope.get("innerError") or envelope.get("innererror")
        request_id = self.headers.get("request-id") or (inner.get("request-id") if isinstance(inner, dict) else None)
        code = str(envelope.get("code") or "")
        return kind(problem, path=self.path, status=self.status, code=code, request_id=str(request_id or ""))


def decode(path: str, status: int, raw: bytes) -> dict[str, Any]:
    """Decode a JSON body; an error's body may be anything, such as a gateway's HTML page, and counts as empty then.

    Raises:
        BadAnswer: the body of a success is not a JSON object.
    """
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        body = _mended(raw)
    if isinstance(body, dict):
        return body
    if status < 400 and status != 204:
        raise BadAnswer("the answer is not a JSON object", path=path, status=status)
    return {}


def _mended(raw: bytes) -> Any:
    """Decode JSON that begins with a byte order mark, or holds half of a character, which becomes ``?``."""
    try:
        text = json.dumps(json.loads(raw.decode("utf-8-sig")), ensure_ascii=False)
        return orjson.loads(text.encode(errors="replace"))
    except ValueError:
        return None


def seconds_to_wait(value: str) -> float | None:
    """Return what a Retry-After says: a number, possibly fractional, or a date; ``None`` where it asks for no wait.

    Who is asked to wait for no time at all chooses a time: sending again at once would spend what is left of a budget.
    """
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except ValueError:
            return None
    return seconds if 0 < seconds < math.inf else None


def _meaning(status: int, codes: list[str], message: str) -> tuple[type[GraphError], str]:
    code = "".join(codes)
    if status == 410 or _EXPIRED_DELTA_TOKEN.intersection(codes):
        return DeltaTokenExpired, "Graph does not know any more what changed"
    if status == 403 and _NOT_LICENSED in code:
        return NotLicensed, "the tenant has no licence for this data"
    if status == 403:
        return Forbidden, "not permitted"
    if status == 404 and codes and _UNKNOWN not in codes:
        return NotFound, "not found"
    if status == 429:
        return Throttled, "Graph throttles the application"
    if status in (404, 408) or (status >= 500 and status != 501):
        return ServiceUnavailable, "Graph could not serve the request"
    if _EXPIRED_PAGE_TOKEN.intersection(codes) or (status == 400 and "page token" in message.lower()):
        return PageTokenExpired, "the page token has expired"
    return BadRequest, f"Graph refused the request: {message[:200]}" if message else "Graph refused the request"


def _codes(envelope: Mapping[str, Any]) -> list[str]:
    """Return the error's code and those of its inner errors, in lower case; none where it is no error of Graph's."""
    codes = []
    level: Any = envelope
    while isinstance(level, dict) and level:
        codes.append(str(level.get("code") or "").lower())
        level = level.get("innerError") or level.get("innererror")
    return codes
