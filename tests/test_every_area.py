"""All types of Microsoft Entra at once, in tenants that have something of everything."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration import Report, load, plan, run
from integration.config.settings import Config
from integration.text.secret import Secret
from tests.simulator import Simulator, Sizes, Tenant, demo_tenant, license_tenant, plant_secrets, synthetic_tenant
from tests.simulator.made_up import change

pytestmark = pytest.mark.every_area


def small() -> Tenant:
    return synthetic_tenant(300, 40, 1200, seed=5, sizes=Sizes.of(300))


def read(simulator: Simulator, out: str = "out", **settings: Any) -> Report:
    manager = load()
    config = Config(graph_url=simulator.url, access_token=Secret(simulator.token), **settings)
    return run(manager, plan(manager, skip=["azure"]), config, out=out)


def graph(out: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(Path(out) / "graph.db")) as database:
        return [
            *database.execute("SELECT _key, _type, properties FROM entities ORDER BY _key"),
            *database.execute("SELECT _key, _type, properties FROM relationships ORDER BY _key"),
        ]


def chosen(report: Report) -> dict[str, tuple[str, str]]:
    """The verdicts, those aside that nobody asked for."""
    unasked = ("skipped as asked", "it is off by default; --only with its name reads it")
    return {
        result.type: (result.verdict, result.reason)
        for result in report.results
        if not any(each in result.reason for each in unasked)
    }


@pytest.mark.parametrize("make", [small, demo_tenant])
def test_all_types_are_read_whole(make: Any) -> None:
    with Simulator(make()) as simulator:
        report = read(simulator)
    assert {type: verdict for type, verdict in chosen(report).items() if verdict[0] != "complete"} == {}


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


def test_without_a_licence_what_needs_one_is_skipped_and_the_rest_is_read() -> None:
    tenant = small()
    license_tenant(tenant, [])
    with Simulator(tenant) as simulator:
        verdicts = chosen(read(simulator))
    assert {verdict for verdict, _ in verdicts.values()} <= {"complete", "skipped"}
    assert all("licen" in reason for verdict, reason in verdicts.values() if verdict == "skipped")


@pytest.mark.parametrize("make", [small, demo_tenant])
def test_no_secret_that_graph_tells_is_kept_anywhere(make: Any) -> None:
    tenant = make()
    planted = plant_secrets(tenant)
    with Simulator(tenant) as simulator:
        read(simulator, raw_data=True)
    kept = {path.name: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
    assert [name for name, content in kept.items() if any(secret.encode() in content for secret in planted)] == []
