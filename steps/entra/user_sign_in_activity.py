"""When users signed in last."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.sdk.row import Row

TYPE = "azure_user_sign_in_activity"
PERMISSIONS = ["AuditLog.Read.All", "User.Read.All"]
PREMIUM = ["AAD_PREMIUM"]
MOST = 500
"""The largest page that holds sign-in activity (List users)."""


@entity_step("Record", permissions=PERMISSIONS, licences=PREMIUM, per_row=True)
def azure_user_sign_in_activity(ctx: Context) -> Iterator[Entity]:
    """When a user signed in last; absent for users who never did, or not since April 2020."""
    for user in _active(ctx):
        name = user["userPrincipalName"] or user["id"]
        yield Entity(_key(user["id"]), user, displayName=name, name=name)


@relationship_step("azure_user", "HAS", TYPE, permissions=PERMISSIONS, licences=PREMIUM, per_row=True)
def azure_user_has_sign_in_activity(ctx: Context) -> Iterator[Relationship]:
    """A user has signed in."""
    for user in _active(ctx):
        yield Relationship(user["id"], _key(user["id"]))


def _active(ctx: Context) -> Iterator[Row]:
    """Yield the users whose activity Graph knows."""
    for user in ctx.graph.list("/users", schema=TYPE, top=MOST):
        if user["signInActivity"] is not None:
            yield user


def _key(user: str) -> str:
    return f"{TYPE}:{user}"
