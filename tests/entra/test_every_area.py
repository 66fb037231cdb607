"""All types of Microsoft Entra at once, in tenants that have something of everything."""

import json
import sqlite3
from base64 import urlsafe_b64encode
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
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
from tests.simulator.odata import Answer
from tests.simulator.planted import PLANTED, ban_words, planted_in
from tests.simulator.properties import APPLICATION, DEVICE
from tests.simulator.service import Service

pytestmark = pytest.mark.every_area


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


def test_no_secret_deep_within_an_answer_is_kept_anywhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What no property is selected of comes as well where a service does not heed ``$select``."""
    answer, planted = Service.answer, set[str]()

    def telling(its: Service, method: str, target: str, *more: Any) -> Answer:
        given = answer(its, method, target, *more)
        if given.status != 200 or not given.body.startswith(b"{"):
            return given
        planted.add(target.partition("?")[0])
        return replace(given, body=orjson.dumps(planted_in(orjson.loads(given.body))))

    monkeypatch.setattr(Service, "answer", telling)
    caplog.set_level("DEBUG")
    with Simulator(demo_tenant()) as simulator:
        report = read(simulator, raw_data=True, to=("files:out/files", "j1:out/j1"))
    assert len(planted) > 50
    assert sum(result.verdict == "complete" for result in report.results) > len(report.results) * 0.9
    assert not report.failed_sinks
    assert holding([PLANTED]) == set()
    assert PLANTED not in caplog.text


def test_words_that_no_password_may_hold_are_kept_nowhere() -> None:
    tenant = small()
    words = ban_words(tenant)
    with Simulator(tenant) as simulator:
        read(simulator, raw_data=True)
    assert holding(words) == set()


SEED = ("User.Read.All", "GroupMember.Read.All", "Organization.Read.All")


DENIED = Faults(forbidden={"/devices": "Authorization_RequestDenied"})


def permitted(tenant: Tenant, *roles: str, port: int = 0, faults: Faults | None = None) -> Simulator:
    """A Graph that enforces an application's permissions, which the token names."""
    claims = urlsafe_b64encode(json.dumps({"roles": roles}).encode()).decode().rstrip("=")
    return Simulator(tenant, roles=roles, token=f"e30.{claims}.signature", port=port, faults=faults)


@pytest.mark.parametrize(
    ("roles", "there"),
    [
        (SEED, {"azure_user", "azure_user_group", "azure_subscribed_sku", "azure_user_assigned_subscribed_sku"}),
        (("User.Read.All", "Group.Read.All", "Organization.Read.All"), {"azure_group_setting", "azure_service_plan"}),
        (("Directory.Read.All",), {"azure_ad_role_assignment", "azure_device", "azure_group_setting", "azure_domain"}),
        (
            ("Directory.Read.All", "RoleManagement.Read.All"),
            {"azure_role_management_policy", "azure_ad_role_eligibility"},
        ),
    ],
    ids=["three", "groups", "directory", "roles"],
)
def test_with_few_permissions_the_rest_is_skipped_in_words_and_the_run_succeeds(
    roles: tuple[str, ...], there: set[str]
) -> None:
    with permitted(demo_tenant(), *roles) as simulator:
        report = read(simulator)
    verdicts = verdicts_of(report)
    assert report.exit_code() == 0
    assert {type for type, (verdict, _) in verdicts.items() if verdict == "failed"} == set()
    assert {type for type in there if verdicts[type][0] != "complete"} == set()
    skipped = {type: reason for type, (verdict, reason) in verdicts.items() if verdict == "skipped"}
    assert {type: reason for type, reason in skipped.items() if "not permitted: the token lacks " not in reason} == {}


def test_a_licence_of_which_only_refusals_tell_skips_its_types_in_words_and_the_run_succeeds() -> None:
    tenant = demo_tenant()
    license_tenant(tenant, [])
    with permitted(tenant, "Policy.Read.All", "RoleManagement.Read.All", "AuditLog.Read.All") as simulator:
        report = read(simulator)
    refused = {type: reason for type, (_, reason) in verdicts_of(report).items() if "has no licence" in reason}
    assert report.exit_code() == 0
    assert {result.verdict for result in report.results} == {"complete", "skipped"}
    assert {type for type, reason in refused.items() if reason.startswith("not licensed: ")} == {
        "azure_ad_role_assignment_schedule",
        "azure_ad_role_eligibility",
        "azure_authentication_strength_policy",
        "azure_conditional_access_authorization_context",
        "azure_conditional_access_named_location",
        "azure_conditional_access_policy",
        "azure_conditional_access_template",
        "azure_role_management_policy",
        "azure_user_registration_details",
    }


@pytest.mark.parametrize(
    ("role", "verdict", "exit_code"), [("Directory.Read.All", "skipped", 0), ("Device.Read.All", "failed", 1)]
)
def test_what_a_broader_permission_does_not_open_after_all_is_not_permitted(
    role: str, verdict: str, exit_code: int
) -> None:
    with permitted(demo_tenant(), "Directory.Read.All", role, faults=DENIED) as simulator:
        report = read(simulator)
        device = report.of("azure_device")
        assert (device.verdict, report.exit_code(), device.to_grant) == (verdict, exit_code, ("Device.Read.All",))
        assert "needs the permission Device.Read.All" in device.reason
        assert [each.type for each in report.results if each.verdict == "failed" and role == "Directory.Read.All"] == []


def test_what_is_no_longer_permitted_or_licensed_is_kept_and_fails_the_run() -> None:
    tenant = small()
    with Simulator(tenant) as simulator:
        read(simulator)
        port = urlsplit(simulator.url).port or 0
    before = {row[:2] for row in graph("out")}
    with permitted(tenant, *SEED, port=port) as simulator:
        report = read(simulator)
    assert (report.first, report.exit_code()) == (False, 1)
    assert {row[:2] for row in graph("out")} == before
    license_tenant(tenant, [])
    with Simulator(tenant, port=port) as simulator:
        assert read(simulator).exit_code() == 1
    gone = {type for _, type in before - {row[:2] for row in graph("out")}}
    assert gone <= {"azure_service_plan", "azure_subscribed_sku_has_service_plan"}
