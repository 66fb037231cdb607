"""The demo's policies beside conditional access: methods, consent, devices, partners, credentials."""

from tests.simulator.areas.access_demo import DELETED_GROUP, GLOBAL_ADMINISTRATOR
from tests.simulator.areas.apps import FINANCE_JOB
from tests.simulator.areas.singles import SINGLES
from tests.simulator.demo_ids import SERVICE_PRINCIPAL_ID, group_id, user_id
from tests.simulator.properties import Json
from tests.simulator.tenant import Tenant

GRANTS = "/policies/permissionGrantPolicies"
APP_MANAGEMENT = "/policies/appManagementPolicies"
CROSS_TENANT = "/policies/crossTenantAccessPolicy"
STS = ("activityBasedTimeout", "claimsMapping", "homeRealmDiscovery", "tokenIssuance", "tokenLifetime")
OLDER_JOBS = "a99a0000-2f3e-4d5c-8b6a-7f8e9d0c1b01"
_OWN_APP = "0f0e0d0c-1b2a-4394-8a5b-6c7d8e9f0a01"
FABRIKAM, SUPPLIER = "fab00000-2f3e-4d5c-8b6a-7f8e9d0c1b01", "5a1e5000-2f3e-4d5c-8b6a-7f8e9d0c1b02"


def _access(kind: str, *targets: tuple[str, str]) -> Json:
    return {"accessType": kind, "targets": [{"target": each, "targetType": of} for each, of in targets]}


def add_governing(tenant: Tenant) -> None:
    """Add the other policies."""
    contents = tenant.contents
    known = SINGLES["/policies/authenticationMethodsPolicy"]
    methods = {each["id"]: each for each in known["authenticationMethodConfigurations"]}
    group = {"targetType": "group", "isRegistrationRequired": False}
    methods["Sms"] = {
        **methods["Sms"],
        "state": "enabled",
        "includeTargets": [
            {**group, "id": group_id(3), "isUsableForSignIn": True},
            {**group, "id": user_id(4), "targetType": "user", "isUsableForSignIn": False},
        ],
        "excludeTargets": [{"targetType": "group", "id": group_id(7)}],
    }
    methods["External"] = {
        "@odata.type": "#microsoft.graph.externalAuthenticationMethodConfiguration",
        "id": "e87e4a10-2f3e-4d5c-8b6a-7f8e9d0c1b01",
        "displayName": "Fabrikam Verify",
        "state": "disabled",
        "appId": "fab00000-2f3e-4d5c-8b6a-7f8e9d0c1b03",
        "openIdConnectSetting": {"clientId": "contoso", "discoveryUrl": "https://verify.fabrikam.example/metadata"},
        "excludeTargets": [],
        "includeTargets": [],
    }
    profiles = [
        {"id": f"00000000-0000-0000-0000-00000000000{number}", "name": name, "passkeyTypes": kinds, **rules}
        for number, name, kinds, rules in (
            (1, "Default passkey profile", "deviceBound", {"attestationEnforcement": "registrationOnly"}),
            (2, "Phones", "deviceBound,synced", {"attestationEnforcement": "disabled"}),
        )
    ]
    methods["Fido2"] = {
        **methods["Fido2"],
        "state": "enabled",
        "includeTargets": [{**group, "id": DELETED_GROUP, "allowedPasskeyProfiles": [profiles[0]["id"]]}],
        "defaultPasskeyProfile": profiles[0]["id"],
        "passkeyProfiles": profiles,
    }
    campaign = {
        **known["registrationEnforcement"]["authenticationMethodsRegistrationCampaign"],
        "excludeTargets": [{"id": group_id(7), "targetType": "group"}],
    }
    contents.set(
        "/policies/authenticationMethodsPolicy",
        {
            **known,
            "reconfirmationInDays": 180,
            "registrationEnforcement": {"authenticationMethodsRegistrationCampaign": campaign},
            "authenticationMethodConfigurations": list(methods.values()),
        },
    )
    contents.set(
        "/policies/authorizationPolicy",
        {**SINGLES["/policies/authorizationPolicy"], "allowUserConsentForRiskyApps": False},
    )
    delegated = {"permissionType": "delegated", "permissionClassification": "low", "resourceApplication": "any"}
    contents.put(
        GRANTS,
        {
            "id": "microsoft-user-default-low",
            "displayName": "Default user low risk policy",
            "description": "Permissions that count as low risk, for applications of verified publishers.",
            "deletedDateTime": None,
            "includes": [
                {
                    "id": "90a27ac2-2f3e-4d5c-8b6a-7f8e9d0c1b01",
                    **delegated,
                    "permissions": ["all"],
                    "clientApplicationIds": ["all"],
                    "clientApplicationTenantIds": ["all"],
                    "clientApplicationPublisherIds": ["all"],
                    "clientApplicationsFromVerifiedPublisherOnly": True,
                }
            ],
            "excludes": [{"id": "90a27ac3-2f3e-4d5c-8b6a-7f8e9d0c1b01", **delegated, "permissions": []}],
        },
        {"id": "nobody-at-all", "displayName": None, "description": None, "includes": [], "excludes": []},
    )
    contents.set(
        "/policies/adminConsentRequestPolicy",
        {
            "isEnabled": True,
            "notifyReviewers": True,
            "remindersEnabled": True,
            "requestDurationInDays": 30,
            "version": 2,
            "reviewers": [
                {"query": f"/users/{user_id(1)}", "queryType": "MicrosoftGraph", "queryRoot": None},
                {
                    "query": f"/groups/{group_id(7)}/transitiveMembers/microsoft.graph.user",
                    "queryType": "MicrosoftGraph",
                },
                {
                    "query": "/beta/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq "
                    f"'{GLOBAL_ADMINISTRATOR}'",
                    "queryType": "MicrosoftGraph",
                },
            ],
        },
    )
    selected = {"@odata.type": "#microsoft.graph.enumeratedDeviceRegistrationMembership"}
    selected |= {"users": [user_id(1)], "groups": [group_id(3)]}  # type: ignore[dict-item]
    registration = SINGLES["/policies/deviceRegistrationPolicy"]
    contents.set(
        "/policies/deviceRegistrationPolicy",
        {
            **registration,
            "azureADRegistration": {"isAdminConfigurable": True, "allowedToRegister": selected},
            "azureADJoin": {
                "isAdminConfigurable": True,
                "allowedToJoin": selected,
                "localAdmins": {"enableGlobalAdmins": True, "registeringUsers": selected},
            },
        },
    )
    _add_partners(tenant)
    _add_app_management(tenant)
    _add_sts_policies(tenant)
    contents.put(
        "/identity/identityProviders",
        {
            "@odata.type": "#microsoft.graph.builtInIdentityProvider",
            "id": "EmailOtpSignup-OAUTH",
            "displayName": "Email One Time Passcode",
            "identityProviderType": "EmailOTP",
        },
        {
            "@odata.type": "#microsoft.graph.socialIdentityProvider",
            "id": "Google-OAUTH",
            "displayName": None,
            "identityProviderType": "Google",
            "clientId": "contoso.apps.googleusercontent.example",
            "clientSecret": "******",
        },
    )


def _add_partners(tenant: Tenant) -> None:
    partner = dict.fromkeys(SINGLES[f"{CROSS_TENANT}/default"])
    users = _access("allowed", (group_id(3), "group"), (user_id(5), "user"))
    apps = _access("blocked", ("Office365", "application"), (_OWN_APP, "application"))
    some = {"usersAndGroups": users, "applications": apps}
    nobody = _access("blocked", (user_id(4), "user"), (group_id(5), "group"))
    own = _access("allowed", (_OWN_APP, "application"))
    blocks = (
        "b2bCollaborationInbound",
        "b2bCollaborationOutbound",
        "b2bDirectConnectInbound",
        "b2bDirectConnectOutbound",
    )
    tenant.contents.set(CROSS_TENANT, {**SINGLES[CROSS_TENANT], "allowedCloudEndpoints": ["microsoftonline.us"]})
    default = SINGLES[f"{CROSS_TENANT}/default"]
    tenant.contents.set(
        f"{CROSS_TENANT}/default",
        {
            **default,
            "isServiceDefault": False,
            "b2bCollaborationOutbound": {**default["b2bCollaborationOutbound"], "usersAndGroups": users},
            "b2bCollaborationInbound": {
                **default["b2bCollaborationInbound"],
                "applications": _access("blocked", (_OWN_APP, "application")),
            },
            "b2bDirectConnectOutbound": {**default["b2bDirectConnectOutbound"], "usersAndGroups": nobody},
            "b2bDirectConnectInbound": {**default["b2bDirectConnectInbound"], "applications": own},
        },
    )
    tenant.contents.put(
        f"{CROSS_TENANT}/partners",
        {
            **partner,
            "tenantId": FABRIKAM,
            "isServiceProvider": False,
            "isInMultiTenantOrganization": True,
            "inboundTrust": {
                "isMfaAccepted": True,
                "isCompliantDeviceAccepted": True,
                "isHybridAzureADJoinedDeviceAccepted": False,
            },
            "automaticUserConsentSettings": {"inboundAllowed": True, "outboundAllowed": False},
            **dict.fromkeys((*blocks, "tenantRestrictions"), some),
            "b2bDirectConnectOutbound": {**some, "usersAndGroups": nobody},
            "b2bDirectConnectInbound": {**some, "applications": own},
            "m365CollaborationInbound": {"users": users},
            "m365CollaborationOutbound": {"usersAndGroups": users},
            "appServiceConnectInbound": {"applications": apps},
            "identitySynchronization": {
                "tenantId": FABRIKAM,
                "displayName": "Fabrikam",
                "userSyncInbound": {"isSyncAllowed": True},
            },
        },
        {**partner, "tenantId": SUPPLIER, "isServiceProvider": True, "isInMultiTenantOrganization": False},
        key="tenantId",
    )


def _add_sts_policies(tenant: Tenant) -> None:
    definitions = {
        "activityBasedTimeout": '{"ActivityBasedTimeoutPolicy":{"Version":1,"ApplicationPolicies":'
        '[{"ApplicationId":"default","WebSessionIdleTimeout":"00:30:00"}]}}',
        "tokenLifetime": '{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"04:00:00"}}',
    }
    for number, (kind, definition) in enumerate(definitions.items()):
        tenant.contents.put(
            f"/policies/{kind}Policies",
            {
                "id": f"57500000-2f3e-4d5c-8b6a-7f8e9d0c1b0{number}",
                "displayName": None if number else "Idle sessions",
                "description": None if number else "Sessions end after half an hour without use",
                "isOrganizationDefault": not number,
                "definition": [definition],
                "deletedDateTime": None,
            },
        )


def _add_app_management(tenant: Tenant) -> None:
    spared = {"id": "Jobs_keepsSecrets", "operator": "equals", "value": "true"}
    every = {
        "state": "enabled",
        "restrictForAppsCreatedAfterDateTime": "2025-01-01T00:00:00Z",
        "excludeActors": {"customSecurityAttributes": [spared]},
    }

    def restriction(kind: str, longest: str | None = None) -> Json:
        return {"restrictionType": kind, "maxLifetime": longest, **every}

    restrictions = {
        "passwordCredentials": [
            restriction("passwordAddition"),
            restriction("customPasswordAddition"),
            restriction("symmetricKeyAddition"),
            restriction("passwordLifetime", "P180D"),
            restriction("symmetricKeyLifetime", "P90D"),
        ],
        "keyCredentials": [restriction("asymmetricKeyLifetime", "P1Y"), restriction("trustedCertificateAuthority")],
    }
    uri = {**every, "excludeAppsReceivingV2Tokens": True, "excludeSaml": False}
    uris = {"nonDefaultUriAddition": uri, "uriAdditionWithoutUniqueTenantIdentifier": uri}
    path = "/policies/defaultAppManagementPolicy"
    tenant.contents.set(
        path,
        {
            **SINGLES[path],
            "isEnabled": True,
            "applicationRestrictions": {**restrictions, "identifierUris": uris},
            "servicePrincipalRestrictions": restrictions,
        },
    )
    tenant.contents.put(
        APP_MANAGEMENT,
        {
            "id": OLDER_JOBS,
            "displayName": "Older jobs",
            "description": "They may keep their secrets for a year",
            "isEnabled": True,
            "deletedDateTime": None,
            "restrictions": {"passwordCredentials": [restriction("passwordLifetime", "P365D")], "keyCredentials": []},
        },
    )
    of = ("application", FINANCE_JOB), ("servicePrincipal", SERVICE_PRINCIPAL_ID)
    rows = ({"@odata.type": f"#microsoft.graph.{kind}", "id": key} for kind, key in of)
    tenant.contents.put(f"{APP_MANAGEMENT}/{OLDER_JOBS}/appliesTo", *rows)
