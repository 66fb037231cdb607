"""Group memberships of users."""

from collections.abc import Iterator

from integration import Context, Relationship, relationship_step


@relationship_step("azure_user_group", "HAS", "azure_user", permissions=["GroupMember.Read.All"], per_row=True)
def azure_user_group_has_user(ctx: Context) -> Iterator[Relationship]:
    """A user is a direct member of a group."""
    for group, member in ctx.graph.related("/groups", "members", kind="user"):
        yield Relationship(group, member["id"])
