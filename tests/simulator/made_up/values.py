"""Values that made-up objects are given."""

import random
from base64 import urlsafe_b64encode
from uuid import UUID

from tests.simulator.properties import LISTED
from tests.simulator.tenant import Tenant


def guid(rng: random.Random) -> str:
    """A random GUID."""
    return str(UUID(int=rng.getrandbits(128), version=4))


def opaque(rng: random.Random) -> str:
    """An id of an assignment or a grant: 43 signs, in which upper and lower case differ."""
    return urlsafe_b64encode(rng.randbytes(32)).decode().rstrip("=")


def moment(rng: random.Random, first: int = 2018, last: int = 2025) -> str:
    """A time of some day between two years."""
    return f"{rng.randint(first, last)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:30:00Z"


def listed(tenant: Tenant, kind: int) -> list[str]:
    """The ids of the objects of a kind that are listed."""
    return [tenant.ids[place] for place in tenant.of_kind[kind] if tenant.state[place] == LISTED]
