"""The tenant and its groups."""

from collections.abc import Iterator

from integration import Context, Relationship, relationship_step


@relationship_step("azure_account", "HAS", "azure_user_group", type="azure_account_has_group", per_row=True)
def azure_account_has_group(ctx: Context) -> Iterator[Relationship]:
    """A group belongs to the tenant."""
    account = ctx.one("azure_account")
    for group in ctx.entities("azure_user_group"):
        yield Relationship(account.key, group.key)
