"""What subscriptions and management groups tell one by one: locks, denials, roles to activate, and settings."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.azure.reading import Azure, edges, keys, verdicts
from tests.azure.test_governance import properties, role
from tests.simulator.azure import AzureSimulator, AzureTenant, Fault
from tests.simulator.azure.tenant import TENANT_ID, Subscription, row_of

pytestmark = pytest.mark.every_area

S, T = (f"00000000-0000-4000-8000-{number:012}" for number in (101, 102))
ONE, TWO = f"/subscriptions/{S}", f"/subscriptions/{T}"
ROOT = f"/providers/Microsoft.Management/managementGroups/{TENANT_ID}"
MACHINE = f"{ONE}/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/vm"
AUTHORIZATION, SECURITY = "/providers/Microsoft.Authorization", "/providers/Microsoft.Security"
ELIGIBLE = f"{AUTHORIZATION}/roleEligibilityScheduleInstances"
ROLE = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def tenant() -> AzureTenant:
    tenant = AzureTenant()
    tenant.add_group(TENANT_ID, TENANT_ID)
    tenant.add_subscription(Subscription(S, "Production", TENANT_ID))
    tenant.add_subscription(Subscription(T, "Tests", TENANT_ID))
    tenant.add(row_of(MACHINE, "microsoft.compute/virtualmachines", properties={}))
    return tenant


@pytest.fixture
def azure(tenant: AzureTenant) -> Iterator[Azure]:
    with AzureSimulator(tenant) as simulator:
        yield Azure(simulator, {})


def test_a_lock_is_on_what_its_id_says_and_is_asked_for_once_a_subscription(tenant: AzureTenant, azure: Azure) -> None:
    locks = f"{AUTHORIZATION}/locks"
    on_all = tenant.add_child(ONE, locks, "all", {"level": "CanNotDelete", "notes": None})
    on_machine = tenant.add_child(ONE, locks, "one", {"level": "ReadOnly", "notes": "Ask."}, scope=MACHINE.upper())
    assert verdicts(azure.run("azure_vm", "azure_resource_lock_has_any_resource")) == {"complete"}
    assert edges() == {(on_all.lower(), ONE), (on_machine.lower(), MACHINE.lower())}
    told = {each["name"]: each.get("notes") for each in properties("azure_resource_lock")}
    assert told == {"all": None, "one": ["Ask."]}
    asked = [each.path for each in azure.simulator.requests if each.path.endswith("/locks")]
    assert sorted(asked) == [f"{ONE}{locks}", f"{TWO}{locks}"]


def test_a_denial_that_holds_above_is_told_by_all_below_and_is_one(tenant: AzureTenant, azure: Azure) -> None:
    everybody = {"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}
    denied: dict[str, Any] = {
        "scope": ROOT,
        "permissions": [{"actions": ["*/delete"]}],
        "principals": [everybody],
        "excludePrincipals": [{"id": "service", "type": "ServicePrincipal"}],
    }
    for place in (ONE, TWO):
        id = tenant.add_child(place, f"{AUTHORIZATION}/denyAssignments", "d", denied, scope=ROOT)
    named = [{"id": "user", "type": "User"}, {"id": "user", "type": "User"}, {"id": "group", "type": "Group"}]
    other = tenant.add_child(ONE, f"{AUTHORIZATION}/denyAssignments", "e", {"principals": named})
    types = ("azure_management_group", "azure_deny_assignment", "azure_deny_assignment_denies_any_scope")
    assert verdicts(azure.run(*types)) == {"complete"}
    assert edges() == {(id.lower(), ROOT.lower()), (other.lower(), ONE)}
    by_key = {each["id"].lower(): each for each in properties("azure_deny_assignment")}
    of_all, of_some = by_key[id.lower()], by_key[other.lower()]
    assert (of_all["deniesEverybody"], of_all["principalIds"], of_all["excludedPrincipalIds"]) == (
        True,
        [],
        ["service"],
    )
    assert (of_some["deniesEverybody"], of_some["principalIds"]) == (False, ["group", "user"])
    assert of_all["actions"] == ["*/delete"]


def test_a_role_to_activate_is_one_however_many_scopes_tell_it(tenant: AzureTenant, azure: Azure) -> None:
    role(tenant, "", "BuiltInRole", ["/"])
    given = {"roleDefinitionId": f"{ONE}{AUTHORIZATION}/roleDefinitions/{ROLE}", "principalId": "user"}
    for place, member in ((ROOT, "Direct"), (ONE, "Inherited"), (TWO, "Inherited")):
        tenant.add_child(place, ELIGIBLE, "e", {**given, "scope": ROOT, "memberType": member})
    key = f"{ROOT}{ELIGIBLE}/e".lower()
    types = ("azure_role_eligibility_allows_any_scope", "azure_role_eligibility_uses_definition")
    report = azure.run("azure_management_group", *types)
    assert {report.of(type).verdict for type in ("azure_role_eligibility", *types)} == {"complete"}
    assert keys("azure_role_eligibility") == {key}
    (found,) = properties("azure_role_eligibility")
    assert (found["memberType"], found["roleName"], found["scopeType"]) == ("Direct", "Keeper", "managementGroup")
    assert (key, ROOT.lower()) in edges()


def test_a_tenant_without_the_licence_has_no_roles_to_activate(tenant: AzureTenant, azure: Azure) -> None:
    error = {"code": "AadPremiumLicenseRequired", "message": "The tenant needs Microsoft Entra ID P2."}
    azure.simulator.manager.faults.append(
        Fault(400, lambda asked: "ScheduleInstances" in asked.path, {"error": error}),
    )
    result = azure.run("azure_role_eligibility").of("azure_role_eligibility")
    assert (result.verdict, result.reason.partition(":")[0]) == ("skipped", "not licensed")


def test_contacts_are_told_one_by_one_and_settings_by_subscription(tenant: AzureTenant, azure: Azure) -> None:
    sources: list[Any] = [{"sourceType": "Alert", "minimalSeverity": "High"}, None]
    written = {"emails": "b@contoso.example; a@contoso.example;", "notificationsSources": sources}
    contact = tenant.add_child(ONE, f"{SECURITY}/securityContacts", "default", written)
    setting = tenant.add_child(TWO, f"{SECURITY}/settings", "MCAS", {"enabled": True}, kind="DataExportSettings")
    types = ("azure_security_center_contact", "azure_security_center_setting")
    edge_types = ("azure_subscription_has_security_center_contact", "azure_subscription_has_security_center_setting")
    assert verdicts(azure.run(*types, *edge_types)) == {"complete"}
    assert edges() == {(ONE, contact.lower()), (TWO, setting.lower())}
    (found,) = properties("azure_security_center_contact")
    assert found["emails"] == ["a@contoso.example", "b@contoso.example"]
    assert (found["alertMinimalSeverity"], found.get("attackPathMinimalRiskLevel")) == ("High", None)


def test_a_contact_is_told_of_attack_paths_by_whatever_name(tenant: AzureTenant, azure: Azure) -> None:
    sources = [{"sourceType": "AttachPath", "minimalRiskLevel": "Critical"}, {"sourceType": "Alert"}]
    tenant.add_child(ONE, f"{SECURITY}/securityContacts", "default", {"notificationsSources": sources})
    assert verdicts(azure.run("azure_security_center_contact")) == {"complete"}
    (found,) = properties("azure_security_center_contact")
    assert (found["attackPathMinimalRiskLevel"], found.get("alertMinimalSeverity")) == ("Critical", None)


def test_ports_that_are_opened_on_request_are_of_machines(tenant: AzureTenant, azure: Azure) -> None:
    machines = [{"id": MACHINE.upper(), "ports": [{"number": 3389}, {"number": 22}]}, {"id": MACHINE, "ports": []}]
    policy = tenant.add_child(ONE, f"{SECURITY}/jitNetworkAccessPolicies", "default", {"virtualMachines": machines})
    assert verdicts(azure.run("azure_jit_network_access_policy_protects_vm")) == {"complete"}
    assert edges() == {(policy.lower(), MACHINE.lower())}
    assert properties("azure_jit_network_access_policy")[0]["ports"] == ["22", "3389"]
