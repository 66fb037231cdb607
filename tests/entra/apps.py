"""A small tenant with applications, for the tests of what surrounds them."""

from typing import Any

from integration.testing import GraphServer

TENANT = "7a1f0c52-3b5e-4d0a-9c1e-52b0f6f0a001"
FABRIKAM = "f4b21ca0-0000-4000-8000-00000000fab0"
MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
ROLE_MANAGEMENT, USER_READ_ALL = "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "df021288-bdef-4463-88db-98f22de89214"
MAIL_READ, ZERO = "570282fd-fa5c-430d-a7fd-fc8dc98a9dca", "00000000-0000-0000-0000-000000000000"
ADA, STAFF = "user-ada", "group-staff"
PAYROLL, PAYROLL_SP, PAYROLL_ID = "app-payroll-id", "sp-payroll", "object-payroll"
GRAPH_SP, PARTNER_SP, MANAGED_SP = "sp-microsoft-graph", "sp-partner", "sp-managed"


def secret(id: str, **properties: Any) -> dict[str, Any]:
    """Return a client secret as Graph gives it."""
    times = {"startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2026-07-01T00:00:00Z"}
    return {"keyId": id, "displayName": None, "hint": "Q_c", "secretText": None, **times, **properties}


def certificate(id: str, usage: str = "Verify", **properties: Any) -> dict[str, Any]:
    """Return a certificate as Graph gives it where it is selected: with its content."""
    times = {"startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2027-01-01T00:00:00Z"}
    kind = {"type": "AsymmetricX509Cert", "usage": usage, "key": "MIIContentOfACertificate"}
    return {"keyId": id, "displayName": None, "customKeyIdentifier": None, **kind, **times, **properties}


def principal(key: str, app_id: str, owner: str | None = TENANT, **properties: Any) -> dict[str, Any]:
    """Return a service principal."""
    kind = {"servicePrincipalType": "Application", "accountEnabled": True, "appRoleAssignmentRequired": False}
    return {"id": key, "appId": app_id, "displayName": key, "appOwnerOrganizationId": owner, **kind, **properties}


def assignment(key: str, role: str, of: str, type: str, to: str) -> dict[str, Any]:
    """Return an assignment of an application role."""
    names = {"principalDisplayName": f"name of {of}", "resourceDisplayName": f"name of {to}"}
    ends = {"principalId": of, "principalType": type, "resourceId": to}
    return {"id": key, "appRoleId": role, "createdDateTime": "2026-02-03T04:05:06Z", **ends, **names}


def declare(graph: GraphServer) -> None:
    """Declare a tenant with an application of its own, one of a partner, a managed identity and Microsoft Graph."""
    graph.add("/organization", {"id": TENANT, "displayName": "Contoso", "verifiedDomains": []})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
    graph.add("/policies/crossTenantAccessPolicy/partners")
    graph.add("/users", {"id": ADA, "displayName": "Ada", "userPrincipalName": "ada@contoso.example"})
    graph.add("/groups", {"id": STAFF, "displayName": "staff"})
    asks = [{"id": ROLE_MANAGEMENT, "type": "Role"}, {"id": MAIL_READ, "type": "Scope"}]
    payroll = {
        "id": PAYROLL_ID,
        "appId": PAYROLL,
        "displayName": "payroll",
        "passwordCredentials": [secret("secret-1")],
    }
    unknown = {"resourceAppId": "app-that-is-not-here", "resourceAccess": asks}
    wanted = [{"resourceAppId": GRAPH_APP_ID, "resourceAccess": asks}, unknown]
    graph.add("/applications", {**payroll, "requiredResourceAccess": wanted})
    graph.add(
        "/servicePrincipals",
        principal(PAYROLL_SP, PAYROLL),
        principal(
            PARTNER_SP,
            "app-partner",
            FABRIKAM.upper(),
            appDescription="Keeps offers.",
            logoutUrl="https://crm.fabrikam.example/out",
            verifiedPublisher={"displayName": "Fabrikam"},
        ),
        principal(
            MANAGED_SP,
            "app-managed",
            None,
            servicePrincipalType="ManagedIdentity",
            alternativeNames=["isExplicit=False", "/subscriptions/S1/resourceGroups/RG/providers/x/y/vm1"],
            keyCredentials=[certificate("key-managed")],
        ),
        principal(
            GRAPH_SP,
            GRAPH_APP_ID,
            MICROSOFT,
            displayName="Microsoft Graph",
            appRoles=[
                role(ROLE_MANAGEMENT, "RoleManagement.ReadWrite.Directory"),
                role(USER_READ_ALL, "User.Read.All"),
            ],
            oauth2PermissionScopes=[
                {"id": MAIL_READ, "value": "Mail.Read", "type": "User", "adminConsentDisplayName": "Read mail"}
            ],
        ),
    )
    for parents, relations in _RELATIONS.items():
        for key in _KEYS[parents]:
            for relation in relations:
                graph.relate(parents, key, relation)
    graph.add("/oauth2PermissionGrants")


def role(key: str, value: str) -> dict[str, Any]:
    """Return a role that applications can have."""
    kind = {"allowedMemberTypes": ["Application"], "isEnabled": True, "origin": "Application"}
    return {"id": key, "value": value, "displayName": f"May {value}", "description": "As it says.", **kind}


_RELATIONS = {
    "/applications": ("owners", "federatedIdentityCredentials"),
    "/groups": ("owners", "members"),
    "/servicePrincipals": ("owners", "appRoleAssignedTo", "memberOf", "ownedObjects"),
}
_KEYS = {
    "/applications": [PAYROLL_ID],
    "/groups": [STAFF],
    "/servicePrincipals": [PAYROLL_SP, PARTNER_SP, MANAGED_SP, GRAPH_SP],
}
