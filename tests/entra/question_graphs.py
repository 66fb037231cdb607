"""Graphs made up at random, in which the questions about people, roles and policies are asked."""

import random
import time
from functools import partial

from tests.question_graphs import DAY, Json, Made

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
TRUST = ("inboundTrustMfa", "inboundTrustCompliantDevice", "inboundTrustHybridJoinedDevice")
RULES = (
    None,
    '(user.department -eq "Finance")',
    '(user.mail -contains "finance")',
    'user.mailNickname\t-startsWith "it" -or (user.otherMails -any (_ -contains "it"))',
    "device.displayName -startsWith 'PAW'",
    "user.memberof -any (group.objectId -in ['1'])",
)
GUEST_TYPES = (
    None,
    None,
    None,
    ["internalGuest", "serviceProvider"],
    ["b2bCollaborationGuest", "b2bCollaborationMember"],
)


def made_up(seed: int) -> Made:
    """Return a tenant of a dozen users, with roles, policies, devices and licences; some references lead to nothing."""
    made, rng, now = Made(), random.Random(seed), int(time.time()) * 1000
    maybe = [True, False, None]

    def add(type: str, *found: Json) -> list[str]:
        made.entities[type] = {f"{type}:{n}": {"displayName": f"{type} {n}", **each} for n, each in enumerate(found)}
        return list(made.entities[type])

    edges = partial(made.join, rng)

    def moment(days: int) -> int:
        return now - rng.randint(0, days) * DAY - 3_600_000

    users = add("azure_user", *(
        {
            "displayName": rng.choice(["ada", "Ada", f"User {n}"]),
            "userPrincipalName": f"u{n}{rng.choice(['', '_fabrikam.example#EXT#'])}@contoso.example",
            "userType": rng.choice(["Member", "Member", "Guest"]), "accountEnabled": rng.random() < 0.8,
            "onPremisesSyncEnabled": rng.choice(maybe), "createdOn": moment(200),
            "externalUserState": rng.choice([None, "Accepted", "PendingAcceptance"]),
            "isAgent": rng.random() < 0.3,
        } for n in range(12)
    ))  # fmt: skip
    groups = add("azure_user_group", *(
        {
            "displayName": f"{rng.choice('gG')}roup {n}", "isDynamic": rng.random() < 0.7,
            "isMicrosoft365Group": rng.random() < 0.5, "visibility": rng.choice([None, "Public", "Private"]),
            "membershipRule": rng.choice(RULES), "membershipRuleProcessingState": rng.choice(["On", "On", "Paused"]),
            "isAssignableToRole": rng.choice(maybe), "isManagementRestricted": rng.choice([None, False, True]),
            "onPremisesSyncEnabled": rng.choice(maybe),
        } for n in range(5)
    ))  # fmt: skip
    services = add("azure_service_principal", *({"displayName": f"service {n}"} for n in range(3)))
    edges("azure_user_group_has_user", groups, users, 12)
    edges("azure_user_group_has_group", groups, groups, 4)
    edges("azure_user_owns_group", [*users, "user-gone"], groups, 4)
    edges("azure_user_group_has_app_role_assignment", groups, ["assignment-0", "assignment-1"], 3)
    edges("azure_service_principal_owns_user_group", services, groups, 2)
    roles = add(
        "azure_ad_role_definition", *({"displayName": f"Role {n}", "isPrivileged": rng.choice(maybe)} for n in range(4))
    )
    units = add(
        "azure_administrative_unit",
        *({"displayName": f"unit {n}", "isMemberManagementRestricted": rng.choice(maybe)} for n in range(2)),
    )
    holders = [*users, *groups, *services, "principal-gone"]
    add("azure_account", {"id": "own-tenant"})

    def held() -> Json:
        scope, of = rng.choice(
            [("tenant", None), ("tenant", None), ("administrativeUnit", rng.choice([*units, "unit-gone"]))]
        )
        return {
            "principalId": rng.choice(holders),
            "roleDefinitionId": rng.choice([*roles, "role-gone"]),
            "scopeType": scope,
            "scopeId": of,
        }

    of_partner = {"principalId": "group-of-a-partner", "principalOrganizationId": "PARTNER"}
    assigned = add(
        "azure_ad_role_assignment",
        *({**held(), "principalOrganizationId": rng.choice([None, "OWN-tenant"])} for _ in range(8)),
        *({**held(), **of_partner} for _ in range(2)),
    )
    add("azure_ad_role_eligibility", *({**held(), "expiresOn": rng.choice([None, now + 5 * DAY])} for _ in range(6)))
    schedules = add(
        "azure_ad_role_assignment_schedule",
        *({"isPermanent": rng.choice([True, False]), "startOn": rng.choice([None, moment(200)])} for _ in range(6)),
    )
    edges("azure_ad_role_assignment_schedule_is_assignment", schedules, assigned, 6)
    add("azure_privileged_access_group_eligibility", *(
        {"groupId": rng.choice(groups), "principalId": rng.choice(holders), "accessId": rng.choice(["member", "owner"]),
         "expiresOn": rng.choice([None, now + 5 * DAY])} for _ in range(4)
    ))  # fmt: skip
    rules = add("azure_role_management_policy", *(
        {"approvalRequired": rng.choice(maybe), "activationRequiresMfa": rng.choice(maybe),
         "activationAuthenticationContext": rng.choice([None, "c1"]), "activationMaximumDuration": "PT8H",
         "notifiedAdministrators": rng.choice([None, [], ["soc@contoso.example"]])}
        for _ in roles
    ))  # fmt: skip
    made.ends["azure_role_management_policy_restricts_ad_role_definition"] = {
        pair: {} for pair in zip(rules, roles, strict=True)
    }
    details = add("azure_user_registration_details", *(
        {"isMfaCapable": rng.choice(maybe), "isPhishingResistantCapable": rng.choice(maybe), "isAdmin": False,
         "methodsRegistered": rng.sample(["email", "fido2", "mobilePhone"], rng.randint(0, 2))} for _ in users[:9]
    ))  # fmt: skip
    made.ends["azure_user_has_registration_details"] = {pair: {} for pair in zip(users, details, strict=False)}
    activity = add("azure_user_sign_in_activity", *(
        {name: rng.choice([None, moment(200)])
         for name in ("lastSuccessfulSignInOn", "lastSignInOn", "lastNonInteractiveSignInOn")} for _ in users[:8]
    ))  # fmt: skip
    made.ends["azure_user_has_sign_in_activity"] = {pair: {} for pair in zip(users, activity, strict=False)}
    devices = add(
        "azure_device",
        *(
            {
                "isCompliant": rng.choice(maybe),
                "lastSeenOn": rng.choice([None, moment(200)]),
                "operatingSystem": "Windows",
            }
            for _ in range(6)
        ),
    )
    edges("azure_user_has_device", users, devices, 8)
    edges("azure_user_owns_device", users, devices, 8)
    skus = add(
        "azure_subscribed_sku",
        *(
            {
                "displayName": rng.choice([f"plan {n}", f"Plan {n}", "AAD_PREMIUM_P2"]),
                "enabledUnits": rng.randint(0, 9),
                "consumedUnits": rng.randint(0, 9),
                "capabilityStatus": "Enabled",
            }
            for n in range(3)
        ),
    )
    edges(
        "azure_user_assigned_subscribed_sku",
        users,
        [*skus, "sku-gone"],
        10,
        state=["Active", "Active", "ActiveWithError", "Error"],
        error=[None, "CountViolation"],
        assignedByGroup=[None, *groups],
    )
    _policies(made, rng, users, groups, roles, services)
    made.of("azure_ad_role_definition")[roles[1]]["templateId"] = GLOBAL_ADMINISTRATOR
    edges("azure_user_group_has_service_principal", groups, services, 3)
    edges("azure_role_management_policy_assigned_user", rules, [*users, "user-gone"], 3)
    edges("azure_role_management_policy_assigned_user_group", rules, groups, 2)
    return made


def _policies(
    made: Made, rng: random.Random, users: list[str], groups: list[str], roles: list[str], services: list[str]
) -> None:
    def add(type: str, *found: Json) -> list[str]:
        made.entities[type] = {
            f"{type}:{n}": {"name": f"{rng.choice('pP')}olicy {n}", **each} for n, each in enumerate(found)
        }
        return list(made.entities[type])

    edges = partial(made.join, rng)

    policies = add("azure_conditional_access_policy", *(
        {
            "active": rng.random() < 0.8, "appliesToAllUsers": rng.random() < 0.3,
            "appliesToAllApplications": rng.random() < 0.5,
            "includeGuestTypes": rng.choice(GUEST_TYPES), "excludeGuestTypes": rng.choice(GUEST_TYPES),
            "includeUsers": rng.choice([None, [], ["AllAgentIdUsers"], ["GuestsOrExternalUsers"]]),
            "excludeUsers": rng.choice([None, [], ["AllAgentIdUsers"], ["GuestsOrExternalUsers"]]),
            "includeExternalTenants": rng.choice([None, "all", "enumerated"]),
            "builtInControls": rng.choice([["block"], ["mfa"], ["block"], [], ["mfa", "compliantDevice"]]),
            "clientAppTypes": rng.choice([["all"], ["exchangeActiveSync", "other"]]),
            "authenticationFlows": rng.choice([None, ["deviceCodeFlow", "authenticationTransfer"]]),
            "includeLocations": rng.choice([None, [], ["All"], ["place"]]),
            "excludeLocations": rng.choice([None, [], ["AllTrusted"]]),
            "includePlatforms": rng.choice([None, ["all"], ["android"]]),
            "excludePlatforms": rng.choice([None, [], ["iOS"]]), "deviceFilterRule": rng.choice([None, "rule"]),
            "userRiskLevels": rng.choice([[], ["high"]]), "signInRiskLevels": rng.choice([[], ["low"]]),
            "insiderRiskLevels": rng.choice([None, "minor"]), "applicationFilterRule": rng.choice([None, "rule"]),
            "excludeApplications": rng.choice([[], ["Office365"]]), "grantOperator": rng.choice([None, "AND", "OR"]),
            "authenticationStrengthId": rng.choice([None, None, "0", "1", "2", "gone"]),
            "includeUserActions": rng.choice([None, ["urn:user:registersecurityinfo"], ["urn:user:registerdevice"]]),
            "termsOfUse": rng.choice([None, [], ["t1"]]), "customAuthenticationFactors": rng.choice([None, ["c1"]]),
        } for _ in range(4)
    ))  # fmt: skip
    add("azure_authentication_strength_policy", *(
        {"id": str(n), "requirementsSatisfied": rng.choice(["mfa", "mfa", "none", None]), "isPhishingResistant": n == 0}
        for n in range(3)
    ))  # fmt: skip
    for verb, most in (("assigned", 3), ("allows", 5)):
        edges(f"azure_conditional_access_policy_{verb}_user", policies, [*users, "user-gone"], most)
        edges(f"azure_conditional_access_policy_{verb}_user_group", policies, [*groups, "group-gone"], most)
        edges(f"azure_conditional_access_policy_{verb}_ad_role_definition", policies, roles, 2)
        edges(f"azure_conditional_access_policy_{verb}_service_principal", policies, [*services, "service-gone"], 2)
    methods = add("azure_authentication_method_configuration", *(
        {
            "id": id, "active": rng.random() < 0.6, "appliesToAllUsers": rng.random() < 0.5,
            "excludeTargetIds": rng.choice([None, [], ["all_users", "group-gone"], groups[:2]]),
        }
        for id in ("Sms", "voice", "Email", "Fido2")
    ))  # fmt: skip
    edges("azure_authentication_method_configuration_assigned_user_group", methods, [*groups, "group-gone"], 5)
    tenants = add(
        "azure_external_tenant",
        *({"displayName": f"{rng.choice('tT')}enant {n}", "tenantId": f"id-{n}"} for n in range(3)),
    )
    maybe = [None, None, False, True]

    def trust() -> Json:
        return {
            **{name: rng.choice(maybe) for name in TRUST},
            "b2bDirectConnectInboundUsersAccess": rng.choice([None, "allowed", "blocked"]),
            "b2bDirectConnectInboundUserTargets": rng.choice([None, ["AllUsers"], ["group-of-theirs"]]),
            "b2bDirectConnectInboundAppsAccess": rng.choice([None, "allowed", "blocked"]),
            "b2bDirectConnectInboundAppTargets": rng.choice([["AllApplications"], ["Office365"]]),
        }

    add("azure_cross_tenant_access_policy", trust())
    partners = add(
        "azure_cross_tenant_access_partner",
        *({**trust(), "userSyncInboundAllowed": rng.choice(maybe), "tenantId": f"id-{n}"} for n in range(3)),
    )
    made.ends["azure_cross_tenant_access_partner_is_external_tenant"] = {
        pair: {} for pair in zip(partners, [*tenants[:2], "tenant-gone"], strict=True)
    }
    add(
        "azure_domain",
        *(
            {
                "domainName": f"{n}.example",
                "isFederated": rng.random() < 0.5,
                "isVerified": rng.random() < 0.8,
                "passwordsNeverExpire": rng.choice(maybe),
                "passwordValidityPeriodInDays": 90,
                "isDefault": False,
                "isAdminManaged": True,
            }
            for n in range(3)
        ),
    )
    federations = add("azure_domain_federation", *(
        {"issuerUri": f"http://sts-{n}.example",
         "federatedIdpMfaBehavior": rng.choice([None, "rejectMfaByFederatedIdp"]),
         "nextSigningCertificateThumbprint": rng.choice([None, "AB12"]),
         "signingCertificateExpiresOn": [None, 1_900_000_000_000][n]} for n in range(2)
    ))  # fmt: skip
    made.ends["azure_domain_has_federation"] = {
        pair: {} for pair in zip(made.of("azure_domain"), federations, strict=False)
    }
    add("azure_authorization_policy", {
        "allowedToCreateApps": rng.choice([True, False]), "allowInvitesFrom": "everyone", "guestUserRoleId": roles[0],
        "permissionGrantPoliciesAssigned": ["ManagePermissionGrantsForSelf.low", "ManagePermissionGrantsForSelf.other"],
    })  # fmt: skip
    add("azure_admin_consent_request_policy", {"isEnabled": rng.choice([True, False])})
    add("azure_device_registration_policy", {
        "joinAllowedTo": rng.choice(["all", "selected", "none", None]), "registrationAllowedTo": "all",
        "registeringUsersAreLocalAdmins": rng.choice(["all", "none"]),
    })  # fmt: skip
    allowed = rng.choice([True, False, None])
    consent = {"setting.EnableGroupSpecificConsent": rng.choice([True, None])}
    add("azure_group_setting", {"setting.LockoutThreshold": "10", **consent}, {"setting.EnableGroupCreation": allowed})
    states, targets = [None, "default", "enabled", "Enabled"], [None, "all_users", "all_users", "group-gone"]
    made.of("azure_authentication_method_configuration")[f"{methods[0]}:app"] = {
        "id": "MicrosoftAuthenticator", "name": "app", "active": rng.random() < 0.8, "excludeTargetIds": None,
        "appliesToAllUsers": True, "isSoftwareOathEnabled": rng.choice(maybe),
        **{f"{of}InformationState": rng.choice(states) for of in ("app", "location")},
        **{f"{of}InformationTargetId": rng.choice(targets) for of in ("app", "location")},
    }  # fmt: skip
    moved = rng.choice([None, "preMigration", "migrationComplete"])
    add("azure_authentication_methods_policy", {"policyMigrationState": moved})
