"""A small Microsoft Graph over HTTP, for the tests of a step: what it holds, and how it fails, is declared.

It does what the reading of a step needs: pages, ``$select``, ``$top``, ``$filter`` and ``$expand`` of a simple form,
batches, relations and delta queries. It is no copy of Graph: it knows no property, permission or limit of its own, and
what it does not know it refuses.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Self
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from integration.testing.listener import HttpAnswer, Listener
from integration.testing.objects import Objects, ServedObject, selected
from integration.testing.options import UnknownOption, conditions, expansions

_VERSION = "/v1.0"
_MOST = 20
_OPTIONS = frozenset({"$count", "$deltatoken", "$expand", "$filter", "$select", "$skiptoken", "$top"})


@dataclass
class _Fault:
    path: str
    status: int
    code: str
    headers: Mapping[str, str]
    times: int | None


class _Refused(Exception):
    """What Graph answers with an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = HttpAnswer(status, {"error": {"code": code, "message": message}})


class GraphServer:
    """Microsoft Graph v1.0 on 127.0.0.1, with the objects that a test declares; a context manager.

    Args:
        page_size: objects on a page at most, whatever ``$top`` says.

    Attributes:
        page_size: as above.
        largest_top: the largest ``$top`` that it does not refuse, 999 as Graph's.
        expands: it takes ``$expand``.
        selects: it heeds ``$select``; otherwise objects come whole.
        undeclared: properties that it refuses in ``$select``, since it does not know them.
        counts: ``@odata.count`` of the first page of a path, where it is to be another one than there are objects.
        token: the bearer token that it takes.
        url: its root, without version; empty before it is entered.
        requests: what was asked, such as ``GET /devices?$select=id&$top=999``, those inside batches included.
    """

    def __init__(self, *, page_size: int = 100) -> None:
        self.page_size = page_size
        self.largest_top = 999
        self.expands = self.selects = True
        self.undeclared: set[str] = set()
        self.counts: dict[str, int] = {}
        self._repeated: dict[str, list[ServedObject]] = {}
        self.token = "token-of-the-graph-server"  # noqa: S105 - it opens nothing
        self.url = ""
        self.requests: list[str] = []
        self._objects = Objects()
        self._faults: list[_Fault] = []
        self._lock = threading.RLock()

    def add(self, path: str, *objects: ServedObject) -> None:
        """Add objects to a collection such as ``/devices``, or replace those of the same ``id``.

        An object's ``@odata.type`` is told in the listing where it is derived from that of the collection, as by Graph.
        Without objects: declare that the collection is there, and empty.
        """
        with self._lock:
            self._objects.add(path, objects)

    def remove(self, path: str, key: str) -> None:
        """Delete an object; it leaves all relations as well."""
        with self._lock:
            self._objects.remove(path, key)

    def repeat(self, path: str, *rows: ServedObject) -> None:
        """Have a listing give objects once more at its end, as they are then: so comes what changes meanwhile."""
        with self._lock:
            self._repeated.setdefault(path, []).extend(rows)

    def relate(self, parents: str, parent: str, relation: str, *children: str | ServedObject) -> None:
        """Make objects the children of another one, as in ``relate("/groups", group_id, "members", user_id)``.

        Args:
            parents: the collection that the parent is in.
            parent: its id.
            relation: the navigation property.
            children: ids of objects that were added, or objects with their ``@odata.type``. Without any: declare that
                the relation is there.
        """
        with self._lock:
            self._objects.relate(parents, parent, relation, children)

    def unrelate(self, parents: str, parent: str, relation: str, child: str) -> None:
        """Make an object no child of another one any more."""
        with self._lock:
            self._objects.unrelate(parents, parent, relation, child)

    def put(self, path: str, row: ServedObject) -> None:
        """Set the object that a path gives which is no collection, such as ``/policies/authorizationPolicy``."""
        with self._lock:
            self._objects.put(path, row)

    def fail(
        self, path: str, *, status: int, code: str = "", times: int | None = None, retry_after: float | None = None
    ) -> None:
        """Answer requests for a path with an error, those inside batches included.

        Args:
            path: such as ``/devices``; ``*`` stands for anything, as in ``/groups/*/members``; ``/$batch`` is a batch
                as a whole.
            status: HTTP status, such as 403.
            code: Graph's error code, such as ``Authorization_RequestDenied``.
            times: how often; always where ``None``.
            retry_after: seconds that the answer asks to wait.
        """
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        with self._lock:
            self._faults.append(_Fault(path, status, code, headers, times))

    def __enter__(self) -> Self:
        self._listener = Listener(self.answer)
        self.url = self._listener.url
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Answer a request of HTTP; header names are as they were sent."""
        with self._lock:
            if headers.get("Authorization") != f"Bearer {self.token}":
                return _Refused(401, "InvalidAuthenticationToken", "The token is missing or not the server's.").answer
            if not target.startswith(f"{_VERSION}/"):
                return _Refused(400, "BadRequest", f"{target} does not begin with {_VERSION}.").answer
            return self._answer(method, target.removeprefix(_VERSION), body)

    def _answer(self, method: str, target: str, body: bytes) -> HttpAnswer:
        self.requests.append(f"{method} {target}")
        path = unquote(urlsplit(target).path)
        options = dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
        try:
            fault = self._struck(path)
            if fault:
                return fault
            if (method, path) == ("POST", "/$batch"):
                return HttpAnswer(200, {"responses": [self._inner(each) for each in self._batch(body)]})
            if method != "GET":
                raise _Refused(405, "Request_BadRequest", f"{method} is not supported.")
            if unknown := options.keys() - (_OPTIONS if self.expands else _OPTIONS - {"$expand"}):
                raise _Refused(400, "Request_UnsupportedQuery", f"This server does not know {', '.join(unknown)}.")
            return HttpAnswer(200, self._found(path, options))
        except _Refused as refusal:
            return refusal.answer

    def _struck(self, path: str) -> HttpAnswer | None:
        for fault in self._faults:
            if fault.times != 0 and fnmatchcase(path, fault.path):
                fault.times = None if fault.times is None else fault.times - 1
                return HttpAnswer(
                    fault.status, {"error": {"code": fault.code, "message": "As declared."}}, {**fault.headers}
                )
        return None

    def _batch(self, body: bytes) -> Sequence[Mapping[str, Any]]:
        requests = json.loads(body)["requests"]
        if len(requests) > _MOST:
            raise _Refused(400, "BadRequest", f"A batch holds {_MOST} requests at most.")
        return list(requests)

    def _inner(self, request: Mapping[str, Any]) -> ServedObject:
        answer = self._answer(request["method"], request["url"], b"")
        return {"id": request["id"], "status": answer.status, "headers": answer.headers, "body": answer.body}

    def _found(self, path: str, options: Mapping[str, str]) -> ServedObject:
        select = options["$select"].split(",") if "$select" in options and self.selects else None
        for name in self.undeclared.intersection(select or ()):
            problem = f"Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'x'."
            raise _Refused(400, "BadRequest", problem)
        if path.endswith("/delta") and self._objects.tracks(path.removesuffix("/delta")):
            return self._delta(path.removesuffix("/delta"), options)
        try:
            rows = self._objects.rows(path)
            row = self._objects.single(path) if rows is None else None
            if rows is not None and "$filter" in options:
                rows = [each for each in rows if self._objects.is_as(path, each, conditions(options["$filter"]))]
            if rows is not None:
                return self._page(path, rows, options, select)
            if row is not None:
                return self._shown(path.rpartition("/")[0], row, options, select)
        except UnknownOption as error:
            raise _Refused(400, "Request_UnsupportedQuery", str(error)) from None
        except LookupError as error:
            raise _Refused(404, "Request_ResourceNotFound", f"There is no object {error}.") from None
        if self._objects.tracks(path.rpartition("/")[0]):
            raise _Refused(404, "Request_ResourceNotFound", f"There is no object {path}.")
        raise _Refused(400, "BadRequest", f"The test declared nothing at {path}: add, relate or put it.")

    def _shown(
        self, path: str, row: ServedObject, options: Mapping[str, str], select: Sequence[str] | None
    ) -> ServedObject:
        names = list(expansions(options.get("$expand", "")))
        return selected(row, select) | self._objects.expanded(path, row, names)

    def _page(
        self, path: str, rows: Sequence[ServedObject], options: Mapping[str, str], select: Sequence[str] | None
    ) -> ServedObject:
        top, start = options.get("$top", "100"), int(options.get("$skiptoken", 0))
        if not top.isdecimal() or not 1 <= int(top) <= self.largest_top:
            problem = f"$top is {top}, but 1 to {self.largest_top} are possible."
            raise _Refused(400, "Request_UnsupportedQuery", problem)
        rows = [*rows, *self._repeated.get(path, ())]
        end = start + min(int(top), self.page_size)
        page: ServedObject = {"value": [self._shown(path, row, options, select) for row in rows[start:end]]}
        if options.get("$count") == "true" or path in self.counts:
            page["@odata.count"] = self.counts.get(path, len(rows))
        if end < len(rows):
            page["@odata.nextLink"] = self._link(path, {**options, "$skiptoken": str(end)})
        return page

    def _delta(self, path: str, options: Mapping[str, str]) -> ServedObject:
        since = options.get("$deltatoken", "0")
        known = self._objects.now if since == "latest" else int(since)
        following = {"$select": options.get("$select", ""), "$deltatoken": str(self._objects.now)}
        select = options["$select"].split(",") if "$select" in options else ()
        rows = self._objects.changes(path, known, select, whole=not self.selects)
        return {"value": rows, "@odata.deltaLink": self._link(f"{path}/delta", following)}

    def _link(self, path: str, options: Mapping[str, str]) -> str:
        query = "&".join(f"{name}={quote(value, safe=',$')}" for name, value in options.items() if value)
        return f"{self.url}{_VERSION}{quote(path, safe='/$')}?{query}"
