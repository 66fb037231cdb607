"""Made-up applications, service principals, credentials, assignments and grants."""

import random
from collections.abc import Callable

from tests.simulator.made_up.parts import key, password, role, scope
from tests.simulator.made_up.sizes import Sizes
from tests.simulator.made_up.values import guid, listed, moment, opaque
from tests.simulator.properties import APPLICATION, GRANT, GROUP, KINDS, SERVICE_PRINCIPAL, USER, Json
from tests.simulator.tenant import Tenant

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
_DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
_ROLES_OF_GRAPH, _SCOPES_OF_GRAPH = 500, 600
_ROLE_SHARE, _OWNED_SHARE, _WELL_OWNED_SHARE = 0.15, 0.4, 0.01
_SCOPES = ("User.Read", "openid", "profile", "offline_access", "Mail.Read", "Files.ReadWrite.All", "Directory.Read.All")
_ISSUERS = (
    ("https://token.actions.githubusercontent.com", "repo:contoso/service-{0}:ref:refs/heads/main"),
    ("https://gitlab.com", "project_path:contoso/service-{0}:ref_type:branch:ref:main"),
    ("https://kubernetes.contoso.example", "system:serviceaccount:jobs:service-{0}"),
)


def fill(tenant: Tenant, sizes: Sizes, rng: random.Random) -> None:
    """Add applications, and what they and the service principals, which are there, have."""
    principals = listed(tenant, SERVICE_PRINCIPAL)
    people = listed(tenant, USER)
    for number, identity in enumerate(principals):
        tenant.update(identity, **_principal(tenant, number, rng))
    for number in range(sizes.applications):
        own = tenant.objects(SERVICE_PRINCIPAL)[principals[-1 - number]] if number < len(principals) // 2 else {}
        tenant.add(APPLICATION, _application(number, own, rng))
    applications = listed(tenant, APPLICATION)
    for identity in (*applications, *principals):
        if rng.random() < _OWNED_SHARE:
            most = 25 if rng.random() < _WELL_OWNED_SHARE else 3
            for owner in rng.sample(people, min(len(people), rng.randint(1, most))):
                tenant.relate(identity, "owners", owner)
        elif rng.random() < _WELL_OWNED_SHARE:
            tenant.relate(identity, "owners", rng.choice(principals))
    for number in range(sizes.federated_credentials):
        _federate(tenant, rng.choice(applications), number, rng)
    _assign(tenant, sizes.app_role_assignments, principals, rng)
    for _ in range(sizes.grants):
        tenant.add(GRANT, _grant(principals, people, rng))


def _principal(tenant: Tenant, number: int, rng: random.Random) -> Json:
    """What a service principal has: the first is Microsoft Graph's; a third are Microsoft's, a tenth managed."""
    common: Json = {"accountEnabled": True, "createdDateTime": moment(rng), "signInAudience": "AzureADMyOrg"}
    if number == 0:
        return common | {
            "appId": GRAPH_APP_ID,
            "displayName": "Microsoft Graph",
            "appOwnerOrganizationId": MICROSOFT,
            "appRoles": [role(f"Thing{n}.Read.All", ["Application"], rng) for n in range(_ROLES_OF_GRAPH)],
            "oauth2PermissionScopes": [
                scope(_SCOPES[n] if n < len(_SCOPES) else f"Thing{n}.Read", rng) for n in range(_SCOPES_OF_GRAPH)
            ],
        }
    if number % 3 == 0:
        return common | {"appOwnerOrganizationId": MICROSOFT, "displayName": f"Microsoft Service {number}"}
    if number % 10 == 1:
        group = f"/subscriptions/{guid(rng)}/resourcegroups/jobs"
        names = ["isExplicit=False", f"{group}/providers/Microsoft.Compute/virtualMachines/vm{number}"]
        keys = [key(rng, "AsymmetricX509Cert", "Verify")]
        return common | {"servicePrincipalType": "ManagedIdentity", "alternativeNames": names, "keyCredentials": keys}
    more: Json = {
        "appOwnerOrganizationId": tenant.id,
        "appRoleAssignmentRequired": rng.random() < _OWNED_SHARE,
        "replyUrls": [f"https://service-{number}.contoso.example/signed-in"],
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
    }
    if rng.random() < _ROLE_SHARE:
        more["appRoles"] = [role(f"Role{n}", ["User"], rng) for n in range(rng.randint(1, 5))]
        more["oauth2PermissionScopes"] = [scope("user_impersonation", rng)]
    return common | more


def _application(number: int, principal: Json, rng: random.Random) -> Json:
    name = principal.get("displayName") or f"registration-{number}"
    return {
        "id": guid(rng),
        "appId": principal.get("appId") or guid(rng),
        "displayName": name,
        "createdDateTime": moment(rng),
        "publisherDomain": "contoso.example",
        "signInAudience": "AzureADMultipleOrgs" if rng.random() < _ROLE_SHARE else "AzureADMyOrg",
        "identifierUris": [f"api://registration-{number}"],
        "tags": [],
        "passwordCredentials": [password(rng) for _ in range(rng.randint(0, 2))],
        "keyCredentials": [key(rng, "AsymmetricX509Cert", "Verify") for _ in range(rng.randint(0, 1))],
        "requiredResourceAccess": _REQUIRED,
        "web": {
            "homePageUrl": None,
            "logoutUrl": None,
            "redirectUris": [f"https://registration-{number}.contoso.example/signed-in"],
            "implicitGrantSettings": {"enableAccessTokenIssuance": False, "enableIdTokenIssuance": number % 7 == 0},
            "redirectUriSettings": [],
        },
    }


_REQUIRED = [{"resourceAppId": GRAPH_APP_ID, "resourceAccess": [{"id": _DEFAULT_ACCESS[:-1] + "1", "type": "Scope"}]}]


def _federate(tenant: Tenant, application: str, number: int, rng: random.Random) -> None:
    issuer, subject = rng.choice(_ISSUERS)
    row = {
        "id": guid(rng),
        "name": f"deploys-{number}",
        "issuer": issuer,
        "subject": subject.format(number),
        "description": None,
        "audiences": ["api://AzureADTokenExchange"],
    }
    tenant.contents.put(f"/applications/{application}/federatedIdentityCredentials", row)


def _assign(tenant: Tenant, number: int, principals: list[str], rng: random.Random) -> None:
    """Assign so many roles: half of Graph's to service principals, the others' to users and groups."""
    kinds = {kind: listed(tenant, kind) for kind in (USER, GROUP, SERVICE_PRINCIPAL)}
    known = tenant.objects(SERVICE_PRINCIPAL)
    offers = [(identity, known[identity]["appRoles"]) for identity in principals if known[identity]["appRoles"]]
    roles: dict[str, list[str]] = {identity: [each["id"] for each in of] for identity, of in offers}
    others = principals[1:] or principals
    for _ in range(number):
        to_graph = rng.random() < _OWNED_SHARE
        resource = principals[0] if to_graph else rng.choice(others)
        kind = SERVICE_PRINCIPAL if to_graph else rng.choices((USER, GROUP), (4, 1))[0]
        principal = rng.choice(kinds[kind])
        row = {
            "id": opaque(rng),
            "deletedDateTime": None,
            "appRoleId": rng.choice(roles.get(resource, [_DEFAULT_ACCESS])),
            "createdDateTime": moment(rng),
            "principalDisplayName": tenant.value(tenant.place[principal], "displayName"),
            "principalId": principal,
            "principalType": KINDS[kind][0].upper() + KINDS[kind][1:],
            "resourceDisplayName": tenant.value(tenant.place[resource], "displayName"),
            "resourceId": resource,
        }
        tenant.contents.put(f"/servicePrincipals/{resource}/appRoleAssignedTo", row)


def _grant(principals: list[str], people: list[str], rng: random.Random) -> Json:
    for_all = rng.random() < _OWNED_SHARE
    return {
        "clientId": rng.choice(principals),
        "consentType": "AllPrincipals" if for_all else "Principal",
        "id": opaque(rng),
        "principalId": None if for_all else rng.choice(people),
        "resourceId": principals[0],
        "scope": " ".join(rng.sample(_SCOPES, rng.randint(1, 4))) + (" " if for_all else ""),
    }


def _renew(tenant: Tenant, rng: random.Random) -> bool:
    """Give an application a new secret in place of those that it has."""
    if applications := listed(tenant, APPLICATION):
        tenant.update(rng.choice(applications), passwordCredentials=[password(rng)])
    return bool(applications)


def _change_owner(tenant: Tenant, rng: random.Random) -> bool:
    """Make a user an owner of an application, or no owner any more."""
    applications, people = listed(tenant, APPLICATION), listed(tenant, USER)
    if not applications or not people:
        return False
    application = rng.choice(applications)
    owners = tenant.owners[tenant.place[application]]
    if owners and rng.random() < _OWNED_SHARE:
        tenant.unrelate(application, "owners", tenant.ids[rng.choice(owners)])
    elif tenant.place[person := rng.choice(people)] not in owners:
        tenant.relate(application, "owners", person)
    return True


def _consent(tenant: Tenant, rng: random.Random) -> bool:
    """Grant something, or take a grant back."""
    grants, principals, people = listed(tenant, GRANT), listed(tenant, SERVICE_PRINCIPAL), listed(tenant, USER)
    if grants and rng.random() < _OWNED_SHARE:
        tenant.delete(rng.choice(grants))
    elif principals and people:
        tenant.add(GRANT, _grant(principals, people, rng))
    return bool(principals and people)


def _unassign(tenant: Tenant, rng: random.Random) -> bool:
    """Take an app role assignment back."""
    paths = [path for path in tenant.contents.paths() if path.endswith("/appRoleAssignedTo")]
    if not paths or not (keys := tenant.contents.keys(path := rng.choice(paths))):
        return False
    tenant.contents.take(path, rng.choice(keys))
    return True


CHANGES: dict[str, tuple[int, Callable[[Tenant, random.Random], bool]]] = {
    "renew secret": (6, _renew),
    "change owner": (8, _change_owner),
    "consent": (6, _consent),
    "unassign": (4, _unassign),
}
