"""What a cassette holds, told apart without the code that scrubbed it: pseudonyms, harmless values, and the rest."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.simulator import Tenant
from tests.simulator.areas.devices import CERTIFICATE, NEXT_CERTIFICATE

WORD = r"(?:[bcdfghjklmnprstvwz][aeiouáéíóú]){3}[bcdfghjklmnprstvwz]ex"
DOMAIN = rf"{WORD}(?:\.example|\.onmicrosoft\.com)"
GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
HARMLESS = re.compile(
    rf"\s*|(?i:{WORD})|(?i:{WORD} {WORD})|{DOMAIN}|(?:SMTP:|smtp:|sip:)?{WORD}(?:_{DOMAIN}#EXT#)?@{DOMAIN}"
    r"|00000000-0000-4000-8000-[0-9a-f]{12}|00000000-0000-0000-0000-[0-9a-f]{12}|id-[0-9a-f]{16}|\+999 \d{9}"
    rf"|(?:https?|api)://{DOMAIN}(?:/id-[0-9a-f]{{16}})?|00000003-0000-0000-c000-000000000000"
    r"|S-1-(?:5-21|12-1)-9999-\d+-\d+-\d+|\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?Z)?|\(removed\)"
    r"|198\.18(?:\.\d+){2}/\d+|2001:db8:[0-9a-f:]+/\d+"
)
PLAIN = {
    "allowedMemberTypes": ("Application", "User"),
    "alternativeNames": (
        "/subscriptions/00000000-0000-4000-8000-000000000005/resourcegroups/rg-example/providers/Microsoft.Compute/"
        "virtualMachines/vm-example",
        "isExplicit=False",
    ),
    "applicationTemplateId": ("8adf8e6e-67b2-4cf2-a259-e3dc5476c621",),
    "appliesTo": ("User",),
    "appOwnerOrganizationId": ("f8cdef31-a31e-4b4a-93e4-5f571e91255a",),
    "appRoleId": ("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",),
    "authenticationType": ("Federated", "Managed", "primaryAndSecondaryAuthentication"),
    "capabilities": ("Email", "Email, OfficeCommunicationsOnline"),
    "capabilityStatus": ("Enabled", "Suspended"),
    "certificateUpdateResult": ("Success",),
    "complianceState": ("compliant", "configManager", "inGracePeriod", "noncompliant"),
    "consentType": ("AllPrincipals", "Principal"),
    "countryLetterCode": ("GB",),
    "creationOptions": ("ExchangeProvisioningFlags:3552", "Team"),
    "creationType": ("Invitation",),
    "customKeyIdentifier": ("AAECAwQFBgcICQoLDA0ODxAREhM=", "Uu2bUDike54uIZBxXMI4NZ1Pj3M="),
    "deviceEnrollmentType": ("unknown",),
    "deviceOwnership": ("Company", "Personal"),
    "enrollmentType": ("AzureDomainJoined",),
    "error": ("None",),
    "externalUserState": ("Accepted", "PendingAcceptance"),
    "federatedIdpMfaBehavior": ("acceptIfMfaDoneByFederatedIdp",),
    "frequency": ("P180D",),
    "groupTypes": ("DynamicMembership", "Unified"),
    "id": ("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",),
    "issuer": (
        "CN=Contoso Root",
        "ExternalAzureAD",
        "https://login.microsoftonline.com/00000000-0000-4000-8000-0000fab00001/v2.0",
        "https://oidc.example/0",
        "https://oidc.example/1",
        "https://token.actions.githubusercontent.com",
    ),
    "jailBroken": ("False", "Unknown"),
    "managedDeviceOwnerType": ("personal", "unknown"),
    "managedGroupTypes": ("All",),
    "managementType": ("mdm",),
    "mdmAppId": ("0000000a-0000-0000-c000-000000000000",),
    "membershipRuleProcessingState": ("On",),
    "methodsRegistered": (
        "email",
        "fido2SecurityKey",
        "microsoftAuthenticatorPush",
        "mobilePhone",
        "passKeyDeviceBound",
        "softwareOneTimePasscode",
        "windowsHelloForBusiness",
    ),
    "model": ("Virtual Machine",),
    "name": (
        "AllowGuestsToAccessGroups",
        "AllowGuestsToBeGroupOwner",
        "AllowToAddGuests",
        "BannedPasswordCheckOnPremisesMode",
        "BannedPasswordList",
        "BlockUserConsentForRiskyApps",
        "EnableAdminConsentRequests",
        "EnableBannedPasswordCheck",
        "EnableBannedPasswordCheckOnPremises",
        "EnableGroupCreation",
        "EnableGroupSpecificConsent",
        "EnableMIPLabels",
        "GroupCreationAllowedGroupId",
        "LockoutDurationInSeconds",
        "LockoutThreshold",
    ),
    "nativeAuthenticationApisEnabled": ("none",),
    "nextSigningCertificate": (NEXT_CERTIFICATE,),
    "operatingSystem": ("Android", "Windows", "iOS"),
    "operatingSystemVersion": ("10.0.26100.1", "17.1"),
    "origin": ("Application",),
    "partnerReportedThreatState": ("unknown",),
    "passwordPolicies": ("DisablePasswordExpiration",),
    "platform": ("ios", "windows"),
    "preferredAuthenticationProtocol": ("wsFed",),
    "preferredDataLocation": ("EUR",),
    "preferredLanguage": ("en", "fr-FR", "ja"),
    "principalType": ("Group", "ServicePrincipal", "User"),
    "profileType": ("RegisteredDevice",),
    "promptLoginBehavior": ("nativeSupport",),
    "provisioningStatus": ("Disabled", "Success"),
    "resourceBehaviorOptions": ("HideGroupInOutlook",),
    "resourceProvisioningOptions": ("Team",),
    "riskDetail": ("none",),
    "riskLevel": ("hidden", "high", "low", "medium"),
    "riskState": ("atRisk", "confirmedCompromised", "remediated"),
    "scope": ("User.Read Gone.Read", "User.Read Mail.Read"),
    "service": ("AADPremiumService", "exchange"),
    "servicePlanName": (
        "AAD_PREMIUM",
        "AAD_PREMIUM_P2",
        "AAD_WRKLDID_P2",
        "ATA",
        "EXCHANGE_S_ENTERPRISE",
        "Entra_Identity_Governance",
        "FLOW_P2_VIRAL",
        "INTUNE_A",
    ),
    "servicePrincipalType": ("Application", "ManagedIdentity", "ServiceIdentity"),
    "signInAudience": ("AzureADMultipleOrgs", "AzureADMyOrg"),
    "signInType": ("federated",),
    "signingCertificate": (CERTIFICATE,),
    "skuPartNumber": ("CONTOSO_MAIL", "CONTOSO_SUITE", "FLOW_FREE"),
    "state": ("Active", "Error"),
    "status": ("InProgress",),
    "subject": (
        "repo:contoso/finance:ref:refs/heads/main",
        "system:serviceaccount:finance:edge",
        "system:serviceaccount:finance:nightly",
    ),
    "subscriptionState": ("active",),
    "supportedServices": ("Email", "OfficeCommunicationsOnline"),
    "systemPreferredAuthenticationMethods": ("push",),
    "tags": ("HideApp", "WindowsAzureActiveDirectoryIntegratedApp"),
    "tenantType": ("AAD",),
    "theme": ("Teal",),
    "trustType": ("AzureAd", "ServerAd", "Workplace"),
    "type": (
        "AsymmetricX509Cert",
        "Federated",
        "FileHandler",
        "Managed",
        "Role",
        "Scope",
        "User",
        "X509CertAndPassword",
        "business",
    ),
    "usage": ("Sign", "Verify"),
    "usageLocation": ("DE", "GB", "JP"),
    "userReacceptRequiredFrequency": ("P90D",),
    "userPreferredMethodForSecondaryAuthentication": ("none", "push"),
    "userType": ("Guest", "Member", "member"),
    "value": (
        "10",
        "60",
        "Audit",
        "Low,High",
        "Mail.Read",
        "Reader",
        "RoleManagement.ReadWrite.Directory",
        "User.Read",
        "User.Read.All",
        "contoso\texampleton",
        "false",
        "true",
    ),
    "visibility": ("HiddenMembership", "Private", "Public"),
}
"""Values that a recording keeps, since steps decide by them."""
OF_POLICIES = {
    "appliesTo": ("User",),
    "servicePlanName": ("AAD_PREMIUM", "AAD_PREMIUM_P2", "EXCHANGE_S_ENTERPRISE", "FLOW_P2_VIRAL"),
    "skuPartNumber": ("CONTOSO_SUITE", "FLOW_FREE"),
    "accessType": ("allowed", "blocked"),
    "allowExternalIdToUseEmailOtp": ("default",),
    "allowInvitesFrom": ("everyone",),
    "allowedCombinations": (
        "deviceBasedPush",
        "fido2",
        "password,sms",
        "windowsHelloForBusiness",
        "x509CertificateMultiFactor",
    ),
    "attestationEnforcement": ("disabled", "registrationOnly"),
    "builtInControls": ("block", "compliantDevice", "mfa"),
    "clientAppTypes": ("all", "exchangeActiveSync", "other"),
    "clientApplicationIds": ("all",),
    "clientApplicationPublisherIds": ("all",),
    "clientApplicationTenantIds": ("all",),
    "cloudAppSecurityType": ("monitorOnly",),
    "countriesAndRegions": ("GB", "JP"),
    "countryLookupMethod": ("clientIpAddress",),
    "displayName": ("Authentication Methods Policy", "Authorization Policy", "Device Registration Policy"),
    "excludeApplications": ("Office365",),
    "excludeLocations": ("AllTrusted",),
    "excludePlatforms": ("iOS",),
    "excludeUsers": ("GuestsOrExternalUsers",),
    "frequencyInterval": ("timeBased",),
    "guestOrExternalUserTypes": ("b2bCollaborationGuest,serviceProvider", "serviceProvider"),
    "id": (
        "Email",
        "Fido2",
        "MicrosoftAuthenticator",
        "QRCodePin",
        "Sms",
        "SoftwareOath",
        "TemporaryAccessPass",
        "Voice",
        "X509Certificate",
        "all_users",
        "c1",
        "c2",
        "microsoft-user-default-low",
    ),
    "includeApplications": ("All", "MicrosoftAdminPortals"),
    "includeAuthenticationContextClassReferences": ("c1", "c9"),
    "includeLocations": ("All",),
    "includePlatforms": ("all",),
    "includeUserActions": ("urn:user:registersecurityinfo",),
    "includeUsers": ("All", "GuestsOrExternalUsers", "None"),
    "insiderRiskLevels": ("elevated",),
    "maxLifetime": ("P180D", "P1Y", "P365D", "P90D"),
    "membershipKind": ("all", "enumerated"),
    "mode": ("exclude", "include", "never"),
    "multiFactorAuthConfiguration": ("notRequired",),
    "operator": ("AND", "OR", "equals"),
    "passkeyTypes": ("deviceBound", "deviceBound,synced"),
    "permissionClassification": ("low",),
    "permissionGrantPoliciesAssigned": ("ManagePermissionGrantsForSelf.microsoft-user-default-low",),
    "permissionType": ("delegated",),
    "permissions": ("all",),
    "policyMigrationState": ("migrationComplete",),
    "policyType": ("builtIn",),
    "policyVersion": ("1.5",),
    "queryType": ("MicrosoftGraph",),
    "requirementsSatisfied": ("mfa",),
    "restrictionType": (
        "asymmetricKeyLifetime",
        "customPasswordAddition",
        "passwordAddition",
        "passwordLifetime",
        "symmetricKeyAddition",
        "symmetricKeyLifetime",
        "trustedCertificateAuthority",
    ),
    "scenarios": ("secureFoundation,zeroTrust,protectAdmins",),
    "servicePrincipalRiskLevels": ("high",),
    "signInRiskLevels": ("high", "medium"),
    "state": ("default", "disabled", "enabled", "enabledForReportingButNotEnforced"),
    "target": ("AllApplications", "AllUsers", "Office365"),
    "targetType": ("application", "group", "user"),
    "transferMethods": ("deviceCodeFlow,authenticationTransfer",),
    "userProperty": ("userPrincipalName",),
    "userRiskLevels": ("high",),
    "x509CertificateDefaultRequiredAffinityLevel": ("low",),
    "x509CertificateField": ("PrincipalName",),
    "type": ("hours",),
}
"""Those of policies, which name nobody."""
_ROLES = (
    "62e90394-69f5-4237-9190-012177145e10",
    "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "d29b2b05-8046-44ba-8758-1e26182fcf32",
)
"""Built-in roles, whose ids every tenant has."""
_ROLE_NAMES = ("Directory Readers", "Global Administrator", "Guest User", "Helpdesk Administrator")
_OF_INTUNE = ("Help Desk Operator", "Read Only Operator")
OF_ROLES = {
    "assignmentType": ("Activated", "Assigned", "activated", "assigned"),
    "claimValue": ("c1",),
    "description": (
        *(f"What {name} may do." for name in _ROLE_NAMES),
        *(f"{name}: what it is for" for name in _OF_INTUNE),
    ),
    "exchangeAccessState": ("allowed", "none"),
    "exchangeAccessStateReason": ("compliant", "none"),
    "directoryScopeId": ("/",),
    "displayName": (*_ROLE_NAMES, *_OF_INTUNE),
    "enabledRules": ("Justification", "MultiFactorAuthentication", "Ticketing"),
    "excludeRoles": _ROLES,
    "id": (
        *_ROLES,
        "Approval_EndUser_Assignment",
        "AuthenticationContext_EndUser_Assignment",
        "Enablement_Admin_Assignment",
        "Enablement_EndUser_Assignment",
        "Expiration_Admin_Assignment",
        "Expiration_Admin_Eligibility",
        "Expiration_EndUser_Assignment",
    ),
    "includeRoles": _ROLES,
    "maximumDuration": ("P180D", "P365D", "PT4H"),
    "membershipType": ("Dynamic",),
    "memberType": ("direct", "Direct", "Group"),
    "resourceScopes": ("/",),
    "roleDefinitionId": _ROLES,
    "scopeId": ("/",),
    "templateId": _ROLES,
}
"""Those of directory roles, and of Privileged Identity Management."""
OF_PACKAGES: dict[str, tuple[str, ...]] = {
    "description": ("User",),
    "displayName": ("User",),
    "duration": ("P365D",),
    "durationBeforeAutomaticDenial": ("P14D",),
    "originSystem": (
        "AadApplication",
        "AadGroup",
    ),
    "state": ("delivered",),
    "status": (
        "Completed",
        "Delivered",
        "DeniedByApprover",
        "ExpiredNotificationTriggered",
        "Fulfilled",
        "PendingApproval",
    ),
    "subjectType": (
        "servicePrincipal",
        "user",
    ),
    "type": (
        "afterDateTime",
        "afterDuration",
        "noEnd",
        "noExpiration",
        "weekly",
    ),
}
"""Values of entitlement management that a recording keeps."""
OF_REVIEWS: dict[str, tuple[str, ...]] = {
    "decision": ("NotReviewed",),
    "defaultDecision": ("Recommendation",),
    "reviewResult": ("NotReviewed",),
    "status": ("Applied",),
    "type": ("AccessPackageAssignmentPolicy", "Group", "ServicePrincipal"),
}
"""Values of access reviews that a recording keeps."""
OF_JOINING: dict[str, tuple[str, ...]] = {
    "classification": ("high", "low"),
    "description": ("What Attribute Definition Administrator may do.",),
    "displayName": ("All Users", "Attribute Definition Administrator", "Group"),
    "scopeType": ("Group",),
    "severity": ("high", "low", "medium"),
    "status": ("Available", "Deprecated", "closed", "open"),
    "type": ("Integer", "String"),
    "value": ("ChannelMessage.Read.Group",),
}
"""Words of Microsoft's on attributes, permissions, enrollment, sensors and the policies of groups."""
OF_STATES: dict[str, tuple[str, ...]] = {
    "status": (
        "compliant",
        "conflict",
        "error",
        "nonCompliant",
        "notApplicable",
        "notAssigned",
        "remediated",
        "unknown",
    ),
}
"""Values of the states of Intune's devices that a recording keeps."""
_SECRET = re.compile(
    r"authorization(?! ?policy)|bearer|cookie|client_secret|x-ms-ags-diagnostic|request-id|127\.0\.0\.1|eyJ", re.I
)


def suspicious(path: Path) -> list[str]:
    """Return what in a cassette looks like a secret or like somebody."""
    raw = path.read_text()
    found = [f"{path.name}: {match[0]}" for match in _SECRET.finditer(raw)]
    for interaction in yaml.safe_load(raw)["interactions"]:
        found += [f"{path.name}: {text}" for text in _foreign(interaction["request"]["uri"])]
        for body in (interaction["request"]["body"], interaction["response"]["body"]["string"]):
            found += [f"{path.name}: {name}: {text}" for name, text in texts(body) if not _is_harmless(name, text)]
    return found


def texts(body: str | None) -> Iterator[tuple[str, str]]:
    """Yield property and text of every text in a JSON body."""
    yield from _texts(json.loads(body) if body else None, "")


def _texts(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, name)
    elif isinstance(value, str):
        yield name, value


def _is_harmless(name: str, text: str) -> bool:
    if name == "query":
        return not re.search(rf"(?!00000000-0000-4000-8000-){GUID}|@", text)
    if name in ("url", "@odata.nextLink", "@odata.context"):
        return not _foreign(text)
    if name == "@odata.type":
        return text.startswith("#microsoft.graph.")
    protocol = {"id": r"\d+", "method": "GET", "ConsistencyLevel": "eventual", "Content-Type": "application/json.*",
                "OData-Version": "4.0", "x-ms-resource-unit": r"\d", "code": r"\w+"}  # fmt: skip
    if re.fullmatch(protocol.get(name, "(?!)"), text) or any(
        text in known.get(name, ())
        for known in (PLAIN, OF_POLICIES, OF_ROLES, OF_PACKAGES, OF_REVIEWS, OF_JOINING, OF_STATES)
    ):
        return True
    if name == "directoryScopeId":
        text = text.removeprefix("/").removeprefix("administrativeUnits/").removeprefix("attributeSets/")
    if name == "appScopeId":
        text = text.removeprefix("/AccessPackageCatalog/")
    return bool(HARMLESS.fullmatch(text))


def _foreign(url: str) -> list[str]:
    """Return what in an address is neither Graph's vocabulary nor a pseudonym."""
    rest = url.removeprefix("https://graph.microsoft.com/v1.0")
    rest = rest.replace("owners%2F$count%20eq%200", "")
    rest = re.sub(r"%20(eq|and)%20|%20(true)|%27(DirectoryRole)?|%2F", "", rest)
    rest = re.sub(rf"/{DOMAIN}(?=/)|/(?:microsoft\.)?graph\.[A-Za-z]+", "", rest)
    rest = re.sub(r"00000000-0000-4000-8000-[0-9a-f]{12}|id-[0-9a-f]{16}|\$skiptoken=page-\d+", "", rest)
    return re.findall(rf"{GUID}|[^/?&=,$()'\s]*@(?!odata)[^/?&]*|https?://|\$skiptoken|%|'|[^/?&=,()]*\.\w+", rest)


def real_values(tenant: Tenant) -> set[str]:
    """Return every text of a simulated tenant that could tell who or what it is."""
    objects: list[Any] = [tenant.organization, *tenant.users.values(), *tenant.groups.values()]
    told = [(name, text) for each in objects for name, text in _texts(each, "") if name != "@odata.type"]
    found = {text for name, text in told if text not in PLAIN.get(name, ())}
    parts = {
        part for text in found if "@" in text for part in re.split("@", re.sub("^(?:smtp|sip):", "", text, flags=re.I))
    }
    return {text.strip() for text in found | parts if len(text.strip()) > 3 and not HARMLESS.fullmatch(text)}
