"""Users of the tenant, and who manages whom."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps._words import says

ALSO = ["assignedLicenses", "licenseAssignmentStates"]
"""What is read of users beside what their schema takes: their licences."""


@entity_step("User", permissions=["User.Read.All"], per_row=True)
def azure_user(ctx: Context) -> Iterator[Entity]:
    """A person, guest, shared mailbox or service account that the tenant knows as a user."""
    for user in ctx.graph.list("/users", also=ALSO):
        name = user["displayName"] or user["userPrincipalName"] or user["id"]
        words = (user["displayName"] or "").split()
        yield Entity(
            user["id"],
            user,
            displayName=name,
            name=name,
            emailDomain=_domains(user["mail"]),
            firstName=user["givenName"] or next(iter(words), None),
            lastName=user["surname"] or next(reversed(words), None),
            isAgent=says((user.get("@odata.type") or "").rpartition(".")[2], "agentUser"),
            assignedLicenseSkuIds=_sku_ids(user["assignedLicenses"]),
            webLink="https://entra.microsoft.com/#view/Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade/~/overview"
            f"/userId/{user['id']}",
        )


@relationship_step("azure_user", "MANAGES", "azure_user", permissions=["User.Read.All"], per_row=True)
def azure_user_manages_user(ctx: Context) -> Iterator[Relationship]:
    """A user is another user's manager."""
    for report, manager in ctx.graph.related("/users", "manager", kind="user"):
        yield Relationship(manager["id"], report)


def _domains(mail: str | None) -> list[str] | None:
    """Return the domain of a mail address in lower case, as JupiterOne's list; ``None`` where it has none."""
    _, at, domain = (mail or "").rpartition("@")
    return [domain.lower()] if at and domain else None


def _sku_ids(licenses: list[dict[str, str]] | None) -> list[str | None] | None:
    """Return the SKU ids of assigned licenses; ``None`` where Graph gave none to read."""
    return None if licenses is None else [license.get("skuId") for license in licenses]
