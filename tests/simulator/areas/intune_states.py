"""What Microsoft Intune tells device by device: the applications that are there, and how each stands to a policy.

How to add to the demo is told in this package's docstring.
"""

from tests.simulator.areas.intune import COMPLIANCE, CONFIGURATIONS, DETECTED
from tests.simulator.licences import INTUNE
from tests.simulator.properties import Json
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

_CONFIGURATION = ("DeviceManagementConfiguration.Read.All",)
SHELVES = (
    Shelf(f"{DETECTED}/{{id}}/managedDevices", ("DeviceManagementManagedDevices.Read.All", *_CONFIGURATION), INTUNE),
    *(Shelf(f"{path}/{{id}}/deviceStatuses", _CONFIGURATION, INTUNE) for path in (COMPLIANCE, CONFIGURATIONS)),
)
"""The endpoints of this area."""
OLD_EDITOR, UNNAMED = (f"0000a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6{number:012}" for number in (1, 2))
ENCRYPTED, CODES = (f"c0000000-0000-4000-8000-{number:012}" for number in (1, 2))
AS_WE_LIKE_IT = f"cf000000-0000-4000-8000-{1:012}"
LAPTOP, PHONE, MACHINE, TABLET = (f"1d000000-0000-4000-8000-{number:012}" for number in range(1, 5))
_GONE = "deadbeef-1d00-4000-8000-000000000001"


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    for application, devices in ((OLD_EDITOR, (LAPTOP, MACHINE, _GONE)), (UNNAMED, (PHONE,))):
        rows = ({"id": device, "deviceName": "somebody's"} for device in devices)
        tenant.contents.put(f"{DETECTED}/{application}/managedDevices", *rows)
    for path, policy, told in (
        (COMPLIANCE, ENCRYPTED, ((LAPTOP, "compliant"), (MACHINE, "unknown"), (PHONE, "notApplicable"))),
        (COMPLIANCE, CODES, ((PHONE, "nonCompliant"), (TABLET, "error"), (_GONE, "conflict"))),
        (CONFIGURATIONS, AS_WE_LIKE_IT, ((LAPTOP, "remediated"), (LAPTOP, "conflict"), (MACHINE, "notAssigned"))),
    ):
        rows = (device_status(number, policy, *each) for number, each in enumerate(told, 1))
        tenant.contents.put(f"{path}/{policy}/deviceStatuses", *rows)


def device_status(number: int, policy: str, device: str, status: str) -> Json:
    """How a device stands to a policy, as a listing gives it."""
    return {
        "id": f"5ab00000-0000-4000-8000-{number:012}_{policy}_{device}",
        "complianceGracePeriodExpirationDateTime": "9999-12-31T23:59:59.9999999Z",
        "deviceDisplayName": "LAPTOP-0002" if device == LAPTOP else None,
        "deviceModel": "Slate 7",
        "lastReportedDateTime": "2026-01-13T07:00:00Z",
        "status": status,
        "userName": "Ada Example",
        "userPrincipalName": "ada@contoso.example",
    }
