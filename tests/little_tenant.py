"""A tenant of three users and two groups behind a server whose every byte a test may decide."""

import json
import threading
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from integration import Report, load, plan, run
from integration.config.settings import Config
from integration.text.secret import Secret

ID = "00000000-0000-4000-a000-00000000"
USERS = [f"{ID}000{number}" for number in (1, 2, 3)]
GROUPS = [f"{ID}100{number}" for number in (1, 2)]
MEMBERS = {GROUPS[0]: USERS[:2], GROUPS[1]: USERS[2:]}
_ORGANIZATION = {
    "id": f"{ID}9001",
    "displayName": "Contoso",
    "verifiedDomains": [{"name": "contoso.example", "isDefault": True, "isInitial": True, "type": "Managed"}],
    "createdDateTime": "2020-01-01T00:00:00Z",
}

Handler = BaseHTTPRequestHandler
Said = tuple[int, Mapping[str, str], Any]
"""Status, headers, and body: an object, or the bytes themselves."""


def members(group: str) -> str:
    """Return the path of a group's members."""
    return f"/groups/{group}/members"


def users(*ids: str) -> list[dict[str, str]]:
    """Return users as a listing gives them."""
    return [{"id": id, "displayName": f"User {id[-1]}"} for id in ids]


def children(*ids: str) -> list[dict[str, str]]:
    """Return users as a list of members gives them."""
    return [{"@odata.type": "#microsoft.graph.user", "id": id} for id in ids]


class LittleTenant:
    """Answers as Graph would, but for the paths of which ``says`` decides.

    Attributes:
        url: the root, without version.
        prefix: path of the root, such as ``/graph``.
        says: what a path answers, alone or in a batch, instead of what it holds; called with each request's query.
        takes_over: writes the whole answer to a request for a path itself; never for a part of a batch.
        asked: paths with their queries, those in batches too.
    """

    def __init__(self, prefix: str = "") -> None:
        self.url, self.prefix = "", prefix
        self.says: dict[str, Callable[[str], Said | None]] = {}
        self.takes_over: dict[str, Callable[[Handler], None]] = {}
        self.asked: list[str] = []
        self.connections: list[object] = []

    def always(self, path: str, status: int, body: Any = None, **headers: str) -> None:
        """Have a path always answer the same."""
        self.says[path] = lambda _: (status, _named(headers), body)

    def at_first(self, path: str, times: int, status: int, body: Any = None, **headers: str) -> None:
        """Have a path answer something else the first times."""
        left = [times]

        def say(_: str) -> Said | None:
            left[0] -= 1
            return (status, _named(headers), body) if left[0] >= 0 else None

        self.says[path] = say

    def mended(self) -> None:
        """Have every path answer what it holds again."""
        self.says.clear()
        self.takes_over.clear()

    def count(self, path: str) -> int:
        """Return how often a path was asked for."""
        return sum(1 for asked in self.asked if asked.partition("?")[0] == path)

    def answer(self, target: str, body: bytes = b"") -> Said:
        """Answer a request relative to the version."""
        path, _, query = target.partition("?")
        path = urllib.parse.unquote(path)
        self.asked.append(target)
        said = self.says[path](query) if path in self.says else None
        return said or (200, {}, self._held(path, body))

    def _held(self, path: str, body: bytes) -> Any:
        if path == "/$batch":
            parts = [self._part(each) for each in json.loads(body)["requests"]]
            return b'{"responses": [%s]}' % b", ".join(map(_written, parts))
        if path.endswith("/delta"):
            return {"value": [], "@odata.deltaLink": f"{self.url}/v1.0{path}?$deltatoken=1"}
        held: dict[str, Any] = {
            "/organization": [_ORGANIZATION],
            "/users": users(*USERS),
            "/groups": [{"id": id, "displayName": f"Group {id[-1]}"} for id in GROUPS],
            **{members(group): children(*ids) for group, ids in MEMBERS.items()},
        }
        if path.startswith("/policies/"):
            return {"id": "policy", "isEnabled": True}
        return {"value": held.get(path, [])}

    def _part(self, request: Mapping[str, Any]) -> dict[str, Any]:
        status, headers, body = self.answer(request["url"])
        return {"id": request["id"], "status": status, "headers": dict(headers), "body": body}


def _written(part: Mapping[str, Any]) -> bytes:
    """Return a part of a batch as it is sent; what a path says in bytes stands in it as it is."""
    body = part["body"] if isinstance(part["body"], bytes) else json.dumps(part["body"]).encode()
    return (
        json.dumps({name: value for name, value in part.items() if name != "body"})[:-1].encode()
        + b', "body": %s}' % body
    )


@contextmanager
def serving(tenant: LittleTenant) -> Iterator[LittleTenant]:
    """Serve a tenant on 127.0.0.1."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def setup(self) -> None:
            super().setup()
            tenant.connections.append(self.connection)

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, body: bytes) -> None:
            target = self.path.removeprefix(f"{tenant.prefix}/v1.0")
            takes_over = tenant.takes_over.get(target.partition("?")[0])
            if takes_over:
                tenant.asked.append(target)
                takes_over(self)
                return
            status, headers, said = tenant.answer(target, body)
            raw = said if isinstance(said, bytes) else b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw if status != 204 else b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with Server(("127.0.0.1", 0), Answers) as server:
        tenant.url = f"http://127.0.0.1:{server.server_address[1]}{tenant.prefix}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield tenant
        finally:
            server.shutdown()
            thread.join()


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def read(tenant: LittleTenant, *only: str, fresh: bool = False) -> Report:
    """Run the steps on a tenant, in the folder ``out``."""
    manager = load()
    config = Config(graph_url=tenant.url, access_token=Secret("token-of-a-test"), fresh=fresh)
    return run(manager, plan(manager, only=list(only)), config, out="out")
