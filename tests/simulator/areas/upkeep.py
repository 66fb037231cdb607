"""How the tenant is kept: groups that end, terms of use, synchronization with the on-premises directory.

How to add to the demo is told in this package's docstring.
"""

from tests.simulator.licences import CONDITIONAL_ACCESS, GROUPS_END
from tests.simulator.properties import Json
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

LIFECYCLE, TERMS = "/groupLifecyclePolicies", "/identityGovernance/termsOfUse/agreements"
SYNCHRONIZATION = "/directory/onPremisesSynchronization"
SHELVES = (
    Shelf(LIFECYCLE, ("Directory.Read.All",), GROUPS_END, options=frozenset()),
    Shelf(TERMS, ("Agreement.Read.All",), CONDITIONAL_ACCESS, options=frozenset({"$select", "$filter", "$top"})),
    Shelf(SYNCHRONIZATION, ("OnPremDirectorySynchronization.Read.All",)),
)
"""The endpoints of this area."""
_OFF = (
    "groupWriteBackEnabled",
    "unifiedGroupWritebackEnabled",
    "deviceWritebackEnabled",
    "directoryExtensionsEnabled",
    "userForcePasswordChangeOnLogonEnabled",
)
_ON = (
    "passwordSyncEnabled",
    "passwordWritebackEnabled",
    "blockSoftMatchEnabled",
    "blockCloudObjectTakeoverThroughHardMatchEnabled",
    "softMatchOnUpnEnabled",
    "synchronizeUpnForManagedUsersEnabled",
    "cloudPasswordPolicyForPasswordSyncedUsersEnabled",
)


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    tenant.contents.put(LIFECYCLE, _LIFECYCLE)
    tenant.contents.put(TERMS, *_TERMS)
    deletions = {"synchronizationPreventionType": "enabledForCount", "alertThreshold": 500}
    tenant.contents.put(
        SYNCHRONIZATION,
        {
            "id": tenant.id,
            "configuration": {"accidentalDeletionPrevention": deletions},
            "features": {**dict.fromkeys(_OFF, False), **dict.fromkeys(_ON, True)},
        },
    )


_LIFECYCLE: Json = {
    "id": "11fec7c1-0000-4000-8000-000000000001",
    "alternateNotificationEmails": "it-ops@contoso.example; security@contoso.example",
    "groupLifetimeInDays": 180,
    "managedGroupTypes": "All",
}
_TERMS: list[Json] = [
    {
        "id": "7e235000-2f3e-4d5c-8b6a-7f8e9d0c1b01",
        "displayName": "What guests agree to",
        "isPerDeviceAcceptanceRequired": False,
        "isViewingBeforeAcceptanceRequired": True,
        "termsExpiration": {"frequency": "P180D", "startDateTime": "2025-01-01T00:00:00Z"},
        "userReacceptRequiredFrequency": "P90D",
    },
    {
        "id": "7e235000-2f3e-4d5c-8b6a-7f8e9d0c1b02",
        "displayName": None,
        "isPerDeviceAcceptanceRequired": True,
        "isViewingBeforeAcceptanceRequired": False,
        "termsExpiration": None,
        "userReacceptRequiredFrequency": None,
    },
]
