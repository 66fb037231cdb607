"""Microsoft Graph over real HTTP.

One tenant in memory, with Graph's paging, batching, delta queries, throttling and failures.
"""

from tests.simulator.admin import truth
from tests.simulator.demo import demo_tenant
from tests.simulator.faults import Faults
from tests.simulator.licences import license_tenant
from tests.simulator.made_up.sizes import Sizes
from tests.simulator.planted import plant_secrets
from tests.simulator.server import Exchange, Simulator
from tests.simulator.synthetic import synthetic_tenant
from tests.simulator.tenant import Tenant

__all__ = [
    "Exchange",
    "Faults",
    "Simulator",
    "Sizes",
    "Tenant",
    "demo_tenant",
    "license_tenant",
    "plant_secrets",
    "synthetic_tenant",
    "truth",
]
