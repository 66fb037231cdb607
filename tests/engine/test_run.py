"""A tenant in, its graph out: over real HTTP, against the simulator."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from integration import Report, Step, Unreachable, handle, hookimpl, load, plan, run
from integration.config.settings import Config
from integration.sdk.progress import Progress
from integration.sdk.report import StepResult
from integration.text.secret import Secret
from tests.simulator import Faults, Simulator, Tenant, demo_tenant, synthetic_tenant
from tests.support import FEW

TYPES = set(FEW)


@pytest.fixture(scope="module")
def tenant() -> Tenant:
    return synthetic_tenant(users=300, groups=40, memberships=1500, seed=7)


@pytest.fixture
def simulator(tenant: Tenant) -> Iterator[Simulator]:
    with Simulator(tenant) as simulator:
        yield simulator


def read(simulator: Simulator, *, only: tuple[str, ...] = (), skip: tuple[str, ...] = (), **settings: Any) -> Report:
    manager = load()
    config = Config(graph_url=simulator.url, access_token=Secret(simulator.token), **settings)
    return run(manager, plan(manager, only=only, skip=skip), config, out="out")


def query(statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect("out/graph.db")) as database:
        return database.execute(statement).fetchall()


def verdicts(report: Report) -> dict[str, str]:
    return {result.type: result.verdict for result in report.results}


def paths(simulator: Simulator) -> list[str]:
    """Return the path of every request, those inside batches included."""
    found = []
    for request in simulator.requests:
        found.extend([request.path] if not request.inner else [url for url, _ in request.inner])
    return [path.removeprefix("/v1.0") for path in found]


def expected_pairs(tenant: Tenant, kind: str) -> set[tuple[str, str]]:
    return {(group, member) for group, of, member in tenant.memberships() if of == kind}


def test_the_graph_is_exactly_the_tenant(simulator: Simulator, tenant: Tenant) -> None:
    report = read(simulator)
    assert verdicts(report) == dict.fromkeys(TYPES, "complete")
    assert report.exit_code() == 0
    users, groups = set(tenant.users), set(tenant.groups)
    account = tenant.organization["id"]
    assert {key for (key,) in query("SELECT _key FROM azure_user")} == users
    assert {key for (key,) in query("SELECT _key FROM azure_user_group")} == groups
    assert {key for (key,) in query("SELECT _key FROM azure_account")} == {account}
    ends = "SELECT _fromEntityKey, _toEntityKey, _key FROM"
    in_group = expected_pairs(tenant, "user")
    assert set(query(f"{ends} azure_user_group_has_user")) == {(g, u, f"{g}|has|{u}") for g, u in in_group}
    assert set(query(f"{ends} azure_user_assigned_group")) == {(u, g, f"{u}|assigned|{g}") for g, u in in_group}
    nested = expected_pairs(tenant, "group")
    assert set(query(f"{ends} azure_user_group_has_group")) == {(g, h, f"{g}|has|{h}") for g, h in nested}
    assert set(query(f"{ends} azure_account_has_user")) == {(account, u, f"{account}|has|{u}") for u in users}
    assert set(query(f"{ends} azure_account_has_group")) == {(account, g, f"{account}|has|{g}") for g in groups}


def test_nothing_is_asked_for_twice(simulator: Simulator) -> None:
    read(simulator)
    asked = paths(simulator)
    assert len(asked) == len(set(asked))


def test_only_what_a_type_needs_is_requested(simulator: Simulator) -> None:
    report = read(simulator, only=("azure_user",))
    assert verdicts(report) == {"azure_user": "complete"}
    assert {path.partition("?")[0] for path in paths(simulator)} == {"/users", "/users/delta"}
    assert set(report.not_chosen) == TYPES - {"azure_user"}
    assert set(report.incomplete) == TYPES - {"azure_user"}


def test_a_forbidden_collection_fails_its_type_alone(tenant: Tenant) -> None:
    with Simulator(tenant, faults=Faults(forbidden={"/groups": "Authorization_RequestDenied"})) as simulator:
        report = read(simulator)
    assert report.of("azure_user").verdict == "complete"
    groups = report.of("azure_user_group")
    assert groups.verdict == "failed"
    assert "GroupMember.Read.All" in groups.reason
    assert "403" in groups.reason
    for name in ("azure_account_has_group", "azure_user_assigned_group", "azure_user_group_has_user"):
        assert report.of(name).verdict == "skipped"
        assert "azure_user_group" in report.of(name).reason
    assert report.exit_code() == 1
    assert query("SELECT count(*) FROM azure_user") == [(len(tenant.users),)]


def test_what_enriches_and_is_forbidden_makes_its_type_partial(tenant: Tenant) -> None:
    with Simulator(tenant, faults=Faults(forbidden={"/policies": "Authorization_RequestDenied"})) as simulator:
        report = read(simulator)
    account = report.of("azure_account")
    assert (account.verdict, account.count) == ("partial", 1)
    assert "Policy.Read.All" in account.reason
    assert report.of("azure_account_has_user").verdict == "complete"
    assert (report.exit_code(), report.exit_code(fail_on_partial=True)) == (0, 1)


def test_a_type_that_the_token_is_known_not_to_cover_is_skipped_and_fails_nothing(tenant: Tenant) -> None:
    with Simulator(tenant) as simulator:
        simulator.signin.roles = ("User.ReadBasic.All", "GroupMember.Read.All", "Organization.Read.All")
        manager = load()
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.signin.issue()))
        simulator.signin.roles = None
        report = run(manager, plan(manager), config, out="out")
    assert report.of("azure_user").verdict == "skipped"
    assert report.of("azure_user").reason == "not permitted: the token lacks User.Read.All"
    assert report.of("azure_user").to_grant == ("User.Read.All",)
    assert report.of("azure_user_group").verdict == "complete"
    assert report.exit_code() == 0
    assert not [each.path for each in simulator.requests if each.path.endswith("/users")]


def test_it_fails_the_run_where_the_type_was_collected_before_or_is_named(tenant: Tenant) -> None:
    roles = ("GroupMember.Read.All", "Organization.Read.All")
    manager = load()
    with Simulator(tenant) as simulator:
        simulator.signin.roles = (*roles, "User.Read.All")
        whole = Config(graph_url=simulator.url, access_token=Secret(simulator.signin.issue()))
        simulator.signin.roles = roles
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.signin.issue()))
        simulator.signin.roles = None
        users = run(manager, plan(manager), whole).of("azure_user").count
        report = run(manager, plan(manager), config)
        named = run(manager, plan(manager, only=["azure_user"]), replace(config, only=("azure_user",)), out="another")
    assert (report.of("azure_user").verdict, report.exit_code()) == ("skipped", 1)
    assert len(named.results) == named.exit_code() == 1
    with closing(sqlite3.connect(".integration/graph.db")) as database:
        (kept,) = database.execute("SELECT count(*) FROM entities WHERE _type = 'azure_user'").fetchone()
    assert kept == users


def test_a_failed_type_keeps_what_an_earlier_run_found(tenant: Tenant) -> None:
    with Simulator(tenant) as simulator:
        read(simulator)
    groups = query("SELECT count(*) FROM azure_user_group")
    faults = Faults(forbidden={"/groups": "Authorization_RequestDenied"})
    with Simulator(tenant, faults=faults, port=urlsplit(simulator.url).port or 0) as simulator:
        assert read(simulator).of("azure_user_group").verdict == "failed"
    assert query("SELECT count(*) FROM azure_user_group") == groups
    assert query("SELECT verdict FROM verdicts WHERE _type = 'azure_user_group'") == [("failed",)]


def test_a_run_that_cannot_reach_graph_leaves_the_graph(simulator: Simulator) -> None:
    read(simulator)
    before = query("SELECT _key, properties FROM entities ORDER BY _key")
    manager = load()
    config = Config(graph_url="http://127.0.0.1:9", access_token=Secret("unused"))
    with pytest.raises(Unreachable, match="does not answer"):
        run(manager, plan(manager), config, out="out")
    assert query("SELECT _key, properties FROM entities ORDER BY _key") == before
    assert "does not answer" in json.loads(Path("out/summary.json").read_text())["error"]


class Watch:
    """A host that writes down what it is told."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.finished: dict[str, str] = {}
        self.progress: dict[str, Progress] = {}
        self.reports: list[Report] = []

    @hookimpl
    def integration_step_started(self, step: Step) -> None:
        self.started.append(step.name)

    @hookimpl
    def integration_step_finished(self, result: StepResult) -> None:
        self.finished[result.type] = result.verdict

    @hookimpl
    def integration_pages_read(self, progress: Progress) -> None:
        self.progress[progress.collection] = progress

    @hookimpl
    def integration_run_finished(self, report: Report) -> None:
        self.reports.append(report)


def test_a_host_is_told_of_every_step_of_all_that_is_read_and_of_the_end(simulator: Simulator, tenant: Tenant) -> None:
    watch = Watch()
    manager = load(watch)
    config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
    report = run(manager, plan(manager), config, out="out")
    assert sorted(watch.started) == sorted(TYPES)
    assert watch.finished == verdicts(report)
    assert watch.progress["/users"].items == len(tenant.users)
    members = watch.progress["/groups/{id}/members"]
    assert (members.parents, members.all_parents) == (len(tenant.groups), len(tenant.groups))
    assert members.items == len(list(tenant.memberships()))
    assert watch.reports == [report]
    gone = Config(graph_url="http://127.0.0.1:9", access_token=Secret(simulator.token))
    with pytest.raises(Unreachable):
        run(manager, plan(manager), gone, out="gone")
    assert [bool(each.error) for each in watch.reports] == [False, True]


def test_files_hold_whole_objects_sorted_by_key(simulator: Simulator, tenant: Tenant) -> None:
    read(simulator, to=("files:graph",))
    records = [json.loads(line) for line in Path("graph/entities/azure_user.jsonl").read_text().splitlines()]
    assert [record["_key"] for record in records] == sorted(tenant.users)
    assert {(record["_type"], *record["_class"]) for record in records} == {("azure_user", "User")}
    edges = Path("graph/relationships/azure_user_group_has_user.jsonl").read_text().splitlines()
    keys = [json.loads(line)["_key"] for line in edges]
    assert keys == sorted(keys)
    assert json.loads(edges[0])["_class"] == "HAS"


def test_the_summary_is_jupiterones_with_verdicts(simulator: Simulator) -> None:
    read(simulator, skip=("azure_user",))
    summary = json.loads(Path("out/summary.json").read_text())
    steps = {step["id"]: step for step in summary["integrationStepResults"]}
    assert steps["azure_user_group"]["encounteredTypeCounts"] == {"azure_user_group": 40}
    assert steps["azure_user_group"]["status"] == "success"
    assert steps["azure_account_has_group"]["dependsOn"] == ["azure_account", "azure_user_group"]
    assert steps["azure_user"]["verdict"] == "skipped"
    assert steps["azure_account_has_user"]["reason"] == "needs azure_user, which is skipped"
    assert "azure_user" in summary["metadata"]["partialDatasets"]["types"]


def test_raw_data_is_kept_on_request_alone(simulator: Simulator) -> None:
    read(simulator, only=("azure_user",))
    assert query("SELECT count(*) FROM entities WHERE properties LIKE '%_rawData%'") == [(0,)]
    read(simulator, only=("azure_user",), raw_data=True)
    (properties,) = query("SELECT properties FROM entities LIMIT 1")[0]
    (raw,) = json.loads(properties)["_rawData"]
    assert raw["name"] == "default"
    assert raw["rawData"]["userPrincipalName"]


def test_a_member_that_was_not_collected_is_kept_and_counted() -> None:
    tenant = demo_tenant()
    with Simulator(tenant) as simulator:
        report = read(simulator)
        assert read(simulator, strict=True).of("azure_user_group_has_user").verdict == "failed"
    result = report.of("azure_user_group_has_user")
    missing = {member for _, member in expected_pairs(tenant, "user")} - set(tenant.users)
    assert missing
    assert result.verdict == "complete"
    assert set(result.problems["danglingEnds"]["examples"]) == missing


def test_an_event_gives_the_same_graph(tenant: Tenant) -> None:
    config = {"accessToken": "test-token", "only": ["azure_user"]}
    with Simulator(tenant) as simulator:
        instance = {"id": "instance-0001", "name": "Contoso", "config": {**config, "graphUrl": simulator.url}}
        report = handle({"instance": instance}, out="out")
    assert verdicts(report) == {"azure_user": "complete"}
    assert query("SELECT count(*) FROM azure_user") == [(len(tenant.users),)]


def test_signing_in_over_tls(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    with Simulator(tenant, tls=True) as simulator:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(simulator.ca_file))
        settings = {"clientId": simulator.signin.client_id, "clientSecret": simulator.signin.client_secret}
        config = {**settings, "directoryId": simulator.signin.tenant_id, "graphUrl": simulator.url}
        report = handle({"instance": {"config": {**config, "authority": simulator.authority}}}, out="out")
        tokens = [request for request in simulator.requests if request.path.endswith("/oauth2/v2.0/token")]
    assert set(verdicts(report).values()) == {"complete"}
    assert len(tokens) == 1
