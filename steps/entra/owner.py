"""Owners of applications, service principals and groups, who can change these and so act as them."""

from collections.abc import Iterator

from integration import Context, Relationship, relationship_family, relationship_step
from steps.entra._apps import APPLICATIONS, READ, SERVICE_PRINCIPALS, application_keys

_GROUPS = "/groups"
_READ_GROUPS = ["GroupMember.Read.All"]
_OWNED = {
    "azure_application": (APPLICATIONS, "application"),
    "azure_service_principal": (SERVICE_PRINCIPALS, "servicePrincipal"),
    "azure_user_group": (_GROUPS, "group"),
}
"""Where what is owned is listed, and what Graph calls it."""
_APPS = ["azure_application", "azure_service_principal"]


@relationship_family("azure_user", "OWNS", _APPS, permissions=READ)
def azure_user_owns(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A user owns an application or a service principal, and can add credentials to it."""
    keys = application_keys(ctx) if to_type == "azure_application" else {}
    for owned, owner in ctx.graph.related(_OWNED[to_type][0], "owners", kind="user"):
        yield Relationship(owner["id"], keys.get(owned, owned))


@relationship_step("azure_user", "OWNS", "azure_user_group", permissions=_READ_GROUPS, per_row=True)
def azure_user_owns_group(ctx: Context) -> Iterator[Relationship]:
    """A user owns a group, and can change its members."""
    for group, owner in ctx.graph.related(_GROUPS, "owners", kind="user"):
        yield Relationship(owner["id"], group)


@relationship_family("azure_service_principal", "OWNS", _APPS, permissions=READ)
def azure_service_principal_owns(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A service principal owns an application or a service principal, and can add credentials to it."""
    keys = application_keys(ctx) if to_type == "azure_application" else {}
    for owner, owned in _owned_by_service_principals(ctx, to_type):
        yield Relationship(owner, keys.get(owned, owned))


@relationship_step("azure_service_principal", "OWNS", "azure_user_group", permissions=[*READ, *_READ_GROUPS])
def azure_service_principal_owns_user_group(ctx: Context) -> Iterator[Relationship]:
    """A service principal owns a group, and can change its members."""
    for owner, owned in _owned_by_service_principals(ctx, "azure_user_group"):
        yield Relationship(owner, owned)


def _owned_by_service_principals(ctx: Context, type: str) -> Iterator[tuple[str, str]]:
    """Yield owner and owned, each pair once, read from both ends: from one alone, Graph may leave out some."""
    path, kind = _OWNED[type]
    found = set()
    for owner, owned in ctx.graph.related(SERVICE_PRINCIPALS, "ownedObjects", kind=kind):
        found.add((owner, owned["id"]))
    for parent, principal in ctx.graph.related(path, "owners", kind="servicePrincipal"):
        found.add((principal["id"], parent))
    yield from sorted(found)
