"""Applications, service principals, their credentials, and what they may do.

Applications, service principals and grants are directory objects: ``demo`` adds them with ``tenant.add``, and their
credentials, roles and scopes as properties. How to add to the demo is told in this package's docstring.
"""

from typing import Any

from tests.simulator.demo_ids import SERVICE_PRINCIPAL_ID, group_id, user_id
from tests.simulator.properties import APPLICATION, GRANT, ORGANIZATION_ID, SERVICE_PRINCIPAL, Json
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

_READ = ("Application.Read.All", "Directory.Read.All")
_AGENTS = "/servicePrincipals/microsoft.graph.agentIdentity"

SHELVES = (
    Shelf("/applications/{id}/federatedIdentityCredentials", _READ, options=frozenset({"$select", "$filter", "$top"})),
    Shelf("/servicePrincipals/{id}/appRoleAssignedTo", _READ, options=frozenset({"$select", "$filter", "$top"})),
    Shelf("/servicePrincipals/{id}/delegatedPermissionClassifications", _READ, options=frozenset({"$select"})),
    Shelf(_AGENTS, ("AgentIdentity.Read.All",), options=frozenset({"$select", "$filter", "$top"}), page=100),
)
"""The endpoints of this area."""

FINANCE_JOB, DEPLOYER = "9e8d7c6b-5a49-4838-a716-0f1e2d3c4a01", "9e8d7c6b-5a49-4838-a716-0f1e2d3c4a02"
MICROSOFT_GRAPH, FABRIKAM_CRM, MANAGED_IDENTITY, AGENT = (
    f"9e8d7c6b-5a49-4838-a716-0f1e2d3c4c0{n}" for n in range(1, 5)
)
FABRIKAM = "00000000-0000-4000-8000-0000fab00001"
"""Another tenant: its id stands in texts that are kept when the demo is recorded, and so has a pseudonym's form."""
_GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
_ROLE_MANAGEMENT, _USER_READ_ALL = "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "df021288-bdef-4463-88db-98f22de89214"
_MAIL_READ, _USER_READ = "570282fd-fa5c-430d-a7fd-fc8dc98a9dca", "e1fe6dd8-ba31-4d61-89e7-88639da4683d"
_ZERO = "00000000-0000-0000-0000-000000000000"
_THUMBPRINT, _THUMBPRINT_BASE64 = "52ED9B5038A47B9E2E2190715CC238359D4F8F73", "Uu2bUDike54uIZBxXMI4NZ1Pj3M="


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    tenant.add(APPLICATION, _finance_job())
    tenant.add(APPLICATION, {"id": DEPLOYER, "appId": "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a02"})
    tenant.update(SERVICE_PRINCIPAL_ID, **_finance_principal())
    for principal in (_microsoft_graph(), _fabrikam_crm(), _managed_identity(), _agent()):
        tenant.add(SERVICE_PRINCIPAL, principal)
    for parent, owner in (
        (FINANCE_JOB, user_id(1)),
        (DEPLOYER, MANAGED_IDENTITY),
        (SERVICE_PRINCIPAL_ID, user_id(2)),
        (FABRIKAM_CRM, MANAGED_IDENTITY),
        (group_id(6), MANAGED_IDENTITY),
    ):
        tenant.relate(parent, "owners", owner)
    deploys, *others = _federated()
    tenant.contents.put(f"/applications/{FINANCE_JOB}/federatedIdentityCredentials", deploys)
    tenant.contents.put(f"/applications/{DEPLOYER}/federatedIdentityCredentials", *others)
    for assignment in _assignments():
        tenant.contents.put(f"/servicePrincipals/{assignment['resourceId']}/appRoleAssignedTo", assignment)
    for grant in _grants():
        tenant.add(GRANT, grant)
    classified = {"low": (_USER_READ, "User.Read"), "high": (_MAIL_READ, "Mail.Read")}
    tenant.contents.put(
        f"/servicePrincipals/{MICROSOFT_GRAPH}/delegatedPermissionClassifications",
        *(
            {"id": f"2G3-4TG6YU2J54hjnaRoP{level}", "classification": level, "permissionId": id, "permissionName": name}
            for level, (id, name) in classified.items()
        ),
    )
    tenant.contents.put(_AGENTS, {"id": AGENT, "agentIdentityBlueprintId": "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a01"})
    tenant.update(FINANCE_JOB, **_PUBLISHED)
    tenant.update(
        SERVICE_PRINCIPAL_ID, samlSingleSignOnSettings={"relayState": "https://finance.contoso.example/books"}
    )
    tenant.update(FABRIKAM_CRM, info=_pages("crm.fabrikam.example"), addIns=[_ADD_IN])


def _pages(host: str) -> Json:
    pages = {"marketing": "offers", "support": "help", "termsOfService": "terms", "privacyStatement": "privacy"}
    return {"logoUrl": None} | {f"{name}Url": f"https://{host}/{page}" for name, page in pages.items()}


_ADD_IN: Json = {"id": "968a844d-2f3e-4d5c-8b6a-7f8e9d0c1b01", "type": "FileHandler", "properties": []}
_PUBLISHED: Json = {
    "certification": {
        "certificationDetailsUrl": "https://finance.contoso.example/certified",
        "certificationExpirationDateTime": "2027-03-01T00:00:00Z",
        "isCertifiedByMicrosoft": True,
        "isPublisherAttested": True,
        "lastCertificationDateTime": "2026-03-01T00:00:00Z",
    },
    "defaultRedirectUri": "https://finance.contoso.example/in",
    "info": _pages("finance.contoso.example"),
    "addIns": [_ADD_IN],
    "samlMetadataUrl": "https://finance.contoso.example/metadata",
    "oauth2RequirePostResponse": False,
    "parentalControlSettings": {"countriesBlockedForMinors": ["GB"], "legalAgeGroupRule": "BlockMinors"},
}


def _claim(name: str) -> Json:
    return {"name": name, "source": None, "essential": False, "additionalProperties": []}


def _secret(number: int, **properties: Any) -> Json:
    times = {"startDateTime": "2025-09-01T00:00:00Z", "endDateTime": "2027-09-01T00:00:00Z"}
    id = f"5ec4e700-2f3e-4d5c-8b6a-7f8e9d0c1b0{number}"
    return {"keyId": id, "displayName": None, "customKeyIdentifier": None, "hint": "Q_c", **times, **properties}


def _certificate(number: int, usage: str = "Verify", **properties: Any) -> Json:
    times = {"startDateTime": "2025-01-01T00:00:00Z", "endDateTime": "2027-01-01T00:00:00Z"}
    kind = {"type": "AsymmetricX509Cert", "usage": usage, "key": None, "customKeyIdentifier": _THUMBPRINT_BASE64}
    return {"keyId": f"ce47f1c0-2f3e-4d5c-8b6a-7f8e9d0c1b0{number}", "displayName": None, **kind, **times, **properties}


def _finance_job() -> Json:
    asked = [{"id": _ROLE_MANAGEMENT, "type": "Role"}, {"id": _MAIL_READ, "type": "Scope"}]
    return {
        "id": FINANCE_JOB,
        "appId": "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a01",
        "displayName": "finance-batch-job",
        "description": "Books what came in overnight",
        "createdDateTime": "2023-03-01T08:00:00Z",
        "createdByAppId": "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a02",
        "uniqueName": "finance-batch-job",
        "publisherDomain": "contoso.example",
        "verifiedPublisher": {
            "displayName": "Contoso",
            "verifiedPublisherId": "1234567",
            "addedDateTime": "2023-05-06T07:08:09Z",
        },
        "signInAudience": "AzureADMyOrg",
        "identifierUris": ["api://finance.contoso.example"],
        "isFallbackPublicClient": False,
        "isDeviceOnlyAuthSupported": False,
        "nativeAuthenticationApisEnabled": "none",
        "authenticationBehaviors": {"removeUnverifiedEmailClaim": False, "requireClientServicePrincipal": True},
        "isDisabled": False,
        "disabledByMicrosoftStatus": "NotDisabled",
        "groupMembershipClaims": "SecurityGroup",
        "optionalClaims": {
            "idToken": [_claim("email")],
            "accessToken": [_claim("ipaddr")],
            "saml2Token": [_claim("upn")],
        },
        "requestSignatureVerification": {"isSignedRequestRequired": False, "allowedWeakAlgorithms": None},
        "web": {
            "homePageUrl": "https://finance.contoso.example",
            "logoutUrl": "https://finance.contoso.example/out",
            "redirectUris": ["https://finance.contoso.example/in"],
            "implicitGrantSettings": {"enableAccessTokenIssuance": False, "enableIdTokenIssuance": True},
            "redirectUriSettings": [],
        },
        "spa": {"redirectUris": ["https://finance.contoso.example/spa"]},
        "publicClient": {"redirectUris": ["https://login.contoso.example/nativeclient"]},
        "api": {
            "acceptMappedClaims": True,
            "knownClientApplications": ["0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a02"],
            "requestedAccessTokenVersion": 2,
            "oauth2PermissionScopes": [],
            "preAuthorizedApplications": [{"appId": "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a02"}],
        },
        "notes": "Ask finance before you change it",
        "serviceManagementReference": "FIN-17",
        "tags": ["finance"],
        "applicationTemplateId": "8adf8e6e-67b2-4cf2-a259-e3dc5476c621",
        "managerApplications": ["0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a02"],
        "servicePrincipalLockConfiguration": {
            "isEnabled": True,
            "allProperties": True,
            "credentialsWithUsageSign": True,
            "credentialsWithUsageVerify": True,
            "tokenEncryptionKeyId": True,
        },
        "tokenEncryptionKeyId": "ce47f1c0-2f3e-4d5c-8b6a-7f8e9d0c1b01",
        "passwordCredentials": [_secret(1, displayName="nightly"), _secret(2)],
        "keyCredentials": [_certificate(1, displayName="CN=finance.contoso.example")],
        "requiredResourceAccess": [
            {"resourceAppId": _GRAPH_APP_ID, "resourceAccess": asked},
            {"resourceAppId": "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0aff", "resourceAccess": asked[:1]},
        ],
    }


def _finance_principal() -> Json:
    roles = [{"id": "401e0000-2f3e-4d5c-8b6a-7f8e9d0c1b01", "value": "Reader", "displayName": "Readers"}]
    return {
        "description": "The nightly job of finance",
        "appDisplayName": "finance-batch-job",
        "accountEnabled": True,
        "appOwnerOrganizationId": ORGANIZATION_ID,
        "appRoleAssignmentRequired": True,
        "servicePrincipalNames": ["0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a01", "api://finance.contoso.example"],
        "replyUrls": ["https://finance.contoso.example/in"],
        "preferredSingleSignOnMode": "saml",
        "preferredTokenSigningKeyThumbprint": _THUMBPRINT,
        "tokenEncryptionKeyId": "ce47f1c0-2f3e-4d5c-8b6a-7f8e9d0c1b02",
        "notificationEmailAddresses": ["it-ops@contoso.example"],
        "notes": "Signs in by SAML",
        "signInAudience": "AzureADMyOrg",
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
        "appRoles": [
            {**each, "allowedMemberTypes": ["User"], "isEnabled": True, "origin": "Application"} for each in roles
        ],
        "passwordCredentials": [_secret(3)],
        "keyCredentials": [
            _certificate(2, "Sign", type="X509CertAndPassword"),
            _certificate(2, "Verify"),
            _certificate(3, "Sign", customKeyIdentifier="AAECAwQFBgcICQoLDA0ODxAREhM="),
        ],
    }


def _microsoft_graph() -> Json:
    def role(id: str, value: str) -> Json:
        texts = {"displayName": f"May do {value}", "description": f"Allows the app what {value} says", "value": value}
        return {"id": id, **texts, "allowedMemberTypes": ["Application"], "isEnabled": True, "origin": "Application"}

    def scope(id: str, value: str, type: str) -> Json:
        texts = {
            "adminConsentDisplayName": f"May do {value}",
            "adminConsentDescription": f"On behalf of users: {value}",
            "userConsentDisplayName": f"Do {value}",
            "userConsentDescription": f"On your behalf: {value}",
        }
        return {"id": id, "value": value, "type": type, **texts, "isEnabled": True, "origin": "Application"}

    return {
        "id": MICROSOFT_GRAPH,
        "appId": _GRAPH_APP_ID,
        "displayName": "Microsoft Graph",
        "appDisplayName": "Microsoft Graph",
        "servicePrincipalType": "Application",
        "accountEnabled": True,
        "appOwnerOrganizationId": "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
        "appRoles": [
            role(_ROLE_MANAGEMENT, "RoleManagement.ReadWrite.Directory"),
            role(_USER_READ_ALL, "User.Read.All"),
        ],
        "resourceSpecificApplicationPermissions": [
            {
                "id": "45c9a7c0-2f3e-4d5c-8b6a-7f8e9d0c1b01",
                "value": "ChannelMessage.Read.Group",
                "displayName": "Read the messages of a team",
                "description": "Allows the app to read the messages of a team",
                "isEnabled": True,
            }
        ],
        "oauth2PermissionScopes": [scope(_MAIL_READ, "Mail.Read", "User"), scope(_USER_READ, "User.Read", "User")],
    }


def _fabrikam_crm() -> Json:
    publisher = {"displayName": "Fabrikam", "verifiedPublisherId": "7654321", "addedDateTime": "2022-02-03T04:05:06Z"}
    return {
        "id": FABRIKAM_CRM,
        "appId": "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a03",
        "displayName": "Fabrikam CRM",
        "servicePrincipalType": "Application",
        "accountEnabled": True,
        "isDisabled": False,
        "disabledByMicrosoftStatus": "NotDisabled",
        "appOwnerOrganizationId": FABRIKAM,
        "appRoleAssignmentRequired": False,
        "applicationTemplateId": "7e3f0000-2f3e-4d5c-8b6a-7f8e9d0c1b01",
        "createdByAppId": "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a04",
        "appDescription": "Keeps customers and offers.",
        "loginUrl": "https://crm.fabrikam.example/login",
        "logoutUrl": "https://crm.fabrikam.example/logout",
        "homepage": "https://crm.fabrikam.example",
        "signInAudience": "AzureADMultipleOrgs",
        "tags": ["HideApp", "WindowsAzureActiveDirectoryIntegratedApp"],
        "verifiedPublisher": publisher,
    }


def _managed_identity() -> Json:
    group = "/subscriptions/00000000-0000-4000-8000-000000000005/resourcegroups/rg-example"
    return {
        "id": MANAGED_IDENTITY,
        "appId": "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a05",
        "displayName": "vm-example",
        "servicePrincipalType": "ManagedIdentity",
        "accountEnabled": True,
        "alternativeNames": ["isExplicit=False", f"{group}/providers/Microsoft.Compute/virtualMachines/vm-example"],
        "keyCredentials": [_certificate(4)],
    }


def _agent() -> Json:
    agent = {"displayName": "helpful-agent", "servicePrincipalType": "ServiceIdentity", "accountEnabled": False}
    return {"id": AGENT, "appId": "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a06", **agent}


def _federated() -> list[Json]:
    audiences = {"audiences": ["api://AzureADTokenExchange"], "description": None}
    issuers = {
        "deploys": ("https://token.actions.githubusercontent.com", "repo:contoso/finance:ref:refs/heads/main"),
        "cluster": ("https://oidc.example/0", "system:serviceaccount:finance:nightly"),
        "partner": (f"https://login.microsoftonline.com/{FABRIKAM}/v2.0", "00000000-0000-4000-8000-0000fab00002"),
        "edge": ("https://oidc.example/1", "system:serviceaccount:finance:edge"),
    }
    return [
        {"id": f"fed0000{number}-2f3e-4d5c-8b6a-7f8e9d0c1b01", "name": name, "issuer": issuer, "subject": subject}
        | (audiences if number > 1 else {**audiences, "description": "Deployment from GitHub"})
        for number, (name, (issuer, subject)) in enumerate(issuers.items(), 1)
    ]


def _assignments() -> list[Json]:
    rows = [
        (_ZERO, user_id(1), "User", SERVICE_PRINCIPAL_ID),
        ("401e0000-2f3e-4d5c-8b6a-7f8e9d0c1b01", user_id(1), "User", SERVICE_PRINCIPAL_ID),
        (_ZERO, group_id(2), "Group", FABRIKAM_CRM),
        (_ROLE_MANAGEMENT, SERVICE_PRINCIPAL_ID, "ServicePrincipal", MICROSOFT_GRAPH),
        (_USER_READ_ALL, "de1e7ed0-2f3e-4d5c-8b6a-7f8e9d0c1b01", "ServicePrincipal", MICROSOFT_GRAPH),
    ]
    return [
        {
            "id": f"AssignmentWithAnOpaqueId-{number:06}",
            "deletedDateTime": None,
            "appRoleId": role,
            "createdDateTime": "2024-05-06T07:08:09Z",
            "principalDisplayName": f"principal {number}",
            "principalId": principal,
            "principalType": type,
            "resourceDisplayName": f"resource {number}",
            "resourceId": resource,
        }
        for number, (role, principal, type, resource) in enumerate(rows, 1)
    ]


def _grants() -> list[Json]:
    crm = {"clientId": FABRIKAM_CRM, "resourceId": MICROSOFT_GRAPH}
    for_all = {"consentType": "AllPrincipals", "principalId": None, "scope": "User.Read Mail.Read"}
    for_ada = {"consentType": "Principal", "principalId": user_id(1), "scope": "User.Read Gone.Read"}
    return [{"id": "GrantForAll-000001", **crm, **for_all}, {"id": "GrantForAda-000002", **crm, **for_ada}]
