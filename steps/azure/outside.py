"""What rules of networks name that is no resource: the internet, addresses, ranges of addresses, and service tags."""

from collections.abc import Iterator

from integration import Context, Entity, entity_step
from steps.azure._rules import ADDRESS, INTERNET, RANGE, TAG, end_of, outside_ends, subnets_by_range

READ = ["Microsoft.Network/networkSecurityGroups/read", "Microsoft.Network/firewallPolicies/read"]


@entity_step("Internet", permissions=READ, target_filter_keys=["_key"])
def internet(ctx: Context) -> Iterator[Entity]:
    """The internet, as far as rules of networks let it in or let something reach it."""
    if INTERNET in {*_ends(ctx)}:  # all of them: what was not read to its end cannot be told to be unchanged
        yield Entity(INTERNET, name="Internet", displayName="Internet", public=True)


@entity_step("Host", permissions=READ, target_filter_keys=["_class", "ipAddress"])
def azure_external_address(ctx: Context) -> Iterator[Entity]:
    """An address that rules of networks name."""
    for key in sorted({end for end in _ends(ctx) if end.startswith(ADDRESS)}):
        address = key.removeprefix(ADDRESS)
        yield Entity(key, name=address, displayName=address, ipAddress=address)


@entity_step("Network", permissions=READ, needs=["azure_subnet"], target_filter_keys=["_class", "CIDR"])
def azure_external_network(ctx: Context) -> Iterator[Entity]:
    """A range of addresses that rules of networks name, and that no subnet has."""
    subnets = subnets_by_range(ctx)
    for key in sorted({end for end in _ends(ctx) if end.startswith(RANGE)} - subnets.keys()):
        addresses = key.removeprefix(RANGE)
        yield Entity(key, name=addresses, displayName=addresses, CIDR=addresses)


@entity_step("Service", permissions=READ, target_filter_keys=["_type", "name"])
def azure_service_tag(ctx: Context) -> Iterator[Entity]:
    """A service whose addresses Azure knows, or the own network, as rules of networks name it."""
    tags = {(end_of(prefix), prefix) for prefix in outside_ends(ctx) if (end_of(prefix) or "").startswith(TAG)}
    for key, name in dict(sorted(tags, reverse=True)).items():
        service, _, region = name.partition(".")
        yield Entity(
            key or "",
            name=name,
            displayName=name,
            category=["network"],
            function=["networking"],
            service=service,
            region=region.lower() or None,
        )


def _ends(ctx: Context) -> Iterator[str]:
    """Yield the key of each end that a rule names; some more than once."""
    return (end for prefix in outside_ends(ctx) if (end := end_of(prefix)))
