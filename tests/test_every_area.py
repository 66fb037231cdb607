"""All types of Microsoft Entra at once, in tenants that have something of everything."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration import Report, load, plan, run
from integration.config.settings import Config
from integration.sdk.plugins import declared_steps
from integration.text.secret import Secret
from tests.simulator import (
    Faults,
    Simulator,
    Sizes,
    Tenant,
    demo_tenant,
    license_tenant,
    plant_secrets,
    synthetic_tenant,
)
from tests.simulator.made_up import change
from tests.simulator.planted import ban_words
from tests.simulator.properties import APPLICATION, DEVICE

pytestmark = pytest.mark.every_area


@pytest.fixture(autouse=True)
def _retries_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.uniform", lambda *_: 0.0)


def small() -> Tenant:
    tenant = synthetic_tenant(300, 40, 1200, seed=5, sizes=Sizes.of(300))
    people = list(tenant.users)
    device, application = (next(iter(tenant.objects(kind))) for kind in (DEVICE, APPLICATION))
    for parent, relation in ((device, "registeredUsers"), (application, "owners")):
        known = {tenant.ids[place] for place in tenant.related[relation][tenant.place[parent]]}
        for person in [each for each in people if each not in known][:26]:
            tenant.relate(parent, relation, person)
    tenant.log.clear()
    return tenant


def read(simulator: Simulator, out: str = "out", **settings: Any) -> Report:
    manager = load()
    config = Config(graph_url=simulator.url, access_token=Secret(simulator.token), **settings)
    types = [step.name for step in declared_steps(manager) if step.module.startswith("entra.")]
    return run(manager, plan(manager, only=types), config, out=out)


def graph(out: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(Path(out) / "graph.db")) as database:
        return [
            *database.execute("SELECT _key, _type, properties FROM entities ORDER BY _key"),
            *database.execute("SELECT _key, _type, properties FROM relationships ORDER BY _key"),
        ]


def holding(words: list[str]) -> set[str]:
    """The files of a run's folder that hold one of the words."""
    files = {path.name: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
    return {name for name, content in files.items() if any(word.encode() in content for word in words)}


def verdicts_of(report: Report) -> dict[str, tuple[str, str]]:
    """The verdicts and reasons by type."""
    return {result.type: (result.verdict, result.reason) for result in report.results}


@pytest.mark.parametrize("make", [small, demo_tenant])
def test_all_types_are_read_whole(make: Any) -> None:
    with Simulator(make()) as simulator:
        report = read(simulator)
    assert {type: verdict for type, verdict in verdicts_of(report).items() if verdict[0] != "complete"} == {}


def test_a_second_run_changes_nothing_and_later_ones_give_the_graph_of_a_full_read() -> None:
    tenant = small()
    with Simulator(tenant) as simulator:
        read(simulator)
        before = graph("out")
        read(simulator)
        assert graph("out") == before
        for round_ in range(3):
            tenant.mutate(20, seed=round_)
            change(tenant, 60, seed=round_)
            read(simulator)
            read(simulator, f"fresh-{round_}")
            assert graph("out") == graph(f"fresh-{round_}")


@pytest.mark.parametrize(
    "served",
    [
        {"page_size": 7},
        {"lanes": 0.02},
        {"faults": Faults(expand_fewer=1.0)},
        {"faults": Faults.survivable(0.02, seed=3)},
    ],
    ids=["small pages", "slow lanes", "expand tells half", "faults"],
)
def test_however_it_is_served_the_graph_is_the_same(served: dict[str, Any]) -> None:
    with Simulator(small()) as simulator:
        read(simulator, "plain")
    with Simulator(small(), **served) as simulator:
        read(simulator)
        assert simulator.stats.rude == 0
    assert graph("out") == graph("plain")


def test_an_answer_that_breaks_off_costs_its_own_parent_only() -> None:
    tenant = small()
    paths = [path for path in tenant.contents.paths() if path.endswith("/federatedIdentityCredentials")]
    with Simulator(tenant) as simulator:
        read(simulator, "plain")
    with Simulator(tenant, faults=Faults(broken_200=frozenset(paths[:1]))) as simulator:
        verdicts = verdicts_of(read(simulator))
    lost = {row[0] for row in graph("plain")} - {row[0] for row in graph("out")}
    names = set(tenant.contents.keys(paths[0]))
    assert all(any(name in key for name in names) for key in lost)
    assert len(paths) > 1
    told = {reason for verdict, reason in verdicts.values() if verdict != "complete"}
    assert any(paths[0].split("/")[2] in reason for reason in told), told


def test_without_a_licence_what_needs_one_is_skipped_and_the_rest_is_read() -> None:
    tenant = small()
    license_tenant(tenant, [])
    with Simulator(tenant) as simulator:
        verdicts = verdicts_of(read(simulator))
    assert {verdict for verdict, _ in verdicts.values()} <= {"complete", "skipped"}
    assert all("licen" in reason for verdict, reason in verdicts.values() if verdict == "skipped")


@pytest.mark.parametrize("make", [small, demo_tenant])
def test_no_secret_that_graph_tells_is_kept_anywhere(make: Any) -> None:
    tenant = make()
    planted = plant_secrets(tenant)
    with Simulator(tenant) as simulator:
        read(simulator, raw_data=True)
    assert holding(planted) == set()


def test_words_that_no_password_may_hold_are_in_no_graph() -> None:
    tenant = small()
    words = ban_words(tenant)
    with Simulator(tenant) as simulator:
        read(simulator, raw_data=True)
    assert holding(words) <= {"mirror.db"}
