"""What Microsoft Intune tells device by device, against what was put in."""

import random

import pytest

from integration import load
from integration.testing import GraphServer, assert_records, run_steps
from integration.testing.running import Ran

pytestmark = pytest.mark.every_area

MANAGER = load()
MANAGE = "/deviceManagement"
DEVICE, AGENT, FINDING = "intune_managed_device", "intune_host_agent", "intune_noncompliance_finding"
PATHS = {
    "compliance_policy": f"{MANAGE}/deviceCompliancePolicies",
    "device_configuration": f"{MANAGE}/deviceConfigurations",
}
STATUSES = (
    "compliant",
    "remediated",
    "nonCompliant",
    "Error",
    "conflict",
    "unknown",
    "notApplicable",
    "notAssigned",
    None,
)
OPEN, MEANT = STATUSES[2:6], STATUSES[:6]
INSTALLED = "intune_managed_device_installed_detected_application"
PLANS = [{"servicePlanId": "plan-1", "servicePlanName": "INTUNE_A"}]


def organized(graph: GraphServer, *devices: str) -> None:
    """Put a tenant with a licence for Intune and some devices."""
    graph.add("/organization", {"id": "aaaabbbb-0000-1111-2222-ccccdddd0000", "displayName": "Contoso"})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
    graph.add("/subscribedSkus", {"id": "t_1", "skuId": "s", "capabilityStatus": "Enabled", "servicePlans": PLANS})
    graph.add(f"{MANAGE}/managedDevices", *({"id": id, "deviceName": f"name of {id}"} for id in devices))
    for path in PATHS.values():
        graph.add(path)


def pairs(ran: Ran, type: str) -> set[tuple[str, str]]:
    """The ends of each relationship of a type."""
    return {(row["_fromEntityKey"], row["_toEntityKey"]) for row in ran.records[type]}


@pytest.mark.parametrize("seed", range(4))
def test_each_device_has_what_is_found_on_it(seed: int, graph: GraphServer) -> None:
    rng = random.Random(seed)
    devices = [f"device-{number:04}" for number in range(8)]
    organized(graph, *devices)
    expected: set[tuple[str, str]] = set()
    graph.add(f"{MANAGE}/detectedApps")
    for application in (f"application-{number:04}" for number in range(30)):
        graph.add(f"{MANAGE}/detectedApps", {"id": application, "displayName": application})
        having = rng.sample([*devices, "device-gone"], rng.randrange(5))
        graph.relate(f"{MANAGE}/detectedApps", application, "managedDevices", *({"id": id} for id in having))
        expected |= {(id, application) for id in having}
    ran = run_steps(INSTALLED, source=graph, manager=MANAGER)
    assert (pairs(ran, INSTALLED), ran.verdicts[INSTALLED]) == (expected, "complete")


@pytest.mark.parametrize("seed", range(6))
def test_each_status_is_an_edge_or_a_finding_or_both(seed: int, graph: GraphServer) -> None:
    rng = random.Random(seed)
    devices = [f"device-{number:04}" for number in range(6)]
    organized(graph, *devices)
    told: dict[tuple[str, str, str], set[str]] = {}
    found: dict[str, tuple[str, str, str]] = {}
    for kind, path in PATHS.items():
        for policy in (f"{kind}-{number:04}" for number in range(4)):
            graph.add(path, {"id": policy, "displayName": f"name of {policy}"})
            rows = []
            for number in range(rng.randrange(9)):
                device, status = rng.choice(devices), rng.choice(STATUSES)
                rows.append({"id": f"user-{number}_{policy}_{device}", "status": status})
                if status in MEANT:
                    told.setdefault((kind, device, policy), set()).add(str(status))
                if status in OPEN:
                    found[rows[-1]["id"] or ""] = (kind, policy, device)
            graph.relate(path, policy, "deviceStatuses", *rows)

    identified = {kind: f"intune_{kind}_identified_noncompliance_finding" for kind in PATHS}
    assigned = {kind: f"{AGENT}_assigned_{kind}" for kind in PATHS}
    has = f"{DEVICE}_has_noncompliance_finding"
    ran = run_steps(FINDING, has, *identified.values(), *assigned.values(), source=graph, manager=MANAGER)

    assert {ran.verdicts[type] for type in (FINDING, has, *identified.values(), *assigned.values())} == {"complete"}
    assert {row["_key"] for row in ran.records[FINDING]} == {*found}
    assert pairs(ran, has) == {(device, key) for key, (_, _, device) in found.items()}
    for kind in PATHS:
        assert pairs(ran, identified[kind]) == {(policy, key) for key, (of, policy, _) in found.items() if of == kind}
        edges = {(row["_fromEntityKey"], row["_toEntityKey"]): row for row in ran.records[assigned[kind]]}
        wanted = {
            (f"intune-host-agent:{device}", policy): each for (of, device, policy), each in told.items() if of == kind
        }
        assert {pair: set(row["complianceStatus"].split(", ")) for pair, row in edges.items()} == wanted
        judged = {pair: None if "unknown" in each else each <= {*STATUSES[:2]} for pair, each in wanted.items()}
        assert {pair: row.get("compliant") for pair, row in edges.items()} == judged


def test_a_finding_tells_what_is_not_kept_to_where_and_how_bad_that_is(graph: GraphServer) -> None:
    organized(graph, "device-0001")
    path = PATHS["compliance_policy"]
    graph.add(path, {"id": "policy-0001", "displayName": "Encrypted"})
    status = {"deviceDisplayName": "LAPTOP", "lastReportedDateTime": "1970-01-01T00:00:01Z", "userName": "PLANTED"}
    rows = [{"id": f"{name}_policy-0001_device-0001", "status": name, **status} for name in ("nonCompliant", "unknown")]
    graph.relate(path, "policy-0001", "deviceStatuses", *rows)
    ran = run_steps(FINDING, AGENT, source=graph, manager=MANAGER)
    same = {"open": True, "deviceId": "device-0001", "policyId": "policy-0001", "displayName": "Encrypted: LAPTOP"}
    same |= {"_class": ["Finding"], "category": "endpoint-compliance", "lastReportedOn": 1000}
    bad, unknown = ({"severity": "high", "numericSeverity": 6}, {"severity": "medium", "numericSeverity": 4})
    expected = [{"_key": rows[0]["id"], **same, **bad}, {"_key": rows[1]["id"], **same, **unknown}]
    assert_records(ran.records[FINDING], expected)
    agent = {"_key": "intune-host-agent:device-0001", "displayName": "Intune on name of device-0001"}
    assert_records(ran.records[AGENT], [{**agent, "_class": ["HostAgent"], "deviceId": "device-0001"}])
    assert "PLANTED" not in str(ran.records)


def test_a_policy_that_refuses_costs_its_own_findings(graph: GraphServer) -> None:
    organized(graph, "device-0001")
    path = PATHS["compliance_policy"]
    for policy in ("policy-0001", "policy-0002"):
        graph.add(path, {"id": policy, "displayName": policy})
        graph.relate(path, policy, "deviceStatuses", {"id": f"u_{policy}_device-0001", "status": "error"})
    graph.fail(f"{path}/policy-0002/deviceStatuses", status=403, code="Forbidden")
    ran = run_steps(FINDING, source=graph, manager=MANAGER)
    assert (ran.verdicts[FINDING], len(ran.records[FINDING])) == ("partial", 1)
