"""Made-up users and applications at risk, roles of services, and certificate authorities."""

import random
from collections.abc import Callable

from tests.simulator.areas.governance import MANAGEMENT
from tests.simulator.areas.protection import (
    ASSIGNMENTS,
    CATALOG_ROLES,
    RISKY_PRINCIPALS,
    RISKY_USERS,
    ROLES,
    STORES,
    catalog_assignment,
    intune_assignment,
    intune_role,
    risky_user,
)
from tests.simulator.made_up.sizes import Sizes
from tests.simulator.made_up.values import guid, listed
from tests.simulator.properties import GROUP, SERVICE_PRINCIPAL, USER
from tests.simulator.tenant import Tenant

_LEVELS, _STATES = ("low", "medium", "high", "hidden"), ("atRisk", "remediated", "dismissed", "confirmedCompromised")
_AT_RISK, _ROLES, _AUTHORITIES = 40, 6, 3
_ACTIONS = [f"Microsoft.Intune_{what}_Read" for what in ("ManagedDevices", "MobileApps", "Organization", "Roles")]
_NOT_TOLD = (
    "certificateAuthorityType",
    "certificateRevocationListUrl",
    "createdDateTime",
    "deltaCertificateRevocationListUrl",
    "expirationDateTime",
    "issuerSubjectKeyIdentifier",
)
_OWNER = "ae79f266-94d4-4dab-b730-feca7e132178"


def fill(tenant: Tenant, sizes: Sizes, rng: random.Random) -> None:
    """Put some people at risk, give roles of Intune and of catalogs, and trust some certificate authorities."""
    people, groups, principals = listed(tenant, USER), listed(tenant, GROUP), listed(tenant, SERVICE_PRINCIPAL)
    for user in rng.sample(people, min(_AT_RISK, len(people))):
        tenant.contents.put(RISKY_USERS, risky_user(user, "Made Up", rng.choice(_LEVELS), rng.choice(_STATES)))
    risk = {"appId": guid(rng), "displayName": "App", "isEnabled": True, "isProcessing": False, "riskDetail": "none"}
    state = {"riskLevel": "high", "riskState": "atRisk", "servicePrincipalType": "Application"}
    times = {"riskLastUpdatedDateTime": "2026-01-12T03:04:05Z"}
    tenant.contents.put(RISKY_PRINCIPALS, {"id": rng.choice(principals), **risk, **state, **times})
    for number in range(_ROLES):
        role, given = guid(rng), guid(rng)
        members = rng.sample(groups, min(2, len(groups)))
        tenant.contents.put(ROLES, intune_role(role, f"Role {number}", number > 2, rng.sample(_ACTIONS, 2), []))
        tenant.contents.put(ASSIGNMENTS, intune_assignment(given, f"Given {number}", members, members[:1]))
        tenant.contents.put(f"{ROLES}/{role}/roleAssignments", {"id": given, "displayName": f"Given {number}"})
    tenant.contents.put(f"{CATALOG_ROLES}/roleDefinitions", {"id": _OWNER, "displayName": "Catalog owner"})
    for number, catalog in enumerate(tenant.contents.keys(f"{MANAGEMENT}/catalogs"), 1):
        row = catalog_assignment(number, rng.choice(people), _OWNER, catalog)
        tenant.contents.put(f"{CATALOG_ROLES}/roleAssignments", row)
    store = guid(rng)
    tenant.contents.put(STORES, {"id": store, "displayName": "Store"})
    for number in range(_AUTHORITIES):
        told = dict.fromkeys(_NOT_TOLD) | {"displayName": f"Authority {number}", "issuer": "CN=Root"}
        authority = {"id": guid(rng), **told, "thumbprint": guid(rng), "isIssuerHintEnabled": False}
        tenant.contents.put(f"{STORES}/{store}/certificateAuthorities", authority)


def _settle(tenant: Tenant, rng: random.Random) -> bool:
    """Have the risk of a user be settled, or be there again."""
    rows = list(tenant.contents.values(RISKY_USERS))
    if rows:
        tenant.contents.put(RISKY_USERS, {**rng.choice(rows), "riskState": rng.choice(_STATES)})
    return bool(rows)


CHANGES: dict[str, tuple[int, Callable[[Tenant, random.Random], bool]]] = {"settle risk": (3, _settle)}
