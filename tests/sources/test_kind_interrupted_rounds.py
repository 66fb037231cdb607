"""A round of changes that a run left in the middle tells what had changed when it began, and not what has since."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from integration import Interrupted, load, plan, run
from integration.config.settings import Config
from integration.text.secret import Secret
from tests.little_tenant import USERS, LittleTenant, Said, read, serving

USER, DELTA = "azure_user", "/users/delta"


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as served:
        yield served


def names() -> set[str]:
    with closing(sqlite3.connect("out/graph.db")) as database:
        found = database.execute("SELECT properties FROM entities WHERE _type = ?", (USER,)).fetchall()
    return {json.loads(properties)["displayName"] for (properties,) in found}


def test_what_changed_since_an_interrupted_round_began_is_read_when_the_run_goes_on(tenant: LittleTenant) -> None:
    read(tenant, USER)
    stop = threading.Event()
    link = f"{tenant.url}/v1.0{DELTA}"

    def say(query: str) -> Said | None:
        if "skiptoken" in query and not stop.is_set():
            stop.set()
            return 429, {"Retry-After": "60"}, {"error": {"code": "TooManyRequests", "message": ""}}
        if "skiptoken" in query:
            return 200, {}, {"value": [], "@odata.deltaLink": f"{link}?$deltatoken=2"}
        if "deltatoken=2" in query:
            changed = [{"id": USERS[1], "displayName": "Changed later"}]
            return 200, {}, {"value": changed, "@odata.deltaLink": f"{link}?$deltatoken=3"}
        if "deltatoken=1" in query:
            changed = [{"id": USERS[0], "displayName": "Changed first"}]
            return 200, {}, {"value": changed, "@odata.nextLink": f"{link}?$skiptoken=1"}
        return None

    tenant.says[DELTA] = say
    manager = load()
    config = Config(graph_url=tenant.url, access_token=Secret("token-of-a-test"))
    with pytest.raises(Interrupted):
        run(manager, plan(manager, only=[USER]), config, out="out", stop=stop)
    read(tenant, USER)
    assert {"Changed first", "Changed later"} <= names()
