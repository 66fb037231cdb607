"""Classic administrators, who come from before there were roles."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import properties_of, text_in
from steps.azure.role_definition import AUTHORIZATION

_TYPE = "microsoft.authorization/classicadministrators"
_READ = ["Microsoft.Authorization/classicAdministrators/read"]
_KEY = "azure_classic_admin_group"


@entity_step("UserGroup", permissions=_READ)
def azure_classic_admin_group(ctx: Context) -> Iterator[Entity]:
    """All classic administrators of all subscriptions; there is none where nobody is one."""
    if rows := list(ctx.azure.table(AUTHORIZATION, type=_TYPE)):
        yield Entity(
            _KEY,
            name="Azure Classic Administrator",
            displayName="Azure Classic Administrator",
            emailAddresses=sorted({_address(row) for row in rows} - {""}),
            roles=sorted({role for row in rows for role in _roles(row)}),
            subscriptionIds=sorted({row["subscriptionId"] for row in rows}),
        )


@relationship_step("azure_classic_admin_group", "HAS", "azure_user", permissions=_READ)
def azure_classic_admin_group_has_user(ctx: Context) -> Iterator[Relationship]:
    """A user is a classic administrator: the address is the sign-in name or the mail address."""
    rows: dict[str, list[Any]] = {}
    for row in ctx.azure.table(AUTHORIZATION, type=_TYPE):
        rows.setdefault(_address(row), []).append(row)
    found = set()
    for user in ctx.entities("azure_user"):
        names = {text_in(user.properties, name).lower() for name in ("userPrincipalName", "mail")} - {""}
        held = [row for name in names & rows.keys() for row in rows[name]]
        found |= names & rows.keys()
        if held:
            yield Relationship(
                _KEY,
                user.key,
                roles=";".join(sorted({role for row in held for role in _roles(row)})),
                subscriptionIds=";".join(sorted({row["subscriptionId"] for row in held})),
            )
    ctx.left_out(len(rows.keys() - found), "classic administrators who are no users of the tenant")


def _address(row: Any) -> str:
    """Return the mail address that an administrator is known by, in lower case; empty where there is none."""
    return text_in(properties_of(row), "emailAddress").lower()


def _roles(row: Any) -> list[str]:
    """Return the names of an administrator's roles, such as ServiceAdministrator."""
    return [role.strip() for role in text_in(properties_of(row), "role").split(";") if role.strip()]
