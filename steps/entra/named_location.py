"""Named locations of conditional access."""

from collections.abc import Iterator
from ipaddress import ip_network

from integration import Context, Entity, entity_step
from steps._forms import named_in


@entity_step(
    "Network",
    permissions=["Policy.Read.All"],
    licences=["AAD_PREMIUM", "AAD_PREMIUM_P2"],
    outlasts_licence=True,
    per_row=True,
)
def azure_conditional_access_named_location(ctx: Context) -> Iterator[Entity]:
    """Addresses or countries under a name, which conditional access policies refer to."""
    for location in ctx.graph.list("/identity/conditionalAccess/namedLocations", select=None, top=None):
        ranges = named_in(location, "ipRanges", "cidrAddress")
        private = [ip_network(each, strict=False).is_private for each in ranges]
        yield Entity(
            f"azure_conditional_access_named_location:{location['id']}",
            location,
            name=location.get("displayName") or location["id"],
            locationType=(location.get("@odata.type") or "").rpartition(".")[2] or None,
            CIDR=ranges[0] if len(ranges) == 1 else None,
            public=not all(private) if private else True,
            internal=any(private),
        )
