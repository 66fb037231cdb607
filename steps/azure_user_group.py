"""Groups of the tenant."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step
from integration.values import epoch_ms, without_nulls

FIELDS = (
    "id",
    "displayName",
    "description",
    "mail",
    "mailEnabled",
    "mailNickname",
    "securityEnabled",
    "securityIdentifier",
    "groupTypes",
    "resourceProvisioningOptions",
    "visibility",
    "isAssignableToRole",
    "membershipRule",
    "membershipRuleProcessingState",
    "classification",
    "createdDateTime",
    "renewedDateTime",
    "expirationDateTime",
    "deletedDateTime",
    "onPremisesSyncEnabled",
    "onPremisesDomainName",
    "onPremisesNetBiosName",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesLastSyncDateTime",
    "proxyAddresses",
    "preferredLanguage",
    "preferredDataLocation",
    "theme",
)


@entity_step("UserGroup", permissions=["GroupMember.Read.All"], per_row=True)
def azure_user_group(ctx: Context) -> Iterator[Entity]:
    """A security group, mail-enabled group or Microsoft 365 group of the tenant."""
    for group in ctx.graph.list("/groups", select=FIELDS):
        name = group["displayName"] or group["mailNickname"] or group["id"]
        kinds = group["groupTypes"] or []
        created, renewed = epoch_ms(group["createdDateTime"]), epoch_ms(group["renewedDateTime"])
        expires, synced = epoch_ms(group["expirationDateTime"]), epoch_ms(group["onPremisesLastSyncDateTime"])
        yield Entity(
            group["id"],
            id=group["id"],
            displayName=name,
            name=name,
            description=group["description"],
            mail=group["mail"],
            email=group["mail"],
            mailEnabled=group["mailEnabled"],
            mailNickname=group["mailNickname"],
            securityEnabled=group["securityEnabled"],
            securityIdentifier=group["securityIdentifier"],
            groupTypes=without_nulls(group["groupTypes"]),
            resourceProvisioningOptions=without_nulls(group["resourceProvisioningOptions"]),
            isDynamic="DynamicMembership" in kinds,
            isSecurityGroup=group["securityEnabled"] is True and "Unified" not in kinds,
            isMicrosoft365Group="Unified" in kinds,
            isTeam="Team" in (group["resourceProvisioningOptions"] or []),
            isAssignableToRole=group["isAssignableToRole"],
            visibility=group["visibility"],
            membershipRule=group["membershipRule"],
            membershipRuleProcessingState=group["membershipRuleProcessingState"],
            classification=group["classification"],
            createdDateTime=created,
            createdOn=created,
            renewedDateTime=renewed,
            renewedOn=renewed,
            expirationDateTime=expires,
            expiresOn=expires,
            deletedOn=epoch_ms(group["deletedDateTime"]),
            onPremisesSyncEnabled=group["onPremisesSyncEnabled"],
            onPremisesDomainName=group["onPremisesDomainName"],
            onPremisesNetBiosName=group["onPremisesNetBiosName"],
            onPremisesSamAccountName=group["onPremisesSamAccountName"],
            onPremisesSecurityIdentifier=group["onPremisesSecurityIdentifier"],
            onPremisesLastSyncDateTime=synced,
            onPremisesLastSyncOn=synced,
            proxyAddresses=without_nulls(group["proxyAddresses"]),
            preferredLanguage=group["preferredLanguage"],
            preferredDataLocation=group["preferredDataLocation"],
            theme=group["theme"],
            webLink="https://entra.microsoft.com/#view/Microsoft_AAD_IAM/GroupDetailsMenuBlade/~/Overview"
            f"/groupId/{group['id']}",
            _rawData=group,
        )
