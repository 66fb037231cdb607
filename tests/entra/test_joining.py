"""Lifecycle workflows, enrollment, security attributes, classified permissions and sensors, against what was put in."""

import random
from typing import Any

import pytest

from integration import load
from integration.testing import GraphServer, assert_records, run_steps
from integration.testing.running import Ran
from tests.simulator import Simulator, demo_tenant, license_tenant

pytestmark = pytest.mark.every_area

MANAGER = load()
WORKFLOW, CREATED = "azure_lifecycle_workflow", "azure_user_created_lifecycle_workflow"
SENSOR, ISSUE = "azure_defender_identity_sensor", "azure_defender_identity_health_issue"
HAS_ISSUE = "azure_defender_identity_sensor_has_health_issue"
SET, ATTRIBUTE = "azure_attribute_set", "azure_custom_security_attribute_definition"
HAS_ATTRIBUTE = "azure_attribute_set_has_custom_security_attribute_definition"
CLASSIFIED = "azure_delegated_permission_classification"
HAS_CLASSIFIED = "azure_oauth2_permission_scope_has_delegated_permission_classification"
ENROLLMENT = "intune_device_enrollment_configuration"
WORKFLOWS = "/identityGovernance/lifecycleWorkflows/workflows"
PLANS = [
    {"servicePlanId": f"plan-{name}", "servicePlanName": name}
    for name in ("AAD_PREMIUM_P2", "ATA", "Entra_Identity_Governance", "INTUNE_A")
]


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    """A tenant with the licences, and nothing else."""
    graph.add("/organization", {"id": "aaaabbbb-0000-1111-2222-ccccdddd0000", "displayName": "Contoso"})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
    graph.add("/subscribedSkus", {"id": "t_1", "skuId": "s", "capabilityStatus": "Enabled", "servicePlans": PLANS})
    return graph


def pairs(ran: Ran, type: str) -> set[tuple[str, str]]:
    return {(row["_fromEntityKey"], row["_toEntityKey"]) for row in ran.records[type]}


def dangling(ran: Ran, type: str) -> Any:
    return ran.report.of(type).problems.get("danglingEnds", {}).get("count", 0)


@pytest.mark.parametrize("seed", range(4))
def test_a_workflow_leads_to_who_made_it_where_that_is_a_user(seed: int, tenant: GraphServer) -> None:
    rng = random.Random(seed)
    users = [f"user-{number:06}" for number in range(5)]
    tenant.add("/users", *({"id": id, "displayName": id} for id in users[:4]))
    expected, days = set(), {}
    for number in range(20):
        key, author = f"workflow-{number:04}", rng.choice([*users, None])
        days[key] = rng.choice([None, -7, 0, 7])
        trigger = None if days[key] is None else {"offsetInDays": days[key], "timeBasedAttribute": "employeeHireDate"}
        conditions = rng.choice([None, {}, {"trigger": trigger}]) if trigger is None else {"trigger": trigger}
        made = {"createdBy": {"id": author} if author else None, "executionConditions": conditions}
        tenant.add(WORKFLOWS, {"id": key, "displayName": rng.choice([None, "Leavers"]), **made})
        if author:
            expected.add((author, key))
    ran = run_steps(CREATED, source=tenant, manager=MANAGER)
    assert ran.verdicts[CREATED] == ran.verdicts[WORKFLOW] == "complete"
    assert pairs(ran, CREATED) == expected
    assert dangling(ran, CREATED) == sum(author == users[4] for author, _ in expected)
    assert {row["_key"]: row.get("triggerOffsetInDays") for row in ran.records[WORKFLOW]} == days


@pytest.mark.parametrize(
    ("plans", "skipped"),
    [
        (["AAD_PREMIUM_P2"], {WORKFLOW, SENSOR, ISSUE}),
        (["Entra_Identity_Governance"], {SENSOR, ISSUE}),
        (["ATA"], {WORKFLOW}),
        (["ATA", "Entra_Identity_Governance"], set()),
    ],
)
def test_what_is_not_licensed_is_not_asked(plans: list[str], skipped: set[str]) -> None:
    made = demo_tenant()
    license_tenant(made, plans)
    with Simulator(made) as simulator:
        verdicts = run_steps(WORKFLOW, SENSOR, ISSUE, source=simulator, manager=MANAGER).verdicts
        asked = {each.path.partition("?")[0] for each in simulator.requests}
    assert {type for type in (WORKFLOW, SENSOR, ISSUE) if verdicts[type] == "skipped"} == skipped
    paths = {WORKFLOW: WORKFLOWS, SENSOR: "/security/identities/sensors", ISSUE: "/security/identities/healthIssues"}
    assert {type for type, path in paths.items() if not any(each.endswith(path) for each in asked)} == skipped


def test_an_issue_leads_to_the_sensors_that_it_names_in_any_case_of_letters(tenant: GraphServer) -> None:
    tenant.add(
        "/security/identities/sensors",
        {"id": "sensor-0001", "displayName": "DC1", "domainName": "corp.example"},
        {"id": "sensor-0002", "displayName": "DC2", "settings": {"domainControllerDnsNames": ["dc2.corp.example"]}},
        {"id": "sensor-0003", "displayName": None, "domainName": "corp.example", "settings": None},
    )
    tenant.add(
        "/security/identities/healthIssues",
        {"id": "issue-00001", "sensorDNSNames": ["dc1.CORP.example", "DC2.corp.example"], "severity": "HIGH"},
        {"id": "issue-00002", "sensorDNSNames": ["dc2.corp.example", "gone.corp.example"], "status": "Open"},
        {"id": "issue-00003", "sensorDNSNames": None, "severity": "newInGraph", "status": "suppressed"},
    )
    ran = run_steps(HAS_ISSUE, source=tenant, manager=MANAGER)
    assert ran.verdicts[HAS_ISSUE] == "complete"
    assert pairs(ran, HAS_ISSUE) == {
        ("sensor-0001", "issue-00001"),
        ("sensor-0002", "issue-00001"),
        ("sensor-0002", "issue-00002"),
        (f"{SENSOR}:gone.corp.example", "issue-00002"),
    }
    assert dangling(ran, HAS_ISSUE) == 1
    assert_records(
        ran.records[ISSUE],
        [
            {"_key": "issue-00001", "severity": "high", "numericSeverity": 8, "open": False},
            {"_key": "issue-00002", "severity": "unknown", "numericSeverity": 0, "open": True},
            {"_key": "issue-00003", "severity": "unknown", "numericSeverity": 0, "open": False},
        ],
    )


@pytest.mark.parametrize("written", ["Engineering", "engineering", "ENGINEERING"])
def test_an_attribute_and_a_role_lead_to_their_set_in_any_case_of_letters(written: str, tenant: GraphServer) -> None:
    tenant.add("/directory/attributeSets", {"id": "Engineering", "description": None, "maxAttributesPerSet": None})
    values = [{"id": value, "isActive": active} for value, active in (("b", True), ("c", False), ("a", True))]
    tenant.add(
        "/directory/customSecurityAttributeDefinitions",
        {"id": f"{written}_Level", "name": "Level", "attributeSet": written, "allowedValues": values},
        {"id": "Loose", "name": None, "attributeSet": None, "allowedValues": []},
    )
    tenant.add("/roleManagement/directory/roleDefinitions", {"id": "role-000001", "displayName": "Attributes"})
    over = {"id": "assignment-1", "principalId": "user-000001", "roleDefinitionId": "role-000001"}
    tenant.add("/roleManagement/directory/roleAssignments", {**over, "directoryScopeId": f"/attributeSets/{written}"})
    allows = "azure_ad_role_assignment_allows_attribute_set"
    ran = run_steps(HAS_ATTRIBUTE, allows, source=tenant, manager=MANAGER)
    assert pairs(ran, HAS_ATTRIBUTE) == {(f"{SET}:engineering", f"{ATTRIBUTE}:{written}_Level")}
    assert pairs(ran, allows) == {("assignment-1", f"{SET}:engineering")}
    assert (dangling(ran, HAS_ATTRIBUTE), dangling(ran, allows)) == (0, 0)
    assert_records(
        ran.records[ATTRIBUTE],
        [
            {"_key": f"{ATTRIBUTE}:{written}_Level", "allowedValues": ["a", "b"]},
            {"_key": f"{ATTRIBUTE}:Loose", "name": "Loose", "displayName": "Loose", "allowedValues": []},
        ],
    )


def test_a_permission_leads_to_how_it_is_classified_by_each_service_principal(tenant: GraphServer) -> None:
    scopes = [{"id": "scope-0001", "value": "User.Read"}, {"id": "scope-0002", "value": "Mail.Read"}]
    for resource in ("service-0001", "service-0002"):
        tenant.add("/servicePrincipals", {"id": resource, "appId": f"app-{resource}", "oauth2PermissionScopes": scopes})
    rows: list[dict[str, Any]] = [
        {"id": "class-000001", "classification": "low", "permissionId": "scope-0001", "permissionName": "User.Read"},
        {"id": "class-000002", "classification": None, "permissionId": "scope-gone", "permissionName": None},
    ]
    tenant.relate("/servicePrincipals", "service-0001", "delegatedPermissionClassifications", *rows)
    tenant.relate("/servicePrincipals", "service-0002", "delegatedPermissionClassifications", rows[0])
    ran = run_steps(HAS_CLASSIFIED, source=tenant, manager=MANAGER)
    scope = "azure_oauth2_permission_scope"
    assert pairs(ran, HAS_CLASSIFIED) == {
        (f"{scope}:service-0001:scope-0001", f"{CLASSIFIED}:service-0001:class-000001"),
        (f"{scope}:service-0001:scope-gone", f"{CLASSIFIED}:service-0001:class-000002"),
        (f"{scope}:service-0002:scope-0001", f"{CLASSIFIED}:service-0002:class-000001"),
    }
    assert dangling(ran, HAS_CLASSIFIED) == 1
    assert {row["displayName"] for row in ran.records[CLASSIFIED]} == {"User.Read: low", "scope-gone"}


def test_what_a_configuration_does_not_restrict_is_not_called_open(tenant: GraphServer) -> None:
    blocked = {"platformBlocked": True, "personalDeviceEnrollmentBlocked": None}
    tenant.add(
        "/deviceManagement/deviceEnrollmentConfigurations",
        {"id": "limit-00001", "limit": 5, "assignments": []},
        {"id": "platforms-1", "iosRestriction": blocked, "windowsRestriction": None, "assignments": []},
    )
    found = run_steps(ENROLLMENT, source=tenant, manager=MANAGER).records[ENROLLMENT]
    assert_records(
        found,
        [
            {"_key": "limit-00001", "limit": 5, "blockedPlatforms": None},
            {"_key": "platforms-1", "blockedPlatforms": ["ios"], "personallyBlockedPlatforms": []},
        ],
    )


@pytest.mark.parametrize(
    ("type", "path", "permission"),
    [
        (WORKFLOW, WORKFLOWS, "LifecycleWorkflows-Workflow.ReadBasic.All"),
        (SENSOR, "/security/identities/sensors", "SecurityIdentitiesSensors.Read.All"),
        (ISSUE, "/security/identities/healthIssues", "SecurityIdentitiesHealth.Read.All"),
        (SET, "/directory/attributeSets", "CustomSecAttributeDefinition.Read.All"),
        (ENROLLMENT, "/deviceManagement/deviceEnrollmentConfigurations", "DeviceManagementServiceConfig.Read.All"),
    ],
)
def test_a_refusal_is_told_with_the_permission(type: str, path: str, permission: str, tenant: GraphServer) -> None:
    tenant.fail(path, status=403, code="Authorization_RequestDenied")
    result = run_steps(type, source=tenant, manager=MANAGER).report.of(type)
    assert result.verdict == "failed"
    assert permission in result.reason
