"""Microsoft Intune's devices and what is assigned to them, against what was put in."""

import random
from pathlib import Path
from typing import Any

import pytest

from integration import load
from integration.testing import GraphServer, run_steps
from integration.testing.running import Ran
from tests.simulator import Simulator, demo_tenant, license_tenant

pytestmark = pytest.mark.every_area

MANAGER = load()
Json = dict[str, Any]
MANAGE = "/deviceManagement"
UNJOINED = "00000000-0000-0000-0000-000000000000"
DEVICE = "intune_managed_device"
IS, HAS = "intune_managed_device_is_azure_device", "azure_user_has_intune_managed_device"
POLICIES = {
    "intune_compliance_policy": "deviceCompliancePolicies",
    "intune_device_configuration": "deviceConfigurations",
    "intune_device_enrollment_configuration": "deviceEnrollmentConfigurations",
}
APPLICATIONS, TO_GROUP = "/deviceAppManagement/mobileApps", "intune_managed_application_assigned_azure_user_group"
PLANS = [{"servicePlanId": "plan-1", "servicePlanName": "INTUNE_A"}]


def pairs(ran: Ran, type: str) -> dict[tuple[str, str], Any]:
    """The ends of each relationship of a type, with what it says beside them."""
    return {(row["_fromEntityKey"], row["_toEntityKey"]): row.get("exclude") for row in ran.records[type]}


def dangling(ran: Ran, type: str) -> int:
    """How many relationships of a type lead nowhere."""
    return int(ran.report.of(type).problems.get("danglingEnds", {}).get("count", 0))


def organized(graph: GraphServer) -> None:
    """Put a tenant with a licence for Intune, and nothing else."""
    graph.add("/organization", {"id": "aaaabbbb-0000-1111-2222-ccccdddd0000", "displayName": "Contoso"})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
    graph.add("/subscribedSkus", {"id": "t_1", "skuId": "s", "capabilityStatus": "Enabled", "servicePlans": PLANS})


@pytest.mark.parametrize("seed", range(4))
def test_each_managed_device_leads_to_its_device_and_to_its_user(seed: int, graph: GraphServer) -> None:
    rng = random.Random(seed)
    organized(graph)
    users = [f"user-{number:04}" for number in range(9)]
    guids = [f"{rng.getrandbits(32):08x}-0000-4000-8000-{number:012}" for number in range(12)]
    graph.add("/users", *({"id": id, "displayName": id} for id in users))
    graph.add("/devices", *({"id": f"object-of-{guid}", "deviceId": guid} for guid in guids[:9]), {"id": "device-0000"})
    expected: dict[str, set[tuple[str, str]]] = {IS: set(), HAS: set()}
    graph.add(f"{MANAGE}/managedDevices")
    for number in range(40):
        guid, user = rng.choice([*guids, UNJOINED, "", None]), rng.choice([*users, "user-gone", "", None])
        key = f"managed-{number:04}"
        written = guid.upper() if guid and rng.random() < 0.5 else guid
        graph.add(f"{MANAGE}/managedDevices", {"id": key, "azureADDeviceId": written, "userId": user})
        if guid in guids[:9]:
            expected[IS].add((key, f"object-of-{guid}"))
        elif guid in guids:
            expected[IS].add((key, guid))
        if user:
            expected[HAS].add((user, key))

    ran = run_steps(IS, HAS, source=graph, manager=MANAGER)

    assert {type: set(pairs(ran, type)) for type in (IS, HAS)} == expected
    assert ran.verdicts == dict.fromkeys(ran.verdicts, "complete")
    assert dangling(ran, IS) == sum(to in guids for _, to in expected[IS])
    assert dangling(ran, HAS) == sum(user == "user-gone" for user, _ in expected[HAS])


OVERVIEW = f"{MANAGE}/managedDeviceOverview"


@pytest.mark.parametrize(
    ("counted", "verdict"), [(3, "partial"), (2, "complete"), (1, "complete"), (None, "complete"), ("3", "complete")]
)
def test_fewer_devices_than_intune_counts_are_not_all(counted: Any, verdict: str, graph: GraphServer) -> None:
    organized(graph)
    graph.add(f"{MANAGE}/managedDevices", {"id": "managed-0001"}, {"id": "managed-0002"})
    graph.put(OVERVIEW, {"enrolledDeviceCount": counted})
    result = run_steps(DEVICE, source=graph, manager=MANAGER).report.of(DEVICE)
    assert (result.verdict, result.count) == (verdict, 2)
    assert ("Graph counts 3 objects, of which 2 came" in result.reason) == (verdict == "partial")
    assert sum(f"GET {OVERVIEW}" in each for each in graph.requests) == 1


def test_a_device_that_a_short_listing_lacks_is_not_deleted(graph: GraphServer, tmp_path: Path) -> None:
    organized(graph)
    graph.add(f"{MANAGE}/managedDevices", {"id": "managed-0001"}, {"id": "managed-0002"})
    graph.put(OVERVIEW, {"enrolledDeviceCount": 2})
    run_steps(DEVICE, source=graph, manager=MANAGER, out=tmp_path)
    graph.remove(f"{MANAGE}/managedDevices", "managed-0002")
    short = run_steps(DEVICE, source=graph, manager=MANAGER, out=tmp_path)
    assert (short.verdicts[DEVICE], len(short.records[DEVICE])) == ("partial", 2)
    graph.put(OVERVIEW, {"enrolledDeviceCount": 1})
    whole = run_steps(DEVICE, source=graph, manager=MANAGER, out=tmp_path)
    assert (whole.verdicts[DEVICE], len(whole.records[DEVICE])) == ("complete", 1)


@pytest.mark.parametrize(
    ("status", "code", "verdict"),
    [(403, "Forbidden", "complete"), (400, "BadRequest", "complete"), (500, "", "partial")],
)
def test_where_the_count_is_refused_there_is_none_and_where_it_fails_that_is_told(
    status: int, code: str, verdict: str, graph: GraphServer
) -> None:
    organized(graph)
    graph.add(f"{MANAGE}/managedDevices", {"id": "managed-0001"})
    graph.put(OVERVIEW, {"enrolledDeviceCount": 1})
    graph.fail(OVERVIEW, status=status, code=code)
    result = run_steps(DEVICE, source=graph, manager=MANAGER).report.of(DEVICE)
    assert (result.verdict, result.count) == (verdict, 1)
    assert ("managedDeviceOverview" in result.reason) == (verdict == "partial")


@pytest.mark.parametrize(("type", "path"), POLICIES.items())
@pytest.mark.parametrize("seed", range(4))
def test_each_policy_leads_to_its_groups_and_an_exclusion_wins(
    seed: int, type: str, path: str, graph: GraphServer
) -> None:
    rng = random.Random(seed)
    organized(graph)
    groups = [f"group-{number:04}" for number in range(8)]
    graph.add("/groups", *({"id": id, "displayName": id} for id in groups[:6]))
    graph.add(f"{MANAGE}/{path}")
    expected: dict[tuple[str, str], bool] = {}
    to_all: dict[str, tuple[bool, bool, bool]] = {}
    for number in range(12):
        key, targets, kinds = f"policy-{number:04}", list[Json](), set[str]()
        for _ in range(rng.randrange(6)):
            kind = rng.choice(["group", "group", "exclusionGroup", "allDevices", "allLicensedUsers", "unheardOf"])
            kinds.add(kind)
            target = {"@odata.type": f"#microsoft.graph.{kind}AssignmentTarget"}
            if kind.lower().endswith("group"):
                target["groupId"] = rng.choice(groups)
                excluded = kind == "exclusionGroup"
                expected[key, target["groupId"]] = expected.get((key, target["groupId"]), False) or excluded
            targets.append({"id": f"assignment-{len(targets)}", "target": target})
        to_all[key] = "allDevices" in kinds, "allLicensedUsers" in kinds, bool(kinds)
        graph.add(f"{MANAGE}/{path}", {"id": key, "assignments": targets})

    assigned = f"{type}_assigned_azure_user_group"
    ran = run_steps(type, assigned, source=graph, manager=MANAGER)

    names = ("appliesToAllDevices", "appliesToAllUsers", "isAssigned")
    assert pairs(ran, assigned) == expected
    assert {row["_key"]: tuple(row[name] for name in names) for row in ran.records[type]} == to_all
    assert dangling(ran, assigned) == sum(group in groups[6:] for _, group in expected)
    assert True in expected.values()
    assert False in expected.values()


STATES = [
    ("compliant", True), ("noncompliant", False), ("inGracePeriod", False), ("conflict", False), ("error", False),
    ("unknown", None), ("configManager", None), (None, None),
]  # fmt: skip


@pytest.mark.parametrize(("state", "compliant"), STATES)
def test_what_is_not_judged_is_neither_compliant_nor_not(
    state: str | None, compliant: bool | None, graph: GraphServer
) -> None:
    organized(graph)
    graph.add(f"{MANAGE}/managedDevices", {"id": "managed-0001", "complianceState": state})
    [device] = run_steps(DEVICE, source=graph, manager=MANAGER).records[DEVICE]
    assert device.get("compliant") is compliant


ADDRESSES = [
    ("02005E100001", "02:00:5e:10:00:01"), ("02-00-5e-10-00-01", "02:00:5e:10:00:01"),
    ("02:00:5E:10:00:01", "02:00:5e:10:00:01"), ("0200.5e10.0001", "02:00:5e:10:00:01"), ("", None), (None, None),
    ("02005E10", "02005E10"), ("not an address", "not an address"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("total", "free", "told"), [(0, 0, (None, None)), (None, None, (None, None)), (64, 0, (64, 0)), (64, 9, (64, 9))]
)
def test_a_device_of_which_nothing_is_known_has_not_a_disk_of_no_size(
    total: int | None, free: int | None, told: tuple[int | None, int | None], graph: GraphServer
) -> None:
    organized(graph)
    device = {"id": "device-0001", "totalStorageSpaceInBytes": total, "freeStorageSpaceInBytes": free}
    graph.add(f"{MANAGE}/managedDevices", device)
    [found] = run_steps(DEVICE, source=graph, manager=MANAGER).records[DEVICE]
    assert (found.get("totalStorageInBytes"), found.get("freeStorageInBytes")) == told


@pytest.mark.parametrize(("written", "read"), ADDRESSES)
def test_addresses_are_written_in_one_way(written: str | None, read: str | None, graph: GraphServer) -> None:
    organized(graph)
    both = {"wiFiMacAddress": written, "ethernetMacAddress": written}
    graph.add(f"{MANAGE}/managedDevices", {"id": "managed-0001", **both})
    [device] = run_steps(DEVICE, source=graph, manager=MANAGER).records[DEVICE]
    assert (device.get("wifiMacAddress"), device.get("ethernetMacAddress")) == (read, read)


@pytest.mark.parametrize("seed", range(4))
def test_each_application_leads_to_its_groups_with_what_it_is_for_them(seed: int, graph: GraphServer) -> None:
    rng = random.Random(seed)
    organized(graph)
    groups = [f"group-{number:04}" for number in range(8)]
    graph.add("/groups", *({"id": id, "displayName": id} for id in groups[:6]))
    graph.add(APPLICATIONS)
    intents: dict[tuple[str, str], set[str]] = {}
    excluded: set[tuple[str, str]] = set()
    for number in range(12):
        key, assignments = f"application-{number:04}", list[Json]()
        for group in rng.choices(groups, k=rng.randrange(5)):
            kind, intent = rng.choice(["group", "group", "exclusionGroup"]), rng.choice(["required", "available", None])
            target = {"@odata.type": f"#microsoft.graph.{kind}AssignmentTarget", "groupId": group}
            assignments.append({"id": f"assignment-{len(assignments)}", "intent": intent, "target": target})
            intents.setdefault((key, group), set()).update([intent] if intent else ())
            excluded |= {(key, group)} if kind == "exclusionGroup" else set()
        assignments.append({"id": "all", "target": {"@odata.type": "#microsoft.graph.allDevicesAssignmentTarget"}})
        graph.add(APPLICATIONS, {"id": key, "assignments": assignments})
    ran = run_steps(TO_GROUP, source=graph, manager=MANAGER)
    found = {(row["_fromEntityKey"], row["_toEntityKey"]): row.get("intent") for row in ran.records[TO_GROUP]}
    assert found == {pair: ",".join(sorted(each)) or None for pair, each in intents.items()}
    assert {pair for pair, exclude in pairs(ran, TO_GROUP).items() if exclude} == excluded
    assert dangling(ran, TO_GROUP) == sum(group in groups[6:] for _, group in found)


TYPES = (DEVICE, *POLICIES, IS, HAS)


def test_a_tenant_without_intune_is_skipped_and_not_asked() -> None:
    tenant = demo_tenant()
    license_tenant(tenant, ["AAD_PREMIUM"])
    with Simulator(tenant) as simulator:
        report = run_steps(*TYPES, source=simulator, manager=MANAGER).report
        asked = {path for path in simulator.stats.requests if path.startswith(MANAGE[1:])}
    assert {type: report.of(type).verdict for type in TYPES} == dict.fromkeys(TYPES, "skipped")
    assert all("not licensed" in report.of(type).reason for type in (DEVICE, *POLICIES))
    assert (asked, report.exit_code()) == (set(), 0)


def test_a_tenant_with_a_part_of_intune_that_says_that_it_has_none_is_skipped() -> None:
    tenant = demo_tenant()
    license_tenant(tenant, ["INTUNE_O365"])
    with Simulator(tenant) as simulator:
        report = run_steps(*TYPES, source=simulator, manager=MANAGER).report
    assert {type: report.of(type).verdict for type in TYPES} == dict.fromkeys(TYPES, "skipped")
    assert "the tenant does not have this" in report.of(DEVICE).reason
    assert report.exit_code() == 0


def test_secrets_of_devices_and_policies_are_not_kept(graph: GraphServer) -> None:
    organized(graph)
    secrets = {"activationLockBypassCode": "PLANTED1", "productKey": "PLANTED2", "payload": "PLANTED3"}
    for path in ("managedDevices", *POLICIES.values()):
        graph.add(f"{MANAGE}/{path}", {"id": f"{path}-0001", **secrets})
    ran = run_steps(DEVICE, *POLICIES, source=graph, manager=MANAGER)
    assert ran.verdicts == dict.fromkeys(ran.verdicts, "complete")
    assert "PLANTED" not in str(ran.records)
