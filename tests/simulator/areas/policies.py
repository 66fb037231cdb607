"""Conditional access, the tenant's policies and settings, and its subscriptions.

A policy of which each tenant has one is ``tenant.contents.set`` where the demo's differs from ``singles.py``.
Subscriptions are ``licences.license_tenant``'s. How to add to the demo is told in this package's docstring.
"""

from tests.simulator.areas.access_demo import add_conditional_access
from tests.simulator.areas.policies_demo import STS, add_governing
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
    Shelf("/policies/appManagementPolicies/{id}/appliesTo", (_ALL,), options=frozenset({"$select", "$top"})),
    *(Shelf(f"/policies/{kind}Policies", (_ALL,)) for kind in STS),
    Shelf("/identity/identityProviders", ("IdentityProvider.Read.All",), options=frozenset({"$select"})),
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
    add_conditional_access(tenant)
    add_governing(tenant)
