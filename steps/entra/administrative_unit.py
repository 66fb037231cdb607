"""Administrative units: parts of the tenant that somebody administers on their own."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family
from steps._words import says

READ = ["AdministrativeUnit.Read.All"]
_PATH = "/directory/administrativeUnits"
_KINDS = {"azure_device": "device", "azure_user": "user", "azure_user_group": "group"}


@entity_step("Group", permissions=READ, per_row=True)
def azure_administrative_unit(ctx: Context) -> Iterator[Entity]:
    """A part of the tenant that administrators can be given roles for."""
    for unit in ctx.graph.list(_PATH, also=["displayName"], top=None):
        name = unit["displayName"] or unit["id"]
        yield Entity(unit["id"], unit, name=name, displayName=name, isDynamic=says(unit["membershipType"], "Dynamic"))


@relationship_family("azure_administrative_unit", "HAS", list(_KINDS), permissions=READ, per_row=True)
def azure_administrative_unit_has(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A user, group or device is a member of an administrative unit; the members of a group are not."""
    for unit, member in ctx.graph.related(_PATH, "members", kind=_KINDS[to_type]):
        yield Relationship(unit, member["id"])
