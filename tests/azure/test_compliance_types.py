"""What rules do not hold for, what does not keep to them, and who manages what from outside."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.azure.reading import Azure, edges, keys, verdicts
from tests.azure.test_governance import properties, put, role
from tests.simulator.azure import AzureSimulator, AzureTenant
from tests.simulator.azure.tenant import TENANT_ID, Subscription, row_of

pytestmark = pytest.mark.every_area

S = "00000000-0000-4000-8000-000000000101"
SUBSCRIPTION = f"/subscriptions/{S}"
MACHINE = f"{SUBSCRIPTION}/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/vm"
AUTHORIZATION = "/providers/Microsoft.Authorization"
SUB_ASSESSMENT = "microsoft.security/assessments/subassessments"
LIGHTHOUSE = f"{SUBSCRIPTION}/providers/Microsoft.ManagedServices"
ROLE = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def tenant() -> AzureTenant:
    tenant = AzureTenant()
    tenant.add_group(TENANT_ID, TENANT_ID)
    tenant.add_subscription(Subscription(S, "Production", TENANT_ID))
    tenant.add(row_of(MACHINE, "microsoft.compute/virtualmachines", properties={}))
    return tenant


@pytest.fixture
def azure(tenant: AzureTenant) -> Iterator[Azure]:
    with AzureSimulator(tenant) as simulator:
        yield Azure(simulator, {})


def test_an_exemption_holds_where_its_id_says(tenant: AzureTenant, azure: Azure) -> None:
    assignment = f"{SUBSCRIPTION}{AUTHORIZATION}/policyAssignments/a"
    put(tenant, "policyresources", assignment, "microsoft.authorization/policyassignments", {})
    exemption = f"{MACHINE}{AUTHORIZATION}/policyExemptions/e"
    given = {"policyAssignmentId": assignment.upper(), "expiresOn": None}
    put(tenant, "policyresources", exemption, "microsoft.authorization/policyexemptions", given)
    types = ("azure_resource_has_policy_exemption", "azure_policy_assignment_has_exemption")
    assert verdicts(azure.run("azure_vm", *types)) == {"complete"}
    assert edges() == {(MACHINE.lower(), exemption.lower()), (assignment.lower(), exemption.lower())}
    assert properties("azure_policy_exemption")[0]["scope"] == MACHINE.lower()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (None, None),
        ([None, {"name": "a", "selectors": None}], None),
        (
            [
                {"selectors": [{"kind": "resourceLocation", "in": ["westeurope", "eastus"]}]},
                {"selectors": [{"kind": "resourceType", "notIn": ["microsoft.sql/servers"], "in": None}]},
            ],
            ["resourceLocation in westeurope, eastus", "resourceType not in microsoft.sql/servers"],
        ),
    ],
)
def test_an_exemption_tells_which_resources_of_its_scope_it_is_for(
    tenant: AzureTenant, azure: Azure, told: Any, expected: list[str] | None
) -> None:
    exemption = f"{MACHINE}{AUTHORIZATION}/policyExemptions/e"
    put(tenant, "policyresources", exemption, "microsoft.authorization/policyexemptions", {"resourceSelectors": told})
    assert verdicts(azure.run("azure_policy_exemption")) == {"complete"}
    assert properties("azure_policy_exemption")[0].get("resourceSelectors") == expected


def test_of_the_states_of_resources_those_are_told_that_break_a_rule(tenant: AzureTenant, azure: Azure) -> None:
    states = f"{SUBSCRIPTION}/providers/Microsoft.PolicyInsights/policyStates"
    for name, state in (("kept", "Compliant"), ("broken", "NonCompliant"), ("let", "Exempt")):
        given = {"resourceId": MACHINE.upper(), "complianceState": state, "policyDefinitionId": "", "timestamp": name}
        given["managementGroupIds"] = "mg-one,mg-root"
        put(tenant, "policyresources", f"{states}/{name}", "microsoft.policyinsights/policystates", given)
    assert verdicts(azure.run("azure_vm", "azure_resource_has_policy_state", "azure_policy_state")) == {"complete"}
    assert edges() == {(MACHINE.lower(), f"{states}/broken".lower())}
    (found,) = properties("azure_policy_state")
    assert found["managementGroupIds"] == ["mg-one", "mg-root"]
    assert "policyDefinitionId" not in found
    assert "timestamp" not in found


def test_what_keeps_to_all_rules_and_is_healthy_is_not_read(tenant: AzureTenant, azure: Azure) -> None:
    """There is a row for each resource and each rule, of which few tell that something is wrong."""
    states = f"{SUBSCRIPTION}/providers/Microsoft.PolicyInsights/policyStates"
    for number in range(1_500):
        given: dict[str, Any] = {"resourceId": MACHINE, "complianceState": "Compliant" if number else "nonCompliant"}
        put(tenant, "policyresources", f"{states}/{number}", "microsoft.policyinsights/policystates", given)
        found = f"{MACHINE}/providers/Microsoft.Security/assessments/{number}"
        for id, type in ((found, "microsoft.security/assessments"), (f"{found}/subAssessments/s", SUB_ASSESSMENT)):
            put(tenant, "securityresources", id, type, {"status": {"code": "Healthy" if number else "unhealthy"}})
    types = ("azure_policy_state", "azure_security_assessment", "azure_security_sub_assessment")
    report = azure.run(*types)
    assert {report.of(type).verdict for type in types} == {"complete"}
    assert {report.of(type).count for type in types} == {1}
    assert len(azure.simulator.queries) == len(types) + 2  # and which subscriptions there are, and how many


def test_states_are_read_only_where_somebody_asks_for_them(azure: Azure) -> None:
    assert verdicts(azure.run("azure_policy_assignment")) == {"complete"}
    assert not any("policystates" in each.query for each in azure.simulator.queries)


@pytest.mark.parametrize("told_with_it", [True, False])
def test_a_delegation_says_what_was_offered_wherever_that_is_told(
    tenant: AzureTenant, azure: Azure, told_with_it: bool
) -> None:
    role(tenant, "", "BuiltInRole", ["/"])
    offer = {
        "managedByTenantId": "Other",
        "authorizations": [{"principalId": "who", "principalIdDisplayName": "Support", "roleDefinitionId": ROLE}],
        "eligibleAuthorizations": [{"principalId": "whoelse", "roleDefinitionId": "unseen"}],
    }
    definition = f"{LIGHTHOUSE}/registrationDefinitions/d"
    told: dict[str, Any] = {"registrationDefinitionId": definition.upper()}
    if told_with_it:
        told["registrationDefinition"] = {"properties": offer}
    else:
        put(tenant, "managedserviceresources", definition, "microsoft.managedservices/registrationdefinitions", offer)
    delegation = f"{LIGHTHOUSE}/registrationAssignments/a"
    put(tenant, "managedserviceresources", delegation, "microsoft.managedservices/registrationassignments", told)
    types = (
        "azure_resource_has_lighthouse_delegation",
        "azure_lighthouse_delegation_uses_role_definition",
        "azure_lighthouse_delegation_allows_managing_tenant",
    )
    report = azure.run(*types, "azure_subscription")
    assert {report.of(type).verdict for type in ("azure_lighthouse_delegation", types[0])} == {"complete"}
    (found,) = properties("azure_lighthouse_delegation")
    assert (found["managedByTenantId"], found["scope"]) == ("Other", SUBSCRIPTION)
    assert (found["authorizations"], found["eligibleAuthorizations"]) == (["Support=Keeper"], ["whoelse=unseen"])
    assert found["principalIds"] == ["who", "whoelse"]
    known = f"/providers/microsoft.authorization/roledefinitions/{ROLE}"
    assert {(SUBSCRIPTION, delegation.lower()), (delegation.lower(), known)} <= edges()
    assert (delegation.lower(), "azure_managing_tenant:other") in edges()
    assert [of["tenantId"] for of in properties("azure_managing_tenant")] == ["other"]


@pytest.mark.parametrize("named", [None, "Support"])
def test_a_tenant_that_a_subscription_names_manages_it(tenant: AzureTenant, azure: Azure, named: str | None) -> None:
    """It is the tenant that a delegation tells, too, and keeps the name that this has for it."""
    told: list[Any] = [{"tenantId": "Other"}, {"tenantId": "third"}, {"tenantId": None}, {}]
    tenant.tables["resourcecontainers"][SUBSCRIPTION]["properties"]["managedByTenants"] = told
    definition = f"{LIGHTHOUSE}/registrationDefinitions/d"
    offer = {"managedByTenantId": "OTHER", "managedByTenantName": named}
    put(tenant, "managedserviceresources", definition, "microsoft.managedservices/registrationdefinitions", offer)
    delegation, type = f"{LIGHTHOUSE}/registrationAssignments/a", "microsoft.managedservices/registrationassignments"
    put(tenant, "managedserviceresources", delegation, type, {"registrationDefinitionId": definition})
    assert verdicts(azure.run("azure_managing_tenant_manages_subscription")) == {"complete"}
    assert edges() == {(f"azure_managing_tenant:{id}", SUBSCRIPTION) for id in ("other", "third")}
    assert sorted(of["name"] for of in properties("azure_managing_tenant")) == sorted([named or "other", "third"])


def test_who_activates_a_role_without_multifactor_authentication_is_told(tenant: AzureTenant, azure: Azure) -> None:
    ways: dict[str, Any] = {"unsaid": None, "empty": {}, "none": "None", "asked": "azure"}
    policies = {who: {"multiFactorAuthProvider": way} if isinstance(way, str) else way for who, way in ways.items()}
    eligible = [
        {"principalId": who, "roleDefinitionId": "keeper", "justInTimeAccessPolicy": policy}
        for who, policy in policies.items()
    ]
    delegation, kind = f"{LIGHTHOUSE}/registrationAssignments/a", "microsoft.managedservices/registrationassignments"
    told = {"registrationDefinition": {"properties": {"eligibleAuthorizations": eligible}}}
    put(tenant, "managedserviceresources", delegation, kind, told)
    assert verdicts(azure.run("azure_lighthouse_delegation")) == {"complete"}
    (found,) = properties("azure_lighthouse_delegation")
    assert found["eligibleWithoutMfa"] == ["empty=keeper", "none=keeper", "unsaid=keeper"]
    assert found["eligibleAuthorizations"] == ["asked=keeper", *found["eligibleWithoutMfa"]]


def test_an_alert_on_a_subscription_is_told_once(tenant: AzureTenant, azure: Azure) -> None:
    alert = f"{SUBSCRIPTION}/providers/Microsoft.Security/locations/westeurope/alerts/one"
    ids = (SUBSCRIPTION.upper(), MACHINE.upper(), MACHINE)
    about = [{"type": "AzureResource", "azureResourceId": id} for id in ids]
    put(tenant, "securityresources", alert, "microsoft.security/locations/alerts", {"resourceIdentifiers": about})
    types = ("azure_resource_has_defender_alert", "azure_subscription_has_defender_alert")
    assert verdicts(azure.run("azure_vm", *types)) == {"complete"}
    assert edges() == {(SUBSCRIPTION, alert.lower()), (MACHINE.lower(), alert.lower())}


def test_findings_are_below_the_assessment_that_rests_on_them(tenant: AzureTenant, azure: Azure) -> None:
    assessment = f"{MACHINE}/providers/Microsoft.Security/assessments/a"
    wrong: dict[str, Any] = {"status": {"code": "Unhealthy", "severity": "Low"}}
    about = {"resourceDetails": {"Source": "Azure", "Id": MACHINE}}
    put(tenant, "securityresources", assessment, "microsoft.security/assessments", wrong | about)
    for name, given in (("one", wrong), ("two", {"status": {"code": "Healthy"}}), ("three", {"status": None})):
        id = f"{assessment}/subAssessments/{name}"
        put(tenant, "securityresources", id, "microsoft.security/assessments/subassessments", given)
    types = ("azure_security_assessment_has_sub_assessment", "azure_resource_has_security_assessment")
    assert verdicts(azure.run("azure_vm", *types)) == {"complete"}
    finding = f"{assessment}/subassessments/one".lower()
    assert keys("azure_security_sub_assessment") == {finding}
    assert edges() == {(assessment.lower(), finding), (MACHINE.lower(), assessment.lower())}
    assert properties("azure_security_sub_assessment")[0]["numericSeverity"] == 1
