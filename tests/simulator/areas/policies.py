"""Conditional access, the tenant's policies and settings, and its subscriptions.

A policy of which each tenant has one is ``tenant.contents.set`` where the demo's differs from ``singles.py``.
Subscriptions are ``licences.license_tenant``'s. How to add to the demo is told in this package's docstring.
"""

from tests.simulator.areas.singles import SINGLES
from tests.simulator.lanes import CONDITIONAL_ACCESS as CONDITIONAL_ACCESS_LANE
from tests.simulator.licences import CONDITIONAL_ACCESS, SKUS
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

_ACCESS = "/identity/conditionalAccess"
_ALL = "Policy.Read.All"
_METHODS = ("Policy.Read.AuthenticationMethod", _ALL)
_SETTINGS = ("GroupSettings.Read.All", "Group.Read.All", "Directory.Read.All")
_NONE = frozenset[str]()
_QUERIED = frozenset({"$select", "$filter", "$top"})


def _single(path: str, permissions: tuple[str, ...], options: frozenset[str] = _NONE) -> Shelf:
    """An endpoint that gives the one object of its kind."""
    return Shelf(path, permissions, single=SINGLES[path], options=options)


SHELVES = (
    Shelf(f"{_ACCESS}/policies", (_ALL,), CONDITIONAL_ACCESS, options=_QUERIED, lane=CONDITIONAL_ACCESS_LANE),
    Shelf(f"{_ACCESS}/namedLocations", (_ALL,), CONDITIONAL_ACCESS, options=_QUERIED, lane=CONDITIONAL_ACCESS_LANE),
    Shelf(
        f"{_ACCESS}/authenticationContextClassReferences",
        ("AuthenticationContext.Read.All", "Policy.Read.ConditionalAccess", _ALL),
        CONDITIONAL_ACCESS,
        options=frozenset({"$filter"}),
    ),
    Shelf(f"{_ACCESS}/templates", (_ALL,), CONDITIONAL_ACCESS, options=frozenset({"$filter", "$top"})),
    Shelf("/policies/authenticationStrengthPolicies", _METHODS, CONDITIONAL_ACCESS, options=frozenset({"$filter"})),
    _single("/policies/authenticationMethodsPolicy", _METHODS),
    _single("/policies/authorizationPolicy", (_ALL,), frozenset({"$select"})),
    _single("/policies/crossTenantAccessPolicy", (_ALL,)),
    _single("/policies/crossTenantAccessPolicy/default", (_ALL,)),
    Shelf(
        "/policies/crossTenantAccessPolicy/partners",
        (_ALL,),
        navigations=("identitySynchronization",),
        key="tenantId",
    ),
    _single("/policies/adminConsentRequestPolicy", (_ALL, "Directory.Read.All")),
    Shelf(
        "/policies/permissionGrantPolicies",
        ("Policy.Read.PermissionGrant",),
        options=_NONE,
        navigations=("includes", "excludes"),
    ),
    _single("/policies/deviceRegistrationPolicy", ("Policy.Read.DeviceConfiguration",)),
    _single("/policies/defaultAppManagementPolicy", (_ALL,)),
    Shelf("/policies/appManagementPolicies", (_ALL,), navigations=("appliesTo",)),
    Shelf("/groupSettings", _SETTINGS),
    Shelf("/groupSettingTemplates", _SETTINGS),
    Shelf(
        SKUS,
        ("LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All"),
        options=_NONE,
        page=None,
    ),
)
"""The endpoints of this area."""


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    tenant.contents.put(
        f"{_ACCESS}/policies",
        {
            "id": "ca000001-2f3e-4d5c-8b6a-7f8e9d0c1b01",
            "templateId": None,
            "displayName": "Everybody proves it twice",
            "createdDateTime": "2024-01-02T03:04:05Z",
            "modifiedDateTime": None,
            "state": "enabled",
            "sessionControls": None,
            "conditions": {
                "userRiskLevels": [],
                "signInRiskLevels": [],
                "clientAppTypes": ["all"],
                "platforms": None,
                "locations": None,
                "devices": None,
                "clientApplications": None,
                "applications": {
                    "includeApplications": ["All"],
                    "excludeApplications": [],
                    "includeUserActions": [],
                    "includeAuthenticationContextClassReferences": [],
                    "applicationFilter": None,
                },
                "users": {
                    "includeUsers": ["All"],
                    "excludeUsers": [],
                    "includeGroups": [],
                    "excludeGroups": [],
                    "includeRoles": [],
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
        },
    )
