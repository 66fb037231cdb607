"""The policies of which each tenant has one, as a tenant has them that has set nothing."""

from typing import Any

_NOBODY_BUT_DEFAULTS: dict[str, Any] = {
    "usersAndGroups": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]},
    "applications": {
        "accessType": "allowed",
        "targets": [{"target": "AllApplications", "targetType": "application"}],
    },
}
_BLOCKED: dict[str, Any] = {name: {**block, "accessType": "blocked"} for name, block in _NOBODY_BUT_DEFAULTS.items()}
_TARGETS = [{"targetType": "group", "id": "all_users", "isRegistrationRequired": False}]


def _method(name: str, kind: str, state: str, **more: Any) -> dict[str, Any]:
    """One method's configuration."""
    return {
        "@odata.type": f"#microsoft.graph.{kind}AuthenticationMethodConfiguration",
        "id": name,
        "state": state,
        "excludeTargets": [],
        **more,
        "includeTargets": _TARGETS,
    }


_RESTRICTIONS: dict[str, Any] = {
    "passwordCredentials": [
        {
            "restrictionType": "passwordAddition",
            "state": "enabled",
            "maxLifetime": None,
            "restrictForAppsCreatedAfterDateTime": "2025-01-01T10:37:00Z",
        }
    ],
    "keyCredentials": [],
}

SINGLES: dict[str, dict[str, Any]] = {
    "/policies/authorizationPolicy": {
        "id": "authorizationPolicy",
        "allowInvitesFrom": "everyone",
        "allowedToSignUpEmailBasedSubscriptions": True,
        "allowedToUseSSPR": True,
        "allowEmailVerifiedUsersToJoinOrganization": False,
        "allowUserConsentForRiskyApps": None,
        "blockMsolPowerShell": False,
        "deletedDateTime": None,
        "description": "Used to manage authorization related settings across the company.",
        "displayName": "Authorization Policy",
        "guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3",
        "defaultUserRolePermissions": {
            "permissionGrantPoliciesAssigned": ["ManagePermissionGrantsForSelf.microsoft-user-default-low"],
            "allowedToCreateApps": True,
            "allowedToCreateSecurityGroups": True,
            "allowedToCreateTenants": True,
            "allowedToReadBitlockerKeysForOwnedDevice": True,
            "allowedToReadOtherUsers": True,
        },
    },
    "/policies/authenticationMethodsPolicy": {
        "id": "authenticationMethodsPolicy",
        "displayName": "Authentication Methods Policy",
        "description": "The tenant-wide policy that controls which authentication methods are allowed in the tenant",
        "lastModifiedDateTime": "2025-11-05T08:09:10Z",
        "policyVersion": "1.5",
        "policyMigrationState": "migrationComplete",
        "reconfirmationInDays": None,
        "registrationEnforcement": {
            "authenticationMethodsRegistrationCampaign": {
                "snoozeDurationInDays": 1,
                "enforceRegistrationAfterAllowedSnoozes": True,
                "state": "default",
                "excludeTargets": [],
                "includeTargets": [
                    {
                        "id": "all_users",
                        "targetType": "group",
                        "targetedAuthenticationMethod": "microsoftAuthenticator",
                    }
                ],
            }
        },
        "authenticationMethodConfigurations": [
            _method(
                "Fido2",
                "fido2",
                "disabled",
                isAttestationEnforced=True,
                isSelfServiceRegistrationAllowed=True,
                keyRestrictions={
                    "aaGuids": ["90a3ccdf-2f3e-4d5c-8b6a-7f8e9d0c1b01"],
                    "enforcementType": "block",
                    "isEnforced": False,
                },
            ),
            _method(
                "MicrosoftAuthenticator",
                "microsoftAuthenticator",
                "enabled",
                isSoftwareOathEnabled=False,
                featureSettings={
                    name: {
                        "state": "default",
                        "includeTarget": {"targetType": "group", "id": "all_users"},
                        "excludeTarget": {"targetType": "group", "id": "00000000-0000-0000-0000-000000000000"},
                    }
                    for name in (
                        "displayAppInformationRequiredState",
                        "displayLocationInformationRequiredState",
                        "numberMatchingRequiredState",
                    )
                },
            ),
            _method("Sms", "sms", "disabled"),
            _method(
                "TemporaryAccessPass",
                "temporaryAccessPass",
                "disabled",
                defaultLength=8,
                defaultLifetimeInMinutes=60,
                isUsableOnce=False,
                maximumLifetimeInMinutes=480,
                minimumLifetimeInMinutes=60,
            ),
            _method("SoftwareOath", "softwareOath", "disabled"),
            _method("Voice", "voice", "disabled", isOfficePhoneAllowed=False),
            _method("Email", "email", "enabled", allowExternalIdToUseEmailOtp="default"),
            _method(
                "X509Certificate",
                "x509Certificate",
                "disabled",
                authenticationModeConfiguration={
                    "x509CertificateAuthenticationDefaultMode": "x509CertificateSingleFactor",
                    "x509CertificateDefaultRequiredAffinityLevel": "low",
                    "rules": [],
                },
                crlValidationConfiguration={
                    "state": "disabled",
                    "exemptedCertificateAuthoritiesSubjectKeyIdentifiers": [],
                },
                certificateUserBindings=[
                    {"priority": 1, "x509CertificateField": "PrincipalName", "userProperty": "userPrincipalName"},
                ],
            ),
            _method("QRCodePin", "qrCodePin", "disabled", pinLength=8, standardQRCodeLifetimeInDays=365),
        ],
    },
    "/policies/crossTenantAccessPolicy": {
        "id": "crossTenantAccessPolicy",
        "displayName": "CrossTenantAccessPolicy",
        "allowedCloudEndpoints": [],
    },
    "/policies/crossTenantAccessPolicy/default": {
        "isServiceDefault": True,
        "inboundTrust": {
            "isMfaAccepted": False,
            "isCompliantDeviceAccepted": False,
            "isHybridAzureADJoinedDeviceAccepted": False,
        },
        "automaticUserConsentSettings": {"inboundAllowed": False, "outboundAllowed": False},
        "b2bCollaborationOutbound": _NOBODY_BUT_DEFAULTS,
        "b2bCollaborationInbound": _NOBODY_BUT_DEFAULTS,
        "b2bDirectConnectOutbound": _BLOCKED,
        "b2bDirectConnectInbound": _BLOCKED,
        "m365CollaborationInbound": {"users": _BLOCKED["usersAndGroups"]},
        "m365CollaborationOutbound": {"usersAndGroups": _BLOCKED["usersAndGroups"]},
        "appServiceConnectInbound": {"applications": _BLOCKED["applications"]},
        "tenantRestrictions": {"devices": None, **_BLOCKED},
        "invitationRedemptionIdentityProviderConfiguration": {
            "primaryIdentityProviderPrecedenceOrder": [
                "azureActiveDirectory",
                "externalFederation",
                "socialIdentityProviders",
            ],
            "fallbackIdentityProvider": "defaultConfiguredIdp",
        },
    },
    "/policies/adminConsentRequestPolicy": {
        "isEnabled": False,
        "notifyReviewers": False,
        "remindersEnabled": False,
        "requestDurationInDays": 0,
        "version": 0,
        "reviewers": [],
    },
    "/policies/deviceRegistrationPolicy": {
        "id": "deviceRegistrationPolicy",
        "displayName": "Device Registration Policy",
        "description": "Tenant-wide policy that manages initial provisioning controls using quota restrictions.",
        "userDeviceQuota": 50,
        "multiFactorAuthConfiguration": "notRequired",
        "azureADRegistration": {
            "isAdminConfigurable": False,
            "allowedToRegister": {"@odata.type": "#microsoft.graph.allDeviceRegistrationMembership"},
        },
        "azureADJoin": {
            "isAdminConfigurable": True,
            "allowedToJoin": {"@odata.type": "#microsoft.graph.allDeviceRegistrationMembership"},
            "localAdmins": {
                "enableGlobalAdmins": True,
                "registeringUsers": {"@odata.type": "#microsoft.graph.allDeviceRegistrationMembership"},
            },
        },
        "localAdminPassword": {"isEnabled": False},
    },
    "/policies/defaultAppManagementPolicy": {
        "id": "00000000-0000-0000-0000-000000000000",
        "displayName": "Default app management tenant policy",
        "description": "Default tenant policy that enforces app management restrictions.",
        "isEnabled": False,
        "applicationRestrictions": _RESTRICTIONS,
        "servicePrincipalRestrictions": {"passwordCredentials": [], "keyCredentials": []},
    },
}
"""Path to content."""
