"""Made-up devices, administrative units, domains, managers, registered methods and sign-ins."""

import random
from collections.abc import Callable, Iterator

from tests.simulator.areas.devices import EXTERNAL_FEDERATION, EXTERNAL_FEDERATIONS, FEDERATION
from tests.simulator.made_up.sizes import Sizes
from tests.simulator.made_up.values import guid, listed, moment
from tests.simulator.properties import ADMINISTRATIVE_UNIT, DEVICE, GROUP, USER, Json
from tests.simulator.tenant import Tenant

REGISTRATION = "/reports/authenticationMethods/userRegistrationDetails"
_MANAGED_SHARE, _SIGNED_IN_SHARE, _ENABLED_SHARE = 0.9, 0.8, 0.95
_MEMBERS_OF_A_UNIT, _ACTIVITIES, _MOMENTS = 40, 50, 200
_SYSTEMS = (("Windows", "10.0.26100.1"), ("iOS", "18.1"), ("Android", "15"), ("MacMDM", "15.2"))
_MODELS = (("Contoso", "Slab 5"), ("Fabrikam", "Flat 12"), ("Northwind", "Cube"))
_TRUST = ("AzureAd", "ServerAd", "Workplace")
_METHODS: tuple[list[str], ...] = (
    [],
    ["mobilePhone"],
    ["microsoftAuthenticatorPush", "softwareOneTimePasscode"],
    ["windowsHelloForBusiness", "microsoftAuthenticatorPush"],
    ["passKeyDeviceBound"],
)
_SECOND = ("none", "sms", "push", "push", "none")


def fill(tenant: Tenant, sizes: Sizes, rng: random.Random) -> None:
    """Add administrative units, domains and reports, and give users and devices what they have."""
    people, groups, devices = listed(tenant, USER), listed(tenant, GROUP), listed(tenant, DEVICE)
    moments = [moment(rng, 2024) for _ in range(_MOMENTS)]
    for number, identity in enumerate(devices):
        tenant.update(identity, **_device(number, rng, moments))
        owner = rng.choice(people)
        tenant.relate(identity, "registeredOwners", owner)
        for user in {owner, rng.choice(people)} if number % 20 == 0 else {owner}:
            tenant.relate(identity, "registeredUsers", user)
    for number in range(sizes.administrative_units):
        unit = tenant.add(ADMINISTRATIVE_UNIT, _unit(number, rng))
        for kind in (people, groups, devices):
            for member in rng.sample(kind, min(len(kind), _MEMBERS_OF_A_UNIT)):
                tenant.relate(unit, "members", member)
    activities = [_activity(rng, moments) for _ in range(_ACTIVITIES)]
    for number, identity in enumerate(people):
        if number and rng.random() < _MANAGED_SHARE:
            tenant.relate(identity, "manager", people[number // 8])
        if rng.random() < _SIGNED_IN_SHARE:
            tenant.update(identity, signInActivity=rng.choice(activities))
    tenant.contents.put("/domains", *_domains())
    tenant.contents.put("/domains/fabrikam.example/federationConfiguration", FEDERATION)
    tenant.contents.put(EXTERNAL_FEDERATIONS, EXTERNAL_FEDERATION)
    tenant.contents.put(REGISTRATION, *(_registration(tenant, identity, rng, moments) for identity in people))


def _device(number: int, rng: random.Random, moments: list[str]) -> Json:
    system, version = rng.choice(_SYSTEMS)
    maker, model = rng.choice(_MODELS)
    trust = rng.choice(_TRUST)
    return {
        "accountEnabled": rng.random() < _ENABLED_SHARE,
        "approximateLastSignInDateTime": rng.choice(moments),
        "createdDateTime": rng.choice(moments),
        "deviceId": guid(rng),
        "deviceOwnership": "Personal" if trust == "Workplace" else "Company",
        "deviceVersion": 2,
        "displayName": f"LAPTOP-{number:05}",
        "isCompliant": rng.choice((True, False, None)),
        "isManaged": trust != "Workplace",
        "manufacturer": maker,
        "model": model,
        "operatingSystem": system,
        "operatingSystemVersion": version,
        "physicalIds": [f"[HWID]:h:{rng.getrandbits(60)}"],
        "profileType": "RegisteredDevice",
        "registrationDateTime": rng.choice(moments),
        "trustType": trust,
        "onPremisesSyncEnabled": True if trust == "ServerAd" else None,
    }


def _unit(number: int, rng: random.Random) -> Json:
    return {
        "id": guid(rng),
        "displayName": f"Unit {number}",
        "description": None,
        "isMemberManagementRestricted": number % 10 == 1,
        "membershipType": "Assigned",
        "visibility": None,
    }


def _activity(rng: random.Random, moments: list[str]) -> Json:
    return {
        "lastSignInDateTime": rng.choice(moments),
        "lastSignInRequestId": guid(rng),
        "lastNonInteractiveSignInDateTime": rng.choice(moments),
        "lastNonInteractiveSignInRequestId": guid(rng),
        "lastSuccessfulSignInDateTime": rng.choice(moments),
        "lastSuccessfulSignInRequestId": guid(rng),
    }


def _domains() -> Iterator[Json]:
    for name in ("contoso.example", "fabrikam.example", "contosotest.onmicrosoft.com"):
        yield {
            "id": name,
            "authenticationType": "Federated" if name.startswith("fabrikam") else "Managed",
            "availabilityStatus": None,
            "isAdminManaged": True,
            "isDefault": name == "contoso.example",
            "isInitial": name.endswith(".onmicrosoft.com"),
            "isRoot": True,
            "isVerified": True,
            "supportedServices": ["Email"],
            "passwordValidityPeriodInDays": 2147483647,
            "passwordNotificationWindowInDays": 14,
            "manufacturer": None,
            "model": None,
            "state": None,
        }


def _registration(tenant: Tenant, identity: str, rng: random.Random, moments: list[str]) -> Json:
    """What one user has registered to sign in with."""
    place, at = tenant.place[identity], rng.randrange(len(_METHODS))
    registered = at > 0
    return {
        "id": identity,
        "isAdmin": False,
        "isMfaCapable": registered,
        "isMfaRegistered": registered,
        "isPasswordlessCapable": "passKeyDeviceBound" in _METHODS[at],
        "isSsprCapable": registered,
        "isSsprEnabled": True,
        "isSsprRegistered": registered,
        "isSystemPreferredAuthenticationMethodEnabled": True,
        "lastUpdatedDateTime": rng.choice(moments),
        "methodsRegistered": _METHODS[at],
        "systemPreferredAuthenticationMethods": ["push"] if at == 2 else [],
        "userDisplayName": tenant.value(place, "displayName"),
        "userPreferredMethodForSecondaryAuthentication": _SECOND[at],
        "userPrincipalName": tenant.value(place, "userPrincipalName"),
        "userType": (tenant.value(place, "userType") or "Member").lower(),
    }


def _comply(tenant: Tenant, rng: random.Random) -> bool:
    """Have a device comply, or not any more."""
    if devices := listed(tenant, DEVICE):
        device = rng.choice(devices)
        tenant.update(device, isCompliant=not tenant.objects(DEVICE)[device]["isCompliant"])
    return bool(devices)


def _register(tenant: Tenant, rng: random.Random) -> bool:
    """Register a new device of some user."""
    if people := listed(tenant, USER):
        device = tenant.add(DEVICE, {"id": guid(rng), **_device(rng.getrandbits(16), rng, ["2026-01-02T03:04:05Z"])})
        tenant.relate(device, "registeredOwners", rng.choice(people))
    return bool(people)


def _retire(tenant: Tenant, rng: random.Random) -> bool:
    """Delete a device."""
    if devices := listed(tenant, DEVICE):
        tenant.delete(rng.choice(devices))
    return bool(devices)


def _place(tenant: Tenant, rng: random.Random) -> bool:
    """Put a user into an administrative unit, or take one out."""
    units, people = listed(tenant, ADMINISTRATIVE_UNIT), listed(tenant, USER)
    if not units or not people:
        return False
    unit, person = rng.choice(units), rng.choice(people)
    within = tenant.place[person] in tenant.members[tenant.place[unit]]
    (tenant.unrelate if within else tenant.relate)(unit, "members", person)
    return True


def _promote(tenant: Tenant, rng: random.Random) -> bool:
    """Give a user another manager."""
    people = listed(tenant, USER)
    if len(people) < 2:
        return False
    person, manager = rng.sample(people, 2)
    for place in [*tenant.related["manager"][tenant.place[person]]]:
        tenant.unrelate(person, "manager", tenant.ids[place])
    tenant.relate(person, "manager", manager)
    return True


CHANGES: dict[str, tuple[int, Callable[[Tenant, random.Random], bool]]] = {
    "comply": (10, _comply),
    "register device": (5, _register),
    "retire device": (3, _retire),
    "place in unit": (4, _place),
    "promote": (5, _promote),
}
