"""Group memberships, from the user's side."""

from collections.abc import Iterator

from integration import Context, Relationship, relationship_step


@relationship_step("azure_user", "ASSIGNED", "azure_user_group", permissions=["GroupMember.Read.All"], per_row=True)
def azure_user_assigned_group(ctx: Context) -> Iterator[Relationship]:
    """A user is assigned to a group as its direct member."""
    for group, member in ctx.graph.related("/groups", "members", kind="user"):
        yield Relationship(member["id"], group)
