"""The properties of directory objects, as Microsoft Graph v1.0 names them.

Sources: the resource pages of user, group, device, servicePrincipal and orgContact; the order of the default sets is
that of recorded answers.
"""

from typing import Any

Json = dict[str, Any]

KINDS = ("user", "group", "device", "servicePrincipal", "orgContact")
"""Object kinds, the part of ``@odata.type`` after ``#microsoft.graph.``; a kind's number is its place here."""

USER, GROUP, DEVICE, SERVICE_PRINCIPAL, CONTACT = range(5)

LISTED, UNLISTED, DELETED, PURGED = range(4)
"""State of an object: present, present without being listed, soft-deleted, or gone. Below DELETED it is alive."""

COLLECTIONS = {
    "users": USER,
    "groups": GROUP,
    "devices": DEVICE,
    "servicePrincipals": SERVICE_PRINCIPAL,
    "contacts": CONTACT,
}
"""The collection segment of each kind."""

SEGMENTS = tuple(COLLECTIONS)
"""The collection segment by kind number."""

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
        "id deletedDateTime accountEnabled approximateLastSignInDateTime createdDateTime deviceId displayName "
        "isCompliant isManaged operatingSystem operatingSystemVersion profileType trustType".split()
    ),
    tuple(
        "id deletedDateTime accountEnabled appDisplayName appId appOwnerOrganizationId createdDateTime displayName "
        "servicePrincipalNames servicePrincipalType tags".split()
    ),
    tuple("id deletedDateTime companyName department displayName givenName jobTitle mail mailNickname surname".split()),
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
    ("alternativeSecurityIds", "extensionAttributes", "physicalIds"),
    ("appRoles", "keyCredentials", "oauth2PermissionScopes", "passwordCredentials"),
    ("addresses", "phones", "proxyAddresses"),
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
    frozenset(),
    frozenset(),
    frozenset(),
)
"""What a kind has on the GET of one object only; asked of a collection it is 501 NotImplemented."""

_LISTS = frozenset(
    "addresses alternativeSecurityIds appRoles assignedLabels assignedLicenses assignedPlans businessPhones "
    "creationOptions groupTypes identities imAddresses keyCredentials licenseAssignmentStates oauth2PermissionScopes "
    "onPremisesProvisioningErrors otherMails passwordCredentials phones physicalIds provisionedPlans proxyAddresses "
    "resourceBehaviorOptions resourceProvisioningOptions servicePrincipalNames serviceProvisioningErrors tags".split()
)

_EMPTY: list[Any] = []

COLUMNS: tuple[dict[str, int], ...] = tuple(
    {name: place for place, name in enumerate(dict.fromkeys((*default, *more)))}
    for default, more in zip(LISTED_DEFAULTS, _ON_REQUEST, strict=True)
)
"""Where a kind's property stands in a row, by kind number."""

ORGANIZATION_ID = "7a1f0c52-3b5e-4d0a-9c1e-52b0f6f0a001"


def row_of(kind: int, properties: Json) -> tuple[Any, ...]:
    """The row of an object: one value per column, null or an empty list where nothing is given.

    Raises ValueError for a property that the kind does not have.
    """
    columns = COLUMNS[kind]
    if unknown := properties.keys() - columns.keys():
        raise ValueError(f"{KINDS[kind]} has no property {', '.join(sorted(unknown))}")
    return tuple(properties.get(name, _EMPTY if name in _LISTS else None) for name in columns)


def object_of(kind: int, row: tuple[Any, ...]) -> Json:
    """The whole object of a row."""
    return dict(zip(COLUMNS[kind], row, strict=True))
