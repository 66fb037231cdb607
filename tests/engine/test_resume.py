"""A run that is killed goes on from its last page, and ends with the graph of an undisturbed one."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration import load, plan, run
from integration.config.settings import Config
from integration.text.secret import Secret
from tests.simulator import Faults, Simulator, synthetic_tenant
from tests.simulator.demo import demo_tenant
from tests.simulator.made_up.sizes import Sizes
from tests.simulator.properties import APPLICATION, COLLECTIONS


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    tenant = synthetic_tenant(users=1500, groups=150, memberships=6000, seed=11)
    with Simulator(tenant, latency=0.03, page_size=50) as simulator:
        yield simulator


MEMBERS = ("--only", "azure_user_group_has_user", "--only", "azure_user_group_has_group")


def start(simulator: Simulator, out: str, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "integration", "run", "--out", out, "--graph-url", simulator.url, *options]
    environment = {**os.environ, "INTEGRATION_ACCESS_TOKEN": simulator.token}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def finish(process: "subprocess.Popen[str]") -> None:
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output


def graph(out: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(Path(out) / "graph.db")) as database:
        return [
            *database.execute("SELECT _key, _type, properties FROM entities ORDER BY _key"),
            *database.execute("SELECT _key, _type, properties FROM relationships ORDER BY _key"),
        ]


def asked(simulator: Simulator) -> list[str]:
    found = []
    for request in list(simulator.requests):
        found.extend([request.path] if not request.inner else [url for url, _ in request.inner])
    return [path.removeprefix("/v1.0") for path in found]


def test_a_killed_run_goes_on(simulator: Simulator) -> None:
    finish(start(simulator, "undisturbed", *MEMBERS))
    expected = graph("undisturbed")
    moments = random.Random(4)
    for attempt in range(4):
        out = f"killed-{attempt}"
        for _ in range(2):
            process = start(simulator, out, *MEMBERS)
            time.sleep(moments.uniform(0.4, 2.2))
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        finish(start(simulator, out, *MEMBERS))
        assert graph(out) == expected


def test_what_was_read_is_not_asked_again(simulator: Simulator) -> None:
    simulator.reset()
    process = start(simulator, "out", *MEMBERS)
    while sum("/members" in path for path in asked(simulator)) < 60 and process.poll() is None:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    before = [path for path in asked(simulator) if "/delta" not in path]
    simulator.reset()
    finish(start(simulator, "out", *MEMBERS))
    after = [path for path in asked(simulator) if "/delta" not in path]
    assert not [path for path in after if path.startswith("/groups?")]
    repeated = set(before) & set(after)
    in_flight = 16 * 20 + 8
    assert len(repeated) <= in_flight
    assert len(after) < len(before) + len(after) - len(repeated)


def is_there(path: str, out: str, state: str) -> bool:
    """Whether the mirror has some of a collection, or all of it."""
    if not (file := Path(out) / "mirror.db").exists():
        return False
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'pieces'").fetchall():
            return False
        known = """
            SELECT 1 FROM collections WHERE name LIKE ? AND state = ?
            AND EXISTS (SELECT 1 FROM pieces WHERE collection = collections.number)
            """
        return bool(database.execute(known, (f"{path}?%", state)).fetchall())


@pytest.mark.parametrize("state", ["running", "complete"])
def test_what_changed_of_what_was_read_before_a_run_was_cut_short_is_in_the_graph(state: str) -> None:
    tenant = synthetic_tenant(users=500, groups=150, memberships=2000, seed=13)
    with Simulator(tenant, latency=0.03, page_size=50) as simulator:
        process = start(simulator, "out", *MEMBERS)
        while not is_there("/users", "out", state) and process.poll() is None:
            time.sleep(0.01)
        assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        for user in [*tenant.users]:
            tenant.update(user, displayName="Renamed meanwhile")
        finish(start(simulator, "out", *MEMBERS))
        finish(start(simulator, "whole", *MEMBERS))
        assert graph("out") == graph("whole")


@pytest.mark.parametrize("state", ["running", "complete"])
def test_what_was_read_of_objects_that_are_gone_when_a_cut_short_run_goes_on_is_not_in_the_graph(state: str) -> None:
    sizes = Sizes.of(300, applications=200, federated_credentials=400)
    tenant = synthetic_tenant(users=300, groups=100, memberships=500, seed=14, sizes=sizes)
    types = ("--only", "azure_application_has_federated_identity_credential", *MEMBERS)
    with Simulator(tenant, latency=0.03, page_size=50) as simulator:
        process = start(simulator, "out", *types)
        while not is_there("/applications/*/federatedIdentityCredentials", "out", state) and process.poll() is None:
            time.sleep(0.01)
        assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        for place in [*tenant.of_kind[APPLICATION]][::2]:
            tenant.delete(tenant.ids[place])
        finish(start(simulator, "out", *types, "--allow-mass-delete"))  # its graph may have been there already
        finish(start(simulator, "whole", *types))
        assert graph("out") == graph("whole")


def cut_short(state: str, before: str) -> None:
    """Have a run be cut short when it had read relations, and had not begun a listing."""
    Path("out", "graph.db").unlink()
    with closing(sqlite3.connect(Path("out", "mirror.db"))) as database, database:
        database.execute("UPDATE about SET value = 'open' WHERE name = 'run'")
        database.execute("UPDATE collections SET state = ? WHERE name LIKE '%/*/%'", (state,))
        listing = "IN (SELECT number FROM collections WHERE name LIKE ? AND name NOT LIKE '%/*/%')"
        for table in ("pieces", "places", "facts", "before"):
            database.execute(f"DELETE FROM {table} WHERE collection {listing}", (f"{before}?%",))
        database.execute(f"DELETE FROM collections WHERE number {listing}", (f"{before}?%",))


@pytest.mark.every_area
@pytest.mark.parametrize("state", ["running", "complete"])
@pytest.mark.parametrize("path", ["/users", "/groups", "/servicePrincipals", "/devices", "/contacts"])
def test_relations_lose_what_is_deleted_before_a_cut_short_run_goes_on_and_lists_it(path: str, state: str) -> None:
    modules = ("administrative_unit", "device", "group", "owner", "service_principal", "user")
    tenant, manager = demo_tenant(), load()
    types = plan(manager, only=[f"entra.{module}" for module in modules])
    with Simulator(tenant) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        run(manager, types, config, out="out")
        cut_short(state, path)
        for id in [*tenant.objects(COLLECTIONS[path.lstrip("/")])]:
            if tenant.parents(tenant.place[id]):
                tenant.delete(id)
        resumed = run(manager, types, config, out="out")
        whole = run(manager, types, config, out="whole")
    assert graph("out") == graph("whole")
    assert {each.verdict for each in resumed.results} <= {each.verdict for each in whole.results}


@pytest.mark.every_area
def test_a_run_that_goes_on_says_since_when_what_it_tells_was_read() -> None:
    tenant, manager = demo_tenant(), load()
    types = plan(manager, only=["entra.group"])
    with Simulator(tenant) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        before = time.time()
        first = run(manager, types, config, out="out")
        after = time.time()
        told = []
        for _ in range(2):  # the second goes on with one that had gone on itself
            cut_short("complete", "/nothing")
            told.append(run(manager, types, config, out="out").reading["begunOn"] / 1000)
        last = run(manager, types, config, out="out")
    assert before - 1 <= told[0] == told[1] <= after + 1
    assert "begunOn" not in first.reading
    assert "begunOn" not in last.reading


_LONG_AGO = "UPDATE about SET value = value - 7200 WHERE name = 'read_on'"


@pytest.mark.parametrize("state", ["running", "complete"])
@pytest.mark.parametrize(
    ("path", "listed", "renamed"),
    [
        ("/applications/*/federatedIdentityCredentials", "/federatedIdentityCredentials", "subject"),
        ("/roleManagement/directory/roleAssignments", "/directory/roleAssignments", "directoryScopeId"),
    ],
)
def test_what_nothing_tells_of_is_read_again_where_a_cut_short_run_goes_on_much_later(
    path: str, listed: str, renamed: str, state: str
) -> None:
    sizes = Sizes.of(300, applications=600, federated_credentials=1200, role_assignments=900)
    tenant = synthetic_tenant(users=300, groups=150, memberships=500, seed=15, sizes=sizes)
    paths = [each for each in tenant.contents.paths() if each.endswith(listed)]
    types = ("--only", "azure_application_has_federated_identity_credential", "--only", "azure_ad_role_assignment")
    with Simulator(tenant, latency=0.03, page_size=50) as simulator:
        process = start(simulator, "out", *types, *MEMBERS)
        while not is_there(path, "out", state):
            assert process.poll() is None
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        with closing(sqlite3.connect(Path("out", "mirror.db"))) as database, database:
            assert database.execute(_LONG_AGO).rowcount == 1
        for each in paths:
            for row in [*tenant.contents.values(each)]:
                tenant.contents.put(each, {**row, renamed: f"{row[renamed]}/meanwhile"})
        finish(start(simulator, "out", *types, *MEMBERS))
        finish(start(simulator, "whole", *types, *MEMBERS))
        assert graph("out") == graph("whole")


@pytest.mark.every_area
def test_relations_lose_what_was_deleted_before_a_type_of_it_was_read() -> None:
    """What is deleted softly stays a member for those who ask what changed."""
    tenant, manager = demo_tenant(), load()
    types = ["azure_user_group_has_device", "azure_user_group_has_user"]
    with Simulator(tenant) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        run(manager, plan(manager, only=types[:1]), config, out="out")
        for id in [*tenant.users][::2]:
            tenant.delete(id)
        run(manager, plan(manager, only=types), config, out="out")
        run(manager, plan(manager, only=types), config, out="whole")
    assert graph("out") == graph("whole")


@pytest.mark.every_area
def test_what_was_half_read_is_read_again_where_a_cut_short_run_goes_on_much_later() -> None:
    tenant, manager = demo_tenant(), load()
    types = plan(manager, only=["entra.device", "entra.owner"])
    with Simulator(tenant) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        run(manager, types, config, out="out")
        cut_short("running", "/nothing")
        with closing(sqlite3.connect(Path("out", "mirror.db"))) as database, database:
            assert database.execute(_LONG_AGO).rowcount == 1
        for relation in ("owners", "registeredOwners", "registeredUsers"):
            for parent, children in [*tenant.related[relation].items()]:
                for child in [*children]:
                    tenant.unrelate(tenant.ids[parent], relation, tenant.ids[child])
        run(manager, types, config, out="out")
        run(manager, types, config, out="whole")
    assert graph("out") == graph("whole")


@pytest.mark.every_area
@pytest.mark.parametrize("state", ["running", "complete"])
def test_what_was_read_of_groups_that_are_gone_when_a_cut_short_run_goes_on_is_not_in_the_graph(state: str) -> None:
    """Which groups PIM is asked for is told by a listing with a filter, of which no changes can be asked for."""
    tenant, manager = demo_tenant(), load()
    types = plan(manager, only=["entra.group", "entra.privileged_access_group"])
    with Simulator(tenant) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        run(manager, types, config, out="out")
        cut_short(state, "/nothing")
        for id in [*tenant.groups]:
            if tenant.groups[id]["isAssignableToRole"]:
                tenant.delete(id)
        run(manager, types, config, out="out")
        run(manager, types, config, out="whole")
    assert graph("out") == graph("whole")


@pytest.mark.every_area
def test_a_listing_of_which_a_cut_short_run_had_read_the_last_page_is_read_anew() -> None:
    sizes = Sizes.of(300, role_assignments=120)
    tenant, manager = synthetic_tenant(users=300, groups=20, memberships=50, seed=15, sizes=sizes), load()
    types = plan(manager, only=["azure_ad_role_assignment"])
    path = "/roleManagement/directory/roleAssignments"
    with Simulator(tenant, page_size=50) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        run(manager, types, config, out="out")
        cut_short("running", "/nothing")
        with closing(sqlite3.connect(Path("out", "mirror.db"))) as database, database:
            database.execute("UPDATE collections SET state = 'running' WHERE name LIKE ?", (f"{path}%",))
        for row in [*tenant.contents.values(path)][::2]:
            tenant.contents.take(path, row["id"])
        run(manager, types, config, out="out")
        run(manager, types, config, out="whole")
    assert graph("out") == graph("whole")


def test_what_was_deleted_while_a_run_was_cut_short_comes_back_whole() -> None:
    tenant = synthetic_tenant(users=500, groups=150, memberships=2000, seed=12)
    with Simulator(tenant, faults=Faults(silent_restores=True), latency=0.03, page_size=50) as simulator:
        process = start(simulator, "out", *MEMBERS)
        while not any("/members" in path for path in asked(simulator)) and process.poll() is None:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        users = sorted(tenant.users)[::5]
        for user in users:
            tenant.delete(user)
        finish(start(simulator, "out", *MEMBERS))
        for user in users:
            tenant.restore(user)
        finish(start(simulator, "out", *MEMBERS))
        finish(start(simulator, "whole", *MEMBERS))
        assert graph("out") == graph("whole")


def test_the_previous_graph_stays_readable_until_the_next_is_complete(simulator: Simulator) -> None:
    finish(start(simulator, "out", *MEMBERS))
    before = graph("out")
    process = start(simulator, "out", "--fresh", *MEMBERS)  # of all types more is said than a pipe holds unread
    while process.poll() is None:
        assert graph("out") == before
        time.sleep(0.2)
    finish(process)
    assert graph("out") == before


def test_a_kept_mirror_is_not_mixed_with_another_tenants(simulator: Simulator) -> None:
    finish(start(simulator, "out", "--only", "azure_user"))
    other = synthetic_tenant(users=20, groups=3, memberships=30, seed=12)
    with Simulator(other) as second:
        finish(start(second, "out", "--only", "azure_user"))
    with closing(sqlite3.connect("out/graph.db")) as database:
        assert {key for (key,) in database.execute("SELECT _key FROM azure_user")} == set(other.users)
