"""Where the organization and its users are, and by which names they are known elsewhere."""

import pytest

from integration import load
from integration.testing import GraphServer, assert_records, run_steps

pytestmark = pytest.mark.every_area

MANAGER = load()
TENANT, ADA = "aaaabbbb-0000-1111-2222-ccccdddd0000", "user-0000-ada"
PLACE = {"city": "Exampleton", "state": "Exampleshire", "country": "United Kingdom"}


def test_addresses_of_the_organization_and_of_users(graph: GraphServer) -> None:
    organization = {
        **PLACE,
        "street": "1 Example Street",
        "postalCode": "EX1 2AB",
        "countryLetterCode": "GB",
        "partnerTenantType": "breadthPartner",
        "securityComplianceNotificationMails": ["security@contoso.example", None],
    }
    names = {
        "mailNickname": "ada",
        "onPremisesUserPrincipalName": "ada@corp.contoso.example",
        "imAddresses": ["sip:ada@contoso.example"],
    }
    user = {**PLACE, **names, "streetAddress": "2 Home Street", "postalCode": "EX9 9ZZ", "ageGroup": "Adult"}
    graph.add("/organization", {"id": TENANT, "displayName": "Contoso", "verifiedDomains": [], **organization})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
    graph.add("/users", {"id": ADA, "displayName": "Ada", "userPrincipalName": "ada@contoso.example", **user})
    ran = run_steps("azure_account", "azure_user", source=graph, manager=MANAGER)
    mails = {"securityComplianceNotificationMails": ["security@contoso.example"]}
    assert_records(ran.records["azure_account"], [{"_key": TENANT, **organization, **mails}])
    assert_records(ran.records["azure_user"], [{"_key": ADA, **PLACE, **names}])
    assert not {"streetAddress", "postalCode", "ageGroup"} & ran.records["azure_user"][0].keys()
