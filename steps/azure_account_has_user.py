"""The tenant and its users."""

from collections.abc import Iterator

from integration import Context, Relationship, relationship_step


@relationship_step("azure_account", "HAS", "azure_user", per_row=True)
def azure_account_has_user(ctx: Context) -> Iterator[Relationship]:
    """A user belongs to the tenant."""
    account = ctx.one("azure_account")
    for user in ctx.entities("azure_user"):
        yield Relationship(account.key, user.key)
