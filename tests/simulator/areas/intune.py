"""Microsoft Intune: the devices that it manages, and what it asks of them and sets on them.

How to add to the demo is told in this package's docstring.
"""

from typing import Any

from tests.simulator.demo_ids import group_id, user_id
from tests.simulator.licences import INTUNE
from tests.simulator.properties import Json
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

MANAGE = "/deviceManagement"
DEVICES = f"{MANAGE}/managedDevices"
COMPLIANCE, CONFIGURATIONS = f"{MANAGE}/deviceCompliancePolicies", f"{MANAGE}/deviceConfigurations"
APPLICATIONS, DETECTED = "/deviceAppManagement/mobileApps", f"{MANAGE}/detectedApps"
_CONFIGURATION = ("DeviceManagementConfiguration.Read.All",)
_PAGED = frozenset({"$select", "$filter", "$top"})
UNJOINED = "00000000-0000-0000-0000-000000000000"
DELETED_DEVICE = "deadbeef-de51-4ce0-8000-000000000001"
_DELETED_USER = "deadbeef-6a0e-4b0f-8f43-1d2c3b4a5001"
_DELETED_GROUP = "deadbeef-0c77-4a0b-b1c2-90d0e0f0a001"

SHELVES = (
    Shelf(DEVICES, ("DeviceManagementManagedDevices.Read.All", *_CONFIGURATION), INTUNE, options=_PAGED, page=1000),
    Shelf(
        f"{MANAGE}/managedDeviceOverview",
        ("DeviceManagementManagedDevices.Read.All", *_CONFIGURATION),
        INTUNE,
        single={"id": "overview", "enrolledDeviceCount": 0, "mdmEnrolledCount": 0, "dualEnrolledDeviceCount": 0},
        counts=("enrolledDeviceCount", DEVICES),
    ),
    *(Shelf(path, _CONFIGURATION, INTUNE, navigations=("assignments",)) for path in (COMPLIANCE, CONFIGURATIONS)),
    Shelf(APPLICATIONS, ("DeviceManagementApps.Read.All",), INTUNE, navigations=("assignments",)),
    Shelf(DETECTED, ("DeviceManagementManagedDevices.Read.All", *_CONFIGURATION), INTUNE, options=_PAGED, page=50),
)
"""The endpoints of this area."""


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    tenant.contents.put(DEVICES, *(managed_device(number, **each) for number, each in enumerate(_DEVICES, 1)))
    tenant.contents.put(COMPLIANCE, *_policies("c0", "CompliancePolicy", _COMPLIANCE))
    tenant.contents.put(CONFIGURATIONS, *_policies("cf", "", _CONFIGURED))
    tenant.contents.put(APPLICATIONS, *_APPLICATIONS)
    tenant.contents.put(DETECTED, *_DETECTED)


def managed_device(number: int, **differing: Any) -> Json:
    """A managed device as a listing gives it: what is not given is as it is of a device of which little is known."""
    never = "0001-01-01T00:00:00Z"
    nothing = ("androidSecurityPatchLevel", "deviceCategoryDisplayName", "deviceName", "manufacturer", "model")
    return {
        "id": f"1d000000-0000-4000-8000-{number:012}",
        **dict.fromkeys((*nothing, "azureADRegistered", "ethernetMacAddress", "serialNumber", "udid", "iccid")),
        **dict.fromkeys(("emailAddress", "imei", "meid", "userId", "userPrincipalName", "wiFiMacAddress"), ""),
        **dict.fromkeys(("phoneNumber", "subscriberCarrier"), ""),
        "azureADDeviceId": UNJOINED,
        "complianceGracePeriodExpirationDateTime": "9999-12-31T23:59:59.9999999Z",
        "complianceState": "unknown",
        "deviceEnrollmentType": "unknown",
        "deviceRegistrationState": "notRegistered",
        "easActivated": False,
        "easDeviceId": None,
        "enrolledDateTime": "2024-03-01T09:00:00Z",
        "exchangeAccessState": "none",
        "exchangeAccessStateReason": "none",
        "exchangeLastSuccessfulSyncDateTime": never,
        "freeStorageSpaceInBytes": 0,
        "isEncrypted": False,
        "isSupervised": False,
        "jailBroken": "Unknown",
        "lastSyncDateTime": "2026-01-13T07:00:00Z",
        "managedDeviceOwnerType": "unknown",
        "managementAgent": "mdm",
        "managementCertificateExpirationDate": never,
        "managementState": "managed",
        "operatingSystem": "Windows",
        "osVersion": "10.0.26100.1",
        "partnerReportedThreatState": "unknown",
        "totalStorageSpaceInBytes": 0,
        **differing,
    }


def assignment(kind: str, group: str | None = None, **more: str) -> Json:
    """An assignment of a policy or of an application, by the kind of its target."""
    target: Json = {"@odata.type": f"#microsoft.graph.{kind}AssignmentTarget"}
    return {"id": f"{kind}_{group}", **more, "target": {**target, "groupId": group} if group else target}


_DEVICES: list[Json] = [
    {
        "azureADDeviceId": "DE51CE00-0000-4000-8000-000000000002",
        "azureADRegistered": True,
        "complianceGracePeriodExpirationDateTime": "2026-02-13T07:00:00Z",
        "complianceState": "compliant",
        "deviceCategoryDisplayName": "Finance laptops",
        "deviceEnrollmentType": "windowsAzureADJoin",
        "deviceName": "LAPTOP-0002",
        "deviceRegistrationState": "registered",
        "easActivated": True,
        "easDeviceId": "EA5000000000000000000000000000001",
        "emailAddress": "ada@contoso.example",
        "ethernetMacAddress": "02-00-5E-10-00-01",
        "exchangeAccessState": "allowed",
        "exchangeAccessStateReason": "compliant",
        "exchangeLastSuccessfulSyncDateTime": "2026-01-12T10:00:00Z",
        "phoneNumber": "+44 20 7946 0003",
        "subscriberCarrier": "Example Telecom",
        "freeStorageSpaceInBytes": 123456789,
        "isEncrypted": True,
        "jailBroken": "False",
        "managedDeviceOwnerType": "company",
        "managementCertificateExpirationDate": "2026-12-01T00:00:00Z",
        "manufacturer": "Contoso Hardware",
        "model": "Slate 7",
        "serialNumber": "SN-000002",
        "totalStorageSpaceInBytes": 512110190592,
        "userId": user_id(1),
        "userPrincipalName": "ada@contoso.example",
        "wiFiMacAddress": "02005E100002",
    },
    {
        "azureADDeviceId": "de51ce00-0000-4000-8000-000000000003",
        "azureADRegistered": True,
        "complianceState": "noncompliant",
        "deviceEnrollmentType": "userEnrollment",
        "deviceName": "Eleni's phone",
        "deviceRegistrationState": "registered",
        "iccid": "8900000000000000001",
        "imei": "000000000000001",
        "isSupervised": True,
        "managedDeviceOwnerType": "personal",
        "manufacturer": "Northwind",
        "meid": "00000000000001",
        "model": "Pocket 3",
        "operatingSystem": "iOS",
        "osVersion": "17.1",
        "partnerReportedThreatState": "highSeverity",
        "serialNumber": "SN-000003",
        "udid": "00000000-0000000000000001",
        "userId": user_id(6),
    },
    {"complianceState": "configManager", "model": "Virtual Machine", "serialNumber": "0000-0000-0001"},
    {
        "androidSecurityPatchLevel": "2025-11-01",
        "azureADDeviceId": DELETED_DEVICE,
        "complianceState": "inGracePeriod",
        "deviceName": "TABLET-0001",
        "managementState": "retirePending",
        "operatingSystem": "Android",
        "osVersion": "15",
        "userId": _DELETED_USER,
    },
]
_EVERYWHERE = [assignment("allDevices"), assignment("allLicensedUsers"), assignment("exclusionGroup", group_id(3))]
_TO_GROUPS = [assignment("group", group_id(1)), assignment("exclusionGroup", group_id(2))]
_DANGLING = [assignment("group", _DELETED_GROUP), assignment("group", group_id(4))]
_COMPLIANCE: list[tuple[str, str | None, list[Json]]] = [
    ("windows10", "Windows is encrypted", _TO_GROUPS),
    ("ios", "Phones have codes", _EVERYWHERE),
    ("androidWorkProfile", None, []),
]
_CONFIGURED: list[tuple[str, str | None, list[Json]]] = [
    ("windows10GeneralConfiguration", "Windows, as we like it", _DANGLING),
    ("editionUpgradeConfiguration", "Enterprise for everybody", _EVERYWHERE),
    ("macOSCustomConfiguration", None, []),
]


def _policies(prefix: str, suffix: str, made: list[tuple[str, str | None, list[Json]]]) -> list[Json]:
    """Policies as a listing gives them, with what a step does not ask for."""
    return [
        {
            "@odata.type": f"#microsoft.graph.{kind}{suffix}",
            "id": f"{prefix}000000-0000-4000-8000-{number:012}",
            "createdDateTime": "2024-05-06T07:08:09Z",
            "description": None if number == 2 else f"{name} since 2024",
            "displayName": name,
            "lastModifiedDateTime": "2025-06-07T08:09:10Z",
            "productKey": "00000-00000",
            "version": number,
            "assignments": assignments,
        }
        for number, (kind, name, assignments) in enumerate(made, 1)
    ]


_APPLICATIONS: list[Json] = [
    {
        "@odata.type": "#microsoft.graph.win32LobApp",
        "id": "a9900000-0000-4000-8000-000000000001",
        "createdDateTime": "2024-05-06T07:08:09Z",
        "description": "Payments, on Windows",
        "developer": "Contoso",
        "displayName": "Payments",
        "isFeatured": True,
        "largeIcon": {"type": "image/png", "value": "AAAA"},
        "lastModifiedDateTime": "2025-06-07T08:09:10Z",
        "owner": "Finance",
        "publisher": "Contoso",
        "publishingState": "published",
        "assignments": [
            assignment("group", group_id(1), intent="required"),
            assignment("group", group_id(4), intent="available"),
            assignment("exclusionGroup", group_id(2), intent="required"),
            assignment("group", _DELETED_GROUP, intent="uninstall"),
            assignment("allDevices", intent="available"),
        ],
    },
    {
        "@odata.type": "#microsoft.graph.iosStoreApp",
        "id": "a9900000-0000-4000-8000-000000000002",
        "displayName": "Sketches",
        "isFeatured": False,
        "publishingState": "notPublished",
        "assignments": [],
    },
]
_DETECTED: list[Json] = [
    {
        "id": "0000a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6000000000001",
        "deviceCount": 2,
        "displayName": "Old Editor",
        "platform": "windows",
        "publisher": "Northwind",
        "sizeInByte": 1048576,
        "version": "1.2.3",
    },
    {
        "id": "0000a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6000000000002",
        "deviceCount": 1,
        "displayName": None,
        "platform": "ios",
        "publisher": None,
        "sizeInByte": 0,
        "version": None,
    },
]
