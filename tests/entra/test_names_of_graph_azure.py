"""Properties have the names that graph-azure gives them too, on rows of the shape that a tenant gave."""

import pytest

from integration import load
from integration.testing import GraphServer, assert_records, run_steps

pytestmark = pytest.mark.every_area

MANAGER = load()
ENABLED = {"capabilityStatus": "Enabled"}
USER, DEVICE, POLICY, PLACE = (f"{number:08}-0000-4000-8000-000000000000" for number in range(1, 5))
NAMED_LOCATION = "azure_conditional_access_named_location"
SEEN, CHECKED, SYNCED = 1706823780000, 1706910180000, 1706996580000


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    """A Graph with one object of each kind, and a premium licence."""
    premium = {"servicePlanId": "plan-1", "servicePlanName": "AAD_PREMIUM", "provisioningStatus": "Success"}
    graph.add("/subscribedSkus", {"id": "sku-0001", "skuId": "sku", "servicePlans": [premium], **ENABLED})
    graph.add(
        "/users",
        {
            "id": USER,
            "displayName": "Ada Example",
            "userPrincipalName": "ada_fabrikam.example#EXT#@contoso.example",
            "givenName": None,
            "surname": None,
            "accountEnabled": True,
            "employeeHireDate": "2024-02-01T00:00:00Z",
            "businessPhones": [],
        },
    )
    graph.add(
        "/devices",
        {
            "id": DEVICE,
            "displayName": "DESKTOP-1",
            "deviceId": DEVICE,
            "deviceMetadata": "metadata",
            "approximateLastSignInDateTime": "2024-02-01T21:43:00Z",
            "complianceExpirationDateTime": "2024-02-02T21:43:00Z",
            "onPremisesLastSyncDateTime": "2024-02-03T21:43:00Z",
            "onPremisesSyncEnabled": True,
        },
    )
    graph.add("/domains", {"id": "contoso.example", "authenticationType": "Managed", "state": None})
    graph.add(
        "/identity/conditionalAccess/policies",
        {
            "id": POLICY,
            "templateId": None,
            "displayName": "Block",
            "createdDateTime": "2024-06-26T06:07:15.7037785Z",
            "modifiedDateTime": None,
            "state": "enabledForReportingButNotEnforced",
            "sessionControls": None,
            "grantControls": None,
            "conditions": {
                "applications": {"includeApplications": ["All"], "applicationFilter": None},
                "users": {"includeUsers": [USER], "includeGuestsOrExternalUsers": None},
                "locations": None,
                "platforms": None,
            },
        },
    )
    graph.add(
        "/identity/conditionalAccess/namedLocations",
        {
            "@odata.type": "#microsoft.graph.countryNamedLocation",
            "id": PLACE,
            "displayName": "Home",
            "createdDateTime": "2024-06-26T06:07:15.7037785Z",
            "countriesAndRegions": ["US"],
            "countryLookupMethod": "clientIpAddress",
        },
    )
    return graph


def test_properties_have_the_names_of_graph_azure_too(tenant: GraphServer) -> None:
    types = ("azure_user", "azure_device", "azure_domain", "azure_conditional_access_policy", NAMED_LOCATION)
    ran = run_steps(*types, source=tenant, manager=MANAGER)
    assert {type: ran.verdicts[type] for type in types} == dict.fromkeys(types, "complete")
    created = {"createdDateTime": 1719382035703, "createdOn": 1719382035703}
    names = {"firstName": "Ada", "lastName": "Example", "isAccountEnabled": True, "employeeHireOn": 1706745600000}
    assert_records(ran.records["azure_user"], [{"_key": USER, **names}])
    assert_records(
        ran.records["azure_device"],
        [
            {
                "_key": DEVICE,
                "approximateLastSignInDateTime": SEEN,
                "approximateLastSignInOn": SEEN,
                "complianceExpirationDateTime": CHECKED,
                "complianceExpirationOn": CHECKED,
                "onPremisesLastSyncDateTime": SYNCED,
                "onPremisesLastSyncOn": SYNCED,
                "isOnPremisesSyncEnabled": True,
                "deviceMetadata": "metadata",
            }
        ],
    )
    assert_records(ran.records["azure_domain"], [{"_key": "azure_domain:contoso.example", "function": ["IAM"]}])
    policy = {"includeApplication": ["All"], "includeUsers": [USER], **created}
    key = f"azure_conditional_access_policy:{POLICY}"
    assert_records(ran.records["azure_conditional_access_policy"], [{"_key": key, **policy}])
    place = {"countriesAndRegions": ["US"], **created}
    assert_records(ran.records[NAMED_LOCATION], [{"_key": f"{NAMED_LOCATION}:{PLACE}", **place}])
