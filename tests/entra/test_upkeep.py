"""Groups that end, terms of use and directory synchronization, as Graph gives and refuses them."""

import random
from typing import Any

import pytest

from integration import load, plan
from integration.testing import GraphServer, assert_records, run_steps
from tests.simulator import Simulator, demo_tenant, license_tenant

pytestmark = pytest.mark.every_area

MANAGER = load()
POLICY, TERMS = "azure_group_lifecycle_policy", "azure_terms_of_use_agreement"
SYNCHRONIZATION = "azure_directory_synchronization"
USES = "azure_conditional_access_policy_uses_terms_of_use_agreement"
LISTED = "/identityGovernance/termsOfUse/agreements"
PLANS = [{"servicePlanId": "plan-1", "servicePlanName": "AAD_PREMIUM"}]
ADDRESSES = [
    ("a@x.example;b@x.example", ["a@x.example", "b@x.example"]), ("a@x.example; ", ["a@x.example"]), ("", []),
    (None, []), (" b@x.example ;a@x.example", ["b@x.example", "a@x.example"]),
]  # fmt: skip


def licensed(graph: GraphServer) -> None:
    """Put a tenant with a licence, and nothing else."""
    graph.add("/organization", {"id": "aaaabbbb-0000-1111-2222-ccccdddd0000", "displayName": "Contoso"})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
    graph.add("/subscribedSkus", {"id": "t_1", "skuId": "s", "capabilityStatus": "Enabled", "servicePlans": PLANS})


@pytest.mark.parametrize(("written", "read"), ADDRESSES)
def test_the_addresses_of_a_policy_are_a_list(written: str | None, read: list[str], graph: GraphServer) -> None:
    licensed(graph)
    graph.add("/groupLifecyclePolicies", {"id": "lifecycle-0001", "alternateNotificationEmails": written})
    [policy] = run_steps(POLICY, source=graph, manager=MANAGER).records[POLICY]
    assert policy["alternateNotificationEmails"] == read


@pytest.mark.parametrize("seed", range(4))
def test_each_policy_leads_to_the_terms_that_it_asks_for(seed: int, graph: GraphServer) -> None:
    rng = random.Random(seed)
    licensed(graph)
    terms = [f"terms-{number:04}" for number in range(5)]
    graph.add(LISTED, *({"id": id, "displayName": id} for id in terms[:4]))
    expected: set[tuple[str, str]] = set()
    for number in range(10):
        wanted: Any = rng.choice([None, [], rng.sample(terms, 2), [terms[0], terms[0]]])
        grant = None if wanted is None else {"termsOfUse": wanted}
        graph.add("/identity/conditionalAccess/policies", {"id": f"policy-{number}", "grantControls": grant})
        expected |= {(f"azure_conditional_access_policy:policy-{number}", f"{TERMS}:{each}") for each in wanted or ()}
    ran = run_steps(USES, source=graph, manager=MANAGER)
    assert {(row["_fromEntityKey"], row["_toEntityKey"]) for row in ran.records[USES]} == expected
    assert ran.report.of(USES).verdict == "complete"
    dangling = ran.report.of(USES).problems.get("danglingEnds", {}).get("count", 0)
    assert dangling == sum(to.endswith(terms[4]) for _, to in expected)


def test_what_is_synchronized_is_told_beside_the_tenant_whose_id_it_has() -> None:
    tenant = demo_tenant()
    with Simulator(tenant) as simulator:
        ran = run_steps(SYNCHRONIZATION, "azure_account", source=simulator, manager=MANAGER)
    wanted = {
        "_key": f"{SYNCHRONIZATION}:{tenant.id}",
        "id": tenant.id,
        "passwordSyncEnabled": True,
        "blockHardMatchEnabled": True,
    }
    assert_records(ran.records[SYNCHRONIZATION], [{**wanted, "accidentalDeletionThreshold": 500}])
    assert [row["_key"] for row in ran.records["azure_account"]] == [tenant.id]


def test_without_a_licence_they_are_skipped_in_words() -> None:
    tenant = demo_tenant()
    license_tenant(tenant, [])
    with Simulator(tenant) as simulator:
        report = run_steps(POLICY, TERMS, USES, source=simulator, manager=MANAGER).report
    assert {type: report.of(type).verdict for type in (POLICY, TERMS, USES)} == dict.fromkeys(
        (POLICY, TERMS, USES), "skipped"
    )
    assert all("not licensed" in report.of(type).reason for type in (POLICY, TERMS))
    assert report.exit_code() == 0


def test_what_graph_may_give_to_nobody_but_a_person_is_read_by_name_alone() -> None:
    chosen = {step.name for step in plan(MANAGER).steps}
    of_persons = {TERMS, SYNCHRONIZATION, USES}
    assert chosen.isdisjoint({*of_persons, *(f"azure_account_has_{type[6:]}" for type in (TERMS, SYNCHRONIZATION))})
    assert POLICY in chosen
    assert {TERMS, USES} <= {step.name for step in plan(MANAGER, only=[USES]).steps}
