"""The demo: one small fictional tenant that has every awkward thing a real one has."""

from tests.simulator.areas import add_demo
from tests.simulator.demo_ids import CONTACT_ID, DEVICE_ID, SERVICE_PRINCIPAL_ID, group_id, user_id
from tests.simulator.demo_objects import demo_contact, demo_groups, demo_users
from tests.simulator.properties import CONTACT, DEVICE, ORGANIZATION_ID, SERVICE_PRINCIPAL, Json
from tests.simulator.tenant import Tenant

ORGANIZATION: Json = {
    "id": ORGANIZATION_ID,
    "deletedDateTime": None,
    "businessPhones": ["+44 20 7946 0000"],
    "city": "Exampleton",
    "country": None,
    "defaultUsageLocation": "GB",
    "partnerTenantType": "breadthPartner",
    "countryLetterCode": "GB",
    "createdDateTime": "2019-03-11T08:12:44Z",
    "directorySizeQuota": {"used": 18432, "total": 300000},
    "displayName": "Contoso Test Tenant",
    "isMultipleDataLocationsForServicesEnabled": None,
    "marketingNotificationEmails": ["offers@contoso.example"],
    "mobileDeviceManagementAuthority": "intune",
    "onPremisesLastSyncDateTime": "2026-01-14T05:31:07Z",
    "onPremisesSyncEnabled": True,
    "postalCode": "EX1 2AB",
    "preferredLanguage": "en",
    "privacyProfile": {"contactEmail": "privacy@contoso.example", "statementUrl": "https://contoso.example/privacy"},
    "securityComplianceNotificationMails": ["secops@contoso.example"],
    "securityComplianceNotificationPhones": ["+44 20 7946 0003"],
    "state": "Exampleshire",
    "street": "1 Example Street",
    "technicalNotificationMails": ["it-ops@contoso.example"],
    "tenantType": "AAD",
    "assignedPlans": [
        {
            "assignedDateTime": "2023-05-02T10:00:00Z",
            "capabilityStatus": "Enabled",
            "service": "AADPremiumService",
            "servicePlanId": "41781fb2-bc02-4b7c-bd55-b576c07bb09d",
        }
    ],
    "provisionedPlans": [{"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": "exchange"}],
    "verifiedDomains": [
        {
            "capabilities": "Email, OfficeCommunicationsOnline",
            "isDefault": False,
            "isInitial": True,
            "name": "contosotest.onmicrosoft.com",
            "type": "Managed",
        },
        {
            "capabilities": "Email",
            "isDefault": True,
            "isInitial": False,
            "name": "contoso.example",
            "type": "Federated",
        },
    ],
}


def demo_tenant() -> Tenant:
    """20 listed users and one unlisted, 12 groups, a device, a service principal, a contact, and what ``areas`` add.

    Served with ``page_size=10``, the users have three pages, the second of them empty, the groups two, and the members
    of all-staff two.
    """
    tenant = Tenant(ORGANIZATION, empty_page_after=frozenset({("/users", 1)}))
    for number, properties in enumerate(demo_users(), 1):
        tenant.add_user(
            {"id": user_id(number), "accountEnabled": True, "userType": "Member", **properties}, listed=number != 21
        )
    for number, properties in enumerate(demo_groups(), 1):
        tenant.add_group({"id": group_id(number), "createdDateTime": "2022-06-15T09:30:12Z", **properties})
    tenant.add(
        DEVICE, {"id": DEVICE_ID, "displayName": "LAPTOP-0001", "operatingSystem": "Windows", "trustType": "AzureAd"}
    )
    app = {"appId": "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a01", "servicePrincipalType": "Application"}
    tenant.add(SERVICE_PRINCIPAL, {"id": SERVICE_PRINCIPAL_ID, "displayName": "finance-batch-job", **app})
    tenant.add(CONTACT, {"id": CONTACT_ID, **demo_contact()})
    for group, members in _MEMBERS.items():
        for member in members:
            tenant.add_member(group_id(group), member if isinstance(member, str) else user_id(member))
        tenant.relate(group_id(group), "owners", user_id(1))
    add_demo(tenant)
    tenant.log.clear()
    return tenant


_MEMBERS: dict[int, tuple[int | str, ...]] = {
    1: (*range(1, 15), group_id(2)),
    2: (1, 2, 3, group_id(3)),
    3: (4, 20, group_id(2)),
    4: (5, group_id(4)),
    6: (1, 6, 7, 16, 17),
    7: (1,),
    8: (8, 9, 10),
    9: (11, 21, DEVICE_ID, SERVICE_PRINCIPAL_ID, CONTACT_ID, group_id(5)),
    10: (12,),
    11: (1, 13),
    12: (14, 16, group_id(1)),
}
