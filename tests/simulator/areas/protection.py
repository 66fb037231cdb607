"""What Microsoft Entra ID Protection holds for at risk, roles of services, their settings, certificate authorities.

How to add to the demo is told in this package's docstring.
"""

from tests.simulator.areas.governance import GENERAL, PARTNERS
from tests.simulator.areas.intune import MANAGE
from tests.simulator.demo_ids import SERVICE_PRINCIPAL_ID, group_id, user_id
from tests.simulator.lanes import CONDITIONAL_ACCESS
from tests.simulator.licences import ENTITLEMENT, INTUNE, RISK, WORKLOADS
from tests.simulator.properties import Json
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

RISKY_USERS, RISKY_PRINCIPALS = "/identityProtection/riskyUsers", "/identityProtection/riskyServicePrincipals"
ROLES, ASSIGNMENTS = f"{MANAGE}/roleDefinitions", f"{MANAGE}/roleAssignments"
CATALOG_ROLES = "/roleManagement/entitlementManagement"
SHAREPOINT = "/admin/sharepoint/settings"
STORES = "/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations"
_NONE = frozenset[str]()
_INTUNE_SETTINGS: Json = {
    "id": "1d1d0000-0000-4000-8000-000000000001",
    "settings": {
        "deviceComplianceCheckinThresholdDays": 30,
        "isScheduledActionEnabled": True,
        "secureByDefault": False,
    },
    "subscriptionState": "active",
}
_SHARING: Json = {
    "allowedDomainGuidsForSyncApp": ["d0ea1000-0000-4000-8000-000000000001"],
    "deletedUserPersonalSiteRetentionPeriodInDays": 30,
    "excludedFileExtensionsForSyncApp": [".pst"],
    "idleSessionSignOut": {"isEnabled": True, "signOutAfterInSeconds": 3600, "warnAfterInSeconds": 3300},
    "isLegacyAuthProtocolsEnabled": True,
    "isMacSyncAppEnabled": True,
    "isRequireAcceptingUserToMatchInvitedUserEnabled": False,
    "isResharingByExternalUsersEnabled": True,
    "isSiteCreationEnabled": True,
    "isUnmanagedSyncAppForTenantRestricted": True,
    "sharingAllowedDomainList": ["fabrikam.example"],
    "sharingBlockedDomainList": ["northwind.example"],
    "sharingCapability": "externalUserAndGuestSharing",
    "sharingDomainRestrictionMode": "allowList",
}
_PAGED = frozenset({"$select", "$filter", "$top"})
_ROLES = ("DeviceManagementRBAC.Read.All",)
_CATALOGS = ("EntitlementManagement.Read.All",)
_AUTHORITIES = ("PublicKeyInfrastructure.Read.All",)
SHELVES = (
    Shelf(RISKY_USERS, ("IdentityRiskyUser.Read.All",), RISK, options=_PAGED, lane=CONDITIONAL_ACCESS),
    Shelf(
        RISKY_PRINCIPALS,
        ("IdentityRiskyServicePrincipal.Read.All",),
        WORKLOADS,
        options=_PAGED,
        lane=CONDITIONAL_ACCESS,
    ),
    *(Shelf(path, _ROLES, INTUNE) for path in (ROLES, f"{ROLES}/{{id}}/roleAssignments", ASSIGNMENTS)),
    Shelf(MANAGE, ("DeviceManagementConfiguration.Read.All",), INTUNE, single=_INTUNE_SETTINGS),
    Shelf(SHAREPOINT, ("SharePointTenantSettings.Read.All",), single=_SHARING, options=_NONE),
    Shelf(f"{CATALOG_ROLES}/roleDefinitions", _CATALOGS, ENTITLEMENT),
    Shelf(
        f"{CATALOG_ROLES}/roleAssignments",
        _CATALOGS,
        ENTITLEMENT,
        filters=(("principalId", "roleDefinitionId", "appScopeId"),),
    ),
    *(Shelf(path, _AUTHORITIES) for path in (STORES, f"{STORES}/{{id}}/certificateAuthorities")),
)
"""The endpoints of this area."""
HELP_DESK, _OWN, _UNUSED = (f"e01e0000-0000-4000-8000-{number:012}" for number in range(1, 4))
STORE = "caca0000-0000-4000-8000-000000000001"
_GONE = "deadbeef-6a0e-4b0f-8f43-1d2c3b4a5001"


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    put = tenant.contents.put
    put(RISKY_USERS, *(risky_user(*each) for each in _RISKY))
    put(
        RISKY_PRINCIPALS,
        {
            "id": SERVICE_PRINCIPAL_ID,
            "appId": "51e7ee00-0000-4000-8000-000000000003",
            "displayName": "finance-batch-job",
            "isEnabled": True,
            "isProcessing": False,
            "riskDetail": "adminConfirmedServicePrincipalCompromised",
            "riskLastUpdatedDateTime": "2026-01-12T03:04:05Z",
            "riskLevel": "high",
            "riskState": "confirmedCompromised",
            "servicePrincipalType": "Application",
        },
    )
    put(ROLES, *(intune_role(*each) for each in _INTUNE_ROLES))
    put(ASSIGNMENTS, *(intune_assignment(*each) for each in _ASSIGNED))
    for number, role in enumerate((HELP_DESK, _OWN)):
        name, *_ = _ASSIGNED[number]
        put(f"{ROLES}/{role}/roleAssignments", {"id": name, "displayName": None, "description": None})
    put(f"{CATALOG_ROLES}/roleDefinitions", *({"id": id, "displayName": name} for id, name in _CATALOG_ROLES.items()))
    put(f"{CATALOG_ROLES}/roleAssignments", *(catalog_assignment(*each) for each in _OVER_CATALOGS))
    put(STORES, {"id": STORE, "displayName": "Contoso PKI", "status": "succeeded"})
    put(f"{STORES}/{STORE}/certificateAuthorities", *_CERTIFICATE_AUTHORITIES)


def risky_user(id: str, name: str | None, level: str, state: str, detail: str = "none", deleted: bool = False) -> Json:
    """A user at risk, as a listing gives it."""
    return {
        "id": id,
        "isDeleted": deleted,
        "isProcessing": False,
        "riskDetail": detail,
        "riskLastUpdatedDateTime": "2026-01-11T02:03:04Z",
        "riskLevel": level,
        "riskState": state,
        "userDisplayName": name,
        "userPrincipalName": f"{id[:8]}@contoso.example",
    }


def intune_role(id: str, name: str, is_built_in: bool, allowed: list[str], denied: list[str]) -> Json:
    """A role of Microsoft Intune, as a listing gives it."""
    actions = {"allowedResourceActions": allowed, "notAllowedResourceActions": denied}
    return {
        "id": id,
        "description": f"{name}: what it is for",
        "displayName": name,
        "isBuiltIn": is_built_in,
        "rolePermissions": [{"resourceActions": [actions]}],
    }


def intune_assignment(id: str, name: str, members: list[str], scopes: list[str]) -> Json:
    """An assignment of such a role, as a listing gives it: which role that is, it does not tell."""
    return {
        "@odata.type": "#microsoft.graph.deviceAndAppManagementRoleAssignment",
        "id": id,
        "description": f"{name}: what it is for",
        "displayName": name,
        "members": members,
        "resourceScopes": scopes,
    }


def catalog_assignment(number: int, principal: str, role: str, catalog: str) -> Json:
    """An assignment of a role over a catalog, as a listing gives it."""
    return {
        "id": f"a55160ed-0000-4000-8000-{number:012}",
        "appScopeId": f"/AccessPackageCatalog/{catalog}",
        "directoryScopeId": None,
        "principalId": principal,
        "roleDefinitionId": role,
    }


_CATALOG_ROLES = {
    "ae79f266-94d4-4dab-b730-feca7e132178": "Catalog owner",
    "7f480852-ebdc-47d4-87de-0d8498384a83": "Access package manager",
}
_OWNER, _MANAGER = _CATALOG_ROLES
_OVER_CATALOGS = (
    (1, user_id(1), _OWNER, GENERAL),
    (2, group_id(3), _OWNER, PARTNERS),
    (3, SERVICE_PRINCIPAL_ID, _MANAGER, PARTNERS),
    (4, _GONE, "44272f93-9762-48e8-af59-1b5351b1d6b3", PARTNERS),
)
_RISKY = (
    (user_id(1), "Ada Example", "high", "atRisk"),
    (user_id(2), None, "medium", "remediated", "userPerformedSecuredPasswordReset"),
    (user_id(4), "Somebody", "hidden", "dismissed", "adminDismissedAllRiskForUser"),
    (_GONE, "Gone Example", "low", "atRisk", "none", True),
)
_INTUNE_ROLES: tuple[tuple[str, str, bool, list[str], list[str]], ...] = (
    (HELP_DESK, "Help Desk Operator", True, ["Microsoft.Intune_ManagedDevices_Read"], []),
    (
        _OWN,
        "Scripts of Finance",
        False,
        ["Microsoft.Intune_DeviceConfigurations_Create", "Microsoft.Intune_DeviceConfigurations_Assign"],
        ["Microsoft.Intune_DeviceConfigurations_Delete"],
    ),
    (_UNUSED, "Read Only Operator", True, ["Microsoft.Intune_Organization_Read"], []),
)
_ASSIGNED: tuple[tuple[str, str, list[str], list[str]], ...] = (
    ("a5519e00-0000-4000-8000-000000000001", "Help desk", [group_id(2)], []),
    ("a5519e00-0000-4000-8000-000000000002", "Scripts", [group_id(3), _GONE], [group_id(4)]),
)
_CERTIFICATE_AUTHORITIES: list[Json] = [
    {
        "id": "cace0000-0000-4000-8000-000000000001",
        "certificateAuthorityType": "root",
        "certificateRevocationListUrl": "http://crl.contoso.example/root.crl",
        "createdDateTime": "2024-05-06T07:08:09Z",
        "deltaCertificateRevocationListUrl": "http://crl.contoso.example/root-delta.crl",
        "deletedDateTime": None,
        "displayName": "CN=Contoso Root",
        "expirationDateTime": "2034-05-06T07:08:09Z",
        "isIssuerHintEnabled": False,
        "issuer": "CN=Contoso Root",
        "issuerSubjectKeyIdentifier": "00112233445566778899AABBCCDDEEFF00112233",
        "thumbprint": "AABBCCDDEEFF00112233445566778899AABBCCDD",
    },
    {
        "id": "cace0000-0000-4000-8000-000000000002",
        "certificateAuthorityType": "intermediate",
        "certificateRevocationListUrl": None,
        "createdDateTime": "2024-05-06T07:08:09Z",
        "deltaCertificateRevocationListUrl": None,
        "deletedDateTime": None,
        "displayName": None,
        "expirationDateTime": "2029-05-06T07:08:09Z",
        "isIssuerHintEnabled": True,
        "issuer": "CN=Contoso Root",
        "issuerSubjectKeyIdentifier": "00112233445566778899AABBCCDDEEFF00112233",
        "thumbprint": "BBCCDDEEFF00112233445566778899AABBCCDDEE",
    },
]
