"""Conditional access in the demo: policies, and what they refer to."""

from collections.abc import Iterable
from typing import Any

from tests.simulator.demo_ids import SERVICE_PRINCIPAL_ID, group_id, user_id
from tests.simulator.properties import Json
from tests.simulator.tenant import Tenant

ACCESS = "/identity/conditionalAccess"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
DIRECTORY_SYNCHRONIZATION = "d29b2b05-8046-44ba-8758-1e26182fcf32"
FINANCE_APP = "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a01"
DELETED_GROUP = "deadbeef-0c77-4a0b-b1c2-90d0e0f0a001"
DELETED_USER = "deadbeef-6a0e-4b0f-8f43-1d2c3b4a5001"
OFFICE, BRANCH, COUNTRIES = (f"10ca0000-2f3e-4d5c-8b6a-7f8e9d0c1b0{number}" for number in (1, 2, 3))
_STRENGTH = "00000000-0000-0000-0000-00000000000{}"
_USERS = ("includeUsers", "excludeUsers", "includeGroups", "excludeGroups", "includeRoles", "excludeRoles")
_RESISTANT = ["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"]
_ON = "2024-01-02T03:04:05Z"


def _policy(number: int, name: str, state: str = "enabled", **conditions: Any) -> Json:
    """A conditional access policy; ``users``, ``grant``, ``session`` and ``about`` are no conditions."""
    users, about = conditions.pop("users", {}), conditions.pop("about", {})
    grant, session = conditions.pop("grant", None), conditions.pop("session", None)
    return {
        "id": f"ca00000{number}-2f3e-4d5c-8b6a-7f8e9d0c1b01",
        "templateId": None,
        "displayName": name,
        "createdDateTime": _ON,
        "modifiedDateTime": None,
        "state": state,
        **about,
        "sessionControls": session,
        "conditions": {
            "userRiskLevels": [],
            "signInRiskLevels": [],
            "clientAppTypes": ["all"],
            **dict.fromkeys(("platforms", "locations", "devices", "clientApplications", "authenticationFlows")),
            "applications": {"includeApplications": ["All"], "excludeApplications": []},
            **conditions,
            "users": users and {**{each: [] for each in _USERS}, **users},
        },
        "grantControls": grant and {"operator": "OR", "customAuthenticationFactors": [], "termsOfUse": [], **grant},
    }


def _policies() -> list[Json]:
    break_glass = {"excludeUsers": [user_id(20)]}
    everywhere = {"@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants", "membershipKind": "all"}
    guests: Json = {
        "guestOrExternalUserTypes": "b2bCollaborationGuest,serviceProvider",
        "externalTenants": everywhere,
    }
    partners = {
        "@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants",
        "membershipKind": "enumerated",
        "members": ["fab00000-2f3e-4d5c-8b6a-7f8e9d0c1b01"],
    }
    phishing_resistant = {
        "id": _STRENGTH.format(4),
        "displayName": "Phishing-resistant MFA",
        "allowedCombinations": _RESISTANT,
        "combinationConfigurations": [],
    }
    return [
        _policy(
            1,
            "Everybody proves it twice",
            users={"includeUsers": ["All"], **break_glass, "excludeGroups": [group_id(11), DELETED_GROUP]},
            locations={"includeLocations": ["All", BRANCH], "excludeLocations": ["AllTrusted", OFFICE, BRANCH]},
            grant={"builtInControls": ["mfa"]},
        ),
        _policy(
            2,
            "Nobody signs in as in 2010",
            users={"includeUsers": ["All"], **break_glass},
            clientAppTypes=["exchangeActiveSync", "other"],
            grant={"builtInControls": ["block"]},
        ),
        _policy(
            3,
            "Administrators have keys",
            users={
                "includeRoles": [GLOBAL_ADMINISTRATOR],
                "excludeRoles": [DIRECTORY_SYNCHRONIZATION],
                "includeGroups": [group_id(7)],
                **break_glass,
            },
            applications={"includeApplications": ["MicrosoftAdminPortals"], "excludeApplications": []},
            grant={"builtInControls": [], "authenticationStrength": phishing_resistant},
            session={
                "signInFrequency": {
                    "value": 4,
                    "type": "hours",
                    "frequencyInterval": "timeBased",
                    "isEnabled": True,
                    "authenticationType": "primaryAndSecondaryAuthentication",
                },
                "persistentBrowser": {"mode": "never", "isEnabled": True},
                "cloudAppSecurity": {"cloudAppSecurityType": "monitorOnly", "isEnabled": True},
                "applicationEnforcedRestrictions": {"isEnabled": True},
                "disableResilienceDefaults": True,
                "secureSignInSession": {"isEnabled": True},
            },
            about={
                "description": "Keys, and no phones",
                "modifiedDateTime": "2025-06-07T08:09:10Z",
                "templateId": "c7503427-338e-4c5e-902d-abe252abfb43",
            },
        ),
        _policy(
            4,
            "Guests, to be seen first",
            "enabledForReportingButNotEnforced",
            users={
                "includeUsers": [user_id(16), DELETED_USER],
                "includeGuestsOrExternalUsers": {**guests, "externalTenants": partners},
                "excludeGuestsOrExternalUsers": {
                    "guestOrExternalUserTypes": "serviceProvider",
                    "externalTenants": partners,
                },
            },
            applications={
                "includeApplications": [FINANCE_APP],
                "excludeApplications": ["Office365"],
                "applicationFilter": {"mode": "include", "rule": 'CustomSecurityAttribute.Data_Level -eq "high"'},
            },
            signInRiskLevels=["high", "medium"],
            userRiskLevels=["high"],
            insiderRiskLevels="elevated",
            platforms={"includePlatforms": ["all"], "excludePlatforms": ["iOS"]},
            devices={"deviceFilter": {"mode": "exclude", "rule": 'device.trustType -eq "AzureAD"'}},
            grant={
                "operator": "AND",
                "builtInControls": ["mfa", "compliantDevice"],
                "termsOfUse": ["7e235000-2f3e-4d5c-8b6a-7f8e9d0c1b01"],
                "customAuthenticationFactors": ["c0570000-2f3e-4d5c-8b6a-7f8e9d0c1b01"],
            },
        ),
        _policy(
            5,
            "Jobs stay at home",
            users={"includeUsers": ["None"]},
            clientApplications={
                "includeServicePrincipals": [SERVICE_PRINCIPAL_ID],
                "excludeServicePrincipals": ["deadbeef-5a49-4838-a716-0f1e2d3c4b01"],
                "servicePrincipalFilter": {"mode": "exclude", "rule": 'CustomSecurityAttribute.Data_Level -eq "low"'},
            },
            servicePrincipalRiskLevels=["high"],
            grant={"builtInControls": ["block"]},
        ),
        _policy(
            6,
            "What is marked",
            "disabled",
            users={"includeUsers": ["GuestsOrExternalUsers"], "excludeUsers": ["GuestsOrExternalUsers"]},
            applications={
                "includeApplications": [],
                "includeAuthenticationContextClassReferences": ["c1", "c9"],
                "includeUserActions": [],
            },
            grant={"builtInControls": ["mfa"]},
        ),
        _policy(
            7,
            "No codes of devices",
            users={"includeUsers": ["All"]},
            applications={"includeApplications": ["All"], "includeUserActions": ["urn:user:registersecurityinfo"]},
            authenticationFlows={"transferMethods": "deviceCodeFlow,authenticationTransfer"},
            grant={"builtInControls": ["block"]},
        ),
        _policy(8, "Empty", "disabled", users=None, applications=None, clientAppTypes=None),
    ]


def _locations() -> Iterable[Json]:
    times = {"createdDateTime": _ON, "modifiedDateTime": "2025-02-03T04:05:06Z"}
    address = {"@odata.type": "#microsoft.graph.ipNamedLocation", **times}
    four, six = "#microsoft.graph.iPv4CidrRange", "#microsoft.graph.iPv6CidrRange"
    ranges = [
        {"@odata.type": four, "cidrAddress": "198.51.100.0/24"},
        {"@odata.type": six, "cidrAddress": "2001:db8::/48"},
    ]
    yield {**address, "id": OFFICE, "displayName": "Head office", "isTrusted": True, "ipRanges": ranges}
    yield {**address, "id": BRANCH, "displayName": "Branch", "isTrusted": False, "ipRanges": ranges[:1]}
    yield {
        "@odata.type": "#microsoft.graph.countryNamedLocation",
        "id": COUNTRIES,
        "displayName": "Where we are",
        **times,
        "countriesAndRegions": ["GB", "JP"],
        "countryLookupMethod": "clientIpAddress",
        "includeUnknownCountriesAndRegions": False,
    }


def _strengths() -> Iterable[Json]:
    built_in = {"createdDateTime": "2021-12-01T00:00:00Z", "modifiedDateTime": "2021-12-01T00:00:00Z"}
    for number, name, combinations in (
        (2, "Multifactor authentication", [*_RESISTANT, "password,sms"]),
        (3, "Passwordless MFA", [*_RESISTANT, "deviceBasedPush"]),
        (4, "Phishing-resistant MFA", _RESISTANT),
    ):
        yield {
            "id": _STRENGTH.format(number),
            **built_in,
            "displayName": name,
            "description": "Built in",
            "policyType": "builtIn",
            "requirementsSatisfied": "mfa",
            "allowedCombinations": combinations,
            "combinationConfigurations": [],
        }


def add_conditional_access(tenant: Tenant) -> None:
    """Add policies, and what they refer to."""
    contents = tenant.contents
    contents.put(f"{ACCESS}/policies", *_policies())
    contents.put(f"{ACCESS}/namedLocations", *_locations())
    contents.put(
        f"{ACCESS}/authenticationContextClassReferences",
        {"id": "c1", "displayName": "Payments", "description": "Money moves", "isAvailable": True},
        {"id": "c2", "displayName": None, "description": None, "isAvailable": False},
    )
    contents.put("/policies/authenticationStrengthPolicies", *_strengths())
    contents.put(
        f"{ACCESS}/templates",
        {
            "id": "c7503427-338e-4c5e-902d-abe252abfb43",
            "name": "Require multifactor authentication for admins",
            "description": "Protects those who may change everything.",
            "scenarios": "secureFoundation,zeroTrust,protectAdmins",
            "details": {"grantControls": {"builtInControls": ["mfa"]}},
        },
    )
