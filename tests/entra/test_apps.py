"""Applications and service principals, and what surrounds them: credentials, permissions, grants and owners."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from integration import load
from integration.config.settings import Config
from integration.testing import GraphServer, assert_records, run_steps
from integration.testing.running import Ran
from tests.entra.apps import (
    ADA,
    FABRIKAM,
    GRAPH_APP_ID,
    GRAPH_SP,
    MAIL_READ,
    MANAGED_SP,
    MICROSOFT,
    PARTNER_SP,
    PAYROLL,
    PAYROLL_ID,
    PAYROLL_SP,
    ROLE_MANAGEMENT,
    STAFF,
    USER_READ_ALL,
    ZERO,
    assignment,
    certificate,
    declare,
    principal,
    role,
    secret,
)
from tests.simulator import Faults, Simulator, demo_tenant
from tests.simulator.areas.apps import DEPLOYER, FINANCE_JOB

pytestmark = pytest.mark.every_area

MANAGER = load()
THUMBPRINT = "52ED9B5038A47B9E2E2190715CC238359D4F8F73"


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    """A Graph that holds the small tenant."""
    declare(graph)
    return graph


def made(tenant: GraphServer, *types: str) -> Ran:
    """Run types, all of which must be complete."""
    ran = run_steps(*types, source=tenant, manager=MANAGER)
    assert {type: ran.report.of(type).reason or ran.verdicts[type] for type in types} == dict.fromkeys(
        types, "complete"
    )
    return ran


def one(records: list[dict[str, Any]]) -> dict[str, Any]:
    (record,) = records
    return record


def ends(ran: Ran, type: str) -> list[tuple[str, str]]:
    return sorted((record["_fromEntityKey"], record["_toEntityKey"]) for record in ran.records[type])


def test_service_principals_tell_what_they_are(tenant: GraphServer) -> None:
    tags = ["HideApp", "WindowsAzureActiveDirectoryIntegratedApp"]
    custom = {"applicationTemplateId": "8adf8e6e-67b2-4cf2-a259-e3dc5476c621", "tags": tags}
    tenant.add("/servicePrincipals", {**principal("sp-custom", "app-custom"), **custom})
    of_agent = {"servicePrincipalType": "ServiceIdentity", "appId": None}
    tenant.add("/servicePrincipals", {**principal("sp-agent", "app-agent"), **of_agent})
    found = made(tenant, "azure_service_principal").records["azure_service_principal"]
    plain = {"isManagedIdentity": False, "isAgent": False, "isGalleryApp": False, "isHiddenFromUsers": False}
    assert_records(
        found,
        [
            {"_key": PAYROLL_SP, "isExternal": False, "isFirstParty": False, "userType": "service", **plain},
            {
                "_key": PARTNER_SP,
                "isExternal": True,
                "verifiedPublisherName": "Fabrikam",
                **plain,
                "appDescription": "Keeps offers.",
                "logoutUrl": "https://crm.fabrikam.example/out",
            },
            {
                "_key": MANAGED_SP,
                "isManagedIdentity": True,
                "isUserAssignedIdentity": False,
                "isExternal": None,
                "managedResourceId": "/subscriptions/s1/resourcegroups/rg/providers/x/y/vm1",
            },
            {"_key": GRAPH_SP, "isFirstParty": True, "isExternal": True, "displayName": "Microsoft Graph"},
            {"_key": "sp-custom", "isGalleryApp": False, "isHiddenFromUsers": True, "isEnterpriseApp": True},
            {"_key": "sp-agent", "isAgent": True, "appId": None},
        ],
    )
    links = {each["_key"]: each["webLink"].partition("/objectId/")[2] for each in found}
    assert (links["sp-agent"], links["sp-custom"]) == ("sp-agent", "sp-custom/appId/app-custom")


def test_an_application_has_its_app_id_as_key_and_what_it_asks_for(tenant: GraphServer) -> None:
    ran = made(tenant, "azure_application", "azure_application_has_service_principal")
    application = one(ran.records["azure_application"])
    assert (application["_key"], application["id"], application["appId"]) == (PAYROLL, PAYROLL_ID, PAYROLL)
    assert f"{GRAPH_APP_ID}/Role/{ROLE_MANAGEMENT}" in application["requestedPermissions"]
    assert len(application["requestedPermissions"]) == 4
    assert ends(ran, "azure_application_has_service_principal") == [(PAYROLL, PAYROLL_SP)]


def test_what_applications_show_to_users_and_how_tokens_reach_them(tenant: GraphServer) -> None:
    shown = {
        "termsOfServiceUrl": "https://a.example/terms",
        "privacyStatementUrl": None,
        "logoUrl": "https://a.example/l",
    }
    common = {
        "info": shown,
        "addIns": [{"id": "a1", "type": "FileHandler", "properties": [{"key": "k", "value": "v"}]}],
    }
    minors = {"countriesBlockedForMinors": ["GB", "US"], "legalAgeGroupRule": "BlockMinors"}
    saml = {"samlMetadataUrl": "https://a.example/metadata", "oauth2RequirePostResponse": True}
    tenant.add(
        "/applications",
        {"id": "object-shown", "appId": "app-shown", "parentalControlSettings": minors, **common, **saml},
    )
    state = {"samlSingleSignOnSettings": {"relayState": "https://a.example/in"}}
    tenant.add("/servicePrincipals", {**principal("sp-shown", "app-shown"), **common, **state})
    ran = made(tenant, "azure_application", "azure_service_principal")
    told = {"termsOfServiceUrl": "https://a.example/terms", "addInTypes": ["FileHandler"]}
    application = next(each for each in ran.records["azure_application"] if each["_key"] == "app-shown")
    assert_records([application], [{"_key": "app-shown", **told, **minors, **saml, "privacyStatementUrl": None}])
    service = next(each for each in ran.records["azure_service_principal"] if each["_key"] == "sp-shown")
    assert_records([service], [{"_key": "sp-shown", **told, "samlRelayState": "https://a.example/in"}])


def test_one_listing_serves_all_types_that_are_made_of_it(tenant: GraphServer) -> None:
    made(tenant, "azure_application_has_password_credential", "azure_app_role", "azure_application_uses_app_role")
    for path in ("/applications", "/servicePrincipals"):
        assert len([request for request in tenant.requests if request.startswith(f"GET {path}?")]) == 1


def test_neither_secrets_nor_their_beginnings_nor_keys_are_kept(tenant: GraphServer, tmp_path: Path) -> None:
    tenant.add(
        "/servicePrincipals",
        principal("sp-1", "app-1", passwordCredentials=[secret("s", secretText="HiddenSecret", hint="Hid")]),
        principal("sp-2", "app-2", keyCredentials=[certificate("k", key="TheKeyItself")]),
    )
    types = ("azure_password_credential", "azure_key_credential", "azure_application", "azure_service_principal")
    run_steps(*types, source=tenant, config=Config(raw_data=True), out=tmp_path / "run", manager=MANAGER)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file())
    for word in (b"HiddenSecret", b'"Hid"', b'"Q_c"', b"TheKeyItself", b"MIIContentOfACertificate", b'"hint"'):
        assert word not in kept


def test_what_people_write_of_secrets_is_kept_nowhere_and_all_else_is(
    tenant: GraphServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hidden, name = "hunter2hunter2", "payroll of 2026"
    told = {
        "id": "object-told", "appId": "app-told", "displayName": name,
        "notes": f"made for payroll, password={hidden}", "description": f"call it with curl -u me:{hidden} x.example",
        "web": {"redirectUris": [f"https://x.example/in?code={hidden}&state=1", "https://x.example/?tab=keys"]},
        "info": {"logoUrl": f"https://hooks.slack.com/services/T0/B0/{hidden}"},
        "passwordCredentials": [secret("s", displayName=f"abc8Q~{hidden * 3}")],
    }  # fmt: skip
    principal_told = principal("sp-told", "app-told", loginUrl=f"https://x.example/?sig={hidden}", notes=f"pw={hidden}")
    tenant.add("/applications", told)
    tenant.add("/servicePrincipals", principal_told)
    types = ("azure_password_credential", "azure_application", "azure_service_principal")
    out = tmp_path / "run"
    with caplog.at_level("DEBUG"):
        ran = run_steps(*types, source=tenant, config=Config(raw_data=True), out=out, manager=MANAGER)
    assert [path for path in out.rglob("*") if path.is_file() and hidden.encode() in path.read_bytes()] == []
    assert hidden not in caplog.text
    [made] = [record for record in ran.records["azure_application"] if record["displayName"] == name]
    assert made["webRedirectUris"] == ["https://x.example/in?code=&state=1", "https://x.example/?tab=keys"]
    assert b"made for payroll, password=" in b"".join(path.read_bytes() for path in out.rglob("*.db"))


def test_secrets_belong_to_applications_and_to_service_principals(tenant: GraphServer) -> None:
    label = b64encode("from a script".encode("utf-16-le")).decode()
    binary = b64encode("訊獯污".encode("utf-16-le")).decode()
    tenant.add(
        "/servicePrincipals",
        principal(
            PAYROLL_SP,
            PAYROLL,
            passwordCredentials=[
                secret("secret-1", displayName="backdoor"),
                secret("secret-2-labelled", customKeyIdentifier=label),
                secret("secret-3-binary", customKeyIdentifier=binary, endDateTime=None),
            ],
        ),
    )
    has_of_sp = "azure_service_principal_has_password_credential"
    ran = made(tenant, has_of_sp, "azure_application_has_password_credential")
    of_app = {"ownerType": "application", "ownerId": PAYROLL_ID, "lifetimeDays": 181, "rotatedByAzure": False}
    of_sp = {"ownerType": "servicePrincipal", "ownerId": PAYROLL_SP}
    key = f"azure_password_credential:{PAYROLL_SP}:"
    assert_records(
        ran.records["azure_password_credential"],
        [
            {"_key": f"azure_password_credential:{PAYROLL_ID}:secret-1", "displayName": "secret-1", **of_app},
            {"_key": f"{key}secret-1", "displayName": "backdoor", "expiresOn": 1782864000000, **of_sp},
            {"_key": f"{key}secret-2-labelled", "displayName": "from a script", **of_sp},
            {"_key": f"{key}secret-3-binary", "displayName": "secret-3", "lifetimeDays": None, **of_sp},
        ],
    )
    assert len(ends(ran, has_of_sp)) == 3
    own = (PAYROLL, f"azure_password_credential:{PAYROLL_ID}:secret-1")
    assert ends(ran, "azure_application_has_password_credential") == [own]


def test_a_secret_that_opens_a_key_to_sign_with_is_told_from_one_that_signs_in(tenant: GraphServer) -> None:
    of = {"customKeyIdentifier": b64encode(bytes.fromhex(THUMBPRINT)).decode(), "displayName": "CN=payroll"}
    keys = [certificate("key-1", "Sign", **of, type="X509CertAndPassword"), certificate("key-2", **of)]
    secrets = [secret("key-1", **of), secret("key-2", **of), secret("key-3")]
    tenant.add("/servicePrincipals", principal(PAYROLL_SP, PAYROLL, keyCredentials=keys, passwordCredentials=secrets))
    found = made(tenant, "azure_password_credential").records["azure_password_credential"]
    assert [(each["id"], each["opensSigningKey"]) for each in found if each["ownerId"] == PAYROLL_SP] == [
        ("key-1", True),
        ("key-2", False),
        ("key-3", False),
    ]


def test_thumbprints_are_hexadecimal_and_the_active_signing_key_is_marked(tenant: GraphServer) -> None:
    binary = b64encode(bytes.fromhex(THUMBPRINT)).decode()
    text = b64encode(THUMBPRINT.lower().encode()).decode()
    keys = [
        certificate("pair", "Sign", customKeyIdentifier=binary, type="X509CertAndPassword"),
        certificate("pair", "Verify", customKeyIdentifier=binary),
        certificate("old", "Sign", customKeyIdentifier=b64encode(bytes(20)).decode()),
        certificate("text", customKeyIdentifier=text, displayName="CN=payroll"),
        certificate("digits", "Sign", customKeyIdentifier=THUMBPRINT.lower(), type="X509CertAndPassword"),
    ]
    preferred = {"preferredTokenSigningKeyThumbprint": THUMBPRINT.lower()}
    tenant.add("/servicePrincipals", principal(PAYROLL_SP, PAYROLL, keyCredentials=keys, **preferred))
    ran = made(tenant, "azure_key_credential", "azure_service_principal_has_key_credential")
    key = f"azure_key_credential:{PAYROLL_SP}:"
    assert_records(
        ran.records["azure_key_credential"],
        [
            {"_key": f"{key}pair:Sign", "thumbprint": THUMBPRINT, "isActiveSigningKey": True},
            {"_key": f"{key}pair:Verify", "thumbprint": THUMBPRINT, "isActiveSigningKey": None, "usage": "Verify"},
            {"_key": f"{key}old:Sign", "isActiveSigningKey": False, "credentialType": "AsymmetricX509Cert"},
            {"_key": f"{key}text:Verify", "thumbprint": THUMBPRINT, "displayName": "CN=payroll"},
            {"_key": f"{key}digits:Sign", "thumbprint": THUMBPRINT, "isActiveSigningKey": True},
            {"_key": f"azure_key_credential:{MANAGED_SP}:key-managed:Verify", "rotatedByAzure": True},
        ],
    )
    assert len(ends(ran, "azure_service_principal_has_key_credential")) == 6


def test_federated_credentials_tell_who_vouches(tenant: GraphServer) -> None:
    def credential(key: str, issuer: str, subject: str) -> dict[str, Any]:
        return {"id": key, "name": f"fic {key}", "issuer": issuer, "subject": subject, "audiences": ["api://x"]}

    github, entra = "https://token.actions.githubusercontent.com", "https://login.microsoftonline.com"
    tenant.relate(
        "/applications",
        PAYROLL_ID,
        "federatedIdentityCredentials",
        credential("main", github, "repo:contoso/payroll:ref:refs/heads/release/1"),
        credential("ids", github, "repo:contoso@123456/payroll@456789:ref:refs/heads/main"),
        credential("prod", github, "repo:contoso/payroll:environment:*"),
        credential("entra", f"{entra}/{FABRIKAM.upper()}/v2.0", "an-object-id"),
        credential("aks", "https://eu.oic.prod-aks.azure.com/a/b/", "system:serviceaccount:ns:sa"),
        credential("else", "https://github.com.evil.example", "repo:contoso/payroll:pull_request"),
    )
    type, has = "azure_federated_identity_credential", "azure_application_has_federated_identity_credential"
    ran = made(tenant, has)
    key = f"{type}:{PAYROLL_ID}:"
    repository = {"issuerKind": "github", "repository": "contoso/payroll"}
    assert_records(
        ran.records[type],
        [
            {"_key": f"{key}main", "branch": "release/1", "subjectIsWildcard": False, **repository},
            {"_key": f"{key}ids", "branch": "main", "subjectIsWildcard": False, **repository},
            {"_key": f"{key}prod", "branch": None, "subjectIsWildcard": True, **repository},
            {"_key": f"{key}entra", "issuerKind": "azure-ad", "issuerTenantId": FABRIKAM, "repository": None},
            {"_key": f"{key}aks", "issuerKind": "kubernetes", "issuerTenantId": None},
            {"_key": f"{key}else", "issuerKind": "other", "repository": None},
        ],
    )
    assert {start for start, _ in ends(ran, has)} == {PAYROLL}


def test_a_broken_answer_about_federated_credentials_costs_one_application() -> None:
    type, path = "azure_federated_identity_credential", f"/applications/{FINANCE_JOB}/federatedIdentityCredentials"
    with Simulator(demo_tenant(), faults=Faults(broken_200=frozenset({path}))) as simulator:
        ran = run_steps(type, source=simulator, manager=MANAGER)
    result = ran.report.of(type)
    assert result.verdict == "partial"
    assert FINANCE_JOB in result.reason
    assert DEPLOYER not in result.reason
    assert {record["applicationId"] for record in ran.records[type]} == {DEPLOYER}


def test_later_runs_follow_what_changed(tenant: GraphServer, tmp_path: Path) -> None:
    types = (
        "azure_application_has_password_credential",
        "azure_service_principal_assigned_user",
        "azure_external_tenant_owns_service_principal",
    )

    def run() -> list[list[tuple[str, str]]]:
        ran = run_steps(*types, source=tenant, manager=MANAGER, out=tmp_path / "run")
        assert {ran.verdicts[type] for type in types} == {"complete"}
        return [ends(ran, type) for type in types]

    given = [assignment(f"a-{n}", f"role-{n}", ADA, "User", PAYROLL_SP) for n in range(2)]
    tenant.relate("/servicePrincipals", PAYROLL_SP, "appRoleAssignedTo", *given)
    key = f"azure_password_credential:{PAYROLL_ID}"
    first = run()
    assert first[:2] == [[(PAYROLL, f"{key}:secret-1")], [(PAYROLL_SP, ADA)]]
    assert run() == first
    rotated = {
        "id": PAYROLL_ID,
        "appId": PAYROLL,
        "displayName": "payroll",
        "passwordCredentials": [secret("secret-2")],
    }
    tenant.add("/applications", rotated)
    tenant.unrelate("/servicePrincipals", PAYROLL_SP, "appRoleAssignedTo", "a-0")
    tenant.unrelate("/servicePrincipals", PAYROLL_SP, "appRoleAssignedTo", "a-1")
    tenant.remove("/servicePrincipals", PARTNER_SP)
    assert run() == [[(PAYROLL, f"{key}:secret-2")], [], [(f"azure_external_tenant:{MICROSOFT}", GRAPH_SP)]]


def test_roles_are_told_apart_by_who_offers_them_and_privileged_ones_by_their_ids(tenant: GraphServer) -> None:
    other = role(ROLE_MANAGEMENT, "RoleManagement.ReadWrite.Directory")
    tenant.add("/servicePrincipals", principal(PAYROLL_SP, PAYROLL, appRoles=[other]))
    ran = made(tenant, "azure_service_principal_has_app_role", "azure_service_principal_has_oauth2_permission_scope")
    assert_records(
        ran.records["azure_app_role"],
        [
            {"_key": f"azure_app_role:{GRAPH_SP}:{ROLE_MANAGEMENT}", "isPrivileged": True, "privilegePath": "direct"},
            {"_key": f"azure_app_role:{GRAPH_SP}:{USER_READ_ALL}", "isPrivileged": False, "privilegePath": None},
            {"_key": f"azure_app_role:{PAYROLL_SP}:{ROLE_MANAGEMENT}", "isPrivileged": None, "value": other["value"]},
        ],
    )
    scope = one(ran.records["azure_oauth2_permission_scope"])
    assert (scope["name"], scope["displayName"], scope["consentType"]) == ("Mail.Read", "Read mail", "User")
    assert len(ends(ran, "azure_service_principal_has_app_role")) == 3


def test_what_an_application_asks_for_is_no_grant_and_leads_to_what_is_here(tenant: GraphServer) -> None:
    roles, scopes = "azure_application_uses_app_role", "azure_application_uses_oauth2_permission_scope"
    ran = made(tenant, roles, scopes)
    assert ends(ran, roles) == [(PAYROLL, f"azure_app_role:{GRAPH_SP}:{ROLE_MANAGEMENT}")]
    assert ends(ran, scopes) == [(PAYROLL, f"azure_oauth2_permission_scope:{GRAPH_SP}:{MAIL_READ}")]


def test_assignments_keep_their_opaque_ids_and_default_access_has_no_role(tenant: GraphServer) -> None:
    tenant.relate(
        "/servicePrincipals",
        PAYROLL_SP,
        "appRoleAssignedTo",
        assignment("aBc-1", ZERO, ADA, "User", PAYROLL_SP),
        assignment("AbC-1", "role-x", ADA, "User", PAYROLL_SP),
        assignment("grp", ZERO, STAFF, "Group", PAYROLL_SP),
        assignment("gone", ZERO, "user-deleted", "User", PAYROLL_SP),
    )
    granted = assignment("app", ROLE_MANAGEMENT, PAYROLL_SP, "ServicePrincipal", GRAPH_SP)
    tenant.relate("/servicePrincipals", GRAPH_SP, "appRoleAssignedTo", granted)
    users, direct = "azure_user_has_app_role_assignment", "azure_service_principal_assigned_user"
    given, allows = "azure_app_role_assignment_assigned_role", "azure_app_role_assignment_allows_service_principal"
    groups, apps = "azure_user_group_has_app_role_assignment", "azure_service_principal_has_app_role_assignment"
    ran = made(tenant, users, direct, given, allows, groups, apps, "azure_service_principal_assigned_principal")
    default = {"isDefaultAccess": True}
    assert_records(
        ran.records["azure_app_role_assignment"],
        [
            {"_key": "aBc-1", "displayName": f"name of {ADA} → name of {PAYROLL_SP}", **default},
            {"_key": "AbC-1", "isDefaultAccess": False, "appRoleId": "role-x", "createdOn": 1770091506000},
            {"_key": "grp", **default},
            {"_key": "gone", **default},
            {"_key": "app", "principalType": "ServicePrincipal", "isDefaultAccess": False},
        ],
    )
    assert ends(ran, users) == [(ADA, "AbC-1"), (ADA, "aBc-1"), ("user-deleted", "gone")]
    assert ran.report.of(users).problems["danglingEnds"]["count"] == 1
    assert ends(ran, groups) == [(STAFF, "grp")]
    assert ends(ran, apps) == [(PAYROLL_SP, "app")]
    graph_role = f"azure_app_role:{GRAPH_SP}:{ROLE_MANAGEMENT}"
    assert ends(ran, given) == [("AbC-1", f"azure_app_role:{PAYROLL_SP}:role-x"), ("app", graph_role)]
    assert ran.report.of(given).problems["danglingEnds"]["count"] == 1
    assert len(ends(ran, allows)) == 5
    counts = {(record["_toEntityKey"], record["roleCount"]) for record in ran.records[direct]}
    assert counts == {(ADA, 2), ("user-deleted", 1)}
    assert ends(ran, "azure_service_principal_assigned_principal") == [(GRAPH_SP, PAYROLL_SP)]


def test_grants_split_their_scopes_and_lead_to_those_that_the_api_offers(tenant: GraphServer) -> None:
    for_all = {"consentType": "AllPrincipals", "principalId": None, "resourceId": GRAPH_SP}
    tenant.add(
        "/oauth2PermissionGrants",
        {"id": "Grant-1", "clientId": PARTNER_SP, "scope": "  Mail.Read  Unknown.Scope Mail.Read ", **for_all},
        {
            "id": "grant-1",
            "clientId": "sp-deleted",
            "scope": None,
            **for_all,
            "principalId": ADA,
            "consentType": "Principal",
        },
    )
    clients, users = "azure_service_principal_has_oauth2_permission_grant", "azure_user_has_oauth2_permission_grant"
    apis, scopes = (
        "azure_oauth2_permission_grant_allows_service_principal",
        "azure_oauth2_permission_grant_allows_scope",
    )
    ran = made(tenant, clients, users, apis, scopes)
    assert_records(
        ran.records["azure_oauth2_permission_grant"],
        [
            {
                "_key": "Grant-1",
                "scopes": ["Mail.Read", "Unknown.Scope"],
                "displayName": "Mail.Read, Unknown.Scope for all users",
            },
            {"_key": "grant-1", "scopes": [], "displayName": "no scope for one user", "principalId": ADA},
        ],
    )
    assert ends(ran, clients) == [("sp-deleted", "grant-1"), (PARTNER_SP, "Grant-1")]
    assert ran.report.of(clients).problems["danglingEnds"]["count"] == 1
    assert ends(ran, users) == [(ADA, "grant-1")]
    assert ends(ran, apis) == [("Grant-1", GRAPH_SP), ("grant-1", GRAPH_SP)]
    assert ends(ran, scopes) == [("Grant-1", f"azure_oauth2_permission_scope:{GRAPH_SP}:{MAIL_READ}")]


def test_owners_are_users_and_service_principals_seen_from_either_end(tenant: GraphServer) -> None:
    tenant.relate("/applications", PAYROLL_ID, "owners", ADA, PARTNER_SP)
    tenant.relate("/servicePrincipals", PAYROLL_SP, "owners", ADA)
    tenant.relate("/groups", STAFF, "owners", ADA)
    tenant.relate("/servicePrincipals", PARTNER_SP, "ownedObjects", PAYROLL_ID, STAFF, MANAGED_SP)
    owns = {
        "azure_user_owns_application": [(ADA, PAYROLL)],
        "azure_user_owns_service_principal": [(ADA, PAYROLL_SP)],
        "azure_user_owns_group": [(ADA, STAFF)],
        "azure_service_principal_owns_application": [(PARTNER_SP, PAYROLL)],
        "azure_service_principal_owns_principal": [(PARTNER_SP, MANAGED_SP)],
        "azure_service_principal_owns_user_group": [(PARTNER_SP, STAFF)],
    }
    ran = made(tenant, *owns)
    assert {type: ends(ran, type) for type in owns} == owns


def test_service_principals_are_members_of_groups(tenant: GraphServer) -> None:
    role_of_directory = {"id": "a-directory-role", "@odata.type": "#microsoft.graph.directoryRole"}
    tenant.relate("/servicePrincipals", MANAGED_SP, "memberOf", STAFF, role_of_directory)
    ran = made(tenant, "azure_user_group_has_service_principal")
    assert ends(ran, "azure_user_group_has_service_principal") == [(STAFF, MANAGED_SP)]


def test_directory_roles_of_service_principals_are_not_told_to_be_missing(tenant: GraphServer) -> None:
    """Who has which role is read from the assignments; a membership says the same once more."""
    directory = "/roleManagement/directory"
    held = {"id": "assignment", "principalId": MANAGED_SP, "roleDefinitionId": "reader", "directoryScopeId": "/"}
    tenant.add(f"{directory}/roleAssignments", held)
    tenant.add(f"{directory}/roleDefinitions", {"id": "reader", "displayName": "Directory Readers", "isBuiltIn": True})
    role_of_directory = {"id": "a-directory-role", "@odata.type": "#microsoft.graph.directoryRole"}
    tenant.relate("/servicePrincipals", MANAGED_SP, "memberOf", role_of_directory)
    ran = made(tenant, "azure_user_group_has_service_principal", "azure_service_principal_has_ad_role_definition")
    assert ends(ran, "azure_service_principal_has_ad_role_definition") == [(MANAGED_SP, "reader")]
    assert ran.report.reading["notRepresented"] == {}
    (missing,) = made(tenant, "azure_user_group_has_service_principal").report.reading["notRepresented"].values()
    assert missing == {"#microsoft.graph.directoryRole": 1}


def test_service_principals_that_are_members_are_not_told_to_be_missing(tenant: GraphServer) -> None:
    """They are read from their own end, since the listing of members may leave them out."""
    tenant.relate("/groups", STAFF, "members", {"id": MANAGED_SP, "@odata.type": "#microsoft.graph.servicePrincipal"})
    tenant.relate("/servicePrincipals", MANAGED_SP, "memberOf", STAFF)
    types = ("azure_user_group_has_user", "azure_user_group_has_service_principal")
    members = [
        kinds for name, kinds in made(tenant, *types).report.reading["notRepresented"].items() if "members" in name
    ]
    assert members == []
    (missing,) = made(tenant, types[0]).report.reading["notRepresented"].values()
    assert missing == {"#microsoft.graph.servicePrincipal": 1}


def test_external_tenants_are_known_by_their_applications_and_by_trust_in_their_sign_ins(tenant: GraphServer) -> None:
    issuer = f"https://login.microsoftonline.com/{FABRIKAM}/v2.0"
    credential = {"id": "fic", "name": "fic", "issuer": issuer, "subject": "x", "audiences": []}
    tenant.relate("/applications", PAYROLL_ID, "federatedIdentityCredentials", credential)
    trust = "azure_federated_identity_credential_trusts_external_tenant"
    ran = made(tenant, "azure_external_tenant_owns_service_principal", trust)
    assert ends(ran, trust) == [
        (f"azure_federated_identity_credential:{PAYROLL_ID}:fic", f"azure_external_tenant:{FABRIKAM}")
    ]
    assert_records(
        ran.records["azure_external_tenant"],
        [
            {
                "_key": f"azure_external_tenant:{FABRIKAM}",
                "displayName": "Fabrikam",
                "isMicrosoft": False,
                "seenAs": ["federatedCredentialIssuer", "servicePrincipalOwner"],
            },
            {"_key": f"azure_external_tenant:{MICROSOFT}", "isMicrosoft": True, "seenAs": ["servicePrincipalOwner"]},
        ],
    )
    assert ends(ran, "azure_external_tenant_owns_service_principal") == [
        (f"azure_external_tenant:{FABRIKAM}", PARTNER_SP),
        (f"azure_external_tenant:{MICROSOFT}", GRAPH_SP),
    ]


def test_jupiterone_gets_mapped_relationships_to_external_tenants(tenant: GraphServer, tmp_path: Path) -> None:
    """It may have the tenant from another integration."""
    type, files = "azure_external_tenant_owns_service_principal", tmp_path / "files"
    run_steps(type, source=tenant, manager=MANAGER, config=Config(to=(f"files:{files}",)))
    (found,) = (
        record["_mapping"]
        for line in (files / f"relationships/{type}.jsonl").read_text().splitlines()
        if (record := json.loads(line))["_mapping"]["sourceEntityKey"] == PARTNER_SP
    )
    assert (found["relationshipDirection"], found["targetFilterKeys"]) == ("REVERSE", [["_class", "tenantId"]])
    assert (found["targetEntity"]["_class"], found["targetEntity"]["tenantId"]) == (["Organization"], FABRIKAM)
    assert not (files / "entities/azure_external_tenant.jsonl").exists()


def test_external_tenants_are_there_where_federated_credentials_are_refused(tenant: GraphServer) -> None:
    tenant.fail("/applications/*/federatedIdentityCredentials", status=403, code="Authorization_RequestDenied")
    ran = run_steps("azure_external_tenant_owns_service_principal", source=tenant, manager=MANAGER)
    result = ran.report.of("azure_external_tenant")
    assert (result.verdict, result.to_grant) == ("partial", ("Application.Read.All",))  # whatever else it may want
    assert "needs the permission Application.Read.All: /applications/" in result.reason
    assert {record["_key"].rpartition(":")[2] for record in ran.records["azure_external_tenant"]} == {
        FABRIKAM,
        MICROSOFT,
    }
    assert ran.verdicts["azure_external_tenant_owns_service_principal"] == "complete"


def test_clients_that_an_application_lets_in_without_consent_are_told(tenant: GraphServer) -> None:
    scope = {"delegatedPermissionIds": ["some-permission"]}
    api = {"preAuthorizedApplications": [{"appId": GRAPH_APP_ID, **scope}, {"appId": None, **scope}]}
    tenant.add("/applications", {"id": PAYROLL_ID, "appId": PAYROLL, "displayName": "payroll", "api": api})
    ran = made(tenant, "azure_application")
    assert_records(ran.records["azure_application"], [{"_key": PAYROLL, "preAuthorizedApplications": [GRAPH_APP_ID]}])


def test_which_agents_a_blueprint_has(graph: GraphServer) -> None:
    declare(graph)
    blueprint = principal("sp-blueprint", "app-blueprint")
    agent = principal("sp-agent", "app-blueprint", servicePrincipalType="ServiceIdentity")
    graph.add("/servicePrincipals", blueprint, agent)
    graph.add(
        "/servicePrincipals/microsoft.graph.agentIdentity",
        {"id": "sp-agent", "agentIdentityBlueprintId": "app-blueprint"},
        {"id": "sp-other-agent", "agentIdentityBlueprintId": "app-of-no-principal"},
        {"id": "sp-agent-of-none", "agentIdentityBlueprintId": None},
    )
    type = "azure_service_principal_manages_principal"
    ran = run_steps(type, source=graph, manager=load())
    assert ends(ran, type) == [
        ("azure_service_principal:app-of-no-principal", "sp-other-agent"),
        ("sp-blueprint", "sp-agent"),
    ]


def test_what_an_application_does_about_mail_addresses_devices_and_its_locks(graph: GraphServer) -> None:
    declare(graph)
    behaviours = {"removeUnverifiedEmailClaim": True, "requireClientServicePrincipal": False}
    locks = {"isEnabled": True, "credentialsWithUsageVerify": True, "credentialsWithUsageSign": False}
    asks = {"isDeviceOnlyAuthSupported": True, "nativeAuthenticationApisEnabled": "all"}
    app = {"id": "object-2", "appId": "app-2", "displayName": "two", "authenticationBehaviors": behaviours}
    graph.add("/applications", {**app, **asks, "servicePrincipalLockConfiguration": locks})
    records = run_steps("azure_application", source=graph, manager=load()).records["azure_application"]
    found = next(each for each in records if each["_key"] == "app-2")
    names = ("unverified", "clientService", "instance", "isDevice", "native")
    assert {name: value for name, value in found.items() if name.startswith(names)} == {
        "unverifiedEmailClaimRemoved": True,
        "clientServicePrincipalRequired": False,
        "instancePropertyLockEnabled": True,
        "instancePropertyLockVerifyCredentials": True,
        "instancePropertyLockSignCredentials": False,
        "isDeviceOnlyAuthSupported": True,
        "nativeAuthenticationApis": "all",
    }


def test_who_needs_no_consent_is_told_by_the_application_that_says_so(tenant: GraphServer) -> None:
    authorized = [{"appId": "app-partner"}, {"appId": "app-gone"}, {"appId": "app-partner"}, {"appId": None}]
    tenant.add(
        "/applications", {"id": "api-000001", "appId": "app-api-01", "api": {"preAuthorizedApplications": authorized}}
    )
    for relation in ("owners", "federatedIdentityCredentials"):
        tenant.relate("/applications", "api-000001", relation)
    type = "azure_application_allows_service_principal"
    ran = made(tenant, type)
    found = sorted((row["_fromEntityKey"], row["_toEntityKey"]) for row in ran.records[type])
    assert found == [("app-api-01", "azure_service_principal:app-gone"), ("app-api-01", PARTNER_SP)]
    assert ran.report.of(type).problems["danglingEnds"]["count"] == 1
