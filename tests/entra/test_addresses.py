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
        "securityComplianceNotificationPhones": ["+44 20 7946 0003"],
        "marketingNotificationEmails": [],
        "businessPhones": ["+44 20 7946 0000"],
    }
    told = {"privacyProfile": {"contactEmail": "privacy@contoso.example", "statementUrl": None}}
    names = {
        "mailNickname": "ada",
        "onPremisesUserPrincipalName": "ada@corp.contoso.example",
        "imAddresses": ["sip:ada@contoso.example"],
        "preferredDataLocation": "EUR",
    }
    user = {**PLACE, **names, "streetAddress": "2 Home Street", "postalCode": "EX9 9ZZ", "ageGroup": "Adult"}
    graph.add("/organization", {"id": TENANT, "displayName": "Contoso", "verifiedDomains": [], **organization, **told})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
    graph.add("/users", {"id": ADA, "displayName": "Ada", "userPrincipalName": "ada@contoso.example", **user})
    ran = run_steps("azure_account", "azure_user", source=graph, manager=MANAGER)
    mails = {"securityComplianceNotificationMails": ["security@contoso.example"]}
    contact = {"privacyContactEmail": "privacy@contoso.example", "privacyStatementUrl": None}
    assert_records(ran.records["azure_account"], [{"_key": TENANT, **organization, **mails, **contact}])
    assert_records(ran.records["azure_user"], [{"_key": ADA, **PLACE, **names}])
    assert not {"streetAddress", "postalCode", "ageGroup"} & ran.records["azure_user"][0].keys()


def test_what_is_kept_of_people_and_groups_on_premises_and_what_synchronization_met(graph: GraphServer) -> None:
    conflict = {"category": "PropertyConflict", "propertyCausingError": "ProxyAddresses", "value": "SMTP:ada@x.example"}
    met = {"onPremisesProvisioningErrors": [conflict, {"category": None}]}
    kept = {"onPremisesExtensionAttributes": {"extensionAttribute1": "tier 0", "extensionAttribute15": None}}
    graph.add("/users", {"id": ADA, "displayName": "Ada", **met, **kept}, {"id": "user-0000-ben", "displayName": "Ben"})
    made = {"resourceBehaviorOptions": ["AllowOnlyMembersToPost"]}
    graph.add("/groups", {"id": "team-0000-001", "displayName": "Finance", "groupTypes": ["Unified"], **made, **met})
    ran = run_steps("azure_user", "azure_user_group", source=graph, manager=MANAGER)
    errors = {"syncErrors": ["PropertyConflict"], "syncErrorProperties": ["ProxyAddresses"]}
    found = ran.records["azure_user"]
    assert_records(found, [{"_key": ADA, "extensionAttribute1": "tier 0", **errors}, {"_key": "user-0000-ben"}])
    assert not {"extensionAttribute15", "syncErrors"} & found[1].keys()
    assert_records(ran.records["azure_user_group"], [{"_key": "team-0000-001", **made, **errors}])
    assert "ada@x.example" not in str(ran.records)
