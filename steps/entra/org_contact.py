"""Organizational contacts: people outside whom the address book and groups name."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, entity_step
from steps._forms import values_in


@entity_step("Record", permissions=["OrgContact.Read.All"], per_row=True, on_demand=True)
def azure_org_contact(ctx: Context) -> Iterator[Entity]:
    """A person or mailbox outside of the tenant that its address book has; nobody signs in as a contact."""
    for contact in ctx.graph.list("/contacts", also=["addresses"]):
        name = contact["displayName"] or contact["mail"] or contact["id"]
        place: dict[str, Any] = next(iter(values_in(contact, "addresses")), {})
        yield Entity(
            contact["id"],
            contact,
            displayName=name,
            name=name,
            officeLocation=place.get("officeLocation"),
            city=place.get("city"),
            state=place.get("state"),
            country=place.get("countryOrRegion"),
        )
