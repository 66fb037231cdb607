"""What the simulated tenant has besides users, groups and members, one module for each area of the product's types.

A module has ``SHELVES``, the endpoints that serve no directory objects, and ``demo``, which puts the area's part of the
demo into the tenant: common cases, and the awkward ones. To add to the demo, write in ``demo``:

- ``tenant.add(APPLICATION, {"id": …, "displayName": …})`` for a directory object: user, group, device, service
  principal, contact, application, administrative unit, grant. Only properties that differ from null, an empty list or
  an empty block are given; a name that the kind does not have is a ValueError. ``subtype="agentIdentity"`` gives it an
  ``@odata.type`` that inherits from its kind's.
- ``tenant.relate(parent_id, "owners", child_id)`` for a relation between two of them, see ``properties.RELATIONS``.
  memberOf and ownedObjects are read from the other end and need nothing.
- ``tenant.contents.put("/domains", row, row)`` for rows of a shelf, and
  ``tenant.contents.put(f"/applications/{id}/federatedIdentityCredentials", row)`` for children of an object. Rows are
  served as they are given: write null where Graph does.
- ``tenant.contents.set("/policies/authorizationPolicy", {…})`` for a shelf that is a single object, which otherwise
  has the content of ``singles.py``.

Users are there already: ``user_id(1)`` to ``user_id(21)``, and ``group_id(1)`` to ``group_id(12)``, of ``demo_ids``.
"""

from tests.simulator.areas import (
    apps,
    defender,
    devices,
    directory,
    governance,
    intune,
    intune_states,
    joining,
    policies,
    protection,
    reviews,
    roles,
    signing_in,
    upkeep,
)
from tests.simulator.shelves import Shelves
from tests.simulator.tenant import Tenant

_AREAS = (
    apps,
    roles,
    devices,
    policies,
    governance,
    reviews,
    intune,
    intune_states,
    upkeep,
    protection,
    joining,
    defender,
)
SHELVES = Shelves([shelf for area in _AREAS for shelf in area.SHELVES])
"""All endpoints that serve no directory objects."""


def add_demo(tenant: Tenant) -> None:
    """Put every area's part of the demo into a tenant that has its users and groups."""
    for area in (
        apps,
        roles,
        devices,
        directory,
        signing_in,
        policies,
        governance,
        reviews,
        intune,
        intune_states,
        upkeep,
        protection,
        joining,
        defender,
    ):
        area.demo(tenant)
