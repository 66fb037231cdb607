"""What the directory holds beside users and groups: devices, domains, who manages whom, licences, and settings.

How to add to the demo is told in this package's docstring.
"""

from tests.simulator.areas.devices import EXTERNAL_FEDERATION, EXTERNAL_FEDERATIONS, FEDERATION
from tests.simulator.demo_ids import CONTACT_ID, DEVICE_ID, group_id, user_id
from tests.simulator.licences import SKUS
from tests.simulator.properties import DEVICE, Json
from tests.simulator.tenant import Tenant

SUITE, FLOW, ENDED = (
    "11111111-aaaa-4bbb-8ccc-222222222222",
    "33333333-aaaa-4bbb-8ccc-444444444444",
    "55555555-aaaa-4bbb-8ccc-666666666666",
)
SETTINGS = "/groupSettings"
_MAIL = "efb87545-963c-4e0d-99df-69c6916d9eb0"


def device_id(number: int) -> str:
    """The object id of the n-th device, from 1."""
    return f"{DEVICE_ID[:-4]}{9000 + number}"


def demo(tenant: Tenant) -> None:
    """Add devices, domains, managers, licences and settings to the demo."""
    for number, properties in enumerate(_DEVICES, 2):
        tenant.add(DEVICE, {"id": device_id(number), "deviceId": f"de51ce00-0000-4000-8000-{number:012}", **properties})
    tenant.relate(group_id(3), "members", device_id(2))
    for number, owners, users in ((2, (1,), (1, 2)), (3, (6,), (6,)), (4, (), (5,))):
        for relation, others in (("registeredOwners", owners), ("registeredUsers", users)):
            for other in others:
                tenant.relate(device_id(number), relation, user_id(other))
    for report, manager in ((6, 1), (8, 1), (10, 6), (12, 5)):
        tenant.relate(user_id(report), "manager", user_id(manager))
    tenant.contents.put("/domains", *_DOMAINS)
    tenant.contents.put("/domains/contoso.example/federationConfiguration", FEDERATION)
    tenant.contents.put(EXTERNAL_FEDERATIONS, EXTERNAL_FEDERATION)
    tenant.contents.put(SKUS, _ended(tenant.id))
    for number, states in _STATES.items():
        tenant.update(user_id(number), licenseAssignmentStates=states)
    tenant.update(user_id(1), signInSessionsValidFromDateTime="2025-03-04T10:11:12Z", **_IDENTITY)
    tenant.update(user_id(16), identities=[{"issuer": "ExternalAzureAD", "issuerAssignedId": None, **_SIGN_IN}])
    tenant.update(group_id(1), assignedLicenses=[{"skuId": SUITE, "disabledPlans": [_MAIL]}], **_PROCESSING)
    tenant.update(group_id(6), assignedLabels=[{"labelId": "1abe1000-0000-4000-8000-000000000001", **_LABEL}])
    tenant.contents.put(SETTINGS, *(_setting(*each) for each in _SETTINGS))
    tenant.update(user_id(8), onPremisesExtensionAttributes=_EXTENSIONS, **_ERRORS)
    tenant.update(user_id(1), preferredDataLocation="EUR")
    tenant.update(group_id(8), **_ERRORS)
    tenant.update(CONTACT_ID, phones=_PHONES, addresses=[_ADDRESS], **_ERRORS)


_EXTENSIONS: Json = {f"extensionAttribute{number}": f"Contoso {number}" for number in range(1, 16)}
_CONFLICT: Json = {
    "category": "PropertyConflict",
    "occurredDateTime": "2026-01-14T05:31:07Z",
    "propertyCausingError": "ProxyAddresses",
    "value": None,
}
_ERRORS: Json = {
    "onPremisesProvisioningErrors": [_CONFLICT],
    "serviceProvisioningErrors": [
        {
            "@odata.type": "#microsoft.graph.serviceProvisioningXmlError",
            "createdDateTime": "2026-01-14T05:31:07Z",
            "errorDetail": "<ServiceInstance><Name>exchange/example</Name></ServiceInstance>",
            "isResolved": False,
            "serviceInstance": "exchange/example",
        }
    ],
}
_PHONES: list[Json] = [{"type": "business", "number": "+44 20 7946 0002", "language": None, "region": None}]
_ADDRESS: Json = {
    "officeLocation": "Exampleton 4",
    "street": "4 Example Street",
    "city": "Exampleton",
    "state": "Exampleshire",
    "postalCode": "EX1 2AB",
    "countryOrRegion": "United Kingdom",
}
_DEVICES: list[Json] = [
    {
        "displayName": "LAPTOP-0002",
        "accountEnabled": True,
        "approximateLastSignInDateTime": "2026-01-13T07:00:00Z",
        "complianceExpirationDateTime": "2026-02-13T07:00:00Z",
        "deviceCategory": "Finance laptops",
        "deviceMetadata": "Registered by Contoso",
        "deviceVersion": 2,
        "deviceOwnership": "Company",
        "enrollmentProfileName": "Office laptops",
        "enrollmentType": "AzureDomainJoined",
        "isCompliant": True,
        "isManaged": True,
        "isManagementRestricted": False,
        "isRooted": False,
        "managementType": "mdm",
        "manufacturer": "Contoso Hardware",
        "mdmAppId": "0000000a-0000-0000-c000-000000000000",
        "model": "Slate 7",
        "onPremisesLastSyncDateTime": "2026-01-14T05:31:07Z",
        "onPremisesSecurityIdentifier": "S-1-5-21-1111111111-2222222222-3333333333-3001",
        "onPremisesSyncEnabled": True,
        "operatingSystem": "Windows",
        "operatingSystemVersion": "10.0.26100.1",
        "physicalIds": ["[HWID]:h:1111"],
        "profileType": "RegisteredDevice",
        "registrationDateTime": "2024-03-01T09:00:00Z",
        "systemLabels": ["AutopilotDevice"],
        "trustType": "ServerAd",
        "extensionAttributes": {f"extensionAttribute{number}": f"Contoso {number}" for number in range(1, 16)},
        "alternativeSecurityIds": [{"type": 2, "identityProvider": None, "key": "aW52ZW50ZWQ="}],
    },
    {
        "displayName": "Eleni's phone",
        "accountEnabled": True,
        "approximateLastSignInDateTime": "2024-01-02T03:04:05Z",
        "isCompliant": False,
        "isManaged": True,
        "deviceOwnership": "Personal",
        "operatingSystem": "iOS",
        "operatingSystemVersion": "17.1",
        "registrationDateTime": "2023-06-01T09:00:00Z",
        "trustType": "Workplace",
    },
    {"displayName": None, "accountEnabled": False, "operatingSystem": "Windows", "trustType": "AzureAd"},
]


def _domain(name: str, **differing: object) -> Json:
    return {
        "id": name,
        "authenticationType": "Managed",
        "availabilityStatus": None,
        "isAdminManaged": True,
        "isDefault": False,
        "isInitial": False,
        "isRoot": True,
        "isVerified": True,
        "supportedServices": ["Email"],
        "passwordValidityPeriodInDays": 2147483647,
        "passwordNotificationWindowInDays": 14,
        "manufacturer": None,
        "model": None,
        "state": None,
        **differing,
    }


_DOMAINS = [
    _domain("contoso.example", authenticationType="Federated", isDefault=True),
    _domain("contosotest.onmicrosoft.com", isInitial=True, supportedServices=["Email", "OfficeCommunicationsOnline"]),
    _domain(
        "corp.contoso.example", isRoot=False, passwordValidityPeriodInDays=90, manufacturer="Contoso", model="Domain"
    ),
    _domain(
        "unproved.example",
        isVerified=False,
        supportedServices=[],
        passwordValidityPeriodInDays=None,
        passwordNotificationWindowInDays=None,
        state={"status": "InProgress", "operation": "Initial", "lastActionDateTime": "2026-01-14T05:31:07Z"},
    ),
]
_IDENTITY: Json = {
    "creationType": None,
    "isManagementRestricted": True,
    "isResourceAccount": False,
    "securityIdentifier": "S-1-12-1-1111111111-2222222222-3333333333-4444",
}
_SIGN_IN: Json = {"signInType": "federated"}
_PROCESSING: Json = {"licenseProcessingState": {"state": "ProcessingComplete"}, "isManagementRestricted": False}
_LABEL: Json = {"displayName": "Internal"}


def _way(sku: str, group: str | None = None, state: str = "Active", error: str = "None", *plans: str) -> Json:
    return {
        "skuId": sku,
        "assignedByGroup": group,
        "disabledPlans": list(plans),
        "state": state,
        "error": error,
        "lastUpdatedDateTime": "2025-09-01T08:00:00Z",
    }


_STATES = {
    1: [_way(SUITE), _way(SUITE, group_id(1), "Active", "None", _MAIL), _way(FLOW)],
    2: [_way(SUITE, group_id(1), "Active", "None", _MAIL)],
    3: [_way(SUITE, group_id(1), "Error", "CountViolation", _MAIL)],
    5: [_way(SUITE, group_id(1), "Active", "None", _MAIL), _way(ENDED)],
    7: [_way(f"{SUITE[:-1]}3")],
}
"""Of users by number; the last one's product is gone."""


def _ended(tenant: str) -> Json:
    return {
        "id": f"{tenant}_{ENDED}",
        "accountId": tenant,
        "accountName": "contoso",
        "appliesTo": "User",
        "capabilityStatus": "Suspended",
        "consumedUnits": 1,
        "prepaidUnits": {"enabled": 0, "suspended": 5, "warning": 0, "lockedOut": 0},
        "servicePlans": [
            {
                "appliesTo": "User",
                "provisioningStatus": "Disabled",
                "servicePlanId": _MAIL,
                "servicePlanName": "EXCHANGE_S_ENTERPRISE",
            }
        ],
        "skuId": ENDED,
        "skuPartNumber": "CONTOSO_MAIL",
        "subscriptionIds": [],
    }


def _setting(number: int, name: str, values: dict[str, str]) -> Json:
    return {
        "id": f"5e771000-0000-4000-8000-{number:012}",
        "displayName": name,
        "templateId": f"7e3b1a7e-0000-4000-8000-{number:012}",
        "values": [{"name": each, "value": value} for each, value in values.items()],
    }


_SETTINGS: list[tuple[int, str, dict[str, str]]] = [
    (
        1,
        "Group.Unified",
        {
            "EnableGroupCreation": "false",
            "GroupCreationAllowedGroupId": "00000000-0000-4000-8000-000000000007",
            "AllowToAddGuests": "true",
            "AllowGuestsToAccessGroups": "true",
            "AllowGuestsToBeGroupOwner": "false",
            "EnableMIPLabels": "false",
            "UsageGuidelinesUrl": "",
            "ClassificationList": "Low,High",
        },
    ),
    (
        2,
        "Password Rule Settings",
        {
            "BannedPasswordList": "contoso\texampleton",
            "BannedPasswordCheckOnPremisesMode": "Audit",
            "EnableBannedPasswordCheck": "true",
            "EnableBannedPasswordCheckOnPremises": "false",
            "LockoutDurationInSeconds": "60",
            "LockoutThreshold": "10",
        },
    ),
    (
        3,
        "Consent Policy Settings",
        {
            "BlockUserConsentForRiskyApps": "true",
            "EnableAdminConsentRequests": "false",
            "EnableGroupSpecificConsent": "false",
        },
    ),
]
