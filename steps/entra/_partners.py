"""The listing of partners, which the partners and the other tenants are made of."""

from collections.abc import Iterator
from typing import Any

from integration import Context
from steps._forms import object_at

PATH = "/policies/crossTenantAccessPolicy"


def partners(ctx: Context) -> Iterator[Any]:
    """Yield the partners with how users are synchronized from them: one read serves all."""
    path = f"{PATH}/partners"
    return ctx.graph.list(path, select=None, expand="identitySynchronization", key="tenantId", top=None)


def partner_name(partner: Any) -> str | None:
    """Return what an administrator calls a partner; ``None`` where nobody has named it."""
    name: str | None = object_at(partner, "identitySynchronization").get("displayName")
    return name
