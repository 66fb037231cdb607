"""Many tenants behind one address, as Microsoft has them: a sign-in's path tells which one, and then its token."""

import asyncio
import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from aiohttp import web

from tests.simulator.server import Simulator
from tests.simulator.synthetic import synthetic_tenant
from tests.simulator.tenant import Tenant


def tenant_id(number: int) -> str:
    """The directory id of a tenant of ``small_tenants``."""
    return f"0a0b0c0d-0000-4000-8000-{number:012d}"


def small_tenants(count: int, users: int = 8, groups: int = 2, memberships: int = 12) -> list[Tenant]:
    """Tenants that differ in size and in who they are."""
    tenants = []
    for number in range(count):
        tenant = synthetic_tenant(users + number % 5, groups, memberships, seed=number + 1)
        tenant.organization["id"] = tenant_id(number)
        tenants.append(tenant)
    return tenants


class ManyTenants(Simulator):
    """A server for several tenants; ``one`` has what each of them is asked. The arguments are ``Simulator``'s."""

    def __init__(self, tenants: Sequence[Tenant], **arguments: Any) -> None:
        super().__init__(tenants[0], **arguments)
        self._each = {tenant.id: Simulator(tenant, **{**arguments, "token": f"of-{tenant.id}"}) for tenant in tenants}
        self._held: set[Simulator] = set()

    def one(self, id: str) -> Simulator:
        """The simulator of one tenant, which is not started by itself."""
        return self._each[id]

    def remove(self, id: str) -> None:
        """Have a tenant be there no more."""
        del self._each[id]

    @contextmanager
    def held(self, id: str) -> Iterator[None]:
        """Answer nothing of a tenant until this is left."""
        self._held.add(self._each[id])
        try:
            yield
        finally:
            self._held.remove(self._each[id])

    def sign_ins(self, id: str) -> int:
        """How often a tenant's token endpoint was asked."""
        return sum(exchange.path.endswith("/token") for exchange in self._each[id].requests)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        known = self._each.get(_tid(request.headers.get("Authorization", "")) or request.path.split("/")[1])
        while known in self._held:
            await asyncio.sleep(0.01)
        return await (known._handle(request) if known else super()._handle(request))


def _tid(authorization: str) -> str:
    """The tenant that a bearer token names, or nothing."""
    with suppress(IndexError, ValueError):
        claims = authorization.split(".")[1]
        return str(json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["tid"])
    return ""
