"""Users of the tenant."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step
from integration.values import epoch_ms, without_nulls

FIELDS = (
    "id",
    "displayName",
    "userPrincipalName",
    "mail",
    "givenName",
    "surname",
    "jobTitle",
    "officeLocation",
    "mobilePhone",
    "businessPhones",
    "preferredLanguage",
    "usageLocation",
    "department",
    "companyName",
    "employeeId",
    "employeeType",
    "employeeHireDate",
    "userType",
    "externalUserState",
    "accountEnabled",
    "createdDateTime",
    "lastPasswordChangeDateTime",
    "passwordPolicies",
    "onPremisesSyncEnabled",
    "onPremisesImmutableId",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesLastSyncDateTime",
    "proxyAddresses",
    "otherMails",
    "assignedLicenses",
)


@entity_step("User", permissions=["User.Read.All"], per_row=True)
def azure_user(ctx: Context) -> Iterator[Entity]:
    """A person, guest, shared mailbox or service account that the tenant knows as a user."""
    for user in ctx.graph.list("/users", select=FIELDS):
        name = user["displayName"] or user["userPrincipalName"] or user["id"]
        words = (user["displayName"] or "").split()
        yield Entity(
            user["id"],
            id=user["id"],
            displayName=name,
            name=name,
            mail=user["mail"],
            email=user["mail"],
            emailDomain=_domains(user["mail"]),
            userPrincipalName=user["userPrincipalName"],
            username=user["userPrincipalName"],
            givenName=user["givenName"],
            surname=user["surname"],
            firstName=user["givenName"] or next(iter(words), None),
            lastName=user["surname"] or next(reversed(words), None),
            jobTitle=user["jobTitle"],
            officeLocation=user["officeLocation"],
            mobilePhone=user["mobilePhone"],
            businessPhones=without_nulls(user["businessPhones"]),
            preferredLanguage=user["preferredLanguage"],
            usageLocation=user["usageLocation"],
            department=user["department"],
            companyName=user["companyName"],
            employeeId=user["employeeId"],
            employeeType=user["employeeType"],
            employeeHireDate=user["employeeHireDate"],
            employeeHiredOn=epoch_ms(user["employeeHireDate"]),
            userType=user["userType"],
            externalUserState=user["externalUserState"],
            accountEnabled=user["accountEnabled"],
            active=user["accountEnabled"],
            createdOn=epoch_ms(user["createdDateTime"]),
            lastPasswordChangeDateTime=user["lastPasswordChangeDateTime"],
            passwordChangedOn=epoch_ms(user["lastPasswordChangeDateTime"]),
            passwordPolicies=user["passwordPolicies"],
            onPremisesSyncEnabled=user["onPremisesSyncEnabled"],
            onPremisesImmutableId=user["onPremisesImmutableId"],
            onPremisesSamAccountName=user["onPremisesSamAccountName"],
            onPremisesSecurityIdentifier=user["onPremisesSecurityIdentifier"],
            onPremisesLastSyncOn=epoch_ms(user["onPremisesLastSyncDateTime"]),
            proxyAddresses=without_nulls(user["proxyAddresses"]),
            otherMails=without_nulls(user["otherMails"]),
            assignedLicenseSkuIds=_sku_ids(user["assignedLicenses"]),
            webLink="https://entra.microsoft.com/#view/Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade/~/overview"
            f"/userId/{user['id']}",
            _rawData=user,
        )


def _domains(mail: str | None) -> list[str] | None:
    """Return the domain of a mail address in lower case, as JupiterOne's list; ``None`` where it has none."""
    _, at, domain = (mail or "").rpartition("@")
    return [domain.lower()] if at and domain else None


def _sku_ids(licenses: list[dict[str, str]] | None) -> list[str | None] | None:
    """Return the SKU ids of assigned licenses; ``None`` where Graph gave none to read."""
    return None if licenses is None else [license.get("skuId") for license in licenses]
