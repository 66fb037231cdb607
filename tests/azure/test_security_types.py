"""What Microsoft Defender for Cloud and Azure Advisor say, however they write it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.azure.reading import Azure, edges, keys, verdicts
from tests.azure.test_governance import properties, put
from tests.simulator.azure import AzureSimulator, AzureTenant
from tests.simulator.azure.tenant import TENANT_ID, Subscription

pytestmark = pytest.mark.every_area

S = "00000000-0000-4000-8000-000000000101"
MACHINE = f"/subscriptions/{S}/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/vm"
SECURITY = "/providers/Microsoft.Security"


@pytest.fixture
def tenant() -> AzureTenant:
    tenant = AzureTenant()
    tenant.add_group(TENANT_ID, TENANT_ID)
    tenant.add_subscription(Subscription(S, "Production", TENANT_ID))
    return tenant


@pytest.fixture
def azure(tenant: AzureTenant) -> Iterator[Azure]:
    with AzureSimulator(tenant) as simulator:
        yield Azure(simulator, {})


def assess(tenant: AzureTenant, name: str, code: str, **given: Any) -> str:
    id = f"{MACHINE}{SECURITY}/assessments/{name}"
    put(tenant, "securityresources", id, "microsoft.security/assessments", {"status": {"code": code}, **given})
    return id.lower()


def test_an_assessment_is_told_while_something_is_wrong(tenant: AzureTenant, azure: Azure) -> None:
    wrong = assess(tenant, "wrong", "Unhealthy", resourceDetails={"Source": "Azure", "Id": MACHINE})
    assess(tenant, "right", "Healthy")
    assess(tenant, "other", "NotApplicable")
    types = ("azure_security_assessment", "azure_subscription_performed_security_assessment")
    assert verdicts(azure.run(*types)) == {"complete"}
    assert keys("azure_security_assessment") == {wrong}
    assert edges() == {(f"/subscriptions/{S}", wrong)}
    assert properties("azure_security_assessment")[0]["scannedResourceId"] == MACHINE.lower()
    assess(tenant, "wrong", "Healthy")
    later = assess(tenant, "right", "Unhealthy")
    assert verdicts(azure.run(*types)) == {"complete"}
    assert keys("azure_security_assessment") == {later}


@pytest.mark.parametrize(
    ("given", "open"),
    [
        ({"Status": "Active"}, True),
        ({"status": "InProgress"}, True),
        ({"Status": "Resolved"}, False),
        ({"status": "dismissed"}, False),
        ({}, None),
    ],
)
def test_an_alert_is_open_until_somebody_closes_it(
    tenant: AzureTenant, azure: Azure, given: dict[str, str], open: bool | None
) -> None:
    id = f"/subscriptions/{S}{SECURITY}/locations/westeurope/alerts/one"
    put(tenant, "securityresources", id, "microsoft.security/locations/alerts", given)
    assert verdicts(azure.run("azure_defender_alert")) == {"complete"}
    (found,) = properties("azure_defender_alert")
    assert found.get("open") is open
    assert "severity" not in found


@pytest.mark.parametrize("written", [lambda value: value, json.dumps], ids=["lists", "texts"])
def test_lists_of_an_alert_are_read_also_where_they_are_texts(
    tenant: AzureTenant, azure: Azure, written: Callable[[Any], Any]
) -> None:
    about = [{"Type": "AzureResource", "AzureResourceId": MACHINE}, {"type": "AAD"}]
    given = {"ResourceIdentifiers": about, "RemediationSteps": ["Close it."], "techniques": ["T1110"]}
    id = f"/subscriptions/{S}{SECURITY}/locations/westeurope/alerts/one"
    told = {name: written(value) for name, value in given.items()}
    put(tenant, "securityresources", id, "microsoft.security/locations/alerts", told)
    assert verdicts(azure.run("azure_defender_alert")) == {"complete"}
    (found,) = properties("azure_defender_alert")
    lists = [found[name] for name in ("resourceIds", "remediationSteps", "techniques")]
    assert lists == [[MACHINE.lower()], ["Close it."], ["T1110"]]


def test_an_alert_is_read_in_the_form_of_the_older_interface_too(tenant: AzureTenant, azure: Azure) -> None:
    alert = {
        "alertDisplayName": "[SAMPLE ALERT] Access from a suspicious address",
        "alertName": "SIMULATED_API_AccessFromSuspiciousIP",
        "detectedTimeUtc": "2024-04-05T11:47:22.7777511Z",
        "reportedTimeUtc": "2024-04-05T12:47:27.244Z",
        "description": "THIS IS A SAMPLE ALERT.",
        "remediationSteps": "To investigate, follow the steps below.\n\n1. Inspect.",
        "reportedSeverity": "High",
        "compromisedEntity": "Sample_API",
        "associatedResource": MACHINE,
        "extendedProperties": {"status Code": "404"},
        "state": "Active",
        "isIncident": False,
        "entities": [{"$id": "centralus_301", "address": "198.51.100.7", "type": "ip"}],
    }
    id = f"/subscriptions/{S}/resourceGroups/RG{SECURITY}/locations/centralus/alerts/2516_e28b"
    put(tenant, "securityresources", id, "microsoft.security/locations/alerts", alert)
    assert verdicts(azure.run("azure_defender_alert")) == {"complete"}
    (found,) = properties("azure_defender_alert")
    assert (found["severity"], found["status"], found["open"]) == ("High", "Active", True)
    assert (found["createdOn"], found["startedOn"]) == (1712321247244, 1712317642777)
    assert (found["alertType"], found["resourceIds"]) == ("SIMULATED_API_AccessFromSuspiciousIP", [MACHINE.lower()])
    assert found["remediationSteps"] == ["To investigate, follow the steps below.\n\n1. Inspect."]


def test_a_plan_tells_the_parts_that_are_on(tenant: AzureTenant, azure: Azure) -> None:
    parts = [{"name": "b", "isEnabled": "True"}, {"name": "a", "isEnabled": True}, {"name": "c", "isEnabled": "False"}]
    plan = {"pricingTier": "Standard", "extensions": parts}
    put(tenant, "securityresources", f"/subscriptions/{S}{SECURITY}/pricings/Dns", "microsoft.security/pricings", plan)
    assert verdicts(azure.run("azure_security_center_subscription_pricing")) == {"complete"}
    assert properties("azure_security_center_subscription_pricing")[0]["enabledExtensions"] == ["a", "b"]


def test_a_part_of_a_plan_that_could_not_be_switched_on_is_told(tenant: AzureTenant, azure: Azure) -> None:
    parts = [
        {"name": "a", "isEnabled": "True", "operationStatus": {"code": "failed", "message": "No rights."}},
        {"name": "b", "isEnabled": "True", "operationStatus": {"code": "Succeeded"}},
        {"name": "c", "isEnabled": "False", "operationStatus": None},
    ]
    plan = {"pricingTier": "Standard", "extensions": parts}
    put(tenant, "securityresources", f"/subscriptions/{S}{SECURITY}/pricings/Dns", "microsoft.security/pricings", plan)
    assert verdicts(azure.run("azure_security_center_subscription_pricing")) == {"complete"}
    (found,) = properties("azure_security_center_subscription_pricing")
    assert (found["failedExtensions"], found["enabledExtensions"]) == (["a"], ["a", "b"])


def test_advice_leads_back_to_the_assessment_that_it_comes_of(tenant: AzureTenant, azure: Azure) -> None:
    assessment = assess(tenant, "wrong", "Unhealthy")
    advice = f"{MACHINE.lower()}/providers/microsoft.advisor/recommendations/one"
    given = {"extendedProperties": {"assessmentKey": "WRONG", "score": "n/a"}, "impact": "Unheard"}
    put(tenant, "advisorresources", advice, "microsoft.advisor/recommendations", given)
    assert verdicts(azure.run("azure_assessment_identified_recommendation")) == {"complete"}
    assert edges() == {(assessment, advice)}
    (found,) = properties("azure_advisor_recommendation")
    assert {"score", "numericSeverity"}.isdisjoint(found)
    assert found["resourceId"] == MACHINE.lower()


def test_advice_leads_back_to_what_it_was_found_by_and_is_open_until_somebody_says_otherwise(
    tenant: AzureTenant, azure: Azure
) -> None:
    assessment = assess(tenant, "wrong", "Unhealthy")
    for status in ("New", "Postponed", "Dismissed", "Completed"):
        given = {"resourceMetadata": {"resourceId": MACHINE, "source": assessment.upper()}}
        advice = f"{MACHINE.lower()}/providers/microsoft.advisor/recommendations/{status.lower()}"
        said = {**given, "recommendationStatus": status}
        put(tenant, "advisorresources", advice, "microsoft.advisor/recommendations", said)
    assert verdicts(azure.run("azure_assessment_identified_recommendation")) == {"complete"}
    found = properties("azure_advisor_recommendation")
    assert len(edges()) == 4
    assert {source for source, _ in edges()} == {assessment}
    assert {each["status"] for each in found if each["open"]} == {"New", "Postponed"}
    assert {each["assessment"] for each in found} == {"wrong"}
