"""Steps read a collection while it arrives: each object once, and anew where the reading had to start again."""

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from integration import Report, Step, load, plan, run
from integration.config.settings import Config
from integration.text.secret import Secret
from tests.simulator import Faults, Simulator, synthetic_tenant
from tests.support import write

SCHEMA = {
    "properties": {"name": {"type": "string", "description": "Name."}, "id": {"type": "string", "description": "Id."}}
}
STEP = '''
from integration import Entity, entity_step


@entity_step("Device", per_row=True)
def contoso_thing(ctx):
    """A thing."""
    for thing in ctx.graph.list("/things", select=("id", "name")):
        yield Entity(thing["id"], id=thing["id"], name=thing["name"])
'''


@contextmanager
def graph(pages: list[Any]) -> Iterator[str]:
    """Serve a collection page by page: a list is a page, a number a status that is answered once."""
    once = Counter[int]()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            number = int(parse_qs(urlsplit(self.path).query).get("$skiptoken", ["0"])[0])
            page, status = pages[number], 200
            answer: dict[str, Any]
            once[number] += 1
            if isinstance(page, tuple):
                page = page[min(once[number], len(page)) - 1]
            if isinstance(page, str):
                status, answer = 400, {"error": {"code": page, "message": "invented"}}
            else:
                answer = {"value": page}
                if number + 1 < len(pages):
                    link = f"http://{self.headers['Host']}/v1.0/things?$skiptoken={number + 1}"
                    answer = {"@odata.nextLink": link, **answer}
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def things(*numbers: int, name: str = "thing") -> list[dict[str, str]]:
    return [{"id": f"thing-{number}", "name": f"{name}-{number}"} for number in numbers]


@pytest.fixture
def step(tmp_path: Path) -> Step:
    return declared(tmp_path, STEP)


def declared(tmp_path: Path, code: str) -> Step:
    """Return a step in a file of its own, beside its schema."""
    write(tmp_path, {"contoso_thing.py": code, "contoso_thing.json": json.dumps(SCHEMA)})
    spec = spec_from_file_location("contoso_thing", tmp_path / "contoso_thing.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Step = module.contoso_thing
    return found


def read(url: str, step: Step) -> Report:
    manager = load(step)
    config = Config(graph_url=url, access_token=Secret("token"), strict=True)
    return run(manager, plan(manager, only=["contoso_thing"]), config)


def names() -> dict[str, str]:
    with closing(sqlite3.connect(".integration/graph.db")) as database:
        return dict(database.execute("SELECT _key, name FROM contoso_thing ORDER BY _key").fetchall())


def test_an_object_that_comes_again_on_a_later_page_is_one_object(step: Step) -> None:
    pages = [things(1, 2, 3), things(3, 4), [], things(5, 1, 5)]
    with graph(pages) as url:
        report = read(url, step)
    assert (report.of("contoso_thing").verdict, report.of("contoso_thing").problems) == ("complete", {})
    assert list(names()) == ["thing-1", "thing-2", "thing-3", "thing-4", "thing-5"]


def test_what_was_read_before_a_page_token_expired_counts_no_more(step: Step) -> None:
    first = (things(*range(200), name="old"), things(*range(100, 300)))
    with graph([first, things(400), ("Directory_ExpiredPageToken", things(401))]) as url:
        report = read(url, step)
    assert (report.of("contoso_thing").verdict, report.of("contoso_thing").count) == ("complete", 202)
    assert set(names()) == {f"thing-{number}" for number in [*range(100, 300), 400, 401]}
    assert "old-150" not in names().values()


def test_a_page_that_never_comes_fails_the_type_and_publishes_nothing(step: Step) -> None:
    with graph([things(1, 2), "Request_UnsupportedQuery"]) as url:
        report = read(url, step)
    assert (report.of("contoso_thing").verdict, report.of("contoso_thing").count) == ("failed", 0)
    assert "Request_UnsupportedQuery" in report.of("contoso_thing").reason


def test_a_later_run_sees_what_is_equal_as_unchanged_whatever_its_order(step: Step) -> None:
    with graph([(things(1, 2), things(3, 1)), (things(3), things(2))]) as url:
        assert read(url, step).of("contoso_thing").notes == ()
        again = read(url, step).of("contoso_thing")
    assert (again.verdict, again.notes, again.count) == ("complete", ("unchanged",), 3)


OWNED = '''
from integration import Entity, entity_step


@entity_step("Device")
def contoso_thing(ctx):
    """A member, with its name."""
    for _, member in ctx.graph.related("/groups", "members", select=("id", "displayName")):
        yield Entity(member["id"], id=member["id"], name=member["displayName"] or member["id"])
'''


@pytest.mark.parametrize(("stripped", "verdict"), [(0.0, "complete"), (1.0, "partial")])
def test_children_that_come_without_names_are_not_all_there_is(tmp_path: Path, stripped: float, verdict: str) -> None:
    tenant = synthetic_tenant(users=40, groups=6, memberships=60, seed=5)
    with Simulator(tenant, faults=Faults(stripped_members=stripped)) as simulator:
        manager = load(declared(tmp_path, OWNED))
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        result = run(manager, plan(manager, only=["contoso_thing"]), config).of("contoso_thing")
    assert result.verdict == verdict
    assert ("come without properties" in result.reason) is (verdict == "partial")
