"""Organizational contacts: people outside whom the address book and groups name."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step


@entity_step("Record", permissions=["OrgContact.Read.All"], per_row=True, on_demand=True)
def azure_org_contact(ctx: Context) -> Iterator[Entity]:
    """A person or mailbox outside of the tenant that its address book has; nobody signs in as a contact."""
    for contact in ctx.graph.list("/contacts"):
        name = contact["displayName"] or contact["mail"] or contact["id"]
        yield Entity(contact["id"], contact, displayName=name, name=name)
