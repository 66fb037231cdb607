"""Groups in groups."""

from collections.abc import Iterator

from integration import Context, Relationship, relationship_step


@relationship_step("azure_user_group", "HAS", "azure_user_group", permissions=["GroupMember.Read.All"], per_row=True)
def azure_user_group_has_group(ctx: Context) -> Iterator[Relationship]:
    """A group is a direct member of another group, or of itself."""
    for group, member in ctx.graph.related("/groups", "members", kind="group"):
        yield Relationship(group, member["id"])
