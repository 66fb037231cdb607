"""The properties of directory objects, as Microsoft Graph v1.0 names them.

Sources: the resource pages of user, group, device, servicePrincipal, orgContact, application, administrativeUnit and
oAuth2PermissionGrant; the order of the default sets of users and groups is that of recorded answers.
"""

from typing import Any

from tests.simulator.nested import NESTED

Json = dict[str, Any]

KINDS = (
    "user",
    "group",
    "device",
    "servicePrincipal",
    "orgContact",
    "application",
    "administrativeUnit",
    "oAuth2PermissionGrant",
)
"""Object kinds, the part of ``@odata.type`` after ``#microsoft.graph.``; a kind's number is its place here."""

USER, GROUP, DEVICE, SERVICE_PRINCIPAL, CONTACT, APPLICATION, ADMINISTRATIVE_UNIT, GRANT = range(8)

DIRECTORY_OBJECTS = (USER, GROUP, DEVICE, SERVICE_PRINCIPAL, CONTACT, APPLICATION, ADMINISTRATIVE_UNIT)
"""The kinds that relations lead to."""

LISTED, UNLISTED, DELETED, PURGED = range(4)
"""State of an object: present, present without being listed, soft-deleted, or gone. Below DELETED it is alive."""

COLLECTIONS = {
    "users": USER,
    "groups": GROUP,
    "devices": DEVICE,
    "servicePrincipals": SERVICE_PRINCIPAL,
    "contacts": CONTACT,
    "applications": APPLICATION,
    "directory/administrativeUnits": ADMINISTRATIVE_UNIT,
    "oauth2PermissionGrants": GRANT,
}
"""The collection of each kind."""

SEGMENTS = tuple(COLLECTIONS)
"""The collection by kind number."""

RELATIONS: tuple[tuple[str, ...], ...] = (
    ("manager",),
    ("members", "owners"),
    ("registeredOwners", "registeredUsers"),
    ("owners",),
    (),
    ("owners",),
    ("members",),
    (),
)
"""The relations that are stored with an object, by kind number."""

INVERSE = {"memberOf": "members", "ownedObjects": "owners"}
"""Relations that are read from the other end."""

TRACKED: tuple[tuple[str, ...], ...] = (("manager",), ("members", "owners"), (), (), (), (), ("members",), ())
"""The relations that delta queries tell of, by kind number. Members come without being selected, too."""

SINGLE_VALUED = frozenset({"manager"})

LISTED_DEFAULTS: tuple[tuple[str, ...], ...] = (
    tuple(
        "businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname "
        "userPrincipalName id".split()
    ),
    tuple(
        "id deletedDateTime classification createdDateTime creationOptions description displayName expirationDateTime "
        "groupTypes isAssignableToRole mail mailEnabled mailNickname membershipRule membershipRuleProcessingState "
        "onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName onPremisesSamAccountName "
        "onPremisesSecurityIdentifier onPremisesSyncEnabled preferredDataLocation preferredLanguage proxyAddresses "
        "renewedDateTime resourceBehaviorOptions resourceProvisioningOptions securityEnabled securityIdentifier theme "
        "uniqueName visibility onPremisesProvisioningErrors serviceProvisioningErrors".split()
    ),
    tuple(
        "id deletedDateTime accountEnabled approximateLastSignInDateTime complianceExpirationDateTime createdDateTime "
        "deviceCategory deviceId deviceMetadata deviceOwnership deviceVersion displayName domainName "
        "enrollmentProfileName enrollmentType externalSourceName isCompliant isManaged isManagementRestricted isRooted "
        "managementType manufacturer mdmAppId model onPremisesLastSyncDateTime onPremisesSecurityIdentifier "
        "onPremisesSyncEnabled operatingSystem operatingSystemVersion physicalIds profileType registrationDateTime "
        "sourceType systemLabels trustType alternativeSecurityIds extensionAttributes".split()
    ),
    tuple(
        "id deletedDateTime accountEnabled alternativeNames appDisplayName appDescription appId applicationTemplateId "
        "appOwnerOrganizationId appRoleAssignmentRequired createdByAppId createdDateTime description "
        "disabledByMicrosoftStatus displayName homepage isDisabled loginUrl logoutUrl notes notificationEmailAddresses "
        "preferredSingleSignOnMode preferredTokenSigningKeyThumbprint replyUrls servicePrincipalNames "
        "servicePrincipalType signInAudience tags tokenEncryptionKeyId samlSingleSignOnSettings addIns appRoles info "
        "keyCredentials oauth2PermissionScopes passwordCredentials resourceSpecificApplicationPermissions "
        "verifiedPublisher".split()
    ),
    tuple(
        "id deletedDateTime companyName department displayName givenName jobTitle mail mailNickname "
        "onPremisesLastSyncDateTime onPremisesSyncEnabled proxyAddresses surname addresses phones".split()
    ),
    tuple(
        "id deletedDateTime appId applicationTemplateId createdByAppId createdDateTime description "
        "disabledByMicrosoftStatus displayName groupMembershipClaims identifierUris isDeviceOnlyAuthSupported "
        "isDisabled isFallbackPublicClient managerApplications notes publisherDomain serviceManagementReference "
        "signInAudience tags tokenEncryptionKeyId uniqueName addIns api appRoles certification defaultRedirectUri info "
        "keyCredentials optionalClaims parentalControlSettings passwordCredentials publicClient requiredResourceAccess "
        "servicePrincipalLockConfiguration spa verifiedPublisher web".split()
    ),
    tuple(
        "id deletedDateTime description displayName isMemberManagementRestricted membershipRule "
        "membershipRuleProcessingState membershipType visibility".split()
    ),
    tuple("clientId consentType id principalId resourceId scope".split()),
)
"""What a kind has without ``$select``, by kind number."""

_ON_REQUEST: tuple[tuple[str, ...], ...] = (
    tuple(
        "deletedDateTime accountEnabled ageGroup assignedLicenses assignedPlans city companyName "
        "consentProvidedForMinor country createdDateTime creationType customSecurityAttributes department "
        "employeeHireDate employeeId employeeLeaveDateTime employeeOrgData employeeType externalUserState "
        "externalUserStateChangeDateTime faxNumber identities imAddresses isManagementRestricted isResourceAccount "
        "lastPasswordChangeDateTime legalAgeGroupClassification licenseAssignmentStates mailNickname "
        "onPremisesDistinguishedName onPremisesDomainName onPremisesExtensionAttributes onPremisesImmutableId "
        "onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSamAccountName "
        "onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName otherMails passwordPolicies "
        "passwordProfile postalCode preferredDataLocation provisionedPlans proxyAddresses securityIdentifier "
        "serviceProvisioningErrors showInAddressList signInActivity signInSessionsValidFromDateTime state "
        "streetAddress usageLocation userType".split()
    ),
    ("assignedLabels", "assignedLicenses", "licenseProcessingState", "isManagementRestricted"),
    (),
    ("customSecurityAttributes",),
    ("onPremisesProvisioningErrors", "serviceProvisioningErrors"),
    (
        "authenticationBehaviors",
        "nativeAuthenticationApisEnabled",
        "oauth2RequirePostResponse",
        "requestSignatureVerification",
        "samlMetadataUrl",
        "tokenRevocations",
    ),
    (),
    (),
)

SINGLE_ONLY: tuple[frozenset[str], ...] = (
    frozenset(
        "aboutMe birthday hireDate interests mailboxSettings mySite pastProjects preferredName responsibilities "
        "schools skills".split()
    ),
    frozenset(
        "allowExternalSenders autoSubscribeNewMembers hideFromAddressLists hideFromOutlookClients isSubscribedByMail "
        "unseenCount".split()
    ),
    *(frozenset[str]() for _ in KINDS[2:]),
)
"""What a kind has on the GET of one object only; asked of a collection it is 501 NotImplemented."""

_LISTS = frozenset(
    "addIns addresses alternativeNames alternativeSecurityIds appRoles assignedLabels assignedLicenses assignedPlans "
    "businessPhones creationOptions groupTypes identifierUris identities imAddresses keyCredentials "
    "licenseAssignmentStates managerApplications notificationEmailAddresses oauth2PermissionScopes "
    "onPremisesProvisioningErrors otherMails passwordCredentials phones physicalIds provisionedPlans proxyAddresses "
    "replyUrls requiredResourceAccess resourceBehaviorOptions resourceProvisioningOptions "
    "resourceSpecificApplicationPermissions servicePrincipalNames serviceProvisioningErrors systemLabels tags".split()
)

_EMPTY: list[Any] = []

COLUMNS: tuple[dict[str, int], ...] = tuple(
    {name: place for place, name in enumerate(dict.fromkeys((*default, *more)))}
    for default, more in zip(LISTED_DEFAULTS, _ON_REQUEST, strict=True)
)
"""Where a kind's property stands in a row, by kind number."""

ORGANIZATION_ID = "7a1f0c52-3b5e-4d0a-9c1e-52b0f6f0a001"


def row_of(kind: int, properties: Json) -> tuple[Any, ...]:
    """The row of an object: one value per column; null, an empty list or an empty block where nothing is given.

    Raises ValueError for a property that the kind does not have.
    """
    columns = COLUMNS[kind]
    if unknown := properties.keys() - columns.keys():
        raise ValueError(f"{KINDS[kind]} has no property {', '.join(sorted(unknown))}")
    return tuple(properties.get(name, _EMPTY if name in _LISTS else NESTED[kind].get(name)) for name in columns)


def object_of(kind: int, row: tuple[Any, ...]) -> Json:
    """The whole object of a row."""
    return dict(zip(COLUMNS[kind], row, strict=True))
