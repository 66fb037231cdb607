"""Whatever Graph does that a retry can mend, the graph is the one of an undisturbed run; the rest is said."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integration import Context, Relationship, Report, load, plan, run
from integration.config.settings import Config
from integration.text.secret import Secret
from tests.simulator import Faults, Simulator, Tenant, synthetic_tenant
from tests.simulator.faults import SURVIVABLE

TENANT = synthetic_tenant(users=300, groups=80, memberships=1500, seed=31)
SHORT: dict[str, Any] = {"retry_after": "fractional", "retry_after_seconds": 0.05, "slow_seconds": 0.05}
QUICK = Faults(**SHORT, seed=2)


def read(simulator: Simulator, out: str) -> Report:
    manager = load()
    config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
    return run(manager, plan(manager), config, out=out)


def graph(out: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(out / "graph.db")) as database:
        return [
            *database.execute("SELECT _key, _type, properties FROM entities ORDER BY _key"),
            *database.execute("SELECT _key, _type, properties FROM relationships ORDER BY _key"),
        ]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    out = tmp_path_factory.mktemp("undisturbed")
    with Simulator(TENANT) as simulator:
        read(simulator, str(out))
    return graph(out)


@pytest.mark.parametrize("fault", SURVIVABLE)
def test_a_fault_changes_nothing(fault: str, undisturbed: list[tuple[Any, ...]]) -> None:
    rate: dict[str, Any] = {fault: 0.1}
    with Simulator(TENANT, page_size=20, faults=replace(QUICK, **rate)) as simulator:
        report = read(simulator, "out")
        again = read(simulator, "out")
    assert {result.verdict for result in (*report.results, *again.results)} == {"complete"}
    assert not [result for result in report.results if "duplicateKeys" in result.problems]
    assert graph(Path("out")) == undisturbed
    assert simulator.stats.rude == 0


@pytest.mark.parametrize("quota", [None, 150])
def test_more_parents_than_are_kept_in_memory_at_once_are_read_in_portions(
    quota: int | None, undisturbed: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integration.sources.msgraph.relation._AT_ONCE", 25)
    with Simulator(TENANT, page_size=20, quota=quota, faults=replace(QUICK, inner_503=0.1)) as simulator:
        report = read(simulator, "out")
    assert {result.verdict for result in report.results} == {"complete"}
    assert graph(Path("out")) == undisturbed


def test_a_kind_of_children_that_is_no_name_of_a_type_is_refused() -> None:
    def misnamed(ctx: Context) -> Iterator[Relationship]:
        """A group is a direct member of another group."""
        for group, member in ctx.graph.related("/groups", "members", kind="#microsoft.graph.group"):
            yield Relationship(group, member["id"])

    manager = load()
    chosen = plan(manager, only=["azure_user_group_has_group"])
    steps = tuple(replace(step, run=misnamed) if step.is_relationship else step for step in chosen.steps)
    with Simulator(TENANT) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        report = run(manager, replace(chosen, steps=steps), config, out="out")
    (result,) = (result for result in report.results if result.type == "azure_user_group_has_group")
    assert result.verdict == "failed"
    assert "name the type without its namespace, such as user" in result.reason


@pytest.mark.parametrize(
    ("type", "told"),
    [
        ("azure_usr", "reads azure_usr, which no step declares (did you mean azure_user?)"),
        ("azure_user", "reads azure_user, but does not need it: add it to its needs"),
    ],
)
def test_a_type_that_a_step_does_not_need_is_told_from_one_that_there_is_not(type: str, told: str) -> None:
    def stray(ctx: Context) -> Iterator[Relationship]:
        """Reads entities of another type than it is declared to."""
        for one in ctx.entities(type):
            yield Relationship(one.key, one.key)

    manager = load()
    chosen = plan(manager, only=["azure_account_has_group"])
    steps = tuple(replace(step, run=stray) if step.is_relationship else step for step in chosen.steps)
    with Simulator(TENANT) as simulator:
        config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
        result = run(manager, replace(chosen, steps=steps), config, out="out").of("azure_account_has_group")
    assert result.verdict == "failed"
    assert told in result.reason


def test_compressed_answers_are_read_like_others(undisturbed: list[tuple[Any, ...]]) -> None:
    faults = replace(QUICK, truncated=0.1, malformed=0.1, reset=0.1)
    with Simulator(TENANT, page_size=20, compress=True, faults=faults) as simulator:
        report = read(simulator, "out")
    assert {result.verdict for result in report.results} == {"complete"}
    assert graph(Path("out")) == undisturbed
    assert {exchange.headers["accept-encoding"] for exchange in simulator.requests} == {"gzip"}
    assert simulator.injector.fired.keys() == {"truncated", "malformed", "reset"}


@pytest.mark.parametrize("seed", range(3))
def test_all_faults_together_change_nothing(seed: int, undisturbed: list[tuple[Any, ...]]) -> None:
    faults = replace(Faults.survivable(0.02, seed=seed), **SHORT)
    with Simulator(TENANT, page_size=20, faults=faults) as simulator:
        report = read(simulator, "out")
    assert {result.verdict for result in report.results} == {"complete"}
    assert graph(Path("out")) == undisturbed


@pytest.mark.parametrize("form", ["integer", "fractional", "date", "missing"])
def test_every_form_of_retry_after_is_honoured(form: Any, undisturbed: list[tuple[Any, ...]]) -> None:
    faults = Faults(status_429=2, inner_429=5, retry_after=form, retry_after_seconds=2)
    with Simulator(TENANT, faults=faults) as simulator:
        assert read(simulator, "out").exit_code() == 0
    assert graph(Path("out")) == undisturbed
    assert simulator.stats.rude == 0


def test_a_budget_that_runs_low_where_delta_queries_are_refused_is_spent_group_by_group(
    undisturbed: list[tuple[Any, ...]],
) -> None:
    faults = replace(QUICK, forbidden={"/groups/delta": "Authorization_RequestDenied"})
    with Simulator(TENANT, quota=150, faults=faults) as simulator:
        report = read(simulator, "out")
    asked = [url for each in simulator.requests for url, _ in each.inner if "/delta" in url]
    assert 0 < len(asked) < 20
    assert {result.verdict for result in report.results} == {"complete"}
    assert graph(Path("out")) == undisturbed


def test_a_budget_that_runs_low_is_spent_on_what_costs_less(undisturbed: list[tuple[Any, ...]]) -> None:
    with Simulator(TENANT, quota=150) as simulator:
        report = read(simulator, "out")
        assert any("delta?$select=id,members&$filter=" in url for r in simulator.requests for url, _ in r.inner)
    assert {result.verdict for result in report.results} == {"complete"}
    assert graph(Path("out")) == undisturbed


def test_groups_that_a_delta_query_does_not_tell_of_are_read_by_themselves(
    undisturbed: list[tuple[Any, ...]],
) -> None:
    with Simulator(TENANT, quota=150, faults=Faults(delta_omits_groups=True)) as simulator:
        report = read(simulator, "out")
        assert any("delta?$select=id,members&$filter=" in url for r in simulator.requests for url, _ in r.inner)
    assert {result.verdict for result in report.results} == {"complete"}
    assert graph(Path("out")) == undisturbed


def test_deleted_members_that_a_delta_query_lists_are_no_members() -> None:
    tenant = synthetic_tenant(users=300, groups=80, memberships=1500, seed=31)
    for user in sorted({member for _, kind, member in tenant.memberships() if kind == "user"})[::3]:
        tenant.delete(user)
    with Simulator(tenant) as simulator:
        read(simulator, "whole")
    with Simulator(tenant, quota=150, faults=Faults(delta_lists_deleted=True)) as simulator:
        report = read(simulator, "out")
        assert any("delta?$select=id,members&$filter=" in url for r in simulator.requests for url, _ in r.inner)
    assert not [result for result in report.results if result.problems]
    assert graph(Path("out")) == graph(Path("whole"))


def test_groups_that_vanish_are_no_failure() -> None:
    tenant: Tenant = synthetic_tenant(users=300, groups=80, memberships=1500, seed=31)
    with Simulator(tenant, faults=Faults(vanished=3)) as simulator:
        report = read(simulator, "out")
    assert report.exit_code() == 0


def test_pages_that_lead_away_or_back_fail_their_types() -> None:
    for faults in (Faults(foreign_next_link=1.0), Faults(repeated_next_link=1.0)):
        with Simulator(TENANT, page_size=20, faults=faults) as simulator:
            report = read(simulator, f"out-{faults.foreign_next_link}")
        assert report.of("azure_user").verdict == "failed"
        assert report.exit_code() == 1
