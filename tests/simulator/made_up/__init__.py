"""What a made-up tenant has besides users, groups and memberships, and how that changes; one module for each area."""

import random
from collections.abc import Callable

from tests.simulator.made_up import apps, devices, governance, intune, joining, policies, protection, roles
from tests.simulator.made_up.sizes import Sizes
from tests.simulator.tenant import Tenant

CHANGES: dict[str, tuple[int, Callable[[Tenant, random.Random], bool]]] = {
    **apps.CHANGES,
    **roles.CHANGES,
    **devices.CHANGES,
    **policies.CHANGES,
    **governance.CHANGES,
    **intune.CHANGES,
    **protection.CHANGES,
}
"""What may change: how often it does, and what does it; False where it finds nothing to act on."""


def fill(tenant: Tenant, sizes: Sizes, seed: int) -> None:
    """Put every area's part into a tenant that has its users and groups."""
    for number, area in enumerate((apps, devices, roles, policies, governance, intune, protection, joining)):
        area.fill(tenant, sizes, random.Random(f"{seed}-{number}"))


def change(tenant: Tenant, n: int, seed: int) -> None:
    """Make n random changes to what ``fill`` has made, the same for the same tenant and seed."""
    rng, done = random.Random(f"areas-{seed}"), 0
    weights = [weight for weight, _ in CHANGES.values()]
    with tenant.lock:
        while done < n:
            done += CHANGES[rng.choices(list(CHANGES), weights)[0]][1](tenant, rng)
