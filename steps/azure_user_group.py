"""Groups of the tenant."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step


@entity_step("UserGroup", permissions=["GroupMember.Read.All"], per_row=True)
def azure_user_group(ctx: Context) -> Iterator[Entity]:
    """A security group, mail-enabled group or Microsoft 365 group of the tenant."""
    for group in ctx.graph.list("/groups"):
        name = group["displayName"] or group["mailNickname"] or group["id"]
        kinds = group["groupTypes"] or []
        yield Entity(
            group["id"],
            group,
            displayName=name,
            name=name,
            isDynamic="DynamicMembership" in kinds,
            isSecurityGroup=group["securityEnabled"] is True and "Unified" not in kinds,
            isMicrosoft365Group="Unified" in kinds,
            isTeam="Team" in (group["resourceProvisioningOptions"] or []),
            webLink="https://entra.microsoft.com/#view/Microsoft_AAD_IAM/GroupDetailsMenuBlade/~/Overview"
            f"/groupId/{group['id']}",
        )
