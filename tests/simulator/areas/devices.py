"""Devices, administrative units, domains, and what users have registered to sign in with.

Devices and administrative units are directory objects: ``demo`` adds them with ``tenant.add``. Sign-in activity is a
property of users. How to add to the demo is told in this package's docstring.
"""

from tests.simulator.areas.signing_in import REGISTRATION
from tests.simulator.demo_ids import group_id, user_id
from tests.simulator.lanes import REPORTS as REPORTS_LANE
from tests.simulator.licences import REPORTS
from tests.simulator.properties import ADMINISTRATIVE_UNIT
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

SHELVES = (
    Shelf("/domains", ("Domain.Read.All", "Directory.Read.All")),
    Shelf(
        REGISTRATION,
        ("AuditLog.Read.All",),
        REPORTS,
        options=frozenset({"$select", "$filter", "$top"}),
        page=1000,
        lane=REPORTS_LANE,
    ),
)
"""The endpoints of this area."""

SALES_UNIT = "ad000001-2f3e-4d5c-8b6a-7f8e9d0c1b01"


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    tenant.add(ADMINISTRATIVE_UNIT, {"id": SALES_UNIT, "displayName": "Sales", "description": "Who sells"})
    for member in (user_id(1), group_id(3)):
        tenant.relate(SALES_UNIT, "members", member)
