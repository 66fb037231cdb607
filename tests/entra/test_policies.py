"""Policies in the shapes that Graph answers with: words that stand for many, and what came with newer features."""

from typing import Any

import pytest

from integration import load
from integration.testing import GraphServer, run_steps
from tests.entra.apps import ADA, FABRIKAM, PAYROLL, PAYROLL_SP, STAFF, TENANT, declare

pytestmark = pytest.mark.every_area

MANAGER = load()
PARTNER, METHOD = "azure_cross_tenant_access_partner", "azure_authentication_method_configuration"
POLICY, APPS = "azure_conditional_access_policy", "azure_app_management_policy"
PAGE = "/identity/conditionalAccess/policies"


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    declare(graph)
    premium = {"servicePlanId": "plan-1", "servicePlanName": "AAD_PREMIUM", "provisioningStatus": "Success"}
    graph.add(
        "/subscribedSkus", {"id": "sku-1", "skuId": "sku", "capabilityStatus": "Enabled", "servicePlans": [premium]}
    )
    return graph


def test_words_for_agents_name_nobody_and_no_application_in_particular(tenant: GraphServer) -> None:
    users: dict[str, Any] = {"includeUsers": ["AllAgentIdUsers"], "excludeUsers": ["AllAgentIdUsers"]}
    conditions = {"users": users, "applications": {"includeApplications": ["AllAgentIdResources"]}}
    tenant.add(PAGE, {"id": "policy-1", "displayName": "Agents", "state": "enabled", "conditions": conditions})
    types = [f"{POLICY}_assigned_user", f"{POLICY}_allows_user", f"{POLICY}_protects_service_principal"]
    ran = run_steps(*types, source=tenant, manager=MANAGER)
    (policy,) = ran.records[POLICY]
    assert all("$select" not in each for each in tenant.requests if PAGE in each)
    assert policy["includeUsers"] == policy["excludeUsers"] == ["AllAgentIdUsers"]
    assert policy["includeApplications"] == ["AllAgentIdResources"]
    assert policy["appliesToAllUsers"] is policy["appliesToAllApplications"] is False
    assert [(ran.report.of(type).verdict, ran.records[type]) for type in types] == [("complete", [])] * 3


def test_guests_from_some_tenants_lead_to_these_also_where_nothing_else_names_them(tenant: GraphServer) -> None:
    first, second = "5ec4e700-2f3e-4d5c-8b6a-7f8e9d0c1b02", "5EC4E700-2F3E-4D5C-8B6A-7F8E9D0C1B03"
    users: dict[str, Any] = {
        f"{way}GuestsOrExternalUsers": {
            "guestOrExternalUserTypes": "b2bCollaborationGuest",
            "externalTenants": {"membershipKind": "enumerated", "members": members},
        }
        for way, members in (("include", [first, second]), ("exclude", [second]))
    }
    rows = [{"id": "policy-1", "users": users}, {"id": "policy-2", "users": {"includeUsers": ["All"]}}]
    for row in rows:
        conditions = {"users": row["users"]}
        tenant.add(PAGE, {"id": row["id"], "displayName": None, "state": "enabled", "conditions": conditions})
    assigned, allows = types = [f"{POLICY}_assigned_external_tenant", f"{POLICY}_allows_external_tenant"]
    ran = run_steps(*types, source=tenant, manager=MANAGER)
    keys = [f"azure_external_tenant:{id.lower()}" for id in (first, second)]
    assert [[each["_toEntityKey"] for each in ran.records[type]] for type in (assigned, allows)] == [keys, keys[1:]]
    seen = {each["_key"]: each["seenAs"] for each in ran.records["azure_external_tenant"]}
    assert [seen[key] for key in keys] == [["conditionalAccessPolicy"]] * 2
    assert not any(ran.report.of(type).problems.get("danglingEnds") for type in types)


def test_a_policy_leads_to_the_template_that_it_was_made_from(tenant: GraphServer) -> None:
    template = "5ec4e700-2f3e-4d5c-8b6a-7f8e9d0c1b04"
    tenant.add("/identity/conditionalAccess/templates", {"id": template, "name": "Require compliant devices"})
    for number, of in enumerate((template, None)):
        tenant.add(PAGE, {"id": f"policy-{number}", "state": "enabled", "conditions": {}, "templateId": of})
    type = f"{POLICY}_uses_template"
    ran = run_steps(type, source=tenant, manager=MANAGER)
    assert [each["_toEntityKey"] for each in ran.records[type]] == [f"azure_conditional_access_template:{template}"]


def test_networks_of_global_secure_access_are_no_location_in_particular(tenant: GraphServer) -> None:
    networks, place = "3d46dbda-8382-466a-856d-eb00cbc6b910", "5ec4e700-2f3e-4d5c-8b6a-7f8e9d0c1b01"
    locations = {"includeLocations": ["All"], "excludeLocations": [networks, place]}
    conditions = {"users": {"includeUsers": ["All"]}, "locations": locations}
    tenant.add(PAGE, {"id": "policy-1", "displayName": "Networks", "state": "enabled", "conditions": conditions})
    tenant.add("/identity/conditionalAccess/namedLocations", {"id": place, "displayName": "Of a newer kind"})
    type = f"{POLICY}_contains_named_location"
    ran = run_steps(type, source=tenant, manager=MANAGER)
    location = f"azure_conditional_access_named_location:{place}"
    assert [each["_toEntityKey"] for each in ran.records[type]] == [location]
    assert [each["_key"] for each in ran.records["azure_conditional_access_named_location"]] == [location]
    assert ran.records[POLICY][0]["excludeLocations"] == [networks, place]


def test_policies_are_read_where_the_licence_for_them_has_ended(graph: GraphServer) -> None:
    plans = [{"servicePlanName": "AAD_PREMIUM"}]
    graph.add("/subscribedSkus", {"id": "sku-1", "capabilityStatus": "Suspended", "servicePlans": plans})
    paths = {
        POLICY: PAGE,
        "azure_conditional_access_named_location": "/identity/conditionalAccess/namedLocations",
        "azure_authentication_strength_policy": "/policies/authenticationStrengthPolicies",
        "azure_conditional_access_authorization_context": (
            "/identity/conditionalAccess/authenticationContextClassReferences"
        ),
        "azure_group_lifecycle_policy": "/groupLifecyclePolicies",
    }
    for path in paths.values():
        graph.add(path, {"id": "left-over-1", "displayName": "Left over"})
    ran = run_steps(*paths, source=graph, manager=MANAGER)
    assert {type: (ran.verdicts[type], len(ran.records[type])) for type in paths} == dict.fromkeys(
        paths, ("complete", 1)
    )


def test_users_that_are_agents_are_told_from_people(graph: GraphServer) -> None:
    agent = {"@odata.type": "#microsoft.graph.agentUser", "id": "user-agent", "displayName": "Agent"}
    graph.add("/users", {"id": "user-ada", "displayName": "Ada"}, agent)
    found = run_steps("azure_user", source=graph, manager=MANAGER).records["azure_user"]
    assert {each["_key"]: each["isAgent"] for each in found} == {"user-ada": False, "user-agent": True}


@pytest.mark.parametrize(
    ("profiles", "expected"),
    [
        (None, {}),
        ([], {"passkeyProfileNames": []}),
        (
            [
                {
                    "id": "1",
                    "name": "Keys",
                    "passkeyTypes": "deviceBound",
                    "attestationEnforcement": "registrationOnly",
                },
                {
                    "id": "2",
                    "name": "Phones",
                    "passkeyTypes": "deviceBound,synced",
                    "attestationEnforcement": "disabled",
                },
                {"id": "3", "name": None, "passkeyTypes": None, "attestationEnforcement": "disabled"},
            ],
            {
                "passkeyProfileNames": ["Keys", "Phones"],
                "passkeyTypes": ["deviceBound", "synced"],
                "passkeyProfilesWithoutAttestation": ["Phones", "3"],
            },
        ),
    ],
)
def test_what_profiles_of_passkeys_allow(graph: GraphServer, profiles: Any, expected: dict[str, Any]) -> None:
    method = {"id": "Fido2", "state": "enabled", "isAttestationEnforced": True, "passkeyProfiles": profiles}
    graph.put("/policies/authenticationMethodsPolicy", {"id": "p", "authenticationMethodConfigurations": [method]})
    (found,) = run_steps(METHOD, source=graph, manager=MANAGER).records[METHOD]
    assert {name: value for name, value in found.items() if name.startswith("passkey")} == expected


def test_what_partners_may_do_in_microsoft_365_and_by_applications(graph: GraphServer) -> None:
    users = {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]}
    apps = {"accessType": "blocked", "targets": [{"target": "AllApplications", "targetType": "application"}]}
    graph.add(
        "/policies/crossTenantAccessPolicy/partners",
        {
            "id": "partner",
            "tenantId": "123f4846-ba00-4fd7-ba43-dac1f8f63013",
            "identitySynchronization": None,
            "m365CollaborationInbound": {"users": users},
            "m365CollaborationOutbound": {"usersAndGroups": users},
            "appServiceConnectInbound": {"applications": apps},
        },
    )
    (found,) = run_steps(PARTNER, source=graph, manager=MANAGER).records[PARTNER]
    assert {name: value for name, value in found.items() if name.startswith(("m365", "appService"))} == {
        "m365CollaborationInboundUsersAccess": "allowed",
        "m365CollaborationInboundUserTargets": ["AllUsers"],
        "m365CollaborationOutboundUsersAccess": "allowed",
        "m365CollaborationOutboundUserTargets": ["AllUsers"],
        "appServiceConnectInboundAppsAccess": "blocked",
        "appServiceConnectInboundAppTargets": ["AllApplications"],
    }


_ACROSS = "azure_cross_tenant_access"


def _access(kind: str | None, of: str, *targets: str | None) -> dict[str, Any]:
    return {"accessType": kind, "targets": [{"target": each, "targetType": of} for each in targets]}


@pytest.mark.parametrize("holder", ["policy", "partner"])
def test_access_across_tenants_leads_to_the_own_people_and_applications_that_it_names(
    graph: GraphServer, holder: str
) -> None:
    """Who is named in the other direction is of the other tenant, and words stand for nobody in particular."""
    declare(graph)
    people, apps = _access("allowed", "user", ADA, "allUsers", None, ADA), _access("allowed", "application", PAYROLL)
    groups = _access("blocked", "group", STAFF)
    settings = {
        "b2bCollaborationOutbound": {"usersAndGroups": people, "applications": _access("blocked", "application", "x")},
        "b2bDirectConnectOutbound": {"usersAndGroups": groups, "applications": None},
        "m365CollaborationOutbound": {"usersAndGroups": people},
        "b2bCollaborationInbound": {"usersAndGroups": _access("blocked", "user", "theirs"), "applications": apps},
        "b2bDirectConnectInbound": {"applications": _access("blocked", "application", PAYROLL, "gone", "Office365")},
        "tenantRestrictions": {"usersAndGroups": groups},
    }
    tenant, partner = f"azure_cross_tenant_access_policy:{TENANT}", f"{PARTNER}:{FABRIKAM}"
    path = "/policies/crossTenantAccessPolicy"
    graph.put(path, {"id": "crossTenantAccessPolicy"})
    graph.put(f"{path}/default", {"isServiceDefault": True, **(settings if holder == "policy" else {})})
    named = {"identitySynchronization": None, **(settings if holder == "partner" else {})}
    graph.add(f"{path}/partners", {"id": "partner", "tenantId": FABRIKAM, **named})
    ends = "user", "user_group", "service_principal"
    types = [
        f"{_ACROSS}_{of}_{verb}_{to}" for of in ("policy", "partner") for verb in ("allows", "denies") for to in ends
    ]
    ran = run_steps(*types, source=graph, manager=MANAGER)
    assert {ran.verdicts[type] for type in types} == {"complete"}
    found = {
        (type.removeprefix(f"{_ACROSS}_"), each["_toEntityKey"]): (each["_fromEntityKey"], each["settings"])
        for type in types
        for each in ran.records[type]
    }
    key, gone = tenant if holder == "policy" else partner, "azure_service_principal:gone"
    assert found == {
        (f"{holder}_allows_user", ADA): (key, "b2bCollaborationOutbound, m365CollaborationOutbound"),
        (f"{holder}_denies_user_group", STAFF): (key, "b2bDirectConnectOutbound"),
        (f"{holder}_allows_service_principal", PAYROLL_SP): (key, "b2bCollaborationInbound"),
        (f"{holder}_denies_service_principal", PAYROLL_SP): (key, "b2bDirectConnectInbound"),
        (f"{holder}_denies_service_principal", gone): (key, "b2bDirectConnectInbound"),
    }


@pytest.mark.parametrize("provides", [True, False, None])
def test_a_partner_that_is_a_service_provider_is_told_and_an_unknown_one_is_not_called_none(
    provides: bool | None, graph: GraphServer
) -> None:
    partner = {"id": "p", "tenantId": "123f4846-ba00-4fd7-ba43-dac1f8f63013", "identitySynchronization": None}
    graph.add("/policies/crossTenantAccessPolicy/partners", {**partner, "isServiceProvider": provides})
    (found,) = run_steps(PARTNER, source=graph, manager=MANAGER).records[PARTNER]
    assert found.get("isServiceProvider") is provides


def test_whom_restrictions_on_applications_spare(graph: GraphServer) -> None:
    spared = [{"id": "Ops_Pipeline", "operator": "equals", "value": "yes"}, {"id": "Ops_Legacy", "operator": "equals"}]
    actors = {"excludeActors": {"customSecurityAttributes": spared}}
    secret = {"restrictionType": "passwordAddition", "state": "enabled", **actors}
    lasting = {"restrictionType": "asymmetricKeyLifetime", "state": "enabled", "maxLifetime": "P90D"}
    uri = {"state": "enabled", "excludeAppsReceivingV2Tokens": True, "excludeSaml": False, **actors}
    since = {"state": "disabled", "restrictForAppsCreatedAfterDateTime": "2026-01-01T00:00:00Z"}
    graph.put(
        "/policies/defaultAppManagementPolicy",
        {
            "id": "default",
            "applicationRestrictions": {
                "passwordCredentials": [secret],
                "keyCredentials": [{**lasting, "excludeActors": {"customSecurityAttributes": []}}],
                "identifierUris": {"nonDefaultUriAddition": uri, "uriAdditionWithoutUniqueTenantIdentifier": since},
            },
            "servicePrincipalRestrictions": {"keyCredentials": [{**lasting, **actors}]},
        },
    )
    own = {"keyCredentials": [lasting], "applicationRestrictions": {"identifierUris": {"nonDefaultUriAddition": since}}}
    graph.add("/policies/appManagementPolicies", {"id": "own", "restrictions": own})
    found = {each["id"]: each for each in run_steps(APPS, source=graph, manager=MANAGER).records[APPS]}
    names = ["Ops_Legacy=", "Ops_Pipeline=yes"]
    told = ("Exempt", "Uri", "uri")
    assert {name: value for name, value in found["default"].items() if any(each in name for each in told)} == {
        "passwordAdditionExemptActors": names,
        "servicePrincipalAsymmetricKeyLifetimeExemptActors": names,
        "nonDefaultUriAdditionState": "enabled",
        "nonDefaultUriAdditionExemptActors": names,
        "nonDefaultUriAdditionSparesV2Tokens": True,
        "nonDefaultUriAdditionSparesSaml": False,
        "uriAdditionWithoutUniqueTenantIdentifierState": "disabled",
        "uriAdditionWithoutUniqueTenantIdentifierAppliesFrom": 1767225600000,
    }
    assert {name: value for name, value in found["own"].items() if any(each in name for each in told)} == {
        "nonDefaultUriAdditionState": "disabled",
        "nonDefaultUriAdditionAppliesFrom": 1767225600000,
    }


def test_by_what_a_certificate_leads_to_its_user(graph: GraphServer) -> None:
    bindings = [
        {"priority": 2, "x509CertificateField": "RFC822Name", "userProperty": "userPrincipalName"},
        {
            "priority": 1,
            "x509CertificateField": "SHA1PublicKey",
            "userProperty": "certificateUserIds",
            "trustAffinityLevel": "high",
        },
    ]
    modes = {"x509CertificateDefaultRequiredAffinityLevel": "high"}
    exempt = {"exemptedCertificateAuthoritiesSubjectKeyIdentifiers": ["0f1e2d3c"]}
    certificate = {"id": "X509Certificate", "certificateUserBindings": bindings, "crlValidationConfiguration": exempt}
    methods = [
        {**certificate, "authenticationModeConfiguration": modes},
        {"id": "QRCodePin", "pinLength": 9, "standardQRCodeLifetimeInDays": 30},
        {"id": "TemporaryAccessPass", "defaultLength": 12},
    ]
    graph.put("/policies/authenticationMethodsPolicy", {"id": "p", "authenticationMethodConfigurations": methods})
    found = {each["id"]: each for each in run_steps(METHOD, source=graph, manager=MANAGER).records[METHOD]}
    told = found["X509Certificate"]
    assert told["certificateUserBindings"] == [
        "SHA1PublicKey=certificateUserIds (high)",
        "RFC822Name=userPrincipalName",
    ]
    assert (told["certificateRequiredAffinity"], told["certificateAuthoritiesExempt"]) == ("high", ["0f1e2d3c"])
    assert (found["QRCodePin"]["pinLength"], found["QRCodePin"]["qrCodeLifetimeInDays"]) == (9, 30)
    assert found["TemporaryAccessPass"]["defaultLength"] == 12


def test_who_signs_in_guests_that_are_invited(graph: GraphServer) -> None:
    declare(graph)
    providers = {"primaryIdentityProviderPrecedenceOrder": ["externalFederation", "azureActiveDirectory"]}
    both = {**providers, "fallbackIdentityProvider": "emailOneTimePasscode"}
    path, type = "/policies/crossTenantAccessPolicy", "azure_cross_tenant_access_policy"
    graph.put(f"{path}/default", {"invitationRedemptionIdentityProviderConfiguration": both})
    graph.put(path, {"id": "crossTenantAccessPolicy"})
    (found,) = run_steps(type, source=graph, manager=MANAGER).records[type]
    assert found["invitationIdentityProviders"] == ["externalFederation", "azureActiveDirectory"]
    assert found["invitationFallbackIdentityProvider"] == "emailOneTimePasscode"


def test_whom_the_policy_on_devices_names_may_what_it_says(graph: GraphServer) -> None:
    both, joins = "0a000000-0000-4000-8000-00000000000a", "group-0001"
    named = "#microsoft.graph.enumeratedDeviceRegistrationMembership"
    join = {
        "allowedToJoin": {"@odata.type": named, "users": [both.upper()], "groups": [joins]},
        "localAdmins": {"registeringUsers": {"@odata.type": named, "users": [both, "user-gone1"], "groups": []}},
    }
    everybody = {"allowedToRegister": {"@odata.type": "#microsoft.graph.allDeviceRegistrationMembership"}}
    graph.add("/organization", {"id": "tenant-0001", "displayName": "Contoso", "verifiedDomains": []})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
    graph.put("/policies/deviceRegistrationPolicy", {"id": "p", "azureADJoin": join, "azureADRegistration": everybody})
    graph.add("/users", {"id": both, "displayName": "Ada", "userPrincipalName": "ada@contoso.example"})
    graph.add("/groups", {"id": joins, "displayName": "Joiners"})
    users, groups = (f"azure_device_registration_policy_allows_{of}" for of in ("user", "user_group"))
    ran = run_steps(users, groups, source=graph)
    assert {ran.verdicts[users], ran.verdicts[groups]} == {"complete"}
    assert [(row["_toEntityKey"], row["mayJoin"]) for row in ran.records[groups]] == [(joins, True)]
    found = {row["_toEntityKey"]: (row.get("mayJoin"), row.get("becomesLocalAdmin")) for row in ran.records[users]}
    assert found == {both: (True, True), "user-gone1": (None, True)}


def test_whom_a_method_is_for_and_who_may_not_use_it(tenant: GraphServer) -> None:
    group, kept_out, user = "group-0001", "group-0002", "user-0001"
    included = [
        {"id": "all_users", "targetType": "group"},
        {"id": group, "targetType": "group"},
        {"id": user, "targetType": "user"},
    ]
    excluded = [{"id": kept_out, "targetType": "group"}, {"id": user, "targetType": "user"}]
    methods = [
        {"id": "Sms", "includeTargets": included, "excludeTargets": excluded},
        {"id": "Email", "includeTargets": None, "excludeTargets": None},
    ]
    tenant.put("/policies/authenticationMethodsPolicy", {"id": "p", "authenticationMethodConfigurations": methods})
    tenant.add("/users", {"id": user, "displayName": "Ada", "userPrincipalName": "ada@contoso.example"})
    tenant.add("/groups", *({"id": id, "displayName": id} for id in (group, kept_out)))
    types = [f"{METHOD}_{end}" for end in ("assigned_user_group", "assigned_user", "denies_user_group")]
    ran = run_steps(*types, source=tenant, manager=MANAGER)
    assert {ran.verdicts[type] for type in types} == {"complete"}
    found = [[(each["_fromEntityKey"], each["_toEntityKey"]) for each in ran.records[type]] for type in types]
    assert found == [[(f"{METHOD}:Sms", each)] for each in (group, user, kept_out)]


def test_those_who_have_a_role_decide_on_requests_for_consent(tenant: GraphServer) -> None:
    role = "cf1c38e5-3621-4004-a7cb-879624dced7c"
    query = f"/beta/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '{role}'"
    tenant.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
    tenant.put("/policies/adminConsentRequestPolicy", {"isEnabled": True, "reviewers": [{"query": query}, None]})
    tenant.add("/roleManagement/directory/roleDefinitions", {"id": role, "displayName": "Developer"})
    type = "azure_admin_consent_request_policy_assigned_ad_role_definition"
    ran = run_steps(type, source=tenant, manager=MANAGER)
    assert (ran.report.of(type).reason, [each["_toEntityKey"] for each in ran.records[type]]) == ("", [role])


def test_who_creates_groups_where_nobody_else_may_is_led_to(tenant: GraphServer) -> None:
    group = "0a000000-0000-4000-8000-00000000000a"
    values = {"EnableGroupCreation": "false", "GroupCreationAllowedGroupId": group.upper()}
    listed = [[{"name": name, "value": value} for name, value in values.items()], []]
    for number, each in enumerate(listed):
        tenant.add("/groupSettings", {"id": f"setting-000{number}", "displayName": "Group.Unified", "values": each})
    tenant.add("/groups", {"id": group, "displayName": "Creators"})
    type = "azure_group_setting_allows_user_group"
    (found,) = run_steps(type, source=tenant, manager=MANAGER).records[type]
    assert (found["_fromEntityKey"], found["_toEntityKey"]) == ("azure_group_setting:setting-0000", group)
