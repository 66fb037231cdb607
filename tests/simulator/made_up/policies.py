"""Made-up policies of conditional access, named locations, settings and partners."""

import random
from collections.abc import Callable

import orjson

from tests.simulator.made_up.roles import BUILT_IN
from tests.simulator.made_up.sizes import Sizes
from tests.simulator.made_up.values import guid, listed, moment
from tests.simulator.properties import GROUP, SERVICE_PRINCIPAL, USER, Json
from tests.simulator.tenant import Tenant

ACCESS = "/identity/conditionalAccess"
POLICIES, LOCATIONS = f"{ACCESS}/policies", f"{ACCESS}/namedLocations"
STATES = ("enabled", "enabledForReportingButNotEnforced", "disabled")
_LICENSING_GROUPS, _GROUP_SHARE = 4, 0.3
_STRENGTHS = {
    "2": ("Multifactor authentication", ["windowsHelloForBusiness", "password,microsoftAuthenticatorPush"]),
    "3": ("Passwordless MFA", ["windowsHelloForBusiness", "fido2", "deviceBasedPush"]),
    "4": ("Phishing-resistant MFA", ["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"]),
}


def fill(tenant: Tenant, sizes: Sizes, rng: random.Random) -> None:
    """Add what is no single policy: each tenant has those anyway."""
    strengths = [_strength(number, *what) for number, what in _STRENGTHS.items()]
    tenant.contents.put("/policies/authenticationStrengthPolicies", *strengths)
    locations = [_location(number, rng) for number in range(sizes.named_locations)]
    tenant.contents.put(LOCATIONS, *locations)
    for number in range(sizes.conditional_access_policies):
        tenant.contents.put(POLICIES, _policy(number, tenant, [each["id"] for each in locations], rng))
    contexts = ({"id": f"c{n}", "displayName": f"Context {n}", "description": "", "isAvailable": True} for n in (1, 2))
    tenant.contents.put(f"{ACCESS}/authenticationContextClassReferences", *contexts)
    templates = ({"id": guid(rng), "name": f"Template {n}", "description": "", "scenarios": "secureFoundation",
                  "details": {}} for n in range(17))  # fmt: skip
    tenant.contents.put(f"{ACCESS}/templates", *templates)
    tenant.contents.put("/policies/crossTenantAccessPolicy/partners", _partner(rng), _partner(rng), key="tenantId")
    tenant.contents.put("/policies/permissionGrantPolicies", _grant_policy())
    _license(tenant, rng)
    setting = {"id": guid(rng), "displayName": "Group.Unified", "templateId": "62375ab9-6b52-47ed-826b-58e47e0e304b",
               "values": [{"name": "EnableGroupCreation", "value": "true"}]}  # fmt: skip
    tenant.contents.put("/groupSettings", setting)


def _license(tenant: Tenant, rng: random.Random) -> None:
    """Say where users have their licences from: most have them themselves, some from a group."""
    groups = listed(tenant, GROUP)[:_LICENSING_GROUPS]
    for sku in sorted({each["skuId"] for user in tenant.users.values() for each in user["assignedLicenses"]}):
        for group in groups:
            tenant.update(group, assignedLicenses=[{"disabledPlans": [], "skuId": sku}])
        own: Json = {"skuId": sku, "disabledPlans": [], "state": "Active", "error": "None", "assignedByGroup": None,
                     "lastUpdatedDateTime": "2024-03-04T05:06:07Z"}  # fmt: skip
        states = [[own], *([own | {"assignedByGroup": group}] for group in groups)]
        for user in listed(tenant, USER):
            licences = tenant.value(tenant.place[user], "assignedLicenses")
            if [each["skuId"] for each in licences] == [sku]:
                share = rng.random() < _GROUP_SHARE and len(states) > 1
                tenant.update(user, licenseAssignmentStates=rng.choice(states[1:]) if share else states[0])


def _strength(number: str, name: str, combinations: list[str]) -> Json:
    return {
        "id": f"00000000-0000-0000-0000-00000000000{number}",
        "createdDateTime": "2021-12-01T00:00:00Z",
        "modifiedDateTime": "2021-12-01T00:00:00Z",
        "displayName": name,
        "description": name,
        "policyType": "builtIn",
        "requirementsSatisfied": "mfa",
        "allowedCombinations": combinations,
        "combinationConfigurations": [],
    }


def _location(number: int, rng: random.Random) -> Json:
    common = {"id": guid(rng), "displayName": f"Location {number}", "createdDateTime": moment(rng),
              "modifiedDateTime": None}  # fmt: skip
    if number % 4 == 0:
        countries = {"countriesAndRegions": ["GB", "DE"], "includeUnknownCountriesAndRegions": False}
        method = {"countryLookupMethod": "clientIpAddress"}
        return {"@odata.type": "#microsoft.graph.countryNamedLocation", **common, **countries, **method}
    ranges = [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": f"198.51.100.{4 * number % 256}/30"}]
    return {"@odata.type": "#microsoft.graph.ipNamedLocation", **common, "isTrusted": True, "ipRanges": ranges}


def _policy(number: int, tenant: Tenant, locations: list[str], rng: random.Random) -> Json:
    people, groups, services = (listed(tenant, kind) for kind in (USER, GROUP, SERVICE_PRINCIPAL))
    for_all = number % 3 == 0
    return {
        "id": guid(rng),
        "templateId": None,
        "displayName": f"Policy {number}",
        "createdDateTime": moment(rng),
        "modifiedDateTime": None,
        "state": rng.choice(STATES),
        "sessionControls": None,
        "conditions": {
            "userRiskLevels": [],
            "signInRiskLevels": [],
            "clientAppTypes": ["all"],
            "platforms": None,
            "locations": {
                "includeLocations": ["All"],
                "excludeLocations": rng.sample(locations, min(2, len(locations))),
            },
            "devices": None,
            "clientApplications": None,
            "applications": {
                "includeApplications": ["All"]
                if for_all
                else [tenant.value(tenant.place[rng.choice(services)], "appId")],
                "excludeApplications": [],
                "includeUserActions": [],
                "includeAuthenticationContextClassReferences": [],
                "applicationFilter": None,
            },
            "users": {
                "includeUsers": ["All"] if for_all else [],
                "excludeUsers": [rng.choice(people)],
                "includeGroups": [] if for_all else rng.sample(groups, min(3, len(groups))),
                "excludeGroups": [],
                "includeRoles": [] if for_all else [next(iter(BUILT_IN))],
                "excludeRoles": [],
                "includeGuestsOrExternalUsers": None,
                "excludeGuestsOrExternalUsers": None,
            },
        },
        "grantControls": {
            "operator": "OR",
            "builtInControls": ["mfa"],
            "customAuthenticationFactors": [],
            "termsOfUse": [],
            "authenticationStrength": None,
        },
    }


def _partner(rng: random.Random) -> Json:
    trust = {"isMfaAccepted": True, "isCompliantDeviceAccepted": False, "isHybridAzureADJoinedDeviceAccepted": False}
    return {
        "tenantId": guid(rng),
        "isServiceProvider": None,
        "isInMultiTenantOrganization": False,
        "inboundTrust": trust,
        "b2bCollaborationOutbound": None,
        "b2bCollaborationInbound": None,
        "b2bDirectConnectOutbound": None,
        "b2bDirectConnectInbound": None,
        "tenantRestrictions": None,
        "automaticUserConsentSettings": {"inboundAllowed": None, "outboundAllowed": None},
        "identitySynchronization": None,
    }


def _grant_policy() -> Json:
    condition = {
        "id": "cccccccc-0000-4000-8000-000000000001",
        "permissionClassification": "low",
        "permissionType": "delegated",
        "resourceApplication": "any",
        "permissions": ["all"],
        "clientApplicationIds": ["all"],
        "clientApplicationTenantIds": ["all"],
        "clientApplicationPublisherIds": ["all"],
        "clientApplicationsFromVerifiedPublisherOnly": True,
    }
    return {
        "id": "microsoft-user-default-low",
        "displayName": "Default User Low Risk Policy",
        "description": "Permissions of low risk, for verified publishers.",
        "deletedDateTime": None,
        "includes": [condition],
        "excludes": [],
    }


def _switch(tenant: Tenant, rng: random.Random) -> bool:
    """Switch a policy of conditional access to another state."""
    keys = tenant.contents.keys(POLICIES)
    if not keys or not (text := tenant.contents.row(POLICIES, rng.choice(keys))):
        return False
    row = orjson.loads(text)
    tenant.contents.put(POLICIES, row | {"state": STATES[(STATES.index(row["state"]) + 1) % len(STATES)]})
    return True


CHANGES: dict[str, tuple[int, Callable[[Tenant, random.Random], bool]]] = {"switch policy": (3, _switch)}
