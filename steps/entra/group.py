"""Groups of the tenant, and their direct members."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps._forms import values_in
from steps._words import any_says

MEMBERS = ["GroupMember.Read.All"]


@entity_step("UserGroup", permissions=MEMBERS, per_row=True)
def azure_user_group(ctx: Context) -> Iterator[Entity]:
    """A security group, mail-enabled group or Microsoft 365 group of the tenant."""
    for group in ctx.graph.list("/groups"):
        name = group["displayName"] or group["mailNickname"] or group["id"]
        kinds = values_in(group, "groupTypes")
        is_unified = any_says(kinds, "Unified")
        yield Entity(
            group["id"],
            group,
            displayName=name,
            name=name,
            isDynamic=any_says(kinds, "DynamicMembership"),
            isSecurityGroup=group["securityEnabled"] is True and not is_unified,
            isMicrosoft365Group=is_unified,
            isTeam=any_says(group["resourceProvisioningOptions"], "Team"),
            webLink="https://entra.microsoft.com/#view/Microsoft_AAD_IAM/GroupDetailsMenuBlade/~/Overview"
            f"/groupId/{group['id']}",
        )


@relationship_step("azure_user_group", "HAS", "azure_user", permissions=MEMBERS, per_row=True)
def azure_user_group_has_user(ctx: Context) -> Iterator[Relationship]:
    """A user is a direct member of a group."""
    for group, member in ctx.graph.related("/groups", "members", kind="user"):
        yield Relationship(group, member["id"])


@relationship_step("azure_user_group", "HAS", "azure_user_group", permissions=MEMBERS, per_row=True)
def azure_user_group_has_group(ctx: Context) -> Iterator[Relationship]:
    """A group is a direct member of another group, or of itself."""
    for group, member in ctx.graph.related("/groups", "members", kind="group"):
        yield Relationship(group, member["id"])


@relationship_step("azure_user_group", "HAS", "azure_device", permissions=MEMBERS, per_row=True)
def azure_user_group_has_device(ctx: Context) -> Iterator[Relationship]:
    """A device is a direct member of a group."""
    for group, member in ctx.graph.related("/groups", "members", kind="device"):
        yield Relationship(group, member["id"])


@relationship_step("azure_user_group", "HAS", "azure_org_contact", permissions=MEMBERS, per_row=True)
def azure_user_group_has_org_contact(ctx: Context) -> Iterator[Relationship]:
    """A contact is a direct member of a group, and gets its mail."""
    for group, member in ctx.graph.related("/groups", "members", kind="orgContact"):
        yield Relationship(group, member["id"])


@relationship_step("azure_user", "ASSIGNED", "azure_user_group", permissions=MEMBERS, per_row=True)
def azure_user_assigned_group(ctx: Context) -> Iterator[Relationship]:
    """A user is assigned to a group as its direct member."""
    for group, member in ctx.graph.related("/groups", "members", kind="user"):
        yield Relationship(member["id"], group)
