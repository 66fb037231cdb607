"""Runs that write to a server compatible with Neo4j, and what a destination says that cannot be used."""

import re
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from click.testing import CliRunner

from integration import OutputError, Report, load, plan, run
from integration.cli import main
from integration.config.settings import Config
from integration.engine.delivery import push
from integration.errors import ConfigurationError
from integration.sdk.plugins import declared_steps
from integration.sinks import make_sinks
from integration.sinks.neo4j.records import Relationships
from integration.sinks.neo4j.sink import Neo4jSink
from integration.store.store import Store
from integration.text.secret import Secret
from tests.simulator import Faults, Simulator, Tenant, synthetic_tenant
from tests.sinks.arcadedb import PASSWORD, USER, ArcadeDB, Database, Records, expected

USERS, GROUPS = "azure_user", "azure_user_group"
MEMBERSHIPS = {"azure_user_group_has_user", "azure_user_assigned_group"}


@pytest.fixture
def tenant() -> Tenant:
    return synthetic_tenant(users=80, groups=15, memberships=200, seed=5)


@pytest.fixture
def database(arcadedb: ArcadeDB) -> Database:
    return arcadedb.database()


def read(simulator: Simulator, *to: str, only: tuple[str, ...] = (), skip: tuple[str, ...] = (), **more: Any) -> Report:
    manager = load()
    config = Config(graph_url=simulator.url, access_token=Secret(simulator.token), to=to, **more)
    return run(manager, plan(manager, only=only, skip=skip), config, out="out")


def held(database: Database) -> Records:
    with closing(Store(Path("out/graph.db"))) as store:
        return database.records(store.scope)


def graph() -> Records:
    with closing(Store(Path("out/graph.db"))) as store:
        return expected(store, declared_steps(load()))


FORBIDDEN = {"forbidden": {"/users": "Authorization_RequestDenied"}}
NO_GROUPS = {"forbidden": {"/groups": "Authorization_RequestDenied"}}


@pytest.mark.parametrize(
    ("faults", "chosen", "incomplete"),
    [
        (FORBIDDEN, {}, {USERS, *MEMBERSHIPS, "azure_account_has_user"}),
        ({}, {"skip": (GROUPS,)}, {GROUPS, *MEMBERSHIPS, "azure_account_has_group"}),
        (NO_GROUPS, {}, {GROUPS, *MEMBERSHIPS, "azure_user_group_has_group"}),
        ({"status_504": 10**9, "after": 12}, {"fresh": True}, MEMBERSHIPS),
        ({}, {"only": (USERS,)}, {GROUPS, *MEMBERSHIPS, "azure_account"}),
    ],
    ids=["403 on /users", "a step disabled", "a dependency failed", "a page lost", "only some types"],
)  # fmt: skip
def test_what_was_not_read_is_not_deleted(
    faults: dict[str, Any],
    chosen: dict[str, Any],
    incomplete: set[str],
    tenant: Tenant,
    database: Database,
) -> None:
    with Simulator(tenant, page_size=20) as simulator:
        read(simulator, database.url)
    before = held(database)
    tenant.delete(next(iter(tenant.users)))
    tenant.delete(next(iter(tenant.groups)))
    for group, _, member in [each for each in tenant.memberships() if each[1] == "user"][:9]:
        tenant.remove_member(group, member)
    port = urlsplit(simulator.url).port or 0
    with Simulator(tenant, page_size=20, port=port, faults=Faults(**faults)) as simulator:
        report = read(simulator, database.url, **chosen)
    assert incomplete <= set(report.incomplete)
    after = held(database)
    assert {name for name in before if name.split(" ")[0] in report.incomplete} <= set(after)
    assert after == graph()
    with Simulator(tenant, page_size=20, port=port) as simulator:
        report = read(simulator, database.url, allow_mass_delete=True)
    assert report.exit_code() == 0
    assert held(database) == graph()
    assert len(held(database)) < len(before)


def test_a_server_that_dies_in_a_transaction_harms_nothing_and_push_catches_up(
    tenant: Tenant, arcadedb: ArcadeDB, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    upsert = Relationships.upsert

    def fatal(self: Any, transaction: Any, rows: Any, **named: Any) -> None:
        upsert(self, transaction, rows, **named)
        arcadedb.kill()

    monkeypatch.setattr("integration.sinks.neo4j.sink._RETRY_SECONDS", 0.1)
    with monkeypatch.context() as patch, Simulator(tenant) as simulator:
        patch.setattr(Relationships, "upsert", fatal)
        report = read(simulator, database.url, "files:copy")
    shown = f"bolt://{database.address}/{database.name}"
    assert list(report.failed_sinks) == [shown]
    assert report.failed_sinks[shown].startswith(f"{shown}: the server does not answer: ")
    assert PASSWORD not in report.failed_sinks[shown]
    assert report.exit_code() == 1
    assert Path("copy", "entities", f"{USERS}.jsonl").is_file()
    arcadedb.start()
    assert 0 < len(held(database)) < len(graph())
    assert push(load(), [database.url], out="out").failed_sinks == {}
    assert held(database) == graph()


@pytest.mark.parametrize(
    ("userinfo", "path", "reason"),
    [
        (f"{USER}:not-the-password@", "graph1", "the server refused user name or password: .*NEO4J_PASSWORD"),
        ("", "graph1", "the server refused user name or password: .*NEO4J_PASSWORD"),
        (f"{USER}:{quote(PASSWORD, safe='')}@", "nowhere", "the server refused: .*nowhere"),
    ],
    ids=["wrong password", "no password", "no such database"],
)
def test_a_database_that_lets_nobody_in(arcadedb: ArcadeDB, userinfo: str, path: str, reason: str) -> None:
    shown = re.escape(f"bolt://{arcadedb.address}/{path}")
    with pytest.raises(OutputError, match=f"^{shown}: {reason}") as caught:
        make_sinks(load(), [f"bolt://{userinfo}{arcadedb.address}/{path}"])
    assert "password@" not in str(caught.value)
    assert "not-the-password" not in str(caught.value)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("scheme", ["neo4j+s", "bolt"])
def test_a_server_that_does_not_answer(scheme: str) -> None:
    url = f"{scheme}://somebody:hunter2@127.0.0.1:1/database"
    done = CliRunner().invoke(main, ["run", "--demo", "--to", url])
    assert done.exit_code == 3
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {scheme}://127.0.0.1:1/database: the server does not answer: ")
    assert "hunter2" not in line


@pytest.mark.parametrize("scheme", ["neo4j", "bolt"])
def test_variables_stand_in_for_what_the_url_leaves_out(arcadedb: ArcadeDB, database: Database, scheme: str) -> None:
    variables = {"NEO4J_USERNAME": USER, "NEO4J_PASSWORD": PASSWORD, "NEO4J_DATABASE": database.name}
    sink = Neo4jSink(f"{scheme}://{database.address}", variables)
    sink.check()
    assert sink.url == f"{scheme}://{database.address}/{database.name}"
    assert PASSWORD not in repr(vars(sink))


@pytest.mark.parametrize(
    "url",
    ["neo4j:", "neo4j://", "bolt://localhost:bolt", "neo4j+tls://localhost", "bolt://somebody:hunter2#@localhost"],
)
def test_a_url_that_no_driver_can_use(url: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a URL such as neo4j://") as caught:
        make_sinks(load(), [url])
    assert "hunter2" not in str(caught.value)


def test_a_driver_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "neo4j", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'integration-microsoft-entra\[neo4j\]'"):
        make_sinks(load(), ["neo4j://localhost"])
