"""The demo: one small fictional tenant that has every awkward thing a real one has."""

from tests.simulator.properties import CONTACT, DEVICE, ORGANIZATION_ID, SERVICE_PRINCIPAL, Json
from tests.simulator.tenant import Tenant

ORGANIZATION: Json = {
    "id": ORGANIZATION_ID,
    "deletedDateTime": None,
    "businessPhones": ["+44 20 7946 0000"],
    "city": "Exampleton",
    "country": None,
    "countryLetterCode": "GB",
    "createdDateTime": "2019-03-11T08:12:44Z",
    "directorySizeQuota": {"used": 18432, "total": 300000},
    "displayName": "Contoso Test Tenant",
    "isMultipleDataLocationsForServicesEnabled": None,
    "marketingNotificationEmails": [],
    "onPremisesLastSyncDateTime": "2026-01-14T05:31:07Z",
    "onPremisesSyncEnabled": True,
    "postalCode": None,
    "preferredLanguage": "en",
    "privacyProfile": None,
    "securityComplianceNotificationMails": [],
    "securityComplianceNotificationPhones": [],
    "state": None,
    "street": None,
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

_SKU = "11111111-aaaa-4bbb-8ccc-222222222222"
_GUEST_UPN = "#EXT#@contosotest.onmicrosoft.com"


def demo_tenant() -> Tenant:
    """20 listed users and one unlisted, 12 groups, a device, a service principal and a contact.

    Served with ``page_size=10``, the users have three pages, the second of them empty, the groups two, and the members
    of all-staff two.
    """
    tenant = Tenant(ORGANIZATION, empty_page_after=frozenset({("/users", 1)}))
    for number, properties in enumerate(_users(), 1):
        tenant.add_user(
            {"id": user_id(number), "accountEnabled": True, "userType": "Member", **properties}, listed=number != 21
        )
    for number, properties in enumerate(_groups(), 1):
        tenant.add_group({"id": group_id(number), "createdDateTime": "2022-06-15T09:30:12Z", **properties})
    tenant.add(
        DEVICE, {"id": DEVICE_ID, "displayName": "LAPTOP-0001", "operatingSystem": "Windows", "trustType": "AzureAd"}
    )
    app = {"appId": "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a01", "servicePrincipalType": "Application"}
    tenant.add(SERVICE_PRINCIPAL, {"id": SERVICE_PRINCIPAL_ID, "displayName": "finance-batch-job", **app})
    tenant.add(CONTACT, {"id": CONTACT_ID, "displayName": "Fabrikam Helpdesk", "mail": "helpdesk@fabrikam.example"})
    for group, members in _MEMBERS.items():
        for member in members:
            tenant.add_member(group_id(group), member if isinstance(member, str) else user_id(member))
        tenant.add_owner(group_id(group), user_id(1))
    tenant.log.clear()
    return tenant


def user_id(number: int) -> str:
    """The id of the n-th user, from 1; 21 is the one that ``/users`` does not list."""
    return f"0b6e4c1a-6a0e-4b0f-8f43-1d2c3b4a{5000 + number}"


def group_id(number: int) -> str:
    """The id of the n-th group, from 1."""
    return f"5d2a9f10-0c77-4a0b-b1c2-90d0e0f0a{100 + number}"


DEVICE_ID = "c0ffee00-1d2e-4f30-8a4b-5c6d7e8f9001"
SERVICE_PRINCIPAL_ID = "9e8d7c6b-5a49-4838-a716-0f1e2d3c4b01"
CONTACT_ID = "abad1dea-2f3e-4d5c-8b6a-7f8e9d0c1b01"

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


def _person(given: str, surname: str, upn: str, **more: object) -> Json:
    address = f"{upn}@contoso.example"
    return {
        "displayName": f"{given} {surname}",
        "givenName": given,
        "surname": surname,
        "userPrincipalName": address,
        "mail": address,
        "proxyAddresses": [f"SMTP:{address}"],
        "createdDateTime": "2021-09-01T07:45:00Z",
        "lastPasswordChangeDateTime": "2025-03-04T10:11:12Z",
        "usageLocation": "GB",
        "preferredLanguage": "en",
        **more,
    }


def _synced(number: int) -> Json:
    return {
        "onPremisesSyncEnabled": True,
        "onPremisesImmutableId": f"aW1tdXRhYmxlLWludmVudGVk{number:02}==",
        "onPremisesSamAccountName": f"synced{number}",
        "onPremisesSecurityIdentifier": f"S-1-5-21-1111111111-2222222222-3333333333-{1000 + number}",
        "onPremisesLastSyncDateTime": "2026-01-14T05:31:07Z",
        "onPremisesDistinguishedName": f"CN=synced{number},OU=Staff,DC=corp,DC=contoso,DC=example",
        "onPremisesDomainName": "corp.contoso.example",
        "onPremisesUserPrincipalName": f"synced{number}@corp.contoso.example",
    }


def _guest(name: str, state: str, **more: object) -> Json:
    mail = f"{name}@fabrikam.example"
    return {
        "displayName": f"{name.title()} (Fabrikam)",
        "userPrincipalName": f"{name}_fabrikam.example{_GUEST_UPN}",
        "mail": mail,
        "userType": "Guest",
        "externalUserState": state,
        "externalUserStateChangeDateTime": "2025-02-21T09:00:00Z",
        "creationType": "Invitation",
        "createdDateTime": "2025-02-20T12:00:00Z",
        "otherMails": [mail],
        **more,
    }


def _users() -> list[Json]:
    office: Json = {
        "jobTitle": "Controller",
        "department": "Finance",
        "companyName": "Contoso Ltd (fictional)",
        "officeLocation": "Exampleton 1/23",
        "mobilePhone": "+44 7700 900000",
        "businessPhones": ["+44 20 7946 0001"],
        "employeeId": "E-0001",
        "employeeType": "Employee",
        "employeeHireDate": "2021-09-01T00:00:00Z",
        "passwordPolicies": "DisablePasswordExpiration",
        "otherMails": ["ada@fabrikam.example"],
        "assignedLicenses": [{"disabledPlans": [], "skuId": _SKU}],
        "city": "Exampleton",
        "country": "United Kingdom",
        "mailNickname": "ada.example",
    }
    mailbox: Json = {
        "accountEnabled": False,
        "createdDateTime": "2020-01-02T03:04:05Z",
        "givenName": None,
        "surname": None,
    }
    return [
        _person("Ada", "Example", "ada.example", **office),
        _person("Zoë", "Beispiel", "zoe.beispiel", department="Finance", jobTitle=""),
        _person("Łukasz", "Przykład", "lukasz.przyklad", mail=None, proxyAddresses=[]),
        _person("花子", "例", "hanako.rei", usageLocation="JP", preferredLanguage="ja"),
        _person("Ünal", "Örnek", "unal.ornek", accountEnabled=False),
        _person("Ελένη", "Παράδειγμα", "eleni.paradeigma", employeeType="Contractor"),
        _person("ليلى", "مثال", "layla.mithal", assignedLicenses=[{"disabledPlans": [_SKU], "skuId": _SKU[:-1] + "3"}]),
        _person("Synced", "Ejemplo", "synced.one", **_synced(1)),
        _person("Synced", "Exemple", "synced.two", **_synced(2), accountEnabled=False),
        _person("Synced", "Esimerkki", "synced.three", **_synced(3)),
        {**_person("Mononym", "", "mononym"), "displayName": "Mononym", "givenName": None, "surname": None},
        _person("O'Quote", 'Exa"mple', "o'quote"),
        _person("Name  with", "   spaces ", "name.with.spaces", createdDateTime=None),
        _person("Иво", "Пример", "ivo.primer", lastPasswordChangeDateTime="0001-01-01T00:00:00Z"),
        {"displayName": None, "userPrincipalName": "nameless@contoso.example", "mail": None},
        _guest("guest", "Accepted", jobTitle=None),
        _guest("pending", "PendingAcceptance", mail=None),
        {
            "displayName": "Front Desk",
            "userPrincipalName": "front.desk@contoso.example",
            "mail": "front.desk@contoso.example",
            **mailbox,
        },
        {
            "displayName": "svc-backup",
            "userPrincipalName": "svc-backup@contosotest.onmicrosoft.com",
            "isResourceAccount": True,
            **mailbox,
        },
        _person("Last", "Example", "last.example"),
        _person("Unlisted", "Example", "unlisted.example"),
    ]


def _groups() -> list[Json]:
    security: Json = {"securityEnabled": True, "mailEnabled": False, "renewedDateTime": "2022-06-15T09:30:12Z"}
    team: Json = {"groupTypes": ["Unified"], "securityEnabled": False, "mailEnabled": True, "visibility": "Private"}
    return [
        {"displayName": "all-staff", "description": "Everybody", "mailNickname": "all-staff", **security},
        {
            **security,
            "displayName": "sg-finance",
            "description": "All staff in the finance department",
            "groupTypes": ["DynamicMembership"],
            "mailNickname": "sg-finance-8f1c2",
            "membershipRule": '(user.department -eq "Finance")',
            "membershipRuleProcessingState": "On",
            "securityIdentifier": "S-1-12-1-1563074320-1241189495-2431435441-16904400",
        },
        {"displayName": "sg-finance-emea", **security},
        {"displayName": "sg-recursion", "description": "Contains itself", **security},
        {"displayName": "sg-empty", **security},
        {
            **team,
            "displayName": "Équipe Atlas",
            "description": "Microsoft 365 group with a team",
            "mail": "atlas@contoso.example",
            "mailNickname": "atlas",
            "proxyAddresses": ["SMTP:atlas@contoso.example", "smtp:atlas@contosotest.onmicrosoft.com"],
            "classification": "Confidential",
            "creationOptions": ["Team", "ExchangeProvisioningFlags:3552"],
            "expirationDateTime": "2026-12-31T23:59:59Z",
            "renewedDateTime": "2026-01-02T03:04:05Z",
            "preferredDataLocation": "EUR",
            "preferredLanguage": "fr-FR",
            "resourceBehaviorOptions": ["HideGroupInOutlook"],
            "resourceProvisioningOptions": ["Team"],
            "theme": "Teal",
            "uniqueName": "atlas-unique",
            "serviceProvisioningErrors": [
                {"createdDateTime": "2025-05-05T05:05:05Z", "isResolved": False, "serviceInstance": "exchange/invented"}
            ],
        },
        {"displayName": "sg-admins", "isAssignableToRole": True, "visibility": "Private", **security},
        {
            **security,
            "displayName": "sg-onprem",
            "onPremisesDomainName": "corp.contoso.example",
            "onPremisesLastSyncDateTime": "2026-01-14T05:31:07Z",
            "onPremisesNetBiosName": "CORP",
            "onPremisesSamAccountName": "sg-onprem",
            "onPremisesSecurityIdentifier": "S-1-5-21-1111111111-2222222222-3333333333-2001",
            "onPremisesSyncEnabled": True,
            "onPremisesProvisioningErrors": [
                {"category": "PropertyConflict", "occurredDateTime": "2026-01-14T05:31:07Z", "value": "sg-onprem"}
            ],
        },
        {"displayName": "sg-mixed", "description": "Members of every kind", **security},
        {
            **team,
            "displayName": "team-retired",
            "mail": "retired@contoso.example",
            "deletedDateTime": "2026-01-10T00:00:00Z",
        },
        {**team, "displayName": "team-hidden", "mail": "hidden@contoso.example", "visibility": "HiddenMembership"},
        {"displayName": "リリース通知", "mail": "news@contoso.example", "mailEnabled": True, "securityEnabled": False},
    ]
