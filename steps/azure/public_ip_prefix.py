"""Ranges of public addresses, and what takes its addresses from them."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from steps.azure._resource import in_groups, key_at, keys_in, named_by, properties_of, resource

_PREFIX = "microsoft.network/publicipprefixes"
_USERS = {"azure_lb_frontend_ip": "publicIpPrefixId", "azure_nat_gateway": "publicIpPrefixIds"}
"""Types of what answers at, or reaches others by, the addresses of a range, and the property that tells which."""


@entity_step("Network", permissions=["Microsoft.Network/publicIPPrefixes/read"], per_row=True, resources=[_PREFIX])
def azure_public_ip_prefix(ctx: Context) -> Iterator[Entity]:
    """A range of public addresses, which single ones are taken from."""
    for row in ctx.azure.resources(_PREFIX):
        yield resource(
            row,
            public=True,
            internal=False,
            publicIpAddressIds=keys_in(row, "publicIPAddresses"),
            natGatewayId=key_at(properties_of(row), "natGateway"),
        )


@relationship_step("azure_resource_group", "HAS", "azure_public_ip_prefix", per_row=True)
def azure_resource_group_has_public_ip_prefix(ctx: Context) -> Iterator[Relationship]:
    """A range of public addresses is in a resource group."""
    yield from in_groups(ctx.entities("azure_public_ip_prefix"))


@relationship_step("azure_public_ip_prefix", "CONTAINS", "azure_public_ip", per_row=True)
def azure_public_ip_prefix_contains_ip(ctx: Context) -> Iterator[Relationship]:
    """A public address was taken from a range."""
    for address in ctx.entities("azure_public_ip"):
        if prefix := address.properties.get("publicIpPrefixId"):
            yield Relationship(prefix, address.key)


@relationship_family(list(_USERS), "USES", "azure_public_ip_prefix", per_row=True)
def azure_user_of_addresses_uses_public_ip_prefix(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A gateway reaches the internet by all addresses of a range, or a load balancer answers at these."""
    yield from named_by(ctx.entities(from_type), _USERS[from_type])
