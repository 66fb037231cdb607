"""Made-up devices that Intune manages, what is set on them, and how the tenant is kept."""

import random
from collections.abc import Callable

from tests.simulator.areas.intune import (
    APPLICATIONS,
    COMPLIANCE,
    CONFIGURATIONS,
    DETECTED,
    DEVICES,
    assignment,
    managed_device,
)
from tests.simulator.areas.intune_states import device_status
from tests.simulator.areas.upkeep import LIFECYCLE, SYNCHRONIZATION, TERMS
from tests.simulator.made_up.sizes import Sizes
from tests.simulator.made_up.values import guid, listed
from tests.simulator.properties import DEVICE, GROUP, USER, Json
from tests.simulator.tenant import Tenant

_STATES = ("compliant", "compliant", "noncompliant", "inGracePeriod", "unknown")
_KINDS = {
    COMPLIANCE: "windows10CompliancePolicy",
    CONFIGURATIONS: "windows10GeneralConfiguration",
    APPLICATIONS: "win32LobApp",
}
_STANDINGS = ("compliant", "compliant", "compliant", "nonCompliant", "notApplicable", "error", "conflict")
_POLICIES, _MANAGED_SHARE, _ENCRYPTED_SHARE, _MOST_DEVICES = 20, 0.8, 0.9, 40


def fill(tenant: Tenant, sizes: Sizes, rng: random.Random) -> None:
    """Have most devices managed, and add policies, applications and what each tenant has one of."""
    people, groups = listed(tenant, USER), listed(tenant, GROUP)
    managed = [
        _managed(number, device, rng.choice(people), rng)
        for number, device in enumerate(tenant.objects(DEVICE).values())
        if rng.random() < _MANAGED_SHARE
    ]
    tenant.contents.put(DEVICES, *managed)
    for path, kind in _KINDS.items():
        tenant.contents.put(path, *(_policy(number, kind, groups, rng) for number in range(_POLICIES)))
    tenant.contents.put(
        DETECTED, *({"id": guid(rng), "displayName": f"Found {n}", "deviceCount": n} for n in range(30))
    )
    _tell(tenant, [each["id"] for each in managed], rng)
    for path in (LIFECYCLE, TERMS):
        tenant.contents.put(path, {"id": guid(rng)})
    tenant.contents.put(SYNCHRONIZATION, {"id": tenant.id, "configuration": None, "features": {}})


def _tell(tenant: Tenant, devices: list[str], rng: random.Random) -> None:
    """Have some devices stand in some way to each policy, and have what was found on them."""

    def some() -> list[str]:
        return rng.sample(devices, rng.randint(0, min(_MOST_DEVICES, len(devices))))

    for path in (COMPLIANCE, CONFIGURATIONS):
        for policy in tenant.contents.keys(path):
            rows = (device_status(n, policy, device, rng.choice(_STANDINGS)) for n, device in enumerate(some(), 1))
            tenant.contents.put(f"{path}/{policy}/deviceStatuses", *rows)
    for found in tenant.contents.keys(DETECTED):
        rows = ({"id": device, "deviceName": None} for device in some())
        tenant.contents.put(f"{DETECTED}/{found}/managedDevices", *rows)


def _managed(number: int, device: Json, user: str, rng: random.Random) -> Json:
    of_device = {"azureADDeviceId": device["deviceId"], "deviceName": device["displayName"]}
    state, encrypted = rng.choice(_STATES), rng.random() < _ENCRYPTED_SHARE
    return managed_device(number, id=guid(rng), userId=user, complianceState=state, isEncrypted=encrypted, **of_device)


def _policy(number: int, kind: str, groups: list[str], rng: random.Random) -> Json:
    targets = [assignment("group", each) for each in rng.sample(groups, min(3, len(groups)))]
    return {
        "@odata.type": f"#microsoft.graph.{kind}",
        "id": guid(rng),
        "createdDateTime": "2024-05-06T07:08:09Z",
        "description": None,
        "displayName": f"Policy {number}",
        "lastModifiedDateTime": "2025-06-07T08:09:10Z",
        "version": 1,
        "assignments": [*targets, assignment("exclusionGroup", rng.choice(groups))] if groups else [],
    }


def _judge(tenant: Tenant, rng: random.Random) -> bool:
    """Have Intune judge a device anew."""
    rows = list(tenant.contents.values(DEVICES))
    if rows:
        tenant.contents.put(DEVICES, {**rng.choice(rows), "complianceState": rng.choice(_STATES)})
    return bool(rows)


CHANGES: dict[str, tuple[int, Callable[[Tenant, random.Random], bool]]] = {"judge device": (5, _judge)}
