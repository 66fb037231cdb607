"""The users, groups and the contact of the demo."""

from tests.simulator.properties import Json

_SKU = "11111111-aaaa-4bbb-8ccc-222222222222"
_GUEST_UPN = "#EXT#@contosotest.onmicrosoft.com"


def _person(given: str, surname: str, upn: str, **more: object) -> Json:
    address = f"{upn}@contoso.example"
    return {
        "displayName": f"{given} {surname}",
        "givenName": given,
        "surname": surname,
        "userPrincipalName": address,
        "mail": address,
        "proxyAddresses": [f"SMTP:{address}"],
        "createdDateTime": "2021-09-01T07:45:00Z",
        "lastPasswordChangeDateTime": "2025-03-04T10:11:12Z",
        "usageLocation": "GB",
        "preferredLanguage": "en",
        **more,
    }


def _synced(number: int) -> Json:
    return {
        "onPremisesSyncEnabled": True,
        "onPremisesImmutableId": f"aW1tdXRhYmxlLWludmVudGVk{number:02}==",
        "onPremisesSamAccountName": f"synced{number}",
        "onPremisesSecurityIdentifier": f"S-1-5-21-1111111111-2222222222-3333333333-{1000 + number}",
        "onPremisesLastSyncDateTime": "2026-01-14T05:31:07Z",
        "onPremisesDistinguishedName": f"CN=synced{number},OU=Staff,DC=corp,DC=contoso,DC=example",
        "onPremisesDomainName": "corp.contoso.example",
        "onPremisesUserPrincipalName": f"synced{number}@corp.contoso.example",
    }


def _guest(name: str, state: str, **more: object) -> Json:
    mail = f"{name}@fabrikam.example"
    return {
        "displayName": f"{name.title()} (Fabrikam)",
        "userPrincipalName": f"{name}_fabrikam.example{_GUEST_UPN}",
        "mail": mail,
        "userType": "Guest",
        "externalUserState": state,
        "externalUserStateChangeDateTime": "2025-02-21T09:00:00Z",
        "creationType": "Invitation",
        "createdDateTime": "2025-02-20T12:00:00Z",
        "otherMails": [mail],
        **more,
    }


def demo_users() -> list[Json]:
    """Properties of the users by number, without ids."""
    office: Json = {
        "jobTitle": "Controller",
        "department": "Finance",
        "companyName": "Contoso Ltd (fictional)",
        "employeeOrgData": {"division": "Books", "costCenter": "C-17"},
        "officeLocation": "Exampleton 1/23",
        "mobilePhone": "+44 7700 900000",
        "businessPhones": ["+44 20 7946 0001"],
        "employeeId": "E-0001",
        "employeeType": "Employee",
        "employeeHireDate": "2021-09-01T00:00:00Z",
        "passwordPolicies": "DisablePasswordExpiration",
        "otherMails": ["ada@fabrikam.example"],
        "assignedLicenses": [{"disabledPlans": [], "skuId": _SKU}],
        "city": "Exampleton",
        "country": "United Kingdom",
        "state": "Exampleshire",
        "mailNickname": "ada.example",
        "imAddresses": ["sip:ada.example@contoso.example"],
    }
    mailbox: Json = {
        "accountEnabled": False,
        "createdDateTime": "2020-01-02T03:04:05Z",
        "givenName": None,
        "surname": None,
    }
    return [
        _person("Ada", "Example", "ada.example", **office),
        _person("Zoë", "Beispiel", "zoe.beispiel", department="Finance", jobTitle=""),
        _person("Łukasz", "Przykład", "lukasz.przyklad", mail=None, proxyAddresses=[]),
        _person("花子", "例", "hanako.rei", usageLocation="JP", preferredLanguage="ja"),
        _person("Ünal", "Örnek", "unal.ornek", accountEnabled=False),
        _person("Ελένη", "Παράδειγμα", "eleni.paradeigma", employeeType="Contractor"),
        _person("ليلى", "مثال", "layla.mithal", assignedLicenses=[{"disabledPlans": [_SKU], "skuId": _SKU[:-1] + "3"}]),
        _person("Synced", "Ejemplo", "synced.one", **_synced(1)),
        _person("Synced", "Exemple", "synced.two", **_synced(2), accountEnabled=False),
        _person("Synced", "Esimerkki", "synced.three", **_synced(3)),
        {**_person("Mononym", "", "mononym"), "displayName": "Mononym", "givenName": None, "surname": None},
        _person("O'Quote", 'Exa"mple', "o'quote"),
        _person("Name  with", "   spaces ", "name.with.spaces", createdDateTime=None),
        _person("Иво", "Пример", "ivo.primer", lastPasswordChangeDateTime="0001-01-01T00:00:00Z"),
        {"displayName": None, "userPrincipalName": "nameless@contoso.example", "mail": None},
        _guest("guest", "Accepted", jobTitle=None),
        _guest("pending", "PendingAcceptance", mail=None),
        {
            "displayName": "Front Desk",
            "userPrincipalName": "front.desk@contoso.example",
            "mail": "front.desk@contoso.example",
            **mailbox,
        },
        {
            "displayName": "svc-backup",
            "userPrincipalName": "svc-backup@contosotest.onmicrosoft.com",
            "isResourceAccount": True,
            **mailbox,
        },
        _person("Last", "Example", "last.example"),
        _person("Unlisted", "Example", "unlisted.example"),
    ]


def demo_groups() -> list[Json]:
    """Properties of the groups by number, without ids and members."""
    security: Json = {"securityEnabled": True, "mailEnabled": False, "renewedDateTime": "2022-06-15T09:30:12Z"}
    team: Json = {"groupTypes": ["Unified"], "securityEnabled": False, "mailEnabled": True, "visibility": "Private"}
    return [
        {"displayName": "all-staff", "description": "Everybody", "mailNickname": "all-staff", **security},
        {
            **security,
            "displayName": "sg-finance",
            "description": "All staff in the finance department",
            "groupTypes": ["DynamicMembership"],
            "mailNickname": "sg-finance-8f1c2",
            "membershipRule": '(user.department -eq "Finance")',
            "membershipRuleProcessingState": "On",
            "securityIdentifier": "S-1-12-1-1563074320-1241189495-2431435441-16904400",
        },
        {"displayName": "sg-finance-emea", **security},
        {"displayName": "sg-recursion", "description": "Contains itself", **security},
        {"displayName": "sg-empty", **security},
        {
            **team,
            "displayName": "Équipe Atlas",
            "description": "Microsoft 365 group with a team",
            "mail": "atlas@contoso.example",
            "mailNickname": "atlas",
            "proxyAddresses": ["SMTP:atlas@contoso.example", "smtp:atlas@contosotest.onmicrosoft.com"],
            "classification": "Confidential",
            "creationOptions": ["Team", "ExchangeProvisioningFlags:3552"],
            "expirationDateTime": "2026-12-31T23:59:59Z",
            "renewedDateTime": "2026-01-02T03:04:05Z",
            "preferredDataLocation": "EUR",
            "preferredLanguage": "fr-FR",
            "resourceBehaviorOptions": ["HideGroupInOutlook"],
            "resourceProvisioningOptions": ["Team"],
            "theme": "Teal",
            "uniqueName": "atlas-unique",
            "serviceProvisioningErrors": [
                {"createdDateTime": "2025-05-05T05:05:05Z", "isResolved": False, "serviceInstance": "exchange/invented"}
            ],
        },
        {"displayName": "sg-admins", "isAssignableToRole": True, "visibility": "Private", **security},
        {
            **security,
            "displayName": "sg-onprem",
            "onPremisesDomainName": "corp.contoso.example",
            "onPremisesLastSyncDateTime": "2026-01-14T05:31:07Z",
            "onPremisesNetBiosName": "CORP",
            "onPremisesSamAccountName": "sg-onprem",
            "onPremisesSecurityIdentifier": "S-1-5-21-1111111111-2222222222-3333333333-2001",
            "onPremisesSyncEnabled": True,
            "onPremisesProvisioningErrors": [
                {"category": "PropertyConflict", "occurredDateTime": "2026-01-14T05:31:07Z", "value": "sg-onprem"}
            ],
        },
        {"displayName": "sg-mixed", "description": "Members of every kind", **security},
        {
            **team,
            "displayName": "team-retired",
            "visibility": "Public",
            "mail": "retired@contoso.example",
            "deletedDateTime": "2026-01-10T00:00:00Z",
        },
        {**team, "displayName": "team-hidden", "mail": "hidden@contoso.example", "visibility": "HiddenMembership"},
        {"displayName": "リリース通知", "mail": "news@contoso.example", "mailEnabled": True, "securityEnabled": False},
    ]


def demo_contact() -> Json:
    """Properties of the contact, without its id."""
    return {
        "displayName": "Fabrikam Helpdesk",
        "mail": "helpdesk@fabrikam.example",
        "mailNickname": "helpdesk.fabrikam",
        "proxyAddresses": ["SMTP:helpdesk@fabrikam.example"],
        "givenName": "Help",
        "surname": "Desk",
        "companyName": "Fabrikam",
        "department": "Support",
        "jobTitle": "Helpdesk",
        "onPremisesSyncEnabled": True,
        "onPremisesLastSyncDateTime": "2026-01-14T05:31:07Z",
    }
