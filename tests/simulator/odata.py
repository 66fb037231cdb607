"""Requests and answers as OData sees them: options, errors and the headers of Microsoft Graph."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from time import gmtime, strftime
from urllib.parse import parse_qsl, quote, unquote

import orjson

from tests.simulator.properties import COLLECTIONS, COLUMNS, KINDS, SINGLE_ONLY

JSON_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
_OPTIONS = frozenset(
    "$count $deltatoken $expand $filter $format $orderby $search $select $skip $skiptoken $top".split()
)
_MAX_SELECT = 1500
_numbers = count(1)


class GraphError(Exception):
    """An error that Graph answers with."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, dict(headers or {})


@dataclass(slots=True)
class Answer:
    """A response.

    ``inner`` holds (url, status) of each request of a batch; ``until`` is the monotonic time until which Retry-After
    has all requests wait or, where ``lane`` is set, those of one service. A ``broken`` body is no JSON.
    """

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    inner: tuple[tuple[str, int], ...] = ()
    until: float = 0.0
    lane: str = ""
    broken: bool = False


@dataclass(slots=True)
class Call:
    """A request, relative to the version: ``/groups/{id}/members?$top=5`` has three segments and one option."""

    method: str
    target: str
    segments: tuple[str, ...]
    options: dict[str, str]
    headers: dict[str, str]
    origin: str
    body: bytes = b""

    @property
    def path(self) -> str:
        """The decoded path, relative to the version."""
        return "/" + "/".join(self.segments)

    @property
    def collection(self) -> str:
        """The collection of directory objects that the path begins with, or its first segment."""
        two = "/".join(self.segments[:2])
        return two if two in COLLECTIONS else self.segments[0]

    @property
    def rest(self) -> tuple[str, ...]:
        """The segments after the collection."""
        return self.segments[self.collection.count("/") + 1 :]

    @property
    def shape(self) -> str:
        """The path with its id left out, such as ``groups/{id}/members``."""
        first, rest = self.collection, [*self.rest]
        if first in COLLECTIONS and rest[:1] not in ([], ["delta"], ["$count"]):
            rest[0] = "{id}"
        return "/".join((first, *rest))

    @property
    def key(self) -> str:
        """What the request asks for, whichever page of it."""
        options = sorted(f"{name}={value}" for name, value in self.options.items() if name != "$skiptoken")
        return f"{self.path}?{'&'.join(options)}"

    @property
    def advanced(self) -> bool:
        """Whether the request asks for Graph's advanced query engine: ConsistencyLevel with $count."""
        return self.eventual and self.options.get("$count", "").lower() == "true"

    @property
    def eventual(self) -> bool:
        """Whether ConsistencyLevel: eventual is sent."""
        return self.headers.get("consistencylevel", "").lower() == "eventual"

    def link(self, token: str) -> str:
        """The absolute link of the next page: the same query with a $skiptoken."""
        options = [
            *((name, value) for name, value in self.options.items() if name != "$skiptoken"),
            ("$skiptoken", token),
        ]
        query = "&".join(f"{name}={quote(value, safe='$,()=:/*@;')}" for name, value in options)
        return f"{self.origin}/v1.0{quote(self.path, safe='/$@.')}?{query}"


def parse(method: str, target: str, headers: dict[str, str], origin: str, body: bytes = b"") -> Call:
    """Take a request apart.

    Header names must be lower-case. Raises GraphError for an option that is unknown or given twice.
    """
    path, _, query = target.partition("?")
    options: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if not name.startswith("$"):
            continue
        if name not in _OPTIONS:
            raise GraphError(400, "Request_BadRequest", f"The query option {name} is not known.")
        if name in options:
            raise GraphError(400, "Request_BadRequest", f"The query option {name} is given more than once.")
        options[name] = value
    segments = tuple(unquote(part) for part in path.strip("/").split("/"))
    return Call(method, target, segments, options, headers, origin, body)


def refuse(call: Call, *names: str) -> None:
    """Raise the 400 of an option that the resource does not support."""
    for name in names:
        if name in call.options:
            raise GraphError(400, "Request_UnsupportedQuery", f"{name} is not supported on {call.path}.")


def top_of(call: Call, default: int, cap: int | None) -> int:
    """How many items a page has. Raises GraphError 400 outside 1..999."""
    text = call.options.get("$top")
    if text is None:
        size = default
    elif text.isdecimal() and 1 <= int(text) <= 999:
        size = int(text)
    else:
        raise GraphError(400, "Request_UnsupportedQuery", f"The page size {text} is not within the range 1 to 999.")
    return min(size, cap) if cap else size


def select_of(call: Call) -> tuple[str, ...] | None:
    """The selected names, or None. Raises GraphError 400 for an empty or overlong list."""
    text = call.options.get("$select")
    if text is None:
        return None
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if not all(names):
        raise GraphError(400, "Request_BadRequest", "$select holds an empty name.")
    if len(text) > _MAX_SELECT:
        raise GraphError(400, "InvalidClientQueryException", "$select is too long.")
    return names


def check_select(
    names: tuple[str, ...], kinds: tuple[int, ...], extra: frozenset[str] = frozenset(), *, single: bool = False
) -> None:
    """Raise GraphError for a name that none of the kinds has: 400, or 501 where only the GET of one object has it."""
    for name in names:
        if name in extra or any(name in COLUMNS[kind] for kind in kinds):
            continue
        if any(name in SINGLE_ONLY[kind] for kind in kinds):
            if single:
                continue
            raise GraphError(501, "NotImplemented", f"The property {name} cannot be read from a collection.")
        raise GraphError(
            400, "Request_BadRequest", f"Could not find a property named '{name}' on type '{KINDS[kinds[0]]}'."
        )


def common_headers(call_headers: Mapping[str, str]) -> dict[str, str]:
    """Headers of every answer: request-id, client-request-id (echoed) and x-ms-ags-diagnostic."""
    request_id = f"{next(_numbers):08x}-0000-4000-8000-5a5a5a5a5a5a"
    return {
        "request-id": request_id,
        "client-request-id": call_headers.get("client-request-id", request_id),
        "x-ms-ags-diagnostic": '{"ServerInfo":{"DataCenter":"Nowhere","Slice":"E","Ring":"1","RoleInstance":"SIM"}}',
        "Cache-Control": "no-cache",
    }


def success(body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
    """A 200 with a JSON body."""
    return Answer(200, body, {"Content-Type": JSON_TYPE, "OData-Version": "4.0", **(headers or {})})


def failure(error: GraphError, call_headers: Mapping[str, str]) -> Answer:
    """The answer for an error, in Graph's envelope."""
    headers = common_headers(call_headers)
    inner = {
        "date": strftime("%Y-%m-%dT%H:%M:%S", gmtime()),
        "request-id": headers["request-id"],
        "client-request-id": headers["client-request-id"],
    }
    body = orjson.dumps({"error": {"code": error.code, "message": error.message, "innerError": inner}})
    return Answer(error.status, body, {"Content-Type": "application/json", **headers, **error.headers})
